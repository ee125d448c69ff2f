"""Attainment computed a second time, from raw rows and second by second of reasoning, sharing no code with the first.

Reads the ledger by SQL, finds open time by walking minutes of local wall time, and judges by the contract's words.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from django.db import connection

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def count_again(tenant_id: UUID, start: datetime, end: datetime, cut_off: datetime) -> dict[str, dict[str, Any]]:
    """Clause code → counted, met, breached, running, excluded (reason → number), points and penalty as Fractions."""
    terms = _rows(
        "SELECT v.id, v.terms FROM sla_contracts_contractversion v"
        " JOIN sla_contracts_contract k ON k.id = v.contract_id WHERE k.tenant_id = %s AND v.signed_at IS NOT NULL",
        [tenant_id],
    )
    agreed = {version: _json(data) for version, data in terms}
    clocks = _rows(
        "SELECT id, conversation, metric, channel_group, version_id, calendar FROM sla_contracts_clock"
        " WHERE tenant_id = %s",
        [tenant_id],
    )
    ledgers: dict[UUID, list[tuple[str, datetime, int | None, str]]] = defaultdict(list)
    for clock, kind, at, seconds, reason in _rows(
        "SELECT clock_id, kind, at, seconds, reason FROM sla_contracts_clockevent WHERE at <= %s ORDER BY id", [cut_off]
    ):
        ledgers[clock].append((kind, at, seconds, reason))
    totals: dict[str, dict[str, Any]] = {}
    for data in agreed.values():
        for clause in data["clauses"]:
            totals[clause["code"]] = {
                "met": 0,
                "breached": 0,
                "running": 0,
                "excluded": defaultdict(int),
                "late": set(),
            }
    judged: dict[str, list[Any]] = defaultdict(list)
    for clock, conversation, metric, group, version, calendar in clocks:
        ledger = ledgers[clock]
        if not ledger or not start <= ledger[0][1] < end:
            continue
        for clause in agreed[version]["clauses"]:
            if (_clock_of(clause), clause["channel_group"]) == (metric, group):
                found = _judge_under(clause, ledger, agreed[version]["calendars"][calendar], cut_off)
                judged[clause["code"]].append((ledger[0][1], clock, conversation, clause, *found))
    for code, rows in judged.items():
        _add_up(totals[code], rows)
    for data in agreed.values():
        for clause in data["clauses"]:
            _price(totals[clause["code"]], clause)
    return totals


def _add_up(total: dict[str, Any], rows: list[Any]) -> None:
    """In the order of arrival: what lies beyond a clause's volume is left out."""
    volume = 0
    for _, _, conversation, clause, outcome, reason in sorted(rows, key=lambda row: row[:2]):
        volume += outcome != "excluded"
        agreed = _exclusion(clause, "volume_above_forecast")
        limit = agreed["forecast"] * (100 + agreed.get("percent", 0)) // 100 if agreed else None
        if limit is not None and outcome != "excluded" and volume > limit:
            outcome, reason = "excluded", "above_forecast"
            volume -= 1
        if outcome == "excluded":
            total["excluded"][reason] += 1
        else:
            total[outcome] += 1
        if outcome == "breached":
            total["late"].add(str(conversation))


def _price(total: dict[str, Any], clause: dict[str, Any]) -> None:
    total["counted"] = total["met"] + total["breached"]
    total["excluded"] = dict(total["excluded"])
    points = Fraction(0)
    if total["counted"]:
        missing = Fraction(str(clause["goal"])) - Fraction(total["met"], total["counted"])
        if missing > 0:
            points = max(Fraction(1, 100), Fraction(int(missing * 10_000 + Fraction(1, 2)), 100))
    total["points"] = points
    total["penalty"] = _cost(clause.get("penalty"), points)
    over = Fraction(0)
    if total["counted"] and Fraction(total["met"], total["counted"]) > Fraction(str(clause["goal"])):
        over = Fraction(total["met"], total["counted"]) - Fraction(str(clause["goal"]))
    total["bonus"] = _cost(clause.get("bonus"), Fraction(int(over * 10_000 + Fraction(1, 2)), 100))


def _cost(price: dict[str, Any] | None, points: Fraction) -> Fraction:
    if not price or not points:
        return Fraction(0)
    found = Fraction(0)
    if "tiers" in price:
        for tier in sorted(price["tiers"], key=lambda tier: float(tier["points"])):
            if points >= Fraction(str(tier["points"])):
                found = Fraction(str(tier["amount"]))
    else:
        found = min(points, Fraction(price["cap_points"])) * price["eur_per_point"]
    return min(found, Fraction(str(price["cap"]["amount"]))) if "cap" in price else found


