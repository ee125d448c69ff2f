"""Attainment found a second time: from the promises of ``promises``, by the words of the clauses; no code is shared.

By sla.md §2 and §4 alone; shares and money are Fractions until they are rounded, half up, as they are charged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.sla_contracts.recount.promises import Look, Promise, Version

Judged = tuple[str, str]
NEEDS_A_CLAUSE = ("spam", "client_incident")
DECIMALS = {"JPY": 0, "CLP": 0}


def count(
    versions: Iterable[Version],
    promises: Sequence[Promise],
    start: datetime,
    end: datetime,
    cut_off: datetime,
    currency: str,
) -> list[dict[str, Any]]:
    """A row for each clause of each version in force in [start, end), in the order of the versions."""
    found = []
    volumes: dict[str, int] = defaultdict(int)
    for version in versions:
        if version.begins >= end or (version.ends is not None and version.ends <= start):
            continue
        begun = [one for one in promises if start <= one.began < end and one.began <= cut_off]
        own = [one for one in begun if one.version.id == version.id]
        for clause in version.terms["clauses"]:
            items = [one for one in own if _is_of(clause, one)]
            rows = [(one, *judge(clause, one, cut_off)) for one in sorted(items, key=lambda one: one.began)]
            rows, volumes[clause["code"]] = _leave_out(clause, rows, volumes[clause["code"]])
            figures = _add_up(version, clause, rows, currency)
            found.append({"code": clause["code"], "version": version.number, **figures})
    return found


def judge(clause: dict[str, Any], one: Promise, cut_off: datetime) -> Judged:
    """(met, breached, running or excluded; why it is excluded)."""
    look = one.look(cut_off)
    if look.void and not (clause["metric"] in ("answer", "abandonment") and look.void == "abandoned"):
        if "exclusions" not in clause or look.void not in NEEDS_A_CLAUSE or _exclusion(clause, look.void):
            return "excluded", look.void
        look = _without_void(one, cut_off)
    if look.by_change and not clause.get("count_changes") and clause["metric"] != "abandonment":
        return "excluded", "target_changed"
    if clause["metric"] == "abandonment":
        return _judge_stay(clause, look)
    if clause["metric"] == "answer":
        return _judge_answer(clause, look)
    if look.is_late:
        return "breached", ""
    return ("met" if look.stopped else "running"), ""


def _judge_stay(clause: dict[str, Any], look: Look) -> Judged:
    """Who gave up, and who stayed until the wait was over."""
    if look.void == "abandoned":
        return ("excluded", "short_abandon") if _is_short(clause, look) else ("breached", "")
    return ("met" if look.stopped else "running"), ""


def _judge_answer(clause: dict[str, Any], look: Look) -> Judged:
    formula = clause.get("formula", "of_offered_less_short_abandons")
    if look.void == "abandoned":
        if _is_short(clause, look):
            return "excluded", "short_abandon"
        in_time = look.used <= look.target
        under = timedelta(seconds=clause.get("abandons_under_seconds", 0))
        left_out = {
            "of_answered": True,
            "of_offered": False,
            "of_offered_less_short_abandons": in_time,
            "with_short_abandons": False,
            "less_abandons_under": look.used <= under,
        }
        if left_out[formula]:
            return "excluded", "abandoned"
        return ("met" if formula == "with_short_abandons" and in_time else "breached"), ""
    if look.stopped == "stop":
        return ("breached" if look.is_late else "met"), ""
    # Nobody answered: late once past the target, and offered; of the answered it is none.
    return ("breached" if look.is_late and formula != "of_answered" else "running"), ""


def _without_void(one: Promise, cut_off: datetime) -> Look:
    """As it would stand had nobody taken it out."""
    steps, one.steps = one.steps, [step for step in one.steps if step[1] != "void"]
    try:
        return one.look(cut_off)
    finally:
        one.steps = steps


def _is_short(clause: dict[str, Any], look: Look) -> bool:
    short = _exclusion(clause, "short_abandons")
    return short is not None and look.used <= timedelta(seconds=short["seconds"])


def _is_of(clause: dict[str, Any], one: Promise) -> bool:
    metric = "answer" if clause["metric"] == "abandonment" else clause["metric"]
    return one.metric == metric and clause.get("channel_group", "") in ("", one.group)


def _exclusion(clause: dict[str, Any], kind: str) -> dict[str, Any] | None:
    return next((row for row in clause.get("exclusions") or [] if row["kind"] == kind), None)


def _leave_out(clause: dict[str, Any], rows: list[Any], before: int) -> tuple[list[Any], int]:
    """What comes beyond the volume agreed for the month is left out, in the order of arrival."""
    agreed = _exclusion(clause, "volume_above_forecast")
    kept, counted = [], before
    most = None
    if agreed is not None:
        most = Fraction(agreed["forecast"]) * (100 + Fraction(str(agreed.get("percent", 0)))) / 100
    for one, outcome, reason in rows:
        if outcome != "excluded":
            if most is not None and counted + 1 > most:
                outcome, reason = "excluded", "above_forecast"
            else:
                counted += 1
        kept.append((one, outcome, reason))
    return kept, counted


def _add_up(version: Version, clause: dict[str, Any], rows: list[Any], currency: str) -> dict[str, Any]:
    ids: dict[str, list[str]] = {"met": [], "breached": [], "running": []}
    excluded: dict[str, list[str]] = defaultdict(list)
    for one, outcome, reason in rows:
        (excluded[reason] if outcome == "excluded" else ids[outcome]).append(str(one.conversation))
    counted = len(ids["met"]) + len(ids["breached"])
    share = Fraction(len(ids["met"]), counted) if counted else None
    goal = Fraction(str(clause["goal"]))
    judged = share is not None and counted >= clause.get("minimum", 0)
    under = over = Fraction(0)
    if judged and share is not None and share < goal:
        under = max(Fraction(1, 100), _round(100 * (goal - share), 2))
    if judged and share is not None and share > goal:
        over = _round(100 * (share - goal), 2)
    places = DECIMALS.get(currency, 2)
    return {
        "counted": counted,
        "met": len(ids["met"]),
        "breached": len(ids["breached"]),
        "running": len(ids["running"]),
        "excluded": {reason: len(who) for reason, who in sorted(excluded.items())},
        "share": share,
        "judged": judged,
        "kept": (share is not None and share >= goal) if judged else None,
        "points_off": under,
        "points_over": over,
        "penalty": _round(_cost(version, clause.get("penalty"), under), places),
        "bonus": _round(_cost(version, clause.get("bonus"), over), places),
        "ids": {name: sorted(who) for name, who in ids.items()}
        | {"excluded": {reason: sorted(who) for reason, who in sorted(excluded.items())}},
    }


def _cost(version: Version, price: dict[str, Any] | None, points: Fraction) -> Fraction:
    if not price or points <= 0:
        return Fraction(0)
    cost = Fraction(0)
    if "tiers" in price:
        reached = [tier for tier in price["tiers"] if Fraction(str(tier["points"])) <= points]
        if reached:
            cost = _sum(version, max(reached, key=lambda tier: Fraction(str(tier["points"]))))
    else:
        cost = Fraction(str(price["eur_per_point"])) * min(points, Fraction(str(price.get("cap_points", 100))))
    return min(cost, _sum(version, price["cap"])) if price.get("cap") else cost


def _sum(version: Version, row: dict[str, Any]) -> Fraction:
    """So much, or so much of a hundred of the month's fee."""
    if "amount" in row:
        return Fraction(str(row["amount"]))
    return Fraction(str(version.terms["monthly_fee"])) * Fraction(str(row["percent"])) / 100


def _round(value: Fraction, places: int) -> Fraction:
    """Half up; nothing here is below zero."""
    scale = 10**places
    return Fraction((value * scale * 2 + 1) // 2, scale)
