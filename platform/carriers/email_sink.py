"""A mail server that keeps everything and sends nothing: outgoing mail of a demo, one file each, to be read."""

from __future__ import annotations

import asyncio
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from kernel.access import declares, system

_PLAIN = re.compile(r"[^a-z0-9@.+-]+")


class Sink:
    """aiosmtpd handler: each accepted mail is a whole ``.eml`` in ``folder`` before it is acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        head = f"X-Envelope-From: <{envelope.mail_from}>\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        await asyncio.to_thread(self._write, head.encode("utf-8", "replace") + content, envelope.rcpt_tos)
        return "250 Kept"

    @declares("storage", system(opens="mail", by="open", why="outgoing mail of a demo, for whoever runs the machine"))
    def _write(self, mail: bytes, recipients: list[str]) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        whom = _PLAIN.sub("_", (recipients[0] if recipients else "nobody").lower())[:80]
        path = self.folder / f"{stamp}-{os.getpid()}-{whom}.eml"
        partial = path.with_suffix(".part")
        partial.write_bytes(mail)
        partial.replace(path)
