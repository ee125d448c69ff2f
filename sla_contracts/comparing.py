"""Two versions of a contract side by side: what one says that the other does not, in the order of the terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sla_contracts.opening_hours import DAYS

PARTS = (
    "calendars",
    "hours",
    "targets",
    "clauses",
    "languages",
    "at_risk_share",
    "reopen_days",
    "dispute_days",
    "dispute_answer_days",
    "client_answer",
    "report",
    "quality",
)
# Parts that are one thing of several fields.
_SINGLE = ("client_answer", "report", "quality")
# What names a row of a list: a row is the same in both versions if it is named the same.
_NAMES: dict[str, tuple[str, ...]] = {
    "targets": ("channel_group", "metric", "priority", "language"),
    "clauses": ("code",),
}
Place = tuple[str, tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Change:
    """``part`` of the terms, the ``item`` in it by its codes, its ``field`` ("" for a plain value).

    before, after: JSON values; None where the version says nothing there.
    """

    part: str
    item: tuple[str, ...]
    field: str
    before: Any
    after: Any


def compare(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Change]:
    """Every place at which they differ; none means that they promise the same. Without ``before`` all of ``after``."""
    one, other = dict(_places(before or {})), dict(_places(after))
    places = sorted({**one, **other}, key=lambda place: (_rank(place[0]), place[1], _day(place[2])))
    return [Change(*place, one.get(place), other.get(place)) for place in places if one.get(place) != other.get(place)]


def _rank(part: str) -> tuple[int, str]:
    return (PARTS.index(part) if part in PARTS else len(PARTS), part)


def _day(field: str) -> int:
    """A week begins on Monday; all else stays as it is written."""
    day = field.removeprefix("weekly.")
    return DAYS.index(day) if day in DAYS else -1


def _places(terms: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    for part, value in terms.items():
        if part in _NAMES and isinstance(value, list):
            for row in value:
                yield from _of_row(part, row)
        elif part == "calendars" and isinstance(value, Mapping):
            for name, calendar in value.items():
                yield from _leaves(part, (str(name),), "", calendar)
        elif part in _SINGLE:
            yield from _leaves(part, (), "", value)
        elif isinstance(value, Mapping):
            for name, single in value.items():
                yield (part, (str(name),), ""), single
        else:
            yield (part, (), ""), value


def _of_row(part: str, row: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    named = _NAMES[part]
    item = tuple(str(row.get(key, "normal" if key == "priority" else "")) for key in named)
    for key, value in row.items():
        if key not in named:
            yield from _leaves(part, item, key, value)


def _leaves(part: str, item: tuple[str, ...], field: str, value: Any) -> Iterator[tuple[Place, Any]]:
    """A value by its own path; what is empty says nothing."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(part, item, f"{field}.{key}" if field else str(key), inner)
    elif value not in (None, "", False):
        yield (part, item, field), value
