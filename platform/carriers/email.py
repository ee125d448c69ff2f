"""Mail: taken in by the SMTP door or by polling, sent by SMTP; one conversation by signed reply addresses.

A From header proves nothing: it names a customer, and grants nothing, whoever it claims to be.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from email.message import Message

from django.conf import settings
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig

from carriers.contract import ChannelGroup, Incoming, Outgoing, Refused, Sent
from carriers.email_clean import clean_html, is_readable, normalise, strip_tags
from carriers.email_quotes import cut_html, cut_text
from carriers.email_reports import is_automatic, refuse_loop, refuse_report
from carriers.email_smtp import hand_over
from carriers.email_structure import Parts, TooComplex, headers_of, parts_of, raw_value, raw_values, read
from carriers.email_text import addresses, decode_header
from carriers.email_threading import belongs_to, case_number_in, conversation_in, ids_in, message_id, thread_refs
from kernel.errors import Refusal
from tenants.models import Line

log = logging.getLogger(__name__)

TOO_BIG_HEADER = "X-Centralita-Left-Behind"
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc", "resent-to")
TEXT_MAX = 200_000


class Email:
    """The mail lines of the shops."""

    code = "email"
    channel = "email"
    channel_group: ChannelGroup = "mail"
    row_is_delivery = False

    def verify(self, line: Line, headers: Mapping[str, str], body: bytes) -> None:
        raise Refusal("no_webhook", 404, "Mail has no webhook; it comes in by SMTP and IMAP.")

    def external_id(self, payload: bytes) -> str:
        """Message-ID and a hash of sender, date, subject and body: the same mail by another way is the same.

        What is written on the way (Received, Return-Path) does not count. A Message-ID alone names nothing: it may be
        missing, or be the same in every mail of a broken program.
        """
        head = headers_of(payload)
        mail_id = next(iter(ids_in(raw_value(head, "message-id"))), "")
        body = payload.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip()
        digest = hashlib.sha256(body)
        for name in ("from", "date", "subject", "message-id"):
            digest.update(b"\0" + raw_value(head, name).strip().encode("utf-8", "surrogateescape"))
        printable = "".join(letter for letter in mail_id[:300] if letter.isascii() and letter.isprintable())
        return f"{printable} sha256:{digest.hexdigest()}".strip()

    def parse(self, line: Line, payload: bytes) -> list[Incoming] | Refused:
        """The mail as a message, or why it is none; never raises, in bounded time."""
        if len(payload) > settings.MAIL_MAX_BYTES:
            return Refused(reason=f"too_big: {len(payload)} bytes")
        try:
            return self._parse(line, payload)
        except TooComplex as reason:
            return Refused(reason=f"too_complex: {reason}")
        except Exception as error:  # a mail that nobody foresaw must not stop the next one
            log.exception("a mail could not be read")
            return Refused(reason=f"unreadable: {type(error).__name__}")

    def name_of(self, line: Line, outgoing: Outgoing) -> str:
        return message_id(outgoing.message_id, outgoing.tenant_id, outgoing.line_address)

    def send(self, line: Line, outgoing: Outgoing) -> Sent:
        return hand_over(line, outgoing)

    def _parse(self, line: Line, payload: bytes) -> list[Incoming] | Refused:
        message = read(payload)
        name, address = _sender(message)
        own = belongs_to(address, line.address)
        refused = (
            _refuse_left_behind(message)
            or refuse_report(message, payload, line.tenant_id)
            or refuse_loop(message, address, own, line.tenant_id)
        )
        if refused is not None:
            return refused
        parts = parts_of(message)
        subject = decode_header(raw_value(message, "subject"))
        text, html = _body(parts)
        if not (text or subject or parts.files):
            return Refused(reason="empty: no text, no subject and no file")
        mail_id = next(iter(ids_in(raw_value(message, "message-id"))), "")
        return [
            Incoming(
                external_id=mail_id or self.external_id(payload),
                channel=self.channel,
                sender_kind="email",
                sender_address=address,
                sender_name=name,
                text=text or (subject if not parts.files else ""),
                html=html,
                subject=subject,
                files=tuple(parts.files),
                thread_refs=thread_refs(raw_value(message, "in-reply-to"), raw_value(message, "references")),
                conversation_id=conversation_in(raw_values(message, *_RECIPIENTS), line.address, line.tenant_id),
                is_automatic=is_automatic(message, address),
                headers=_shown_headers(message, subject, mail_id),
            )
        ]


def _refuse_left_behind(message: Message) -> Refused | None:
    size = raw_value(message, TOO_BIG_HEADER)
    return Refused(reason=f"too_big: {size.strip()[:20]} bytes, left in the mailbox") if size else None


def _sender(message: Message) -> tuple[str, str]:
    """The first real address of From, else of Sender or Return-Path; without one, a sender without an address."""
    for header in ("from", "sender", "return-path"):
        for value in raw_values(message, header):
            found = addresses(value)
            if found:
                return found[0]
    return decode_header(raw_value(message, "from"))[:200], ""


def _body(parts: Parts) -> tuple[str, str]:
    """``(text, cleaned HTML)`` of what is new in the mail."""
    html = "\n<hr>\n".join(body for body in parts.htmls if body.strip())
    written = "\n\n".join(text.strip() for text in parts.texts if text.strip())
    text = cut_text(written or _lay_out(html))[:TEXT_MAX]
    return text, clean_html(cut_html(html)) if html else ""


def _lay_out(html: str) -> str:
    """The text of an HTML mail as it would be read, lists and tables included."""
    if not html:
        return ""
    try:
        laid_out = get_text(normalise(html), _LAYOUT) if is_readable(html) else strip_tags(html)
    except Exception:  # a layout that the renderer cannot follow: the words alone
        laid_out = strip_tags(html)
    return "\n".join(line.rstrip() for line in str(laid_out).splitlines()).strip()


_LAYOUT = ParserConfig(css=CSS_PROFILES["strict"], display_images=False, display_links=False)


def _shown_headers(message: Message, subject: str, mail_id: str) -> dict[str, object]:
    shown: dict[str, object] = {"subject": subject}
    for name in ("from", "to", "cc", "reply-to", "date"):
        value = decode_header(raw_value(message, name))[:2000]
        if value:
            shown[name.replace("-", "_")] = value
    if mail_id:
        shown["message_id"] = mail_id
    references = list(reversed(thread_refs(raw_value(message, "in-reply-to"), raw_value(message, "references"))))
    if references:
        shown["references"] = references
    if case_number := case_number_in(subject):
        shown["case_number"] = case_number
    return shown


email = Email()
