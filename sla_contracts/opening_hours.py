"""The JSON form of a calendar: read with every fault named by its field, written in one canonical way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays as holiday_tables

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FULL_DAY = 86_400
YEARS = range(1970, 2200)
CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Hours = tuple[tuple[int, int], ...]
Parts = tuple[str, tuple[Hours, ...], str | None, str | None, dict[date, Hours]]


class CalendarError(ValueError):
    """A calendar that cannot be kept. `field` is a path such as ``weekly.mon[1][0]``; `reason` can be shown."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def read_calendar(data: object) -> Parts:
    """(time zone, weekly, country, subdivision, exceptions) of a calendar's JSON. Raises CalendarError."""
    calendar = _mapping("calendar", data)
    _only("", calendar, ("time_zone", "weekly", "holidays", "exceptions"))
    time_zone = _time_zone(calendar.get("time_zone"))
    weekly = _weekly(calendar.get("weekly"))
    country, subdivision = _holidays(calendar.get("holidays"))
    return time_zone, weekly, country, subdivision, _exceptions(calendar.get("exceptions"))


def write_hours(hours: Hours) -> list[list[str]]:
    """Hours as [["09:00", "14:00"]]; seconds appear only where there are any."""
    return [[_write_clock(start), _write_clock(end)] for start, end in hours]


@lru_cache(maxsize=4096)
def holiday_dates(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The public holidays (observed days included) of a year.

    A fresh table per year: the package's own lazy expansion marks a year as filled before it has filled it, so another
    thread could read a holiday as a working day.
    """
    table = holiday_tables.country_holidays(country, subdiv=subdivision, years=year)
    return frozenset(day for day in table if day.year == year)


def _time_zone(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise CalendarError("time_zone", "must be the name of a time zone, such as Europe/Madrid")
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        raise CalendarError("time_zone", f"no time zone is called {name!r}") from None


def _weekly(value: object) -> tuple[Hours, ...]:
    week = _mapping("weekly", value)
    _only("weekly.", week, DAYS)
    hours = tuple(_hours(f"weekly.{day}", week.get(day, [])) for day in DAYS)
    for number, day in enumerate(DAYS):
        before = DAYS[number - 1]
        for tail, (start, end) in enumerate(hours[number - 1]):
            for place, (opens, _) in enumerate(hours[number]):
                if end <= start and opens < end:
                    raise CalendarError(f"weekly.{day}[{place}]", f"overlaps the end of weekly.{before}[{tail}]")
    return hours


def _holidays(value: object) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    entry = _mapping("holidays", value)
    _only("holidays.", entry, ("country", "subdivision"))
    country, subdivision = entry.get("country"), entry.get("subdivision")
    if not isinstance(country, str) or not country:
        raise CalendarError("holidays.country", "must be a country's code, such as ES")
    if subdivision is not None and (not isinstance(subdivision, str) or not subdivision):
        raise CalendarError("holidays.subdivision", "must be a subdivision's code, such as MD, or null")
    known = holiday_tables.list_supported_countries()
    if country not in known:
        raise CalendarError("holidays.country", f"no holidays are known for {country!r}")
    try:
        holiday_dates(country, subdivision, 2026)
    except NotImplementedError:
        raise CalendarError("holidays.subdivision", f"{country} has no subdivision {subdivision!r}") from None
    return country, subdivision


def _exceptions(value: object) -> dict[date, Hours]:
    if value is None:
        return {}
    found = {}
    for key, hours in _mapping("exceptions", value).items():
        path = f"exceptions.{key}"
        if not isinstance(key, str) or not ISO_DATE.fullmatch(key):
            raise CalendarError(path, "must be a date written as YYYY-MM-DD")
        try:
            day = date.fromisoformat(key)
        except ValueError:
            raise CalendarError(path, "is no date of the calendar") from None
        if day.year not in YEARS:
            raise CalendarError(path, f"must lie in the years {YEARS[0]}–{YEARS[-1]}")
        found[day] = _hours(path, hours)
    return found


def _hours(path: str, value: object) -> Hours:
    intervals = [_interval(f"{path}[{place}]", pair) for place, pair in enumerate(_list(path, value))]
    order = sorted(range(len(intervals)), key=lambda place: (intervals[place], place))
    for left, right in pairwise(order):
        start, end = intervals[left]
        if intervals[right][0] < (end if end > start else FULL_DAY):
            later, other = max(left, right), min(left, right)
            raise CalendarError(f"{path}[{later}]", f"overlaps {path}[{other}]")
    return tuple(intervals[place] for place in order)


def _interval(path: str, value: object) -> tuple[int, int]:
    pair = _list(path, value)
    if len(pair) != 2:
        raise CalendarError(path, "must be a pair [start, end]")
    start, end = _read_clock(f"{path}[0]", pair[0]), _read_clock(f"{path}[1]", pair[1])
    if start == FULL_DAY:
        raise CalendarError(f"{path}[0]", "a start must lie before 24:00")
    if start == end:
        raise CalendarError(path, "is empty: a whole day is written 00:00 to 24:00")
    return start, FULL_DAY if end == 0 else end


def _read_clock(path: str, value: object) -> int:
    match = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise CalendarError(path, "must be a time written as HH:MM or HH:MM:SS")
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > FULL_DAY:
        raise CalendarError(path, f"{value} is no time of day (00:00 to 24:00)")
    return total


def _write_clock(total: int) -> str:
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def _mapping(path: str, value: object) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise CalendarError(path, "must be an object")
    return value


def _list(path: str, value: object) -> list[object] | tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise CalendarError(path, "must be a list")
    return value


def _only(prefix: str, value: Mapping[object, object], keys: tuple[str, ...]) -> None:
    for key in value:
        if key not in keys:
            raise CalendarError(f"{prefix}{key}", "is not a known key")