def _clock_of(clause: dict[str, Any]) -> str:
    return "answer" if clause["metric"] == "abandonment" else str(clause["metric"])


def _exclusion(clause: dict[str, Any], kind: str) -> dict[str, Any] | None:
    return next((row for row in clause.get("exclusions") or [] if row["kind"] == kind), None)


def _judge_under(clause: dict[str, Any], ledger: list[Any], calendar: dict[str, Any], cut_off: datetime) -> Any:
    """By the words of the clause: its formula, and what it lets be left out."""
    last_kind, last_at, _, last_reason = ledger[-1]
    known = [row["kind"] for row in clause["exclusions"]] if "exclusions" in clause else ["spam", "client_incident"]
    if last_kind == "voided" and last_reason in ("spam", "client_incident") and last_reason not in known:
        ledger, last_kind = ledger[:-1], ledger[-2][0]
    if _clock_of(clause) != "answer":
        return _judge(ledger, calendar, cut_off)
    target, waited = ledger[0][2], _open(calendar, ledger[0][1], last_at)
    formula = clause.get("formula", "of_offered_less_short_abandons")
    if last_kind == "voided" and last_reason == "abandoned":
        short = _exclusion(clause, "short_abandons")
        if short and waited <= timedelta(seconds=short["seconds"]):
            return "excluded", "short_abandon"
        if clause["metric"] == "abandonment" or formula == "of_offered":
            return "breached", ""
        if formula == "of_answered":
            return "excluded", "abandoned"
        if formula == "less_abandons_under":
            is_short = waited <= timedelta(seconds=clause["abandons_under_seconds"])
            return ("excluded", "abandoned") if is_short else ("breached", "")
        if waited > timedelta(seconds=target):
            return "breached", ""
        return ("met", "") if formula == "with_short_abandons" else ("excluded", "abandoned")
    outcome, reason = _judge(ledger, calendar, cut_off)
    if outcome == "excluded":
        return outcome, reason
    if clause["metric"] == "abandonment":
        return ("met" if last_kind in ("met", "breached") and _stopped(ledger) else "running"), ""
    answered = _stopped(ledger) and last_reason != "closed_without_reply"
    return ("running", "") if outcome == "breached" and not answered and formula == "of_answered" else (outcome, "")


def _stopped(ledger: list[Any]) -> bool:
    return bool([row for row in ledger if row[0] != "breached"][-1][0] == "met")


def _judge(
    ledger: list[tuple[str, datetime, int | None, str]], calendar: dict[str, Any], cut_off: datetime
) -> tuple[str, str]:
    target, used, since, stopped = ledger[0][2] or 0, timedelta(0), None, False
    for kind, at, seconds, reason in ledger:
        if kind == "voided":
            return "excluded", reason
        if kind == "breached":
            continue
        if since is not None:
            used += _open(calendar, since, at)
        if used > timedelta(seconds=target):
            return _unless_voided(ledger)
        if kind == "retargeted" and seconds is not None:
            target = seconds
            if used > timedelta(seconds=target):
                voided = _unless_voided(ledger)
                return voided if voided[0] == "excluded" else ("excluded", "target_changed")
        since = at if kind in ("started", "resumed") or (kind == "retargeted" and since is not None) else None
        stopped = kind == "met"
    if since is not None:
        used += _open(calendar, since, cut_off)
    if used > timedelta(seconds=target):
        return "breached", ""
    return ("met", "") if stopped else ("running", "")


def _unless_voided(ledger: list[tuple[str, datetime, int | None, str]]) -> tuple[str, str]:
    last = ledger[-1]
    return ("excluded", last[3]) if last[0] == "voided" else ("breached", "")


def _open(calendar: dict[str, Any], start: datetime, stop: datetime) -> timedelta:
    """Open time between two instants; for hours on whole minutes within one day, which is what these terms have."""
    zone, total, at = ZoneInfo(calendar["time_zone"]), timedelta(0), start
    closed = (calendar.get("holidays") or {}).get("country")
    table = holidays.country_holidays(closed, years=range(2025, 2030)) if closed else {}
    while at < stop:
        following = min(stop, at.replace(second=0, microsecond=0) + timedelta(minutes=15 - at.minute % 15))
        local = at.astimezone(zone)
        text = local.strftime("%H:%M")
        hours = calendar["weekly"].get(DAYS[local.weekday()], [])
        if local.date() not in table and any(opens <= text < closes for opens, closes in hours):
            total += following - at
        at = following
    return total


def _json(data: Any) -> dict[str, Any]:
    import json

    return data if isinstance(data, dict) else dict(json.loads(data))


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [tuple(_utc(value) for value in row) for row in cursor.fetchall()]


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
