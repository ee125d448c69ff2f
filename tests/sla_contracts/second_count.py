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
    for clock, conversation, metric, group, version, calendar in clocks:
        ledger = ledgers[clock]
        if not ledger or not start <= ledger[0][1] < end:
            continue
        for clause in agreed[version]["clauses"]:
            if (clause["metric"], clause["channel_group"]) == (metric, group):
                outcome, reason = _judge(ledger, agreed[version]["calendars"][calendar], cut_off)
                total = totals[clause["code"]]
                if outcome == "excluded":
                    total["excluded"][reason] += 1
                else:
                    total[outcome] += 1
                if outcome == "breached":
                    total["late"].add(str(conversation))
    for data in agreed.values():
        for clause in data["clauses"]:
            _price(totals[clause["code"]], clause)
    return totals


def _price(total: dict[str, Any], clause: dict[str, Any]) -> None:
    total["counted"] = total["met"] + total["breached"]
    total["excluded"] = dict(total["excluded"])
    points = Fraction(0)
    if total["counted"]:
        missing = Fraction(str(clause["goal"])) - Fraction(total["met"], total["counted"])
        if missing > 0:
            points = max(Fraction(1, 100), Fraction(int(missing * 10_000 + Fraction(1, 2)), 100))
    total["points"] = points
    penalty = clause.get("penalty")
    total["penalty"] = (
        min(points, Fraction(penalty["cap_points"])) * penalty["eur_per_point"] if penalty else Fraction(0)
    )


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
    table = holidays.country_holidays(closed, years=range(2025, 2028)) if closed else {}
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
