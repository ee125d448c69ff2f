"""A past week as the rows tell it: the work that arrived, who was there, and what the ledger of clocks says of it.

Public rows alone: times, needs, ids of staff; nothing of a customer.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel import clock, statements
from routing.desks import PRESENT
from routing.measuring import LONGEST

MOST = 50_000
WEEKS_SHOWN = 9

_ITEMS = """
SELECT w.tenant_id, w.channel, q.channel_group, w.language, w.needs, w.units, w.priority, q.keeps_hours,
       greatest(w.entered_at, w.starts_at), w.accepted_at, w.first_reply_at, w.finished_at, w.state, w.agent_id
  FROM public.routing_workitem w JOIN public.routing_queue q ON q.id = w.queue_id
 WHERE w.tenant_id = ANY(%s::uuid[]) AND w.entered_at >= %s AND w.entered_at < %s
   AND coalesce(w.starts_at, w.entered_at) < %s
 ORDER BY greatest(w.entered_at, w.starts_at), w.id
"""
_COUNTS = """
SELECT w.tenant_id, count(*), count(*) FILTER (WHERE w.state = 'abandoned')
  FROM public.routing_workitem w
 WHERE w.tenant_id = ANY(%s::uuid[]) AND w.entered_at >= %s AND w.entered_at < %s GROUP BY 1
"""
_SPELLS = """
SELECT person_id, greatest(started_at, %(start)s), least(coalesce(ended_at, %(now)s), %(end)s)
  FROM public.routing_agentstatespell
 WHERE status = ANY(%(present)s::text[]) AND started_at < %(end)s AND coalesce(ended_at, %(now)s) > %(start)s
 ORDER BY 1, 2
"""
_LEDGER = """
SELECT tenant_id, channel_group, count(*), count(*) FILTER (WHERE met_at IS NOT NULL AND breached_at IS NULL)
  FROM public.sla_contracts_clock
 WHERE metric = 'first_response' AND state <> 'voided' AND tenant_id = ANY(%s::uuid[])
   AND started_at >= %s AND started_at < %s AND (met_at IS NOT NULL OR breached_at IS NOT NULL)
 GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Week:
    """From a Monday's midnight in the zone to the next one's; an hour longer or shorter where clocks change."""

    start: datetime
    end: datetime
    zone: str

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()

    def at(self, moment: datetime) -> float:
        return (moment - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Item:
    tenant: UUID
    channel: str
    group: str
    language: str
    needs: dict[str, int]
    units: int
    priority: str
    keeps_hours: bool
    entered_at: datetime
    accepted_at: datetime | None
    replied_at: datetime | None
    finished_at: datetime | None
    state: str
    agent: UUID | None

    @property
    def is_abandoned(self) -> bool:
        return self.state == "abandoned"

    @property
    def handled(self) -> float | None:
        """Seconds from acceptance to the end of the wrap-up; None while it is open, or if nobody took it."""
        if self.state != "done" or self.accepted_at is None or self.finished_at is None:
            return None
        return min(LONGEST, max(1.0, (self.finished_at - self.accepted_at).total_seconds()))


def week_of(day: date, zone: str) -> Week:
    """The week that holds the day."""
    monday = day - timedelta(days=day.weekday())
    start, end = (
        datetime.combine(each, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
        for each in (monday, monday + timedelta(days=7))
    )
    return Week(start, end, zone)


def past_weeks(zone: str) -> list[Week]:
    """The last weeks that are over, the newest first."""
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    return [week_of(today - timedelta(weeks=ago), zone) for ago in range(1, WEEKS_SHOWN + 1)]


def counts_of(week: Week, tenants: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Client → conversations that arrived, and those that were abandoned."""
    rows = statements.run(_COUNTS, [list(tenants), week.start, week.end])
    return {tenant: (count, gone) for tenant, count, gone in rows}


def items_of(week: Week, tenants: Sequence[UUID]) -> list[Item]:
    rows = statements.run(_ITEMS, [list(tenants), week.start, week.end, week.end])
    return [Item(*_read(row)) for row in rows]


def presence_of(week: Week) -> dict[UUID, list[tuple[float, float]]]:
    """Person → stretches at work, in seconds of the week."""
    values = {"start": week.start, "end": week.end, "now": clock.now(), "present": [str(each) for each in PRESENT]}
    found: dict[UUID, list[tuple[float, float]]] = defaultdict(list)
    for person, start, end in statements.run(_SPELLS, values):
        if end > start:
            found[person].append((week.at(start), week.at(end)))
    return found


def ledger_of(week: Week, tenants: Sequence[UUID]) -> dict[tuple[UUID, str], tuple[int, int]]:
    """(client, channel group) → first responses judged, and met, by the contracts' clocks."""
    rows = statements.run(_LEDGER, [list(tenants), week.start, week.end])
    return {(tenant, group): (judged, met) for tenant, group, judged, met in rows}


def busy_of(week: Week, items: Iterable[Item], presence: dict[UUID, list[tuple[float, float]]]) -> dict[UUID, float]:
    """Person → seconds at work with something in hand."""
    held: dict[UUID, list[tuple[float, float]]] = defaultdict(list)
    for item in items:
        if item.agent is not None and item.accepted_at is not None:
            until = item.finished_at or clock.now()
            held[item.agent].append((week.at(item.accepted_at), week.at(until)))
    return {person: _overlap(_joined(held.get(person, [])), spans) for person, spans in presence.items()}


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for begin, until in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(until, found[-1][1])
        else:
            found.append((begin, until))
    return found


def _overlap(held: list[tuple[float, float]], present: list[tuple[float, float]]) -> float:
    """Seconds in both; each list in order, none overlapping itself."""
    total, place = 0.0, 0
    for begin, until in present:
        while place < len(held) and held[place][1] <= begin:
            place += 1
        at = place
        while at < len(held) and held[at][0] < until:
            total += min(until, held[at][1]) - max(begin, held[at][0])
            at += 1
    return total


def _read(row: statements.Row) -> Sequence[Any]:
    """The row with its needs as ``routing.engine.types.needs_at_first`` gives them."""
    _, _, _, language, found, *_ = row
    needs = dict(json.loads(found) if isinstance(found, str) else found)
    if language:
        needs.setdefault(f"lang:{language}", 1)
    return [*row[:4], needs, *row[5:]]
