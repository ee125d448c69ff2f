"""Business time against the worked cases of sla.md §1, a second-by-second recount, and the bugs of others."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla_contracts.business_time import Calendar

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS = DAYS[:5]
Json = dict[str, Any]


def week(hours: list[list[str]], days: list[str] = WEEKDAYS, zone: str = "Europe/Berlin", **more: Any) -> Json:
    return {"time_zone": zone, "weekly": dict.fromkeys(days, hours), **more}


OFFICE = week([["09:00", "17:00"]])
NIGHTS = week([["22:00", "06:00"]], DAYS)
ROUND_THE_CLOCK = week([["00:00", "24:00"]], DAYS)


def local(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


WORKED: list[tuple[str, Json, str, int, str]] = [
    ("spills over the weekend", OFFICE, "2026-01-16 16:30", 60, "2026-01-19 08:30"),
    ("created before opening", OFFICE, "2026-01-21 07:00", 120, "2026-01-21 10:00"),
    ("ends exactly at closing", OFFICE, "2026-01-16 16:00", 60, "2026-01-16 16:00"),
    ("24/7 in the spring-forward hour", ROUND_THE_CLOCK, "2026-03-29 01:30", 60, "2026-03-29 01:30"),
    (
        "night shift with a holiday, autumn (9 h)",
        NIGHTS | {"exceptions": {"2026-12-25": []}},
        "2026-10-24 22:00",
        480,
        "2026-10-25 04:00",
    ),
    ("22–06 Mon–Fri into the weekend", week([["22:00", "06:00"]]), "2026-01-16 23:00", 480, "2026-01-19 22:00"),
    ("leap day", OFFICE, "2028-02-28 16:00", 120, "2028-02-29 09:00"),
    (
        "00:00–24:00 Mon–Fri over midnight, no lost minute",
        week([["00:00", "24:00"]]),
        "2026-01-20 23:30",
        60,
        "2026-01-20 23:30",
    ),
    (
        "Lord Howe, half-hour DST",
        NIGHTS | {"time_zone": "Australia/Lord_Howe"},
        "2026-04-04 22:00",
        480,
        "2026-04-04 19:00",
    ),
]


@pytest.mark.parametrize(("case", "data", "start", "minutes", "due"), WORKED, ids=[case[0] for case in WORKED])
def test_worked_case(case: str, data: Json, start: str, minutes: int, due: str) -> None:
    calendar, begin = Calendar.from_json(data), local(start, data["time_zone"])
    found = calendar.due(begin, minutes * 60)
    assert found == utc(due)
    assert found is not None and found.tzinfo is UTC
    assert calendar.elapsed(begin, found) == minutes * 60
    assert recount(data, begin, found, timedelta(seconds=60)) == minutes * 60


def test_pending_over_the_weekend_moves_the_deadline_only_by_counted_time() -> None:
    calendar = Calendar.from_json(OFFICE)
    used = calendar.elapsed(local("2026-01-16 15:00"), local("2026-01-16 16:00"))
    assert calendar.due(local("2026-01-19 10:00"), 8 * 3600 - used) == utc("2026-01-19 16:00")


def test_resolved_time_does_not_count_after_reopening() -> None:
    calendar = Calendar.from_json(OFFICE)
    used = calendar.elapsed(local("2026-01-19 10:00"), local("2026-01-19 12:00"))
    assert calendar.due(local("2026-01-21 15:00"), 8 * 3600 - used) == utc("2026-01-22 12:00")


def test_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    calendar = Calendar.from_json(NIGHTS)
    assert calendar.elapsed(local("2026-03-28 22:00"), local("2026-03-29 06:00")) == 7 * 3600
    assert calendar.elapsed(local("2026-10-24 22:00"), local("2026-10-25 06:00")) == 9 * 3600


def test_a_repeated_wall_time_counts_twice_and_a_skipped_one_never() -> None:
    calendar = Calendar.from_json(week([["02:00", "02:30"]], DAYS))
    autumn = calendar.elapsed(local("2026-10-25 00:00"), local("2026-10-26 00:00"))
    spring = calendar.elapsed(local("2026-03-29 00:00"), local("2026-03-30 00:00"))
    assert (autumn, spring) == (3600, 0)
    assert calendar.is_open(local("2026-10-25 02:15")) and calendar.is_open(local("2026-10-25 02:15", fold=1))
    assert not calendar.is_open(local("2026-10-25 02:45"))


def test_a_date_that_was_skipped_or_entered_twice_is_counted_as_it_was() -> None:
    samoa = Calendar.from_json(ROUND_THE_CLOCK | {"time_zone": "Pacific/Apia", "exceptions": {"2011-12-30": []}})
    begin, end = local("2011-12-29 00:00", "Pacific/Apia"), local("2012-01-01 00:00", "Pacific/Apia")
    assert samoa.elapsed(begin, end) == 2 * 86_400
    # St. John's went back at 00:01, into the date before
    data = {"time_zone": "America/St_Johns", "weekly": {"sat": [["23:00", "24:00"]], "sun": [["00:00", "00:01"]]}}
    begin, end = utc("2006-10-28 12:00"), utc("2006-10-29 12:00")
    assert Calendar.from_json(data).elapsed(begin, end) == recount(data, begin, end, timedelta(seconds=15))
    assert Calendar.from_json(data).elapsed(begin, end) == 3600 + 60 + 59 * 60 + 60


def test_the_tail_of_a_night_belongs_to_the_next_date_and_its_exception() -> None:
    calendar = Calendar.from_json(NIGHTS | {"exceptions": {"2026-12-25": []}})
    assert not calendar.is_open(local("2026-12-25 03:00"))
    assert not calendar.is_open(local("2026-12-25 23:00"))
    assert calendar.is_open(local("2026-12-26 03:00"))
    special = Calendar.from_json(OFFICE | {"exceptions": {"2026-12-24": [["20:00", "02:00"]]}})
    assert special.is_open(local("2026-12-25 01:00")) and not special.is_open(local("2026-12-24 10:00"))


def test_holidays_close_and_explicit_exceptions_win() -> None:
    data = week([["09:00", "17:00"]], DAYS, "Europe/Madrid", holidays={"country": "ES", "subdivision": "MD"})
    calendar = Calendar.from_json(data | {"exceptions": {"2026-12-25": [["10:00", "12:00"]]}})
    assert not calendar.is_open(local("2026-05-02 10:00", "Europe/Madrid"))  # the day of Madrid
    assert not calendar.is_open(local("2026-10-12 10:00", "Europe/Madrid"))
    assert calendar.is_open(local("2026-12-25 10:00", "Europe/Madrid"))
    national = Calendar.from_json(data | {"holidays": {"country": "ES", "subdivision": None}})
    assert national.is_open(local("2026-05-02 10:00", "Europe/Madrid"))
    assert Calendar.from_json(data | {"holidays": {"country": "ES"}}) == national
    assert Calendar.from_json(data | {"holidays": None}).is_open(local("2026-10-12 10:00", "Europe/Madrid"))


def test_ten_business_days_end_at_the_close_of_the_tenth_open_date_after_the_start() -> None:
    calendar = Calendar.from_json(OFFICE | {"exceptions": {"2026-01-20": [], "2026-01-30": [["09:00", "12:00"]]}})
    assert calendar.business_day_due(local("2026-01-16 23:59"), 1) == local("2026-01-19 17:00")
    assert calendar.business_day_due(local("2026-01-16 09:00"), 2) == local("2026-01-21 17:00")
    assert calendar.business_day_due(local("2026-01-16 09:00"), 9) == local("2026-01-30 12:00")
    assert calendar.business_day_due(local("2026-01-16 09:00"), 10) == local("2026-02-02 17:00")
    assert Calendar.always("Europe/Berlin").business_day_due(local("2026-10-24 12:00"), 1) == utc("2026-10-25 23:00")
    with pytest.raises(ValueError):
        calendar.business_day_due(local("2026-01-16 09:00"), 0)


def test_one_business_day_is_not_twenty_four_office_hours() -> None:
    calendar, start = Calendar.from_json(OFFICE), local("2026-01-19 10:00")
    assert calendar.business_day_due(start, 1) == local("2026-01-20 17:00")
    assert calendar.due(start, 24 * 3600) == local("2026-01-22 10:00")


def test_a_target_used_up_at_closing_is_kept_until_the_next_opening() -> None:
    calendar, start = Calendar.from_json(OFFICE), local("2026-01-16 16:00")
    assert calendar.due(start, 3600) == local("2026-01-16 17:00")
    assert calendar.overdue_from(start, 3600) == local("2026-01-19 09:00")
    assert calendar.elapsed(start, local("2026-01-18 12:00")) <= 3600


def test_a_calendar_that_never_opens_has_no_deadline() -> None:
    never = Calendar.from_json({"time_zone": "Europe/Berlin", "weekly": {}})
    start = local("2026-01-16 16:00")
    assert never.due(start, 1) is None and never.next_change(start) is None and never.elapsed(start, start) == 0
    assert never.business_day_due(start, 1) is None and never.overdue_from(start, 0) is None
    assert never.due(start, 0) == start
    once = Calendar.from_json({"time_zone": "UTC", "weekly": {}, "exceptions": {"2031-05-01": [["10:00", "11:00"]]}})
    assert once.due(start, 3600) == utc("2031-05-01 11:00")
    assert once.due(start, 3601) is None
    assert once.next_change(start) == utc("2031-05-01 10:00")
    assert once.next_change(utc("2031-05-01 10:00")) == utc("2031-05-01 11:00")
    assert once.business_day_due(start, 1) == utc("2031-05-01 11:00")


def test_next_change_joins_what_only_midnight_divides() -> None:
    calendar = Calendar.from_json(NIGHTS)
    assert calendar.next_change(local("2026-01-16 23:00")) == local("2026-01-17 06:00")
    assert calendar.next_change(local("2026-01-17 06:00")) == local("2026-01-17 22:00")
    assert Calendar.always("Europe/Berlin").next_change(local("2026-01-16 23:00")) is None
    holiday = Calendar.from_json(ROUND_THE_CLOCK | {"exceptions": {"2031-01-01": []}})
    assert holiday.next_change(local("2026-01-16 23:00")) == local("2031-01-01 00:00")


def test_naive_datetimes_and_negative_targets_are_refused() -> None:
    calendar, naive, aware = Calendar.always("UTC"), datetime(2026, 1, 1), utc("2026-01-01 00:00")
    calls: list[Callable[[], object]] = [
        lambda: calendar.due(naive, 1),
        lambda: calendar.elapsed(naive, aware),
        lambda: calendar.elapsed(aware, naive),
        lambda: calendar.is_open(naive),
        lambda: calendar.next_change(naive),
        lambda: calendar.business_day_due(naive, 1),
        lambda: calendar.due(aware, -1),
    ]
    for call in calls:
        with pytest.raises(ValueError):
            call()


def test_zammad_3180_no_minute_is_lost_at_midnight() -> None:
    calendar = Calendar.from_json(ROUND_THE_CLOCK)
    assert calendar.elapsed(local("2026-01-01 00:00"), local("2027-01-01 00:00")) == 365 * 86_400
    literal = Calendar.from_json(week([["00:00", "23:59"]], DAYS))
    assert literal.elapsed(local("2026-01-20 00:00"), local("2026-01-22 00:00")) == 2 * 86_340


def test_libredesk_overnight_hours_are_accepted() -> None:
    calendar = Calendar.from_json({"time_zone": "Europe/Berlin", "weekly": {"fri": [["22:00", "06:00"]]}})
    assert calendar.due(local("2026-01-16 12:00"), 8 * 3600) == local("2026-01-17 06:00")
    until_midnight = Calendar.from_json(week([["22:00", "00:00"]], DAYS))
    assert until_midnight == Calendar.from_json(week([["22:00", "24:00"]], DAYS))


def test_libredesk_seconds_are_kept() -> None:
    calendar = Calendar.from_json(OFFICE)
    start = local("2026-01-16 16:30:17.250")
    assert calendar.due(start, 1783) == utc("2026-01-19 08:00:00.250")
    assert calendar.elapsed(start, local("2026-01-16 16:30:59.500")) == 42.25
    assert Calendar.from_json(week([["09:00:30", "17:00"]])).next_change(local("2026-01-16 08:00")) == utc(
        "2026-01-16 08:00:30"
    )


def test_chatwoot_14009_a_second_interval_of_the_day_counts() -> None:
    calendar = Calendar.from_json(week([["09:00", "14:00"], ["16:00", "20:00"]], zone="Europe/Madrid"))
    start = local("2026-01-19 13:00", "Europe/Madrid")
    assert calendar.due(start, 2 * 3600) == local("2026-01-19 17:00", "Europe/Madrid")
    assert calendar.next_change(start) == local("2026-01-19 14:00", "Europe/Madrid")


def test_years_of_business_time_take_milliseconds() -> None:
    calendar = Calendar.from_json(OFFICE | {"holidays": {"country": "DE"}})
    begin = stopwatch.perf_counter()
    total = calendar.elapsed(local("2020-01-01 00:00"), local("2030-01-01 00:00"))
    again = calendar.due(local("2020-01-01 00:00"), total)
    assert again == local("2029-12-31 17:00")
    assert stopwatch.perf_counter() - begin < 2


# --- against an independent recount -----------------------------------------------------------------------------

ZONES_AND_CHANGES = [
    ("Europe/Madrid", "2026-03-29 00:00"),
    ("Europe/Madrid", "2026-10-25 00:00"),
    ("Australia/Lord_Howe", "2026-04-04 12:00"),
    ("Australia/Lord_Howe", "2026-10-03 12:00"),
    ("America/Sao_Paulo", "2018-02-18 00:00"),
    ("America/Sao_Paulo", "2018-11-04 00:00"),
    ("America/New_York", "2026-03-08 05:00"),
    ("Africa/Casablanca", "2026-02-15 00:00"),
    ("Asia/Kathmandu", "2026-06-01 00:00"),
    ("Pacific/Apia", "2011-12-30 08:00"),
    ("America/St_Johns", "2006-10-29 01:00"),
]


def seconds_of(clock: str) -> int:
    return int(clock[:2]) * 3600 + int(clock[3:5]) * 60


def counts(data: Json, moment: datetime) -> bool:
    """Whether an instant counts, read straight off the JSON."""
    wall = moment.astimezone(ZoneInfo(data["time_zone"])).replace(tzinfo=None)
    second = wall.hour * 3600 + wall.minute * 60 + wall.second
    today, before = wall.date(), wall.date() - timedelta(days=1)
    exceptions = data.get("exceptions", {})
    hours: list[list[str]]
    tails: list[list[str]]
    if today.isoformat() in exceptions:
        hours, tails = exceptions[today.isoformat()], []
    elif data.get("holidays") and today in holidays.country_holidays(data["holidays"]["country"], years=today.year):
        hours, tails = [], []
    else:
        hours = data["weekly"].get(DAYS[today.weekday()], [])
        tails = data["weekly"].get(DAYS[before.weekday()], []) + exceptions.get(before.isoformat(), [])
    for start, end in hours:
        over = seconds_of(end) <= seconds_of(start)
        if seconds_of(start) <= second and (over or second < seconds_of(end)):
            return True
    return any(seconds_of(end) <= seconds_of(start) and second < seconds_of(end) for start, end in tails)


def recount(data: Json, start: datetime, stop: datetime, step: timedelta) -> float:
    total, moment = timedelta(0), start.astimezone(UTC)
    while moment < stop:
        total += step if counts(data, moment) else timedelta(0)
        moment += step
    return total.total_seconds()


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Json, datetime]:
    """A calendar in quarter hours, and an instant near a change of its zone's offset."""
    zone, change = draw(st.sampled_from(ZONES_AND_CHANGES))

    def hours(limit: int) -> list[list[str]]:
        marks = sorted(draw(st.sets(st.integers(0, limit), max_size=4)))
        return [[f"{a // 4:02}:{a % 4 * 15:02}", f"{b // 4:02}:{b % 4 * 15:02}"] for a, b in pairwise(marks)][::2]

    weekly = {}
    for day in DAYS:
        weekly[day] = [["20:00", "05:00"]] if draw(st.booleans()) else [["00:00", "24:00"]][: draw(st.integers(0, 1))]
    if draw(st.booleans()):
        weekly = {day: hours(96) for day in DAYS}
    for day, following in zip(DAYS, DAYS[1:] + DAYS[:1], strict=True):
        if weekly[day] == [["20:00", "05:00"]] and weekly[following][:1] == [["00:00", "24:00"]]:
            weekly[following] = []
    centre = utc(change).date()
    dates = draw(st.sets(st.integers(-1, 2), max_size=2))
    exceptions = {(centre + timedelta(days=shift)).isoformat(): hours(96) for shift in sorted(dates)}
    country = draw(st.sampled_from([None, "ES", "BR"]))
    data = {
        "time_zone": zone,
        "weekly": weekly,
        "holidays": {"country": country} if country else None,
        "exceptions": exceptions,
    }
    return data, utc(change) + timedelta(minutes=draw(st.integers(-24 * 12, 24 * 12)) * 5)


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(0, 30 * 12))
def test_elapsed_equals_a_recount_around_changes_of_the_clocks(case: tuple[Json, datetime], steps: int) -> None:
    data, start = case
    stop = start + timedelta(minutes=5 * steps)
    # By the minute: Newfoundland changed its clocks at 00:01 until 2011.
    assert Calendar.from_json(data).elapsed(start, stop) == recount(data, start, stop, timedelta(minutes=1))


