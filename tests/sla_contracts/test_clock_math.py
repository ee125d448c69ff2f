"""Clocks as a fold of their events: the cases of sla.md, the bugs of others, and what must hold of any sequence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_contracts.business_time import Calendar
from sla_contracts.clock_math import ClockError, Event, Kind, elapsed_at, fold

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Calendar.from_json(
    {"time_zone": "Europe/Berlin", "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
)
HOUR = 3600


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def events(*steps: tuple[Any, ...]) -> list[Event]:
    return [Event(step[0], at(step[1]), *step[2:]) for step in steps]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_running_clock_knows_its_deadline() -> None:
    state = fold(events(("started", "2026-01-16 16:30")), OFFICE, HOUR)
    assert (state.state, state.due_at, state.within_target) == ("running", utc("2026-01-19 08:30"), None)
    assert state.running_since == at("2026-01-16 16:30") and state.elapsed_seconds == 0
    assert elapsed_at(state, OFFICE, at("2026-01-19 09:15")) == 45 * 60


def test_pending_from_friday_to_monday() -> None:
    steps = events(("started", "2026-01-16 15:00"), ("paused", "2026-01-16 16:00"), ("resumed", "2026-01-19 10:00"))
    paused, resumed = fold(steps[:2], OFFICE, 8 * HOUR), fold(steps, OFFICE, 8 * HOUR)
    assert (paused.state, paused.due_at, paused.elapsed_seconds) == ("paused", None, HOUR)
    assert elapsed_at(paused, OFFICE, at("2026-01-19 09:59")) == HOUR
    assert (resumed.state, resumed.due_at, resumed.elapsed_seconds) == ("running", utc("2026-01-19 16:00"), HOUR)


def test_resolved_and_reopened() -> None:
    steps = events(("started", "2026-01-19 10:00"), ("met", "2026-01-19 12:00"), ("resumed", "2026-01-21 15:00"))
    met, reopened = fold(steps[:2], OFFICE, 8 * HOUR), fold(steps, OFFICE, 8 * HOUR)
    assert (met.state, met.within_target, met.met_at) == ("met", True, at("2026-01-19 12:00"))
    assert (reopened.state, reopened.met_at, reopened.within_target) == ("running", None, None)
    assert reopened.due_at == utc("2026-01-22 12:00")


def test_a_lowered_target_breaches_at_the_change_and_is_never_back_dated() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("retargeted", "2026-01-19 12:00", 2 * HOUR))
    state = fold(steps, OFFICE, 8 * HOUR)
    assert (state.state, state.breached_at, state.by_change) == ("breached", at("2026-01-19 12:00"), True)
    assert (state.elapsed_seconds, state.within_target) == (3 * HOUR, False)
    noted = fold([*steps, Event("breached", at("2026-01-19 12:00"))], OFFICE, 8 * HOUR)
    assert noted == state


def test_a_changed_target_keeps_the_elapsed_time() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("retargeted", "2026-01-19 12:00", 4 * HOUR))
    state = fold(steps, OFFICE, 8 * HOUR)
    assert (state.state, state.due_at) == ("running", at("2026-01-19 13:00"))
    raised = fold([*steps, Event("retargeted", at("2026-01-19 12:30"), 16 * HOUR)], OFFICE, 8 * HOUR)
    assert raised.due_at == at("2026-01-20 17:00")


def test_a_breach_is_not_taken_away_by_a_raised_target() -> None:
    steps = events(
        ("started", "2026-01-19 09:00"), ("retargeted", "2026-01-19 12:00", 8 * HOUR), ("met", "2026-01-19 13:00")
    )
    state = fold(steps, OFFICE, 2 * HOUR)
    assert (state.state, state.within_target, state.breached_at) == ("met", False, at("2026-01-19 11:00"))


def test_breached_and_met_late() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("breached", "2026-01-19 10:00"), ("met", "2026-01-19 11:00"))
    breached, met = fold(steps[:2], OFFICE, HOUR), fold(steps, OFFICE, HOUR)
    assert (breached.state, breached.within_target, breached.due_at) == ("breached", False, at("2026-01-19 10:00"))
    assert (met.state, met.within_target, met.breached_at) == ("met", False, at("2026-01-19 10:00"))
    assert met.elapsed_seconds == 2 * HOUR and met.due_at is None


@pytest.mark.parametrize("noticed", ["2026-01-19 10:00", "2026-01-19 10:07", None])
def test_the_breach_is_at_its_instant_whenever_it_was_noticed(noticed: str | None) -> None:
    note = [Event("breached", at(noticed))] if noticed else []
    steps = [*events(("started", "2026-01-19 09:00")), *note, *events(("paused", "2026-01-19 10:30"))]
    state = fold(steps, OFFICE, HOUR)
    assert (state.state, state.breached_at) == ("paused", at("2026-01-19 10:00"))
    assert state.elapsed_seconds == 1.5 * HOUR


def test_a_breach_noted_after_later_steps_were_written_changes_nothing() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("met", "2026-01-19 11:00"), ("breached", "2026-01-19 10:00"))
    assert fold(steps, OFFICE, HOUR) == fold(steps[:2], OFFICE, HOUR)


def test_exactly_the_target_is_met_one_microsecond_more_is_not() -> None:
    start = Event("started", at("2026-01-19 09:00"))
    exact = fold([start, Event("met", at("2026-01-19 10:00"))], OFFICE, HOUR)
    late = fold([start, Event("met", at("2026-01-19 10:00:00.000001"))], OFFICE, HOUR)
    assert (exact.within_target, exact.breached_at) == (True, None)
    assert (late.within_target, late.breached_at) == (False, at("2026-01-19 10:00"))


def test_a_stop_at_the_instant_of_the_deadline_is_met_even_if_the_timer_was_first() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("breached", "2026-01-19 10:00"), ("met", "2026-01-19 10:00"))
    assert fold(steps[:2], OFFICE, HOUR).state == "breached"
    assert (fold(steps, OFFICE, HOUR).within_target, fold(steps, OFFICE, HOUR).breached_at) == (True, None)


def test_a_target_that_ends_at_closing_is_kept_over_the_weekend() -> None:
    steps = events(("started", "2026-01-16 16:00"))
    running = fold(steps, OFFICE, HOUR)
    assert running.due_at == at("2026-01-16 17:00") and running.breaches_at == at("2026-01-19 09:00")
    kept = fold([*steps, *events(("met", "2026-01-18 12:00"))], OFFICE, HOUR)
    assert (kept.within_target, kept.breached_at) == (True, None)
    late = fold([*steps, *events(("met", "2026-01-19 09:00:01"))], OFFICE, HOUR)
    assert (late.within_target, late.breached_at) == (False, at("2026-01-19 09:00"))
    with pytest.raises(ClockError, match=r"step 1 \(breached\)"):
        fold([*steps, *events(("breached", "2026-01-16 17:00"))], OFFICE, HOUR)


def test_closing_while_waiting_for_the_customer_meets_the_clock() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("paused", "2026-01-19 09:30"), ("met", "2026-01-23 12:00"))
    state = fold(steps, OFFICE, HOUR)
    assert (state.state, state.within_target, state.elapsed_seconds) == ("met", True, HOUR / 2)


def test_a_void_clock_counts_neither_way() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("voided", "2026-01-19 12:00", None, "spam"))
    state = fold(steps, OFFICE, HOUR)
    assert (state.state, state.within_target, state.due_at, state.running_since) == ("voided", None, None, None)


def test_glpi_10594_a_weekend_in_pending_is_not_counted_twice() -> None:
    steps = events(("started", "2026-01-16 12:00"), ("paused", "2026-01-16 13:00"), ("resumed", "2026-01-19 09:00"))
    assert fold(steps, OFFICE, 6 * HOUR).due_at == at("2026-01-19 14:00")


def test_frappe_2449_hold_time_is_not_added_to_the_creation() -> None:
    steps = events(("started", "2026-01-19 09:00"), ("paused", "2026-01-19 16:00"), ("resumed", "2026-01-20 16:00"))
    assert fold(steps, OFFICE, 8 * HOUR).due_at == at("2026-01-20 17:00")


def test_erpnext_47884_hold_outside_hours_does_not_count() -> None:
    held = events(("started", "2026-01-19 16:00"), ("paused", "2026-01-19 18:00"), ("resumed", "2026-01-20 08:00"))
    assert fold(held, OFFICE, 2 * HOUR).due_at == fold(held[:1], OFFICE, 2 * HOUR).due_at


ILLEGAL: list[tuple[list[tuple[Any, ...]], int, str]] = [
    ([], 0, "started"),
    ([("paused", "2026-01-19 09:00")], 0, "paused"),
    ([("started", "2026-01-19 09:00"), ("started", "2026-01-19 10:00")], 1, "started"),
    ([("started", "2026-01-19 09:00"), ("resumed", "2026-01-19 10:00")], 1, "resumed"),
    ([("started", "2026-01-19 09:00"), ("paused", "2026-01-19 10:00"), ("paused", "2026-01-19 11:00")], 2, "paused"),
    ([("started", "2026-01-19 09:00"), ("met", "2026-01-19 10:00"), ("met", "2026-01-19 11:00")], 2, "met"),
    ([("started", "2026-01-19 09:00"), ("met", "2026-01-19 10:00"), ("paused", "2026-01-19 11:00")], 2, "paused"),
    ([("started", "2026-01-19 09:00"), ("met", "2026-01-19 08:00")], 1, "met"),
    ([("started", "2026-01-19 09:00"), ("retargeted", "2026-01-19 10:00")], 1, "retargeted"),
    ([("started", "2026-01-19 09:00"), ("breached", "2026-01-19 09:30")], 1, "breached"),
    ([("started", "2026-01-19 09:00"), ("voided", "2026-01-19 09:30"), ("met", "2026-01-19 09:40")], 2, "met"),
    ([("started", "2026-01-19 09:00"), ("frozen", "2026-01-19 09:30")], 1, "frozen"),
]


@pytest.mark.parametrize(("steps", "step", "kind"), ILLEGAL)
def test_an_impossible_sequence_is_refused_by_its_step(steps: list[tuple[Any, ...]], step: int, kind: str) -> None:
    with pytest.raises(ClockError) as caught:
        fold(events(*steps), OFFICE, HOUR)
    assert (caught.value.step, caught.value.kind) == (step, kind)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ClockError, match="time zone"):
        fold([Event("started", datetime(2026, 1, 19))], OFFICE, HOUR)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Event], int]:
    """A legal sequence: started, then pauses and resumptions, maybe a stop and a reopening."""
    # In UTC: by the clock on the wall, a step into the night of the change of clocks may lead back.
    moment = at("2026-03-27 08:00").astimezone(UTC) + timedelta(seconds=draw(st.integers(0, 90_000)))
    steps, phase = [Event("started", moment)], "running"
    following: dict[str, list[Kind]] = {
        "running": ["paused", "met", "retargeted"],
        "paused": ["resumed", "met", "retargeted"],
        "met": ["resumed"],
    }
    after: dict[Kind, str] = {"paused": "paused", "resumed": "running", "met": "met"}
    for _ in range(draw(st.integers(0, 7))):
        kind = draw(st.sampled_from(following[phase]))
        moment += timedelta(milliseconds=draw(st.integers(0, 90_000_000)))
        steps.append(Event(kind, moment, draw(st.integers(0, 40_000)) if kind == "retargeted" else None))
        phase = after.get(kind, phase)
    return steps, draw(st.integers(0, 100_000))


@settings(max_examples=150, deadline=None)
@given(lives())
def test_a_clock_counts_the_open_time_of_its_running_spells_only(life: tuple[list[Event], int]) -> None:
    steps, target = life
    spent, since = timedelta(0), None
    for event in steps:
        if since is not None:
            spent += OFFICE.elapsed_delta(since, event.at)
        if event.kind in ("started", "resumed") or (event.kind == "retargeted" and since is not None):
            since = event.at
        else:
            since = None
    state = fold(steps, OFFICE, target)
    assert state.elapsed_seconds == spent.total_seconds()
    assert (state.running_since is not None) == (since is not None)


@settings(max_examples=150, deadline=None)
@given(lives())
def test_met_exactly_if_within_the_target_and_never_back_dated(life: tuple[list[Event], int]) -> None:
    steps, target = life
    changes = {event.at for event in steps if event.kind == "retargeted"}
    earlier = None
    for length in range(1, len(steps) + 1):
        state = fold(steps[:length], OFFICE, target)
        if earlier is not None and earlier.breached_at is not None:
            assert state.breached_at == earlier.breached_at
        if state.breached_at is None:
            assert state.elapsed_seconds <= state.target_seconds
        elif state.by_change:
            assert state.breached_at in changes
        if state.state == "met":
            assert state.within_target == (state.breached_at is None)
        if earlier is not None and state.breached_at is not None and earlier.breached_at is None:
            assert state.breached_at >= steps[length - 2].at
        earlier = state


@settings(max_examples=100, deadline=None)
@given(lives())
def test_the_deadline_is_where_the_elapsed_time_reaches_the_target(life: tuple[list[Event], int]) -> None:
    steps, target = life
    state = fold(steps, OFFICE, target)
    if state.state == "running":
        assert state.due_at is not None and state.breaches_at is not None
        assert elapsed_at(state, OFFICE, state.due_at) == state.target_seconds
        noted = fold([*steps, Event("breached", state.breaches_at + timedelta(seconds=5))], OFFICE, target)
        assert (noted.state, noted.breached_at) == ("breached", state.breaches_at)
