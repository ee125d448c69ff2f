"""The SMTP door: mail for our lines is stored before it is acknowledged, everything else is turned away.

What cannot be stored now is answered 451: the sender keeps it and comes again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import close_old_connections

from carriers.registry import carrier_for
from conversations.inbound import accept
from kernel import away
from kernel.access import carrier
from kernel.errors import Refusal
from tenants import directory
from tenants.models import Line

log = logging.getLogger(__name__)

T = TypeVar("T")

RECIPIENTS_MAX = 50
THREADS = 4
# Broken programs put a whole letter into one line; the standard's 1,000 bytes would send it back to the shopper.
LINE_MAX = 1024 * 1024
IDLE_SECONDS = 120

UNKNOWN = "550 5.1.1 No such address here"
LATER = "451 4.3.0 This cannot be stored at the moment; please send it again later"
TOO_MANY = "452 4.5.3 Too many recipients"


class Door:
    """aiosmtpd handler. Database work runs in threads, each mail for itself."""

    access = carrier(
        opens="receipt", by="open", why="mail is open to all; a recipient must be a line of an active shop"
    )

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail-door")

    def close(self) -> None:
        self._threads.shutdown(wait=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return TOO_MANY
        try:
            line = await self._in_thread(lambda: line_for(address))
        except Exception as error:  # a database that is away says nothing about the address
            if away.is_passing(error):
                log.warning("a recipient could not be looked up: the database is away")
            else:
                log.exception("a recipient could not be looked up")
            return LATER
        if line is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender, recipients = envelope.mail_from or "", list(envelope.rcpt_tos)
        try:
            await self._in_thread(lambda: store_mail(sender, recipients, content))
        except Refusal as refusal:
            return f"554 5.7.1 {refusal.code}"
        except Exception as error:  # whatever it is: not stored is not acknowledged
            log.warning("a mail could not be stored: %s", type(error).__name__)
            return LATER
        return "250 2.0.0 Stored"

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_fresh_connection, work)


def make_controller(port: int, host: str = "127.0.0.1") -> Controller:
    """The door as a server in a thread of its own: ``start()``, ``stop()``."""
    return _Controller(
        Door(),
        hostname=host,
        port=port,
        data_size_limit=settings.MAIL_MAX_BYTES,
        enable_SMTPUTF8=True,
        ident="Centralita",
        timeout=IDLE_SECONDS,
    )


def line_for(address: str) -> Line | None:
    """The active line of an address; what follows a plus in it is not part of the line's name."""
    line = directory.mail_line(address)
    local, _, domain = address.rpartition("@")
    if line is None and "+" in local:
        line = directory.mail_line(f"{local.partition('+')[0]}@{domain}")
    return line


def store_mail(sender: str, recipients: list[str], content: bytes) -> None:
    """One receipt per line that the mail is for; raises when any of them could not be committed."""
    addresses: dict[Any, list[str]] = {}
    lines: dict[Any, Line] = {}
    for address in recipients:
        line = line_for(address)
        if line is None:
            raise Refusal("unknown_line", 404, "No line has this address; nothing was stored.")
        lines[line.id] = line
        addresses.setdefault(line.id, []).append(address)
    for line_id, line in lines.items():
        payload = _trace(sender, addresses[line_id]) + content
        accept(line=line, external_id=carrier_for(line).external_id(payload), payload=payload)


def _trace(sender: str, recipients: list[str]) -> bytes:
    """What the envelope said, as mail servers write it on delivery."""
    lines = [f"Return-Path: <{sender}>", *(f"Delivered-To: {address}" for address in recipients)]
    return b"".join("".join(c for c in line if c.isprintable()).encode("utf-8", "replace") + b"\r\n" for line in lines)


def _with_fresh_connection(work: Callable[[], T]) -> T:
    """A connection that broke is replaced before and after, so that one bad hour does not last."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


class _Server(SMTP):
    line_length_limit = LINE_MAX


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        super().stop(no_assert=no_assert)
        self.handler.close()
