"""When a report is due: by day or business day, in its own zone, never before its month is over."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from sla_contracts.period import Period
from sla_contracts.report_calendar import Agreed, due_at, read_agreed
from sla_contracts.terms import TermsError
from tests.sla_contracts.months import utc


def due(
    month: str, kind: str, day: int, *, zone: str = "Europe/Rome", country: str = "IT", at: str = "09:00"
) -> datetime:
    end = Period.of_month(month, "Europe/Rome").end
    return due_at(kind=kind, day=day, at=time.fromisoformat(at), time_zone=zone, country=country, month_end=end)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # 1 November 2026 is a Sunday, and All Saints.
        (due("2026-10", "business_day", 1), "2026-11-02 08:00"),
        (due("2026-10", "business_day", 3), "2026-11-04 08:00"),
        # New Year's Day is a Friday; Epiphany, a Wednesday, is kept in Italy and not in Great Britain.
        (due("2026-12", "business_day", 3), "2027-01-07 08:00"),
        (due("2026-12", "business_day", 3, country="GB", zone="Europe/London"), "2027-01-06 09:00"),
        # A country whose holidays nobody has written down.
        (due("2026-12", "business_day", 1, country="QX"), "2027-01-01 08:00"),
        (due("2026-01", "day", 31), "2026-02-28 08:00"),
        (due("2028-01", "day", 30), "2028-02-29 08:00"),
        (due("2026-02", "day", 5), "2026-03-05 08:00"),
        # Summer time begins on 29 March at 2: half past two is not there, and comes an hour later.
        (due("2026-02", "day", 29, at="02:30"), "2026-03-29 01:30"),
        (due("2026-10", "day", 2, zone="America/New_York"), "2026-11-02 14:00"),
        # It is the 1st in Auckland half a day before October is over in Rome.
        (due("2026-10", "day", 1, zone="Pacific/Auckland", at="00:00"), "2026-10-31 23:00"),
    ],
)
def test_the_day_is_that_of_the_calendar_and_zone(found: datetime, expected: str) -> None:
    assert found == utc(expected)
    assert found.tzinfo is UTC


def test_the_terms_name_the_day() -> None:
    assert read_agreed(None) is None
    assert read_agreed({"day": 5}) == Agreed("day", 5, time(9))
    found = read_agreed({"business_day": 2, "time": "18:30", "time_zone": "Asia/Tokyo", "recipients": ["a@b.example"]})
    assert found == Agreed("business_day", 2, time(18, 30), "Asia/Tokyo", "", ("a@b.example",))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ([], "report"),
        ({}, "report"),
        ({"day": 1, "business_day": 1}, "report"),
        ({"day": 0}, "report.day"),
        ({"day": 32}, "report.day"),
        ({"business_day": 16}, "report.business_day"),
        ({"day": 1, "time": "25:00"}, "report.time"),
        ({"day": 1, "time_zone": "../etc/passwd"}, "report.time_zone"),
        ({"day": 1, "recipients": ["nobody"]}, "report.recipients[0]"),
        ({"day": 1, "recipients": ["a@b.example"] * 21}, "report.recipients"),
        ({"day": 1, "hour": 9}, "report.hour"),
    ],
)
def test_a_day_that_cannot_be_kept_is_refused_by_field(wrong: Any, field: str) -> None:
    with pytest.raises(TermsError) as refused:
        read_agreed(wrong)
    assert refused.value.field == field
