"""No card number reaches a COMMIT: not in one message, not split over several of one conversation.

What is taken out leaves its last four digits. Whoever wrote it is told: a shopper by an automatic message, an agent by
the message's header ``cards_removed``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from carriers.contract import Incoming
from carriers.redacting import redact_payload
from conversations.acknowledging import say_automatically
from conversations.models import Conversation, Message, Receipt
from kernel import cards, clock
from tenants.models import Tenant

HEADER = "cards_removed"
# A number may be written in this many messages before the one that completes it, and over this long.
PARTS_MAX = 8
PART_DIGITS = 3
WINDOW = timedelta(minutes=30)
_TOLD_ONCE_IN = timedelta(hours=1)
_KEYS = ("message_id", "in_reply_to", "references", "thread", "case_number")
_BEGINS = re.compile(r"[^\w]{0,10}\d")
_JOINT = " "


def redact_incoming(incoming: Incoming) -> Incoming:
    """The message without card numbers; how many there were is in ``headers["cards_removed"]``."""
    count = 0

    def words(text: str) -> str:
        nonlocal count
        done = cards.redact(text)
        count += done.count
        return done.text

    changes: dict[str, Any] = {
        name: words(getattr(incoming, name)) for name in ("text", "subject", "sender_name", "category", "order_number")
    }
    html = cards.redact_html(incoming.html) if incoming.html else cards.Redacted("")
    headers = {name: value if name in _KEYS else redact_json(value, words) for name, value in incoming.headers.items()}
    files = tuple(dataclasses.replace(file, name=words(file.name)) for file in incoming.files)
    count += html.count
    if not count:
        return incoming
    headers[HEADER] = count
    return dataclasses.replace(incoming, **changes, html=html.text, headers=headers, files=files)


def redact_message(message: Message, conversation: Conversation) -> Message:
    """What the shop's side is about to say in this locked conversation, without card numbers."""
    message.conversation_id = conversation.id
    said = cards.redact(message.text)
    html = cards.redact_html(message.html) if message.html else cards.Redacted("")
    if said.count or html.count:
        message.text, message.html = said.text, html.text
        message.headers = {**message.headers, HEADER: said.count or html.count}
    return redact_split(message)


def redact_name(name: str) -> str:
    """A file's name without card numbers."""
    return cards.redact(name).text


def redact_json(value: Any, words: Any) -> Any:
    """``words`` applied to every text inside a JSON value."""
    if isinstance(value, str):
        return words(value)
    if isinstance(value, Mapping):
        return {name: redact_json(inner, words) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact_json(inner, words) for inner in value]
    return value


def redact_split(message: Message) -> Message:
    """Take out a number that this message, about to be stored, completes; earlier parts are taken out of their rows.

    The conversation is locked. Only what the same side said within ``WINDOW`` is looked at.
    """
    if not _BEGINS.match(message.text):
        return message
    found = _find_split(message)
    if found is None:
        return message
    earlier, whole, own = found
    message.text = _cut_start(message.text, own, whole)
    message.html = cards.redact_html(message.html, fragments=[f"{own}:{whole}"]).text if message.html else ""
    message.headers = {**message.headers, HEADER: int(message.headers.get(HEADER, 0)) + 1}
    for row, part, is_whole in earlier:
        _take_out_part(row, part, whole, is_whole)
    message.__dict__["card_fragment"] = f"{own}:{whole}"
    return message


def redact_receipt(receipt_id: UUID, message: Message) -> None:
    """The raw form of a message that completed a number, in the same transaction."""
    fragment = message.__dict__.get("card_fragment")
    if fragment is not None:
        _redact_payload(Receipt.objects.filter(pk=receipt_id), [fragment])


def tell_shopper(tenant: Tenant, conversation: Conversation, message: Message, *, is_automatic: bool) -> None:
    """Say kindly that a number was taken out, once an hour; a machine is told nothing."""
    if is_automatic or not message.headers.get(HEADER):
        return
    told = Message.objects.filter(
        conversation=conversation.id, event__code="card_removed", created_at__gt=clock.now() - _TOLD_ONCE_IN
    )
    if not told.exists():
        say_automatically(tenant=tenant, conversation=conversation, code="card_removed", params={})


def _find_split(message: Message) -> tuple[list[tuple[Message, str, bool]], str, str] | None:
    """``(earlier parts with their digits, the number, the digits of it in this message)``."""
    before = Message.objects.filter(
        conversation=message.conversation_id,
        direction=message.direction,
        author=message.author,
        created_at__gt=message.created_at - WINDOW,
    )
    rows = list(before.order_by("-seq")[:PARTS_MAX])
    joined = message.text
    starts: list[tuple[Message, int, int]] = []
    for row in rows:
        joined = row.text.rstrip() + _JOINT + joined
        shift = len(row.text.rstrip()) + len(_JOINT)
        starts = [(row, 0, shift - len(_JOINT)), *[(other, at + shift, end + shift) for other, at, end in starts]]
        own_start = len(joined) - len(message.text)
        for number in cards.find(joined):
            if number.start < own_start < number.end:
                own = cards.digits_of(joined[own_start : number.end])
                parts = [
                    (other, cards.digits_of(joined[max(at, number.start) : min(end, number.end)]), at >= number.start)
                    for other, at, end in starts
                    if at < number.end and end > number.start
                ]
                # "1.2" and "3.4" and so on are answers, not a number in pieces.
                if min(len(digits) for digits in (own, *(part for _, part, _ in parts))) >= PART_DIGITS:
                    return parts, number.digits, own
    return None


def _take_out_part(row: Message, part: str, whole: str, is_whole: bool) -> None:
    row.text = cards.mark(whole) if is_whole else _cut_end(row.text, part, whole)
    row.html = cards.redact_html(row.html, fragments=[f"{part}:{whole}"]).text if row.html else ""
    row.headers = {**row.headers, HEADER: int(row.headers.get(HEADER, 0)) + 1}
    row.save(update_fields=["text", "html", "headers"])
    _redact_payload(Receipt.objects.filter(message=row.id), [f"{part}:{whole}"])


def _redact_payload(receipts: Any, fragments: list[str]) -> None:
    for receipt in receipts:
        payload = redact_payload(receipt.carrier, bytes(receipt.payload), fragments=fragments)
        Receipt.objects.filter(pk=receipt.pk).update(payload=payload)


def _cut_start(text: str, digits: str, whole: str) -> str:
    """``text`` whose first digits are these, without them."""
    left, at = len(digits), 0
    while left and at < len(text):
        left -= len(cards.digits_of(text[at]))
        at += 1
    return cards.mark(whole) + text[at:]


def _cut_end(text: str, digits: str, whole: str) -> str:
    left, at = len(digits), len(text)
    while left and at > 0:
        at -= 1
        left -= len(cards.digits_of(text[at]))
    return text[:at] + cards.mark(whole)
