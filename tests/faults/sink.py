"""The mail server on the other side: takes what the shops send, and fails in the ways that mail servers do."""

from __future__ import annotations

import asyncio
import email
import email.policy
import random
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.faults.history import Journal
from tests.faults.tokens import tokens_in

MODES = ("take", "later", "never", "silent", "slow")


class Sink:
    """Modes, drawn per mail by ``shares``: later (451), never (550), silent (takes it, hangs up unanswered), slow."""

    def __init__(self, journal: Journal, chance: random.Random, deliver: Callable[[str, dict[str, str]], None]) -> None:
        self.journal, self.chance, self._deliver = journal, chance, deliver
        self.shares = {"later": 0.03, "silent": 0.01, "slow": 0.02}
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port)

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        mode = self._choose()
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        mail: Any = email.message_from_bytes(content, policy=email.policy.default)
        mail_id, sender = str(mail["Message-ID"]), str(envelope.mail_from)
        if mode in ("later", "never"):
            self.journal.note("sink", "turned_away", mail=mail_id, mode=mode)
            return "451 4.3.0 Later" if mode == "later" else "550 5.1.1 No such mailbox"
        if mode == "slow":
            await asyncio.sleep(self.chance.uniform(0.5, 2.0))
        shown = content + (mail.get_body(("plain",)).get_content().encode() if mail.get_body(("plain",)) else b"")
        self.journal.note("sink", "took", mail=mail_id, mode=mode, sender=sender, tokens=tokens_in(shown))
        known = {"message_id": mail_id, "reply_to": str(mail["Reply-To"] or ""), "subject": str(mail["Subject"] or "")}
        for recipient in envelope.rcpt_tos:
            self._deliver(recipient, known)
        if mode == "silent" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 Taken"

    def _choose(self) -> str:
        drawn = self.chance.random()
        for mode, share in self.shares.items():
            if drawn < share:
                return mode
            drawn -= share
        return "take"
