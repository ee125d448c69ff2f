"""When a month's report is due: on a day of the month after it, or on its nth business day. Pure.

A business day is Monday to Friday, without the public holidays of the client's country.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sla_contracts.business_time import Calendar, CalendarError
from sla_contracts.fields import TermsError, count, mapping, rows, text

DAY, BUSINESS_DAY = "day", "business_day"
LAST = {DAY: 31, BUSINESS_DAY: 15}
RECIPIENTS_MAX = 20
_WORKING = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
_KEYS = ("day", "business_day", "time", "time_zone", "language", "recipients")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the terms say of reports. ``time_zone`` and ``language``: empty for the client's own."""

    kind: str
    day: int
    at: time
    time_zone: str = ""
    language: str = ""
    recipients: tuple[str, ...] = ()


def read_agreed(value: object) -> Agreed | None:
    """The ``report`` of the terms: ``{"business_day": 3, "time": "09:00", "time_zone"?, "language"?, "recipients"?}``.

    Raises TermsError naming the field that cannot be kept.
    """
    if value is None:
        return None
    row = mapping("report", value)
    for key in row:
        if key not in _KEYS:
            raise TermsError(f"report.{key}", "is not a known key")
    if (DAY in row) == (BUSINESS_DAY in row):
        raise TermsError("report", "needs either a day or a business_day")
    kind = DAY if DAY in row else BUSINESS_DAY
    day = count(f"report.{kind}", row[kind], LAST[kind])
    if not day:
        raise TermsError(f"report.{kind}", "must be 1 or more")
    named = tuple(
        text(f"report.recipients[{n}]", one)
        for n, one in enumerate(rows("report.recipients", row.get("recipients", [])))
    )
    if len(named) > RECIPIENTS_MAX:
        raise TermsError("report.recipients", f"can name {RECIPIENTS_MAX} at most")
    for place, one in enumerate(named):
        if "@" not in one or len(one) > 254:
            raise TermsError(f"report.recipients[{place}]", "must be an address")
    return Agreed(kind, day, _time(row), _zone(row), str(row.get("language", "")), named)


def due_at(*, kind: str, day: int, at: time, time_zone: str, country: str, month_end: datetime) -> datetime:
    """The instant (UTC) at which the report of the month that ends at ``month_end`` is due; never before that end.

    A day that the month has not is its last one.
    """
    zone = ZoneInfo(time_zone)
    first = (month_end + timedelta(days=1)).astimezone(zone).date().replace(day=1)
    chosen = _business_day(first, day, country) if kind == BUSINESS_DAY else _day_of(first, day)
    return max(datetime.combine(chosen, at, zone).astimezone(UTC), month_end.astimezone(UTC))


def _day_of(first: date, day: int) -> date:
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day, last.day))


def _business_day(first: date, number: int, country: str) -> date:
    working = _working_days(country)
    day, left = first, number
    while True:
        if working.is_open(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            left -= 1
            if not left:
                return day
        day += timedelta(days=1)


def _working_days(country: str) -> Calendar:
    plain: dict[str, Any] = {"time_zone": "UTC", "weekly": _WORKING}
    try:
        return Calendar.from_json({**plain, "holidays": {"country": country}})
    except CalendarError:  # a country whose holidays nobody has written down
        return Calendar.from_json(plain)


def _time(row: Mapping[Any, Any]) -> time:
    said = row.get("time", "09:00")
    try:
        return time.fromisoformat(str(said)).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise TermsError("report.time", "must be a time of day, such as 09:00") from None


def _zone(row: Mapping[Any, Any]) -> str:
    said = str(row.get("time_zone", ""))
    try:
        return said and ZoneInfo(said).key
    except (KeyError, ValueError, OSError):
        raise TermsError("report.time_zone", "must be a time zone, such as Europe/Madrid") from None
