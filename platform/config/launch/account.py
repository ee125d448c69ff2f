"""The unprivileged user that PostgreSQL and Valkey run as when the launcher is root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "centralita"


@dataclass(frozen=True)
class Account:
    """A system user; `None` in its place means: the user who started the launcher."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Hand a file or folder over to this user."""
        os.chown(path, self.uid, self.gid)


def server_account() -> Account | None:
    """The user for the servers: made on first need when root asks, `nobody` where users cannot be made."""
    if os.geteuid() != 0:
        return None
    found = _look_up(NAME)
    if found is None and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")):
        command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, check=False)
        found = _look_up(NAME)
    return found or _look_up("nobody")


def can_pass(account: Account | None, path: Path) -> bool:
    """Whether that user may enter the folder, or read the file."""
    check = 'if [ -d "$1" ]; then [ -x "$1" ]; else [ -r "$1" ]; fi'
    return run_as(account, ["/bin/sh", "-c", check, "sh", str(path)]).returncode == 0


def run_as(account: Account | None, argv: Sequence[str], folder: Path = Path("/")) -> subprocess.CompletedProcess[str]:
    """Run a short command as that user, without root's groups, and wait for it; OSError when it cannot be run."""
    return subprocess.run(
        argv,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )


def _look_up(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
