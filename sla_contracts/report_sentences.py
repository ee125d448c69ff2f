"""Sentences made of figures, for page 1 of the report and the top of the portal: nothing but what the data holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sla_contracts.report_quality import quality_of
from sla_contracts.speech import Speech

Data = Mapping[str, Any]


def verdict(data: Data, speech: Speech) -> str:
    promises = [*data["clauses"], *quality_of(data)["clauses"]]
    judged = [clause for clause in promises if clause["judged"]]
    kept = [clause for clause in judged if clause["kept"]]
    if not judged:
        return speech.say("verdict_none")
    if len(kept) == len(judged):
        return speech.say("verdict_all")
    return speech.say("verdict_some", kept=len(kept), judged=len(judged))


def sentences(data: Data, speech: Speech) -> list[str]:
    """Three: what arrived, the clause that matters most, the money (with what was left out)."""
    return [_what_arrived(data["volume"], speech), _what_matters(data["clauses"], speech), _what_it_costs(data, speech)]


def clause_sentence(clause: Data, *, month: str, is_over: bool, language: str, country: str) -> str:
    """A clause of ``attainment`` in one sentence: “Chat: first answer: 84.10 % on time in November so far, …”."""
    speech = Speech(language, country=country)
    goal, reached, titles = Decimal(clause["goal"]), clause["share"], clause["titles"]
    title = titles.get(speech.language) or titles.get("en") or clause["code"]
    said = {"title": title, "goal": speech.percent(goal), "month": speech.month_name(month)}
    if reached is None:
        return speech.say("p_empty", **said)
    key = "p_done" if is_over else "p_running"
    return speech.say(key, **said, share=speech.percent(Decimal(reached), goal=goal))


def _what_arrived(volume: Data, speech: Speech) -> str:
    total = volume["conversations"]
    if not total:
        return speech.say("nothing_arrived")
    first = volume["by_channel"][0]
    peak = max(volume["by_day"], key=lambda row: row["count"])
    return speech.say(
        speech.form("s_volume", total),
        n=speech.number(total),
        channel=_inside(speech.code("channel", first["channel"]), speech),
        share=speech.percent(Decimal(first["count"]) / Decimal(total), 1),
        day=speech.day(date.fromisoformat(peak["day"])),
        peak=speech.number(peak["count"]),
    )


def _what_matters(clauses: list[Data], speech: Speech) -> str:
    judged = [clause for clause in clauses if clause["judged"]]
    if not judged:
        return speech.say("s_nothing")
    nearest = min(judged, key=lambda clause: Decimal(clause["share"]) - Decimal(clause["goal"]))
    goal = Decimal(nearest["goal"])
    return speech.say(
        "s_closest" if nearest["kept"] else "s_worst",
        title=nearest["title"],
        share=speech.percent(Decimal(nearest["share"]), goal=goal),
        goal=speech.percent(goal),
        late=speech.number(nearest["breached"]),
        counted=speech.number(nearest["counted"]),
    )


def _what_it_costs(data: Data, speech: Speech) -> str:
    penalty = Decimal(data["penalty"])
    said = (
        speech.say("s_money", amount=speech.money(penalty, data["currency"])) if penalty else speech.say("s_no_money")
    )
    left_out = sum(row["count"] for row in data["exclusions"])
    return f"{said} {speech.say('s_left_out', n=speech.number(left_out))}" if left_out else said


def _inside(label: str, speech: Speech) -> str:
    """A channel's name within a sentence; German nouns and names such as E-Mail keep their capital."""
    return label if speech.language == "de" else label[0].lower() + label[1:]
