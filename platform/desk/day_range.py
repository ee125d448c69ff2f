"""Whole days as their reader has them: from midnight to midnight where they are, also in a night of 25 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kernel import clock
from kernel.errors import invalid

MOST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Days:
    first: date
    last: date
    zone: str

    @property
    def start(self) -> datetime:
        return self.midnight(self.first)

    @property
    def end(self) -> datetime:
        return self.midnight(self.last + timedelta(days=1))

    def each(self) -> list[Days]:
        return [
            Days(day, day, self.zone)
            for day in (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        ]

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)


def days_of(zone: str, first: str = "", last: str = "") -> Days:
    """``first`` (else today) to ``last`` (else the same), both counted; Refusal invalid past ``MOST_DAYS``."""
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    start = _day("from", first) if first else today
    end = _day("to", last) if last else start
    if not 0 <= (end - start).days < MOST_DAYS:
        raise invalid(f"Choose from 1 to {MOST_DAYS} days, the first of them first.", to="is too far from the first")
    return Days(start, end, zone)


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise invalid(f"{name} is a day such as 2026-11-22.", **{name: "is not a day"}) from error
    if not 2000 <= found.year <= 2200:
        raise invalid(f"{name} is a day such as 2026-11-22.", **{name: "lies too far away"})
    return found
