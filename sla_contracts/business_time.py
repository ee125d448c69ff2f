"""Business time: how many open seconds lie between two instants, and when a target is used up.

An instant counts if its local wall time lies in an open interval ``[start, end)`` of its local date. An exception or a
holiday replaces the whole local date. Overnight intervals are cut at local midnight first; the tail belongs to the next
date and is subject to that date's exception. Elapsed time is real (UTC) seconds of counted instants: in the repeated
hour of autumn a wall time counts twice, in the skipped hour of spring it does not count at all.

Aware datetimes in, aware UTC out. The module knows no database and no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla_contracts.opening_hours import DAYS, CalendarError, Hours, holiday_dates, read_calendar, write_hours

__all__ = ["Calendar", "CalendarError"]

ONE_DAY = timedelta(days=1)
ZERO = timedelta(0)
# A calendar that stays closed (or open) for two years past its last exception is taken to stay so for ever.
HORIZON_DAYS = 731
LAST_DAY = date(9990, 12, 31)
CACHED_DAYS = 20_000

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Calendar:
    """Opening hours in one time zone. Compare and keep by value; build with `from_json` or `always`.

    `weekly` has seven entries (Monday first); hours are (start, end) in seconds of the local day, end <= start meaning
    that the interval runs over midnight.
    """

    time_zone: str
    weekly: tuple[Hours, ...]
    country: str | None = None
    subdivision: str | None = None
    exceptions: Mapping[date, Hours] = field(default_factory=dict)
    _open: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_json(cls, data: object) -> Calendar:
        """Read the JSON form of sla.md §1. Raises CalendarError(field, reason) for whatever it cannot keep."""
        time_zone, weekly, country, subdivision, exceptions = read_calendar(data)
        return cls(time_zone, weekly, country, subdivision, exceptions)

    @classmethod
    def always(cls, time_zone: str = "UTC") -> Calendar:
        """Open at every instant (24/7)."""
        return cls.from_json({"time_zone": time_zone, "weekly": {day: [["00:00", "24:00"]] for day in DAYS}})

    def to_json(self) -> dict[str, object]:
        """The canonical JSON form: `from_json(to_json(c)) == c`, and equal calendars give equal JSON."""
        holidays = {"country": self.country, "subdivision": self.subdivision} if self.country else None
        return {
            "time_zone": self.time_zone,
            "weekly": {day: write_hours(hours) for day, hours in zip(DAYS, self.weekly, strict=True) if hours},
            "holidays": holidays,
            "exceptions": {day.isoformat(): write_hours(self.exceptions[day]) for day in sorted(self.exceptions)},
        }

    def __hash__(self) -> int:
        return hash((self.time_zone, self.weekly, self.country, self.subdivision, frozenset(self.exceptions)))

    def is_open(self, at: datetime) -> bool:
        """Whether the instant counts."""
        moment = _utc(at)
        return any(start <= moment < end for start, end in self._spans_of(moment.date()))

    def elapsed(self, start: datetime, stop: datetime) -> float:
        """Open seconds in [start, stop); 0 if stop is not after start. Exact to the microsecond."""
        return self.elapsed_delta(start, stop).total_seconds()

    def elapsed_delta(self, start: datetime, stop: datetime) -> timedelta:
        """`elapsed` as a timedelta, for sums that must stay exact."""
        begin, end = _utc(start), _utc(stop)
        total, day = ZERO, begin.date()
        while day <= end.date() and day <= LAST_DAY:
            for opens, closes in self._spans_of(day):
                total += max(ZERO, min(closes, end) - max(opens, begin))
            day += ONE_DAY
        return total

    def due(self, start: datetime, seconds: float | timedelta) -> datetime | None:
        """The earliest instant whose elapsed time since `start` equals the target; None if that never comes."""
        left = _target(seconds)
        if not left:
            return _utc(start)
        for opens, closes in self._spans_from(_utc(start)):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return None

    def overdue_from(self, start: datetime, seconds: float | timedelta) -> datetime | None:
        """The latest instant whose elapsed time still equals the target; None if it is never exceeded.

        The same as `due`, unless the target is used up exactly at closing time: then a stop before the next opening
        still keeps the target, and the breach is at that opening.
        """
        left = _target(seconds)
        for opens, closes in self._spans_from(_utc(start)):
            if closes - opens > left:
                return opens + left
            left -= closes - opens
        return None

    def next_change(self, at: datetime) -> datetime | None:
        """The first instant after `at` at which open turns to closed or the reverse; None if it never does."""
        moment = _utc(at)
        if not self.is_open(moment):
            return next((opens for opens, _ in self._spans_from(moment)), None)
        limit, end = self._horizon(moment.date()), moment
        for opens, closes in self._spans_from(moment):
            if opens > end:
                return end
            end = closes
            if end.date() > limit:
                return None
        return end

    def business_day_due(self, start: datetime, days: int) -> datetime | None:
        """The close of the `days`-th open date after the start's local date; None if there are not so many."""
        if days < 1:
            raise ValueError("days must be 1 or more")
        day = _utc(start).astimezone(ZoneInfo(self.time_zone)).date()
        limit = self._horizon(day)
        while day < limit:
            day += ONE_DAY
            close = self._close_of(day)
            if close is not None:
                days, limit = days - 1, self._horizon(day)
                if not days:
                    return close
        return None

    def _horizon(self, day: date) -> date:
        """The last date worth looking at, when nothing has changed since `day`."""
        last_exception = max(self.exceptions, default=date.min)
        return min(LAST_DAY, max(day + HORIZON_DAYS * ONE_DAY, last_exception + 2 * ONE_DAY))

    def _spans_from(self, moment: datetime) -> Iterator[Span]:
        """The open spans from `moment` on, in order; ends once the calendar stays closed."""
        day = moment.date()
        limit, last_open = self._horizon(day), day
        while day <= limit or day <= min(last_open + HORIZON_DAYS * ONE_DAY, LAST_DAY):
            for opens, closes in self._spans_of(day):
                if closes > moment:
                    last_open = day
                    yield max(opens, moment), closes
            day += ONE_DAY

    def _spans_of(self, day: date) -> tuple[Span, ...]:
        """The open spans of one UTC day, joined and in order.

        UTC days, since local dates may overlap in real time: St. John's used to go back at 00:01, from one date into
        the date before.
        """
        spans = self._open.get(day)
        if spans is None:
            spans = _join(sorted((opens, closes) for _, opens, closes in self._pieces_of(day)))
            if len(self._open) >= CACHED_DAYS:
                self._open.clear()
            self._open[day] = spans
        return spans

    def _pieces_of(self, day: date) -> Iterator[tuple[date, datetime, datetime]]:
        """(local date, opens, closes) of each open piece within a UTC day."""
        for begin, end, offset in _steady(day, ZoneInfo(self.time_zone)):
            local = (begin + offset).date()
            while datetime.combine(local, time(), UTC) < end + offset:
                midnight = datetime.combine(local, time(), UTC) - offset
                for start, stop in self._hours_of(local):
                    opens = max(begin, midnight + timedelta(seconds=start))
                    closes = min(end, midnight + timedelta(seconds=stop))
                    if opens < closes:
                        yield local, opens, closes
                local += ONE_DAY

    def _hours_of(self, local: date) -> Hours:
        """The open wall times of a local date, cut at its midnights."""
        special = self._special(local)
        if special is not None:
            return _today(special)
        before = self.weekly[local.weekday() - 1]
        special_before = self.exceptions.get(local - ONE_DAY, ())
        return _today(self.weekly[local.weekday()]) + _tails(before) + _tails(special_before)

    def _special(self, local: date) -> Hours | None:
        """The hours that replace the week's on that date: the explicit exception, else a holiday's (closed)."""
        explicit = self.exceptions.get(local)
        if explicit is None and self.country and local in holiday_dates(self.country, self.subdivision, local.year):
            return ()
        return explicit

    def _close_of(self, local: date) -> datetime | None:
        days = (local - ONE_DAY, local, local + ONE_DAY)
        return max((closes for day in days for on, _, closes in self._pieces_of(day) if on == local), default=None)


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("a naive datetime is not an instant: give it a time zone")
    return at.astimezone(UTC)


def _target(seconds: float | timedelta) -> timedelta:
    target = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
    if target < ZERO:
        raise ValueError("a target cannot be negative")
    return target


def _steady(day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The parts of a UTC day with one UTC offset: one part, two on the day of a transition."""
    begin = datetime.combine(day, time(), UTC)
    end = begin + ONE_DAY
    before, after = _offset(begin, zone), _offset(end - timedelta(seconds=1), zone)
    if before == after:
        yield begin, end, before
        return
    low, high = 0, 86_400  # the offset is `before` at low, `after` at high
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(begin + timedelta(seconds=middle), zone) == before:
            low = middle
        else:
            high = middle
    change = begin + timedelta(seconds=high)
    yield begin, change, before
    yield change, end, after


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or ZERO


def _today(hours: Hours) -> Hours:
    return tuple((start, end if end > start else 86_400) for start, end in hours)


def _tails(hours: Hours) -> Hours:
    return tuple((0, end) for start, end in hours if end <= start and end > 0)


def _join(spans: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for opens, closes in spans:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        else:
            joined.append((opens, closes))
    return tuple(joined)
