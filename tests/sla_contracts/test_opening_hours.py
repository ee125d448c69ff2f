"""Calendars as JSON: every fault is named by its field, and the written form is canonical."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sla_contracts.business_time import Calendar, CalendarError


def friday(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-16 {clock}").replace(tzinfo=ZoneInfo("Europe/Berlin"))


BAD: list[tuple[object, str]] = [
    ([], "calendar"),
    ({"weekly": {}}, "time_zone"),
    ({"time_zone": "Mars/Olympus", "weekly": {}}, "time_zone"),
    ({"time_zone": "../etc/passwd", "weekly": {}}, "time_zone"),
    ({"time_zone": "Europe", "weekly": {}}, "time_zone"),
    ({"time_zone": "UTC"}, "weekly"),
    ({"time_zone": "UTC", "weekly": {"monday": []}}, "weekly.monday"),
    ({"time_zone": "UTC", "weekly": {}, "colour": 1}, "colour"),
    ({"time_zone": "UTC", "weekly": {"mon": "09-17"}}, "weekly.mon"),
    ({"time_zone": "UTC", "weekly": {"mon": [["09:00"]]}}, "weekly.mon[0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["09:00", "14:00"], ["25:00", "26:00"]]}}, "weekly.mon[1][0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["09:00", "24:01"]]}}, "weekly.mon[0][1]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["09:60", "10:00"]]}}, "weekly.mon[0][0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["9:00", "10:00"]]}}, "weekly.mon[0][0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["٠٩:00", "10:00"]]}}, "weekly.mon[0][0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [[9, 10]]}}, "weekly.mon[0][0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["24:00", "06:00"]]}}, "weekly.mon[0][0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["09:00", "09:00"]]}}, "weekly.mon[0]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["09:00", "14:00"], ["13:59", "18:00"]]}}, "weekly.mon[1]"),
    ({"time_zone": "UTC", "weekly": {"mon": [["22:00", "06:00"], ["23:00", "23:30"]]}}, "weekly.mon[1]"),
    ({"time_zone": "UTC", "weekly": {"fri": [["22:00", "06:00"]], "sat": [["05:00", "09:00"]]}}, "weekly.sat[0]"),
    ({"time_zone": "UTC", "weekly": {"sun": [["22:00", "06:00"]], "mon": [["05:00", "09:00"]]}}, "weekly.mon[0]"),
    ({"time_zone": "UTC", "weekly": {}, "holidays": {"country": "XX"}}, "holidays.country"),
    ({"time_zone": "UTC", "weekly": {}, "holidays": {"country": "ES", "subdivision": "ZZ"}}, "holidays.subdivision"),
    ({"time_zone": "UTC", "weekly": {}, "holidays": {"country": "ES", "region": "MD"}}, "holidays.region"),
    ({"time_zone": "UTC", "weekly": {}, "exceptions": {"2026-02-30": []}}, "exceptions.2026-02-30"),
    ({"time_zone": "UTC", "weekly": {}, "exceptions": {"tomorrow": []}}, "exceptions.tomorrow"),
    ({"time_zone": "UTC", "weekly": {}, "exceptions": {"9999-12-31": []}}, "exceptions.9999-12-31"),
    (
        {"time_zone": "UTC", "weekly": {}, "exceptions": {"2026-12-24": [["09:00", "aa:00"]]}},
        "exceptions.2026-12-24[0][1]",
    ),
]


@pytest.mark.parametrize(("data", "field"), BAD, ids=[field + str(place) for place, (_, field) in enumerate(BAD)])
def test_a_bad_calendar_is_refused_with_the_field_and_the_reason(data: object, field: str) -> None:
    with pytest.raises(CalendarError) as caught:
        Calendar.from_json(data)
    assert caught.value.field == field
    assert caught.value.reason and field in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_adjoining_intervals_are_no_overlap() -> None:
    calendar = Calendar.from_json(
        {"time_zone": "Europe/Berlin", "weekly": {"fri": [["14:00", "18:00"], ["09:00", "14:00"]]}}
    )
    assert calendar.next_change(friday("10:00")) == friday("18:00")


def test_json_round_trip_is_canonical() -> None:
    data = {
        "time_zone": "Europe/Madrid",
        "weekly": {
            "mon": [["09:00", "14:00"], ["16:00", "20:00"]],
            "fri": [["22:00", "06:00"]],
            "sun": [["00:00", "24:00"]],
        },
        "holidays": {"country": "ES", "subdivision": "MD"},
        "exceptions": {"2026-12-24": [["09:00", "14:00"]], "2026-12-31": []},
    }
    calendar = Calendar.from_json(data)
    assert calendar.to_json() == data
    assert Calendar.from_json(calendar.to_json()) == calendar
    assert hash(Calendar.from_json(calendar.to_json())) == hash(calendar)
