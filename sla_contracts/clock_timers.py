"""When a running clock next has something to say: at risk, nearly over, broken. Pure; instants are exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sla_contracts.business_time import Calendar
from sla_contracts.clock_math import ClockState

Event = Literal["", "at_risk", "nearly", "breach"]
EVENTS: tuple[Event, ...] = ("", "at_risk", "nearly", "breach")
"""By their number, which only ever grows: what was claimed once is never claimed again."""
BREACH = EVENTS.index("breach")
NEARLY_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Timer:
    """The next event of a clock and its instant; no event, no instant."""

    event: Event
    at: datetime | None


NONE = Timer("", None)


def first_timer(calendar: Calendar, start: datetime, target_seconds: float, at_risk_share: float) -> datetime | None:
    """When a clock that starts now is at risk."""
    return calendar.due(start, target_seconds * at_risk_share)


def next_timer(state: ClockState, calendar: Calendar, *, at_risk_share: float, claimed: int) -> Timer:
    """The first event after ``claimed``, in the clock's own open time; one that lies behind already is due at once."""
    if state.running_since is None or claimed >= BREACH:
        return NONE
    if state.breached_at is not None:
        return Timer("breach", state.breached_at)
    shares = {1: at_risk_share, 2: NEARLY_SHARE if at_risk_share < NEARLY_SHARE else 0.0}
    for number, share in shares.items():
        if claimed < number and share:
            left = state.target_seconds * share - state.elapsed_seconds
            at = state.running_since if left <= 0 else calendar.due(state.running_since, left)
            return Timer(EVENTS[number], at) if at is not None else NONE
    return Timer("breach", state.breaches_at) if state.breaches_at is not None else NONE
