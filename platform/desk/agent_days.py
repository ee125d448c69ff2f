"""A day on the floor as it was: who was in which state from when to when, and how long in each."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from desk.day_range import Days
from desk.floor import agents_of
from kernel.access import declares, staff
from kernel.spreadsheet import safe_cells
from people.access import clients_of
from people.models import Person
from routing import reasons
from routing.agent_time import Stay, stays
from routing.models import AgentState
from routing.time_ledger import OFFLINE, micros

_COLUMNS = ("agent", "agent_id", "state", "reason", "from", "until", "seconds", "set_by")


def visible_agents(by: Person, agent: UUID | None = None) -> dict[UUID, str]:
    """The agents whose days this supervisor sees, by name: all, or those who serve one of their clients."""
    states = AgentState.objects.select_related("person").order_by("person__name", "pk")
    shown = agents_of(by, list(states.filter(pk=agent) if agent else states), [each.id for each in clients_of(by)])
    return {state.person_id: state.person.name for state in shown}


def show_day(by: Person, days: Days, agent: UUID | None = None) -> dict[str, Any]:
    """Everybody who was there that day, with the spells that make it up and the time in each state."""
    people = visible_agents(by, agent)
    words = reasons.names(by.language)
    spans = _spans(people, days, words)
    return {
        "day": days.first,
        "zone": days.zone,
        "starts_at": days.start,
        "ends_at": days.end,
        "agents": [
            {"agent": {"id": person_id, "name": name}, **_summed(spans[person_id])}
            for person_id, name in people.items()
            if person_id in spans
        ],
    }


@declares("export", staff("supervisor", "operator", opens="agent", by="accreditation"))
def as_csv(by: Person, days: Days, agent: UUID | None = None) -> tuple[bytes, int]:
    """``(UTF-8 with a byte order mark, rows)``: a row a spell, times where the reader is."""
    shown, zone = show_day(by, days, agent), ZoneInfo(days.zone)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    count = 0
    for day in shown["agents"]:
        for span in day["spans"]:
            table.writerow(
                safe_cells(
                    [
                        day["agent"]["name"],
                        str(day["agent"]["id"]),
                        span["status"],
                        span["reason_name"],
                        span["started_at"].astimezone(zone).isoformat(),
                        span["ended_at"].astimezone(zone).isoformat(),
                        as_seconds(span["micros"]),
                        span["set_by"]["name"] if span["set_by"] else "",
                    ]
                )
            )
            count += 1
    return out.getvalue().encode("utf-8-sig"), count


def as_seconds(count: int) -> str:
    """Microseconds as exact seconds."""
    return f"{count // 1_000_000}.{count % 1_000_000:06d}"


def _spans(people: Collection[UUID], days: Days, words: dict[str, str]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows = stays(people, days.start, days.end)
    setters = {row.set_by_id for row in rows if row.set_by_id}
    names = dict(Person.objects.filter(pk__in=setters).values_list("pk", "name"))
    for row in rows:
        started, ended = max(row.started_at, days.start), min(row.until, days.end)
        if started < ended:
            found.setdefault(row.person_id, []).append(_span(row, started, ended, names, words))
    trimmed = {person_id: _trim(spans) for person_id, spans in found.items()}
    return {person_id: spans for person_id, spans in trimmed.items() if spans}


def _span(
    row: Stay, started: datetime, ended: datetime, names: dict[UUID, str], words: dict[str, str]
) -> dict[str, Any]:
    setter = row.set_by_id
    return {
        "status": row.status,
        "reason": row.reason,
        "reason_name": words.get(row.reason, row.reason),
        "set_by": {"id": setter, "name": names.get(setter, "")} if setter else None,
        "started_at": started,
        "ended_at": ended,
        "is_open": row.ended_at is None,
        "micros": micros(ended) - micros(started),
    }


def _trim(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From the first sign of them to the last: offline before and after says nothing."""
    here = [place for place, span in enumerate(spans) if span["status"] != OFFLINE]
    return spans[here[0] : here[-1] + 1] if here else []


def _summed(spans: list[dict[str, Any]]) -> dict[str, Any]:
    totals: dict[tuple[str, str], dict[str, Any]] = {}
    for span in spans:
        kind = span["status"], span["reason"]
        known = totals.setdefault(
            kind, {name: span[name] for name in ("status", "reason", "reason_name")} | {"micros": 0}
        )
        known["micros"] += span["micros"]
    return {
        "presence": sum(total["micros"] for total in totals.values() if total["status"] != OFFLINE),
        "spans": spans,
        "totals": sorted(totals.values(), key=lambda total: -total["micros"]),
    }