@settings(max_examples=40, deadline=None)
@given(calendars(), st.integers(0, 600), st.integers(0, 1800))
def test_elapsed_equals_a_recount_to_the_second(case: tuple[Json, datetime], shift: int, length: int) -> None:
    data, start = case
    begin = start + timedelta(seconds=shift)
    stop = begin + timedelta(seconds=length)
    calendar = Calendar.from_json(data)
    assert calendar.elapsed(begin, stop) == recount(data, begin, stop, timedelta(seconds=1))
    assert calendar.is_open(begin) == counts(data, begin)


@settings(max_examples=120, deadline=None)
@given(calendars(), st.floats(0, 200_000), st.floats(0, 200_000))
def test_elapsed_is_additive_and_monotone(case: tuple[Json, datetime], first: float, second: float) -> None:
    data, start = case
    calendar = Calendar.from_json(data)
    middle = start + timedelta(seconds=first)
    stop = middle + timedelta(seconds=second)
    whole = calendar.elapsed_delta(start, stop)
    assert whole == calendar.elapsed_delta(start, middle) + calendar.elapsed_delta(middle, stop)
    assert timedelta(0) <= calendar.elapsed_delta(start, middle) <= whole <= stop - start
    assert calendar.elapsed(stop, start) == 0 or start == stop


