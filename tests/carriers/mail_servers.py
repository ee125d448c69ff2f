"""Real mail servers for tests: SMTP by aiosmtpd, as good or as broken as wanted, and IMAP by dovecot."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.launch.ports import free_port

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Post:
    """An SMTP server that keeps what it gets in ``mails`` and fails where it is told to."""

    def __init__(self, *, at_rcpt: str = "", at_data: str = "", drops: bool = False, hangs: float = 0) -> None:
        self.mails: list[bytes] = []
        self.at_rcpt, self.at_data, self.drops, self.hangs = at_rcpt, at_data, drops, hangs

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt:
            return self.at_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(cast(bytes, envelope.content))
        if self.drops and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]
        await asyncio.sleep(self.hangs)
        return self.at_data or "250 OK"

    def read(self, number: int = -1) -> EmailMessage:
        return message_from_bytes(self.mails[number], policy=default)


@contextlib.contextmanager
def post_office(post: Post, settings: pytest.FixtureRequest) -> Iterator[Post]:
    """Outgoing mail of this process goes to ``post``."""
    controller = Controller(post, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=True)
    controller.start()
    send_to(settings, controller.port)
    try:
        yield post
    finally:
        controller.stop()


def send_to(settings: pytest.FixtureRequest, port: int) -> None:
    settings.EMAIL_BACKEND = "carriers.email_smtp.Backend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port  # type: ignore[attr-defined]
    settings.EMAIL_TIMEOUT = 1  # type: ignore[attr-defined]


class Dovecot:
    """A dovecot of one account (``anna`` / ``secret``) without TLS, run as an ordinary user."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._delivered = 0

    @property
    def maildir(self) -> Path:
        return self.folder / "mail" / "anna"

    def start(self) -> None:
        user = "nobody" if os.getuid() == 0 else getpass.getuser()
        account = pwd.getpwnam(user)
        (self.folder / "users").write_text(
            f"anna:{{PLAIN}}secret:{account.pw_uid}:{account.pw_gid}::{self.folder / 'mail'}::\n"
        )
        (self.folder / "dovecot.conf").write_text(_configuration(self.folder, self.port, user, account.pw_gid))
        for name in ("new", "cur", "tmp"):
            (self.maildir / name).mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            self._hand_to(account)
        assert DOVECOT is not None
        self._process = subprocess.Popen(
            [DOVECOT, "-F", "-c", str(self.folder / "dovecot.conf")],
            user=account.pw_uid if os.getuid() == 0 else None,
            group=account.pw_gid if os.getuid() == 0 else None,
            extra_groups=[] if os.getuid() == 0 else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        wait_for(self._answers, f"dovecot did not come up: {self.log()}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def deliver(self, mail: bytes) -> None:
        self._delivered += 1
        name = f"{int(time.time())}.{self._delivered:04}.test"
        path = self.maildir / "tmp" / name
        path.write_bytes(mail)
        path.chmod(0o666)
        path.rename(self.maildir / "new" / name)

    def forget_uids(self) -> None:
        """As after a restore: the same mails under a new UIDVALIDITY."""
        for path in self.maildir.glob("dovecot*"):
            path.unlink()

    def log(self) -> str:
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.settimeout(2)
            return probe.recv(4) == b"* OK"
        return False

    def _hand_to(self, account: pwd.struct_passwd) -> None:
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid)


def wait_for(is_true: Callable[[], object], otherwise: str, *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def _configuration(folder: Path, port: int, user: str, gid: int) -> str:
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {_group(gid)}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%h/%u
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name
