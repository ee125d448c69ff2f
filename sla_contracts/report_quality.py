"""The quality results of a month as the report's paper shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sla_contracts.speech import Speech

Data = Mapping[str, Any]


def quality_of(data: Data) -> Data:
    """The part of the data; empty in reports that were made before there was one."""
    found: Data = data.get("quality") or {"evaluations": 0, "channels": [], "clauses": []}
    return found


def is_shown(data: Data) -> bool:
    return "quality" in data


def page_of(data: Data, speech: Speech) -> dict[str, Any]:
    found = quality_of(data)
    rows = [(speech.code("channel", row["channel"]), row) for row in found["channels"]]
    if len(rows) > 1:
        rows.append((speech.say("quality_all"), found))
    return {
        "shown": is_shown(data),
        "rows": [_row(label, row, speech) for label, row in rows],
        "clauses": [_clause(row, data, speech) for row in found["clauses"]],
    }


def sums(data: Data, speech: Speech) -> Iterator[str]:
    """What the quality clauses come to, each in a line."""
    for row in quality_of(data)["clauses"]:
        for kind, points in (("penalty", "points_off"), ("bonus", "points_over")):
            if Decimal(row[kind]):
                yield speech.say(
                    "money_tier" if kind == "penalty" else "money_bonus",
                    title=_title(row, data, speech),
                    points=speech.number(Decimal(row[points]), 2),
                    amount=speech.money(Decimal(row[kind]), data["currency"]),
                )


def _row(label: str, row: Data, speech: Speech) -> dict[str, str]:
    return {
        "label": label,
        "evaluations": speech.number(row["evaluations"]),
        "average": _score(row["average"], speech),
        "within": "–" if row["low"] is None else f"{_score(row['low'], speech)} – {_score(row['high'], speech)}",
    }


def _clause(row: Data, data: Data, speech: Speech) -> dict[str, str]:
    if not row["judged"]:
        state, word = "none", speech.say("not_judged")
    elif row["kept"]:
        state, word = "kept", speech.say("kept")
    else:
        state, word = "missed", speech.say("missed", points=speech.number(Decimal(row["points_off"]), 2))
    said = speech.say(
        "quality_clause" if row["evaluations"] else "quality_clause_none",
        title=_title(row, data, speech),
        average=_score(row["average"], speech),
        goal=_score(row["goal"], speech),
        n=speech.number(row["evaluations"]),
        minimum=speech.number(row["minimum"]),
    )
    owed = Decimal(row["penalty"])
    money = speech.say("quality_credit", amount=speech.money(owed, data["currency"])) if owed else ""
    return {"state": state, "word": word, "said": said, "money": money}


def _title(row: Data, data: Data, speech: Speech) -> str:
    title = speech.say("quality_title")
    several = len(data["contract"]["versions"]) > 1
    return f"{title} ({speech.say('version', number=row['version'])})" if several else title


def _score(score: str | None, speech: Speech) -> str:
    return "–" if score is None else speech.number(Decimal(score), 2)
