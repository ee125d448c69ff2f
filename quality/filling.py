"""What is written into a form: texts, comments and pins, each cleaned and within its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from conversations.models import Message
from kernel import cards
from kernel.errors import invalid

COMMENT_CHARS = 2000
SUMMARY_CHARS = 4000
QUOTE_CHARS = 500
MOST_PINS = 60


def text(field: str, given: object, limit: int) -> str:
    if not isinstance(given, str) or len(given) > limit:
        reason = f"must be a text of at most {limit} characters"
        raise invalid("A text does not fit; nothing was kept.", **{field: reason})
    return cards.redact(given.replace("\x00", "").strip()).text


def comments(given: Mapping[str, object], answers: Mapping[str, object], asked: Mapping[str, object]) -> dict[str, str]:
    """Question → comment, of the questions that are asked."""
    kept = {}
    for code, words in given.items():
        field = f"comments.{code}"
        if code not in answers:
            raise invalid("A comment belongs to no question; nothing was kept.", **{field: "is no question here"})
        kept[code] = text(field, words, COMMENT_CHARS)
    return {code: words for code, words in kept.items() if words and code in asked}


def pins(given: list[Any], asked: Mapping[str, object], conversation: UUID) -> list[dict[str, Any]]:
    """Quotes and moments of this conversation, each at a question that is asked (or at none: the whole)."""
    if len(given) > MOST_PINS:
        raise invalid(f"At most {MOST_PINS} quotes can be pinned; nothing was kept.", pins="are too many")
    said = {str(one): at for one, at in _messages(given, conversation).items()}
    kept = []
    for place, pin in enumerate(given):
        field = f"pins[{place}]"
        message, question = str(pin.get("message", "")), str(pin.get("question", ""))
        if message not in said:
            raise invalid("A quote is not of this conversation; nothing was kept.", **{field: "is not said here"})
        if question and question not in asked:
            continue
        quote = text(f"{field}.quote", pin.get("quote", ""), QUOTE_CHARS)
        kept.append({"question": question, "message": message, "quote": quote, "at": said[message].isoformat()})
    return kept


def _messages(given: list[Any], conversation: UUID) -> dict[UUID, Any]:
    ids = []
    for place, pin in enumerate(given):
        try:
            ids.append(UUID(str(pin.get("message", ""))))
        except (ValueError, AttributeError):
            field = f"pins[{place}]"
            raise invalid("A quote names no message; nothing was kept.", **{field: "names no message"}) from None
    rows = Message.objects.filter(pk__in=ids, conversation=conversation)
    return dict(rows.values_list("pk", "created_at"))
