"""Saved replies are filled in here: variables of an allow-list, and blanks that a person must fill. Pure.

``{{case.number}}`` is a variable. ``[[what you found]]`` is a blank: the words in it say what to put there. What a
variable cannot be filled with becomes a blank, so that nothing leaves unfinished.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

VARIABLES = (
    "customer.name",
    "customer.first_name",
    "order.number",
    "case.number",
    "agent.alias",
    "shop.name",
    "shop.returns",
    "hours.week",
    "hours.opens",
)
_VARIABLE = re.compile(r"\{\{\s*([^{}\n]{0,80}?)\s*\}\}")
_BLANK = re.compile(r"\[\[([^\[\]]{0,200})\]\]|\{\{([^{}]{0,200})\}\}")
_BRACKETS = re.compile(r"\[\[|\]\]|\{\{|\}\}")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def unknown_variables(text: str) -> list[str]:
    """Names between double braces that are no variable of ours, in their order."""
    return [name for name in _VARIABLE.findall(text) if name not in VARIABLES]


def fill(text: str, values: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """The text with its variables filled; what has no value is a blank named by ``labels``.

    One pass: what a value holds is never read as a variable or a blank.
    """

    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        value = _BRACKETS.sub("", values.get(name, "")).strip()
        return value or f"[[{labels.get(name, name)}]]"

    return _VARIABLE.sub(put, text)


def blanks_in(text: str) -> list[tuple[int, int, str]]:
    """What is still to be filled: start, end, and what it asks for."""
    return [(one.start(), one.end(), (one.group(1) or one.group(2) or "").strip()) for one in _BLANK.finditer(text)]


def gist(text: str) -> str:
    """The words alone: a reply with another line end or one more space is the same reply."""
    return " ".join(text.split()).casefold()


def week_in_words(weekly: Mapping[str, Sequence[Sequence[str]]], day_names: Sequence[str]) -> str:
    """Hours of a week such as ``Mon–Fri 09:00–18:00, Sat 10:00–14:00``; empty if it never opens.

    weekly: day code → spans of ["09:00", "18:00"]. day_names: seven, Monday first.
    """
    spans = [", ".join(f"{one[0]}–{one[1]}" for one in weekly.get(day, ())) for day in _DAYS]
    parts: list[str] = []
    first = 0
    for day in range(7):
        if day < 6 and spans[day + 1] == spans[day]:
            continue
        if spans[day]:
            days = day_names[first] if first == day else f"{day_names[first]}–{day_names[day]}"
            parts.append(f"{days} {spans[day]}")
        first = day + 1
    return "; ".join(parts)
