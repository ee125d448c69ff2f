"""From the ledger to a clock's columns: the columns are a cache, and this is the only code that fills it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sla_contracts import contracts
from sla_contracts.business_time import Calendar
from sla_contracts.clock_math import ClockState, Event, Kind, fold
from sla_contracts.clock_timers import next_timer
from sla_contracts.models import Clock, ClockEvent

COLUMNS = (
    "state",
    "target_seconds",
    "elapsed_seconds",
    "running_since",
    "paused_reason",
    "due_at",
    "met_at",
    "breached_at",
    "within_target",
    "timer_event",
    "timer_at",
)


def calendar_of(clock: Clock) -> Calendar:
    return contracts.terms_of(clock.version_id).calendars[clock.calendar]


def fold_ledger(clock: Clock, ledger: Sequence[ClockEvent]) -> ClockState:
    """The clock's state from its rows alone. The first row carries the first target."""
    target = next((row.seconds for row in ledger if row.kind == "started" and row.seconds is not None), None)
    events = (Event(cast(Kind, row.kind), row.at, row.seconds, row.reason) for row in ledger)
    return fold(events, calendar_of(clock), clock.target_seconds if target is None else target)


def add_steps(clock: Clock, steps: Sequence[ClockEvent]) -> None:
    """Append rows to a locked clock's ledger and write its columns anew.

    A breach that lies before a step is written before it, at its own instant. A step that was taken before the last
    row but comes after it (two hands at once) counts from that row's instant: the ledger never runs backwards.
    """
    ledger = list(clock.events.order_by("id"))
    ClockEvent.objects.bulk_create(_append(clock, ledger, steps))
    write_columns([clock], {clock.pk: ledger})


def add_step_to_each(steps: Sequence[ClockEvent]) -> None:
    """``add_steps`` for one step on each of several locked clocks, in as many statements as for one."""
    clocks = [step.clock for step in steps]
    ledgers = ledgers_of(clocks)
    ClockEvent.objects.bulk_create(
        [row for step in steps for row in _append(step.clock, ledgers[step.clock_id], [step])]
    )
    write_columns(clocks, ledgers)


def _append(clock: Clock, ledger: list[ClockEvent], steps: Sequence[ClockEvent]) -> list[ClockEvent]:
    added: list[ClockEvent] = []
    for step in steps:
        if ledger:
            step.at = max(step.at, ledger[-1].at)
            breaches_at = fold_ledger(clock, ledger).breaches_at
            if breaches_at is not None and breaches_at < step.at:
                breach = ClockEvent(clock=clock, kind="breached", at=breaches_at, cause="sweep")
                ledger.append(breach)
                added.append(breach)
        ledger.append(step)
        added.append(step)
    return added


def write_columns(clocks: Sequence[Clock], ledgers: Mapping[UUID, Sequence[ClockEvent]]) -> None:
    """Store what the ledgers amount to; one statement for any number of clocks."""
    for clock in clocks:
        for column, value in columns_from(clock, ledgers[clock.pk]).items():
            setattr(clock, column, value)
    if len(clocks) == 1:
        clocks[0].save(update_fields=list(COLUMNS))
    elif clocks:
        Clock.objects.bulk_update(clocks, list(COLUMNS))


def columns_from(clock: Clock, ledger: Sequence[ClockEvent]) -> dict[str, Any]:
    """The cached columns as the ledger has them."""
    state = fold_ledger(clock, ledger)
    timer = next_timer(
        state,
        calendar_of(clock),
        at_risk_share=contracts.terms_of(clock.version_id).at_risk_share,
        claimed=clock.warned,
    )
    held = next((row.reason for row in reversed(ledger) if row.kind == "paused"), "")
    return {
        "state": state.state,
        "target_seconds": int(state.target_seconds),
        "elapsed_seconds": state.elapsed_seconds,
        "running_since": state.running_since,
        "paused_reason": held if state.state == "paused" else "",
        "due_at": state.due_at,
        "met_at": state.met_at,
        "breached_at": state.breached_at,
        "within_target": state.within_target,
        "timer_event": timer.event,
        "timer_at": timer.at,
    }


def differences(clock: Clock, ledger: Sequence[ClockEvent]) -> dict[str, tuple[Any, Any]]:
    """Column → (stored, recomputed) wherever they differ; empty for a sound clock."""
    return {
        name: (getattr(clock, name), value)
        for name, value in columns_from(clock, ledger).items()
        if getattr(clock, name) != value
    }


def ledgers_of(clocks: Iterable[Clock]) -> dict[UUID, list[ClockEvent]]:
    """Each clock's rows in order, in one query."""
    ledgers: dict[UUID, list[ClockEvent]] = {clock.pk: [] for clock in clocks}
    for row in ClockEvent.objects.filter(clock__in=list(ledgers)).order_by("id"):
        ledgers[row.clock_id].append(row)
    return ledgers
