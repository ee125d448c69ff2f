"""Reading the JSON of a contract field by field; what cannot be kept is refused with the field's path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from kernel.errors import Refusal

COUNT_MAX = 1_000_000_000


class TermsError(Refusal):
    """Terms that cannot be agreed. ``field`` is a path such as ``targets[1].seconds``."""

    def __init__(self, field: str, reason: str) -> None:
        message = f"The terms cannot be kept as written: {field} {reason}. Nothing was saved."
        super().__init__("bad_terms", 400, message, fields={field: reason})
        self.field = field
        self.reason = reason


def mapping(path: str, value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise TermsError(path, "must be an object")
    return value


def rows(path: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TermsError(path, "must be a list")
    return value


def text(path: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TermsError(path, "must be a text")
    return value


def one_of(path: str, value: object, known: Iterable[str]) -> str:
    names = list(known)
    if not isinstance(value, str) or value not in names:
        raise TermsError(path, f"must be one of {', '.join(sorted(names))}")
    return value


def count(path: str, value: object, most: int = COUNT_MAX) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TermsError(path, "must be a whole number, 0 or more")
    if value > most:
        raise TermsError(path, f"must be {most} at most")
    return value


def number(path: str, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TermsError(path, "must be a number")
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise TermsError(path, "must be a number") from None
    if not found.is_finite():
        raise TermsError(path, "must be a number")
    if abs(found) > COUNT_MAX:
        raise TermsError(path, f"must be {COUNT_MAX} at most")
    return found


def amount(path: str, value: object) -> Decimal:
    """A number that is not negative."""
    found = number(path, value)
    if found < 0:
        raise TermsError(path, "cannot be negative")
    return found


def once(path: str, keys: list[Any]) -> None:
    seen = set()
    for place, key in enumerate(keys):
        if key in seen:
            raise TermsError(f"{path}[{place}]", "says the same as an earlier one")
        seen.add(key)
