"""A clock of the contract as a fold of its events: the same events give the same state, to the microsecond.

A stop keeps the target if and only if elapsed <= target. The breach is at the instant from which any stop would be too
late (`Calendar.overdue_from`), whenever it was noticed; it is never back-dated and never taken away again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from sla_contracts.business_time import Calendar

Kind = Literal["started", "paused", "resumed", "met", "breached", "retargeted", "voided"]
State = Literal["running", "paused", "met", "breached", "voided"]

ZERO = timedelta(0)


class ClockError(ValueError):
    """Events that no clock can have lived through. `step` is the event's place in the sequence, from 0."""

    def __init__(self, step: int, kind: str, reason: str) -> None:
        super().__init__(f"step {step} ({kind}): {reason}")
        self.step = step
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the ledger. `at` is aware; `seconds` is the new target of `retargeted`, unused elsewhere."""

    kind: Kind
    at: datetime
    seconds: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the events amount to.

    `elapsed_seconds` is what had elapsed at the last event; while the clock runs, the open time since `running_since`
    comes on top (`elapsed_at`). `state` is `breached` for a clock that runs on past its target; a breached clock that
    waits is `paused`, one that was stopped is `met` with `within_target` False, and `breached_at` is kept in both.
    `due_at` is when the target is used up (for a breached clock: was), None while paused, met or voided.
    `breaches_at` is when the timer must fire: `due_at`, or the next opening if the target ends exactly at closing.
    `by_change` marks a breach that a lowered target brought about. Instants are UTC.
    """

    state: State
    elapsed_seconds: float
    target_seconds: float
    running_since: datetime | None = None
    due_at: datetime | None = None
    breaches_at: datetime | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    by_change: bool = False
    within_target: bool | None = None


def fold(events: Iterable[Event], calendar: Calendar, target_seconds: float) -> ClockState:
    """Apply the events in their order of sequence. Raises ClockError naming the first step that cannot be."""
    clock = _Clock(calendar, target_seconds)
    for step, event in enumerate(events):
        reason = clock.apply(event)
        if reason:
            raise ClockError(step, event.kind, reason)
    if clock.phase == "new":
        raise ClockError(0, "started", "a clock without events has not started")
    return clock.state()


def elapsed_at(state: ClockState, calendar: Calendar, now: datetime) -> float:
    """Open seconds used up by `now`, for showing a clock; the same as `state.elapsed_seconds` unless it runs."""
    if state.running_since is None:
        return state.elapsed_seconds
    since = calendar.elapsed_delta(state.running_since, now)
    return (timedelta(seconds=state.elapsed_seconds) + since).total_seconds()


class _Clock:
    """The fold's working state. Each step returns why it is impossible, or nothing."""

    def __init__(self, calendar: Calendar, target_seconds: float) -> None:
        self.calendar = calendar
        self.target = timedelta(seconds=target_seconds)
        self.phase: Literal["new", "running", "paused", "met", "voided"] = "new"
        self.elapsed = ZERO
        self.last: datetime | None = None
        self.due_broken: datetime | None = None
        self.used_at_breach = ZERO
        self.met_at: datetime | None = None
        self.breached_at: datetime | None = None
        self.by_change = False

    def apply(self, event: Event) -> str | None:
        if event.at.utcoffset() is None:
            return "its instant has no time zone"
        if self.phase == "new" and event.kind != "started":
            return "the clock has not started"
        if self.phase == "voided":
            return "the clock is void"
        at = event.at.astimezone(UTC)
        if event.kind == "breached":
            return self._breached(at)
        if self.last is not None and at < self.last:
            return "it lies before the step before it"
        self._advance(at)
        steps: Mapping[str, Callable[[datetime, Event], str | None]] = {
            "started": self._started,
            "paused": self._paused,
            "resumed": self._resumed,
            "met": self._met,
            "retargeted": self._retargeted,
            "voided": self._voided,
        }
        return steps[event.kind](at, event) if event.kind in steps else "is no step of a clock"

    def state(self) -> ClockState:
        due_at = breaches_at = None
        late = self.breached_at is not None
        if late and self.phase in ("running", "paused"):
            due_at = self.due_broken
        elif self.phase == "running" and self.last is not None:
            due_at = self.calendar.due(self.last, self.target - self.elapsed)
            breaches_at = self._breach()
        settled = self.phase == "met" or (late and self.phase != "voided")
        return ClockState(
            state=self._name(),
            elapsed_seconds=self.elapsed.total_seconds(),
            target_seconds=self.target.total_seconds(),
            running_since=self.last if self.phase == "running" else None,
            due_at=due_at,
            breaches_at=breaches_at,
            met_at=self.met_at,
            breached_at=self.breached_at,
            by_change=self.by_change,
            within_target=not late if settled else None,
        )

    def _name(self) -> State:
        if self.phase == "running" or self.phase == "new":
            return "running" if self.breached_at is None else "breached"
        return self.phase

    def _advance(self, at: datetime) -> None:
        """Let the clock run up to `at`; note the breach on the way, even if nobody recorded it."""
        if self.phase == "running" and self.last is not None:
            passed = self.calendar.elapsed_delta(self.last, at)
            if self.elapsed + passed > self.target and self.breached_at is None:
                self._note_breach()
            self.elapsed += passed
        self.last = at

    def _breach(self) -> datetime | None:
        return self.last and self.calendar.overdue_from(self.last, self.target - self.elapsed)

    def _note_breach(self) -> None:
        self.breached_at, self.used_at_breach = self._breach(), self.target
        self.due_broken = self.last and self.calendar.due(self.last, self.target - self.elapsed)

    def _started(self, at: datetime, event: Event) -> str | None:
        if self.phase != "new":
            return "the clock has started already"
        self.phase = "running"
        return None

    def _paused(self, at: datetime, event: Event) -> str | None:
        if self.phase != "running":
            return f"the clock is {self.phase}, not running"
        self.phase = "paused"
        return None

    def _resumed(self, at: datetime, event: Event) -> str | None:
        if self.phase not in ("paused", "met"):
            return "the clock is running already"
        self.phase, self.met_at = "running", None
        return None

    def _met(self, at: datetime, event: Event) -> str | None:
        if self.phase == "met":
            return "the clock has been met already"
        # Noted at the very instant of the deadline, but nothing counted since: elapsed <= target decides.
        if self.breached_at is not None and not self.by_change and self.elapsed <= self.used_at_breach:
            self.breached_at = None
        self.phase, self.met_at = "met", at
        return None

    def _breached(self, at: datetime) -> str | None:
        """The timer's note of a breach. The instant itself is derived, so a late or repeated note changes nothing."""
        if self.last is not None and self.phase == "running" and at >= self.last:
            breach = self._breach() if self.breached_at is None else None
            if breach is not None and breach <= at:
                self._note_breach()
            self._advance(at)
        if self.breached_at is None or at < self.breached_at:
            return "the target was not used up"
        return None

    def _retargeted(self, at: datetime, event: Event) -> str | None:
        if event.seconds is None or event.seconds < 0:
            return "a new target needs its seconds"
        if self.phase == "met":
            return "the clock has been met already"
        self.target = timedelta(seconds=event.seconds)
        if self.elapsed > self.target and self.breached_at is None:
            self.breached_at = self.due_broken = at
            self.by_change = True
        return None

    def _voided(self, at: datetime, event: Event) -> str | None:
        self.phase = "voided"
        return None
