"""The arithmetic of one clock, step by step, for whoever wants to check it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel import clock as instants
from kernel.errors import not_found
from sla_contracts import contracts
from sla_contracts.business_time import Calendar
from sla_contracts.clock_ledger import calendar_of, differences, fold_ledger
from sla_contracts.clock_math import ClockState, elapsed_at
from sla_contracts.models import Clock, ClockEvent
from tenants.models import Tenant

DAYS_SHOWN = 62


def explain(*, tenant: Tenant, clock_id: UUID, now: datetime | None = None) -> dict[str, Any]:
    """Each step with the open seconds since the one before, by local day, and the sum; then the verdict.

    ``agrees`` tells whether what the screens show is what the ledger gives. not_found for another tenant's clock.
    """
    clock = Clock.objects.filter(tenant=tenant, pk=clock_id).select_related("version").first()
    if clock is None:
        raise not_found()
    at = now or instants.now()
    ledger, calendar = list(clock.events.order_by("id")), calendar_of(clock)
    state = fold_ledger(clock, ledger)
    steps = [_step(clock, ledger, place, calendar) for place in range(len(ledger))]
    if state.running_since is not None:
        steps.append(_until_now(state, calendar, at))
    used = elapsed_at(state, calendar, at)
    return {
        "clock": str(clock.id),
        "conversation": str(clock.conversation),
        "metric": clock.metric,
        "version": clock.version.number,
        "calendar": {
            "name": clock.calendar,
            **contracts.terms_of(clock.version_id).calendars[clock.calendar].to_json(),
        },
        "target_seconds": int(state.target_seconds),
        "steps": steps,
        "elapsed_seconds": used,
        "comparison": "<=" if used <= state.target_seconds else ">",
        "state": state.state,
        "due_at": state.due_at,
        "breached_at": state.breached_at,
        "met_at": state.met_at,
        "within_target": state.within_target,
        "agrees": not differences(clock, ledger),
    }


def ledger_of(clock_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The rows of each clock's ledger as screens show them; ``by`` is a person's id."""
    found: dict[UUID, list[dict[str, Any]]] = {clock_id: [] for clock_id in clock_ids}
    for row in ClockEvent.objects.filter(clock__in=list(found)).order_by("id"):
        found[row.clock_id].append(
            {
                "kind": row.kind,
                "at": row.at,
                "cause": row.cause,
                "seq": row.conversation_seq,
                "reason": row.reason,
                "seconds": row.seconds,
                "by": row.by_id,
            }
        )
    return found


def _step(clock: Clock, ledger: Sequence[ClockEvent], place: int, calendar: Calendar) -> dict[str, Any]:
    row = ledger[place]
    before = fold_ledger(clock, ledger[:place]) if place else None
    after = fold_ledger(clock, ledger[: place + 1])
    since = before.running_since if before is not None else None
    parts = _by_day(calendar, since, row.at) if since is not None else []
    return {
        "kind": row.kind,
        "at": row.at,
        "reason": row.reason,
        "counted_seconds": calendar.elapsed(since, row.at) if since is not None else 0.0,
        "elapsed_seconds": after.elapsed_seconds,
        "days": parts,
    }


def _until_now(state: ClockState, calendar: Calendar, now: datetime) -> dict[str, Any]:
    since = state.running_since or now
    return {
        "kind": "now",
        "at": now,
        "reason": "",
        "counted_seconds": calendar.elapsed(since, now),
        "elapsed_seconds": elapsed_at(state, calendar, now),
        "days": _by_day(calendar, since, now),
    }


def _by_day(calendar: Calendar, start: datetime, stop: datetime) -> list[dict[str, Any]]:
    """Open seconds of each local day between two instants; days without any are left out."""
    zone = ZoneInfo(calendar.time_zone)
    parts: list[dict[str, Any]] = []
    day = start.astimezone(zone).date()
    while day <= stop.astimezone(zone).date() and len(parts) < DAYS_SHOWN:
        midnight = datetime.combine(day, time(), zone).astimezone(UTC)
        following = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        seconds = calendar.elapsed(max(start, midnight), min(stop, following))
        if seconds:
            parts.append({"day": day.isoformat(), "seconds": seconds})
        day += timedelta(days=1)
    return parts
