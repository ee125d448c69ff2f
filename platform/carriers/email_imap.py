"""Read an IMAP mailbox from where it was left: by UID, raw, without marking anything as seen."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted

from carriers.email import TOO_BIG_HEADER
from carriers.models import Mailbox
from kernel.access import declares, system
from kernel.secrets import unseal

TIMEOUT_SECONDS = 20

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True, slots=True)
class Opened:
    """A selected folder; UIDs mean something only together with ``uid_validity`` (RFC 3501 §2.3.1.1)."""

    box: BaseMailBox
    uid_validity: int

    def uids_after(self, last_uid: int) -> list[int]:
        """UIDs above ``last_uid``, ascending."""
        # The server answers ``N:*`` with its highest UID even when that is below N.
        found = self.box.uids(f"UID {last_uid + 1}:*")
        return sorted({int(uid) for uid in found if int(uid) > last_uid})

    def fetch(self, uid: int, *, most_bytes: int) -> bytes | None:
        """The raw mail; of one larger than ``most_bytes`` only its headers, with a note; None when it is gone."""
        answer = self._ask(uid, "(RFC822.SIZE)")
        sizes = [int(found[1]) for line in answer if (found := _SIZE.search(_bytes_of(line)))]
        if not sizes:
            return None
        if sizes[0] <= most_bytes:
            return _literal(self._ask(uid, "(BODY.PEEK[])"))
        headers = _literal(self._ask(uid, "(BODY.PEEK[HEADER])"))
        return None if headers is None else f"{TOO_BIG_HEADER}: {sizes[0]}\r\n".encode() + headers

    def _ask(self, uid: int, items: str) -> list[object]:
        status, answer = self.box.client.uid("FETCH", str(uid), items)
        if status != "OK":
            raise imaplib.IMAP4.error(f"FETCH was answered {status}")
        return list(answer)


@declares("outgoing", system(opens="mailbox", by="row", why="to the server that the operator entered"))
@contextmanager
def open_mailbox(mailbox: Mailbox) -> Iterator[Opened]:
    """Sign in and select the folder, read-only; raises ImapToolsError, imaplib.IMAP4.error or OSError."""
    kind = MailBox if mailbox.use_tls else MailBoxUnencrypted
    with kind(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS) as box:
        box.login(mailbox.username, unseal(mailbox.password), initial_folder=None)
        box.folder.set(mailbox.folder, readonly=True)
        validity = box.folder.status(mailbox.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
        yield Opened(box, int(validity))


def _literal(answer: list[object]) -> bytes | None:
    return next((bytes(part[1]) for part in answer if isinstance(part, tuple) and len(part) > 1), None)


def _bytes_of(part: object) -> bytes:
    head = part[0] if isinstance(part, tuple) else part
    return head if isinstance(head, bytes) else b""
