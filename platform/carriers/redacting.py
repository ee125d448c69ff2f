"""Raw payloads without card numbers: what is stored before anything else may not hold one either.

Carriers' own ids and the sender's address stay as they are: they tell shoppers apart, and two that end alike would
become one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from carriers.email_redact import redact_mail
from kernel import cards

_MANY = re.compile(rb"(?:[0-9][^0-9]*?){12}")
# Keys of a relay payload by which a carrier and a sender are told apart.
_KEYS = frozenset({("id",), ("thread",), ("from", "address")})


def redact_payload(carrier: str, payload: bytes, *, fragments: Collection[str] = ()) -> bytes:
    """The payload as it may be stored; the very same bytes where it holds no card number.

    fragments: as for ``kernel.cards.redact``.
    """
    if carrier == "email":
        return redact_mail(payload, fragments)
    if not fragments and payload.isascii() and b"\\u" not in payload and not _MANY.search(payload):
        return payload
    return _redact_json(payload, fragments)


def _redact_json(payload: bytes, fragments: Collection[str]) -> bytes:
    repeated: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in found]
        repeated.extend(names[len(set(names)) :])
        return dict(found)

    try:
        data = json.loads(payload, object_pairs_hook=pairs)
        clean = _without(data, (), fragments)
    except (ValueError, RecursionError):
        return _redact_text(payload, fragments)
    if clean == data and not repeated:
        return payload
    # A name said twice keeps its last value, as the parser that reads it does.
    return json.dumps(clean, ensure_ascii=True).encode()


def _without(value: Any, path: tuple[str, ...], fragments: Collection[str]) -> Any:
    if path in _KEYS:
        return value
    if isinstance(value, str):
        return cards.redact(value, fragments=fragments).text
    if isinstance(value, dict):
        return {cards.redact(name).text: _without(inner, (*path, name), fragments) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, (*path, ""), fragments) for inner in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        done = cards.redact(str(value), fragments=fragments)
        return done.text if done.count else value
    return value


def _redact_text(payload: bytes, fragments: Collection[str]) -> bytes:
    done = cards.redact(payload.decode("utf-8", "surrogateescape"), fragments=fragments)
    return done.text.encode("utf-8", "surrogateescape") if done.count else payload
