"""Open time, counted a second time: quarter hour by quarter hour of local wall time, sharing no code with the product.

From sla.md §1 alone. Right for calendars on whole quarter hours, in zones whose offsets are such, too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEP = timedelta(minutes=15)
QUARTER, MIDNIGHT = 15, 24 * 60
NONE = timedelta(0)


class Hours:
    """A calendar's JSON between two instants (whole quarter hours, UTC). Spans are timedeltas, and exact."""

    def __init__(self, calendar: dict[str, Any], first: datetime, last: datetime) -> None:
        self._first, self._calendar = first, calendar
        self._closed = _public_holidays(calendar)
        zone, count = ZoneInfo(calendar["time_zone"]), (last - first) // STEP
        self._dates: dict[date, frozenset[int]] = {}
        self._before = [NONE]
        for place in range(count):
            local = (first + place * STEP).astimezone(zone)
            is_open = local.hour * 60 + local.minute in self._minutes(local.date())
            self._before.append(self._before[-1] + (STEP if is_open else NONE))

    def between(self, start: datetime, stop: datetime) -> timedelta:
        """Open time in [start, stop)."""
        return self._until(stop) - self._until(start)

    def due(self, start: datetime, target: timedelta) -> datetime | None:
        """The earliest instant by which so much has passed."""
        goal = self._until(start) + target
        place = bisect_left(self._before, goal)
        if not target:
            return start
        return self._at(place, goal)

    def broken(self, start: datetime, target: timedelta) -> datetime | None:
        """The instant after which any stop is too late: with the first moment of open time that is too much."""
        goal = self._until(start) + target
        return self._at(bisect_right(self._before, goal), goal)

    def _at(self, place: int, goal: timedelta) -> datetime | None:
        if place >= len(self._before):
            return None
        return self._first + (place - 1) * STEP + (goal - self._before[place - 1])

    def _until(self, at: datetime) -> timedelta:
        place, rest = divmod(at - self._first, STEP)
        if not 0 <= place < len(self._before) - 1:
            raise ValueError(f"{at} lies outside what was laid out")
        is_open = self._before[place + 1] > self._before[place]
        return self._before[place] + (rest if is_open else NONE)

    def _minutes(self, day: date) -> frozenset[int]:
        """The minutes of a local date, by quarter hours, that are open."""
        found = self._dates.get(day)
        if found is None:
            found = self._dates[day] = frozenset(self._open_minutes(day))
        return found

    def _open_minutes(self, day: date) -> list[int]:
        exceptions = self._calendar.get("exceptions") or {}
        special = exceptions.get(day.isoformat())
        if special is None and day in self._closed:
            special = []
        # Overnight hours are cut at midnight first: what lies after it belongs to this date, and falls with it.
        if special is not None:
            return _evening(special)
        before = day - timedelta(days=1)
        weekly = self._calendar["weekly"]
        found = _evening(weekly.get(DAYS[day.weekday()], []))
        found += _morning(weekly.get(DAYS[before.weekday()], []))
        return found + _morning(exceptions.get(before.isoformat(), []))


def hours_of(calendar: dict[str, Any], first: datetime, last: datetime) -> Hours:
    """Laid out once for each calendar and span."""
    return _laid_out(repr(calendar), first.astimezone(UTC), last.astimezone(UTC))


@lru_cache(maxsize=512)
def _laid_out(calendar: str, first: datetime, last: datetime) -> Hours:
    from ast import literal_eval

    return Hours(literal_eval(calendar), first, last)


def _evening(intervals: list[list[str]]) -> list[int]:
    """Of each interval what lies on its own date."""
    return [
        minute
        for opens, closes in intervals
        for minute in range(_minute(opens), _minute(closes) if _minute(closes) > _minute(opens) else MIDNIGHT, QUARTER)
    ]


def _morning(intervals: list[list[str]]) -> list[int]:
    """Of each interval what runs over midnight."""
    return [
        minute
        for opens, closes in intervals
        if _minute(closes) <= _minute(opens)
        for minute in range(0, _minute(closes), QUARTER)
    ]


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    found = int(hours) * 60 + int(minutes)
    if found % QUARTER:
        raise ValueError(f"{text} is on no quarter hour")
    return found


def _public_holidays(calendar: dict[str, Any]) -> set[date]:
    named = calendar.get("holidays")
    if not named:
        return set()
    table = holidays.country_holidays(named["country"], subdiv=named.get("subdivision"), years=range(2025, 2031))
    return set(table)