@settings(max_examples=120, deadline=None)
@given(calendars(), st.integers(0, 400_000_000), st.integers(0, 400_000_000))
def test_due_is_the_earliest_instant_and_overdue_the_latest(case: tuple[Json, datetime], micro: int, more: int) -> None:
    data, start = case
    calendar = Calendar.from_json(data)
    target, tick = timedelta(milliseconds=micro), timedelta(microseconds=1)
    due = calendar.due(start, target)
    if due is None:
        assert calendar.elapsed_delta(start, start + timedelta(days=400)) < target
        return
    assert calendar.elapsed_delta(start, due) == target
    assert due == start or calendar.elapsed_delta(start, due - tick) < target
    later = calendar.due(start, target + timedelta(milliseconds=more))
    assert later is None or later >= due
    overdue = calendar.overdue_from(start, target)
    if overdue is not None:
        assert calendar.elapsed_delta(start, overdue) == target
        assert calendar.elapsed_delta(start, overdue + tick) > target
        assert overdue >= due


@settings(max_examples=60, deadline=None)
@given(calendars())
def test_next_change_is_the_first_flip(case: tuple[Json, datetime]) -> None:
    data, start = case
    calendar = Calendar.from_json(data)
    change = calendar.next_change(start)
    if change is not None:
        assert calendar.is_open(change) != calendar.is_open(start)
        assert calendar.is_open(change - timedelta(microseconds=1)) == calendar.is_open(start)
    limit = min(change or start + timedelta(days=2), start + timedelta(days=2))
    moment = start
    while moment < limit:
        assert counts(data, moment) == calendar.is_open(start)
        moment += timedelta(minutes=15)


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(1, 12))
def test_business_days_follow_each_other(case: tuple[Json, datetime], days: int) -> None:
    data, start = case
    calendar = Calendar.from_json(data)
    first, second = calendar.business_day_due(start, days), calendar.business_day_due(start, days + 1)
    if first is None or second is None:
        return
    assert start < first < second or data["time_zone"] == "America/St_Johns"
    zone = ZoneInfo(data["time_zone"])
    assert calendar.is_open(first - timedelta(microseconds=1))
    assert (first - timedelta(microseconds=1)).astimezone(zone).date() > start.astimezone(zone).date()


def test_the_holidays_of_a_year_are_all_there() -> None:
    data = week([["00:00", "24:00"]], DAYS, "Europe/Madrid", holidays={"country": "ES", "subdivision": "MD"})
    calendar = Calendar.from_json(data)
    closed = {
        date(2026, 1, 1) + timedelta(days=n)
        for n in range(365)
        if not calendar.is_open(local("2026-01-01 12:00", "Europe/Madrid") + timedelta(days=n))
    }
    assert closed == set(holidays.country_holidays("ES", subdiv="MD", years=2026))
