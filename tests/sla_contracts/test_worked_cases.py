"""Cases worked by hand: the twelve of sla.md §1, then our own. Each name holds its arithmetic.

A story is told in the calendar's local time; ``due``, ``broken`` and ``met`` are UTC, minutes are open minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from sla_contracts.attainment_math import Counts, percent, service_level
from sla_contracts.business_time import Calendar
from sla_contracts.clauses import Price, Tier
from sla_contracts.clock_math import Event, Kind, fold

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Json = dict[str, Any]


def week(*hours: str, days: tuple[str, ...] = DAYS, zone: str = "Europe/Berlin", **more: Any) -> Json:
    """``week("09:00 17:00")``: these hours on these days."""
    return {"time_zone": zone, "weekly": {day: [each.split() for each in hours] for day in days}, **more}


def office(zone: str = "Europe/Berlin", **more: Any) -> Json:
    return week("09:00 17:00", days=DAYS[:5], zone=zone, **more)


def always(zone: str = "Europe/Berlin") -> Json:
    return week("00:00 24:00", zone=zone)


def nights(zone: str = "Europe/Berlin", **more: Any) -> Json:
    return week("22:00 06:00", zone=zone, **more)


SIESTA = week("09:00 14:00", "16:00 20:00", days=DAYS[:5], zone="Europe/Madrid")
CHRISTMAS: Json = {"2026-12-25": []}


@dataclass(frozen=True)
class Case:
    """``minutes``: the target. What is expected: ``due``, the instant it broke, minutes used, kept or not."""

    name: str
    calendar: Json
    minutes: int
    story: str
    due: str | None = None
    broken: str | None = None
    used: float | None = None
    kept: bool | None = None


DESIGN = [
    Case(
        "1 spills over the weekend: 30 on Friday, 30 on Monday",
        office(),
        60,
        "2026-01-16 16:30 started",
        due="2026-01-19 08:30",
    ),
    Case("2 created before opening: 120 from 09:00", office(), 120, "2026-01-21 07:00 started", due="2026-01-21 10:00"),
    Case("3 ends exactly at closing: 16:00 and 60", office(), 60, "2026-01-16 16:00 started", due="2026-01-16 16:00"),
    Case(
        "4 round the clock in the spring: 01:30 and 60, an hour is skipped",
        always(),
        60,
        "2026-03-29 01:30 started",
        due="2026-03-29 01:30",
    ),
    Case(
        "5 a night of nine hours in autumn: 8 of them",
        nights(exceptions=CHRISTMAS),
        480,
        "2026-10-24 22:00 started",
        due="2026-10-25 04:00",
    ),
    Case(
        "6 nights of Monday to Friday: 7 until Saturday 06:00, 1 on Monday from 22:00",
        week("22:00 06:00", days=DAYS[:5]),
        480,
        "2026-01-16 23:00 started",
        due="2026-01-19 22:00",
    ),
    Case(
        "7 leap day: 60 on the 28th, 60 on the 29th", office(), 120, "2028-02-28 16:00 started", due="2028-02-29 09:00"
    ),
    Case(
        "8 whole days: 30 before midnight, 30 after, no minute lost",
        week("00:00 24:00", days=DAYS[:5]),
        60,
        "2026-01-20 23:30 started",
        due="2026-01-20 23:30",
    ),
    Case(
        "9 Lord Howe goes back half an hour: 8 of 8.5",
        nights("Australia/Lord_Howe"),
        480,
        "2026-04-04 22:00 started",
        due="2026-04-04 19:00",
    ),
    Case(
        "10 pending Friday 16:00 to Monday 10:00: 1 used, 7 from Monday 10:00",
        office(),
        480,
        "2026-01-16 15:00 started, 2026-01-16 16:00 paused, 2026-01-19 10:00 resumed",
        due="2026-01-19 16:00",
    ),
    Case(
        "11 resolved Monday 12:00, reopened Wednesday 15:00: 2 used, 2 on Wednesday, 4 on Thursday",
        office(),
        480,
        "2026-01-19 10:00 started, 2026-01-19 12:00 met, 2026-01-21 15:00 resumed",
        due="2026-01-22 12:00",
    ),
    Case(
        "12 target 8 h to 2 h at noon, 3 used: broken at noon, never back-dated",
        office(),
        480,
        "2026-01-19 09:00 started, 2026-01-19 12:00 retargeted 7200",
        broken="2026-01-19 11:00",
        used=180,
    ),
]
OWN = [
    Case("starts at closing: nothing of Friday, 60 on Monday", office(), 60, "2026-01-16 17:00 started",
         due="2026-01-19 09:00"),
    Case("a second before closing: 1 s on Friday, 3,599 s on Monday", office(), 60, "2026-01-16 16:59:59 started",
         due="2026-01-19 08:59:59"),
    Case("a whole day from opening: 09:00 and 8 h", office(), 480, "2026-01-19 09:00 started", due="2026-01-19 16:00"),
    Case("a minute more than a day: Tuesday 09:01", office(), 481, "2026-01-19 09:00 started", due="2026-01-20 08:01"),
    Case("40 h from Wednesday 13:00: 4 + 8 + 8 + 8 + 8, 4 on Wednesday", office(), 2400, "2026-01-21 13:00 started",
         due="2026-01-28 12:00"),
    Case("starts on Saturday: 30 from Monday 09:00", office(), 30, "2026-01-17 12:00 started", due="2026-01-19 08:30"),
    Case("siesta: 30 before lunch, 30 from 16:00", SIESTA, 60, "2026-01-20 13:30 started", due="2026-01-20 15:30"),
    Case("siesta, started in it: 240 fill 16:00 to 20:00", SIESTA, 240, "2026-01-20 15:00 started",
         due="2026-01-20 19:00"),
    Case("siesta, a minute more: 09:01 next day", SIESTA, 241, "2026-01-20 15:00 started", due="2026-01-21 08:01"),
    Case("siesta, held in it from 14:30 to 15:30: 60 + 60 from 16:00", SIESTA, 120,
         "2026-01-20 13:00 started, 2026-01-20 14:30 paused, 2026-01-20 15:30 resumed", due="2026-01-20 16:00"),
    Case("round the clock over the spring change: 23:00 CET and 4 h is 04:00 CEST", always(), 240,
         "2026-03-28 23:00 started", due="2026-03-29 02:00"),
    Case("round the clock over the autumn change: 01:00 CEST and 3 h is 03:00 CET", always(), 180,
         "2026-10-25 01:00 started", due="2026-10-25 02:00"),
    Case("a night in spring has 7 h", nights(), 420, "2026-03-28 22:00 started", due="2026-03-29 04:00"),
    Case("8 h from a night in spring: 7, and 1 from 22:00 CEST", nights(), 480, "2026-03-28 22:00 started",
         due="2026-03-29 21:00"),
    Case("hours that the spring skips: nothing on Sunday, 60 on Monday", week("02:00 03:00"), 60,
         "2026-03-29 00:00 started", due="2026-03-30 01:00"),
    Case("hours that the autumn repeats: 60 in summer time, 30 in winter time", week("02:00 03:00"), 90,
         "2026-10-25 00:00 started", due="2026-10-25 01:30"),
    Case("office over a spring weekend: 60 at UTC+1, 60 at UTC+2", office(), 120, "2026-03-27 16:00 started",
         due="2026-03-30 08:00"),
    Case("office over an autumn weekend: 60 at UTC+2, 60 at UTC+1", office(), 120, "2026-10-23 16:00 started",
         due="2026-10-26 09:00"),
    Case("New York changes three weeks before: 30 at UTC-5, 30 at UTC-4", office("America/New_York"), 60,
         "2026-03-06 16:30 started", due="2026-03-09 13:30"),
    Case("Sydney goes back in April: 01:00 at UTC+11 and 3 h is 03:00 at UTC+10", always("Australia/Sydney"), 180,
         "2026-04-05 01:00 started", due="2026-04-04 17:00"),
    Case("Sydney's night of 7 h is in October", nights("Australia/Sydney"), 420, "2026-10-03 22:00 started",
         due="2026-10-03 19:00"),
    Case("Lord Howe's night of 7.5 h", nights("Australia/Lord_Howe"), 450, "2026-10-03 22:00 started",
         due="2026-10-03 19:00"),
    Case("Kolkata at UTC+5:30: 15, then 45", office("Asia/Kolkata"), 60, "2026-01-19 16:45 started",
         due="2026-01-20 04:15"),
    Case("Chatham at UTC+13:45: 09:15 is the evening before", office("Pacific/Chatham"), 15,
         "2026-01-19 09:00 started", due="2026-01-18 19:30"),
    Case("Kathmandu at UTC+5:45: 00:45 is 19:00", always("Asia/Kathmandu"), 45, "2026-01-19 00:00 started",
         due="2026-01-18 19:00"),
    Case("Santiago goes back at midnight: 22:30 at UTC-3 and 2 h", always("America/Santiago"), 120,
         "2026-04-04 22:30 started", due="2026-04-05 03:30"),
    Case("Santiago's last hour of that day comes twice: 60 + 30", week("23:00 24:00", zone="America/Santiago"), 90,
         "2026-04-04 12:00 started", due="2026-04-05 03:30"),
    Case("May Day in Madrid: 60 on Thursday, none on Friday, 60 on Monday",
         office("Europe/Madrid", holidays={"country": "ES", "subdivision": "MD"}), 120, "2026-04-30 16:00 started",
         due="2026-05-04 08:00"),
    Case("special hours win over the holiday: 30 on the 24th, 30 on the 25th from 10:00",
         office(holidays={"country": "DE"}, exceptions={"2026-12-25": [["10:00", "12:00"]]}), 60,
         "2026-12-24 16:30 started", due="2026-12-25 09:30"),
    Case("Christmas: 60 on Thursday, 60 on Monday the 28th", office(holidays={"country": "DE"}), 120,
         "2026-12-24 16:00 started", due="2026-12-28 09:00"),
    Case("New Year's Eve until noon: 2 h, and 2 h on Friday", office(exceptions={"2026-12-31": [["09:00", "12:00"]]}),
         240, "2026-12-31 10:00 started", due="2027-01-01 10:00"),
    Case("open on the leap day alone", office() | {"weekly": {}, "exceptions": {"2028-02-29": [["09:00", "17:00"]]}},
         60, "2028-01-01 00:00 started", due="2028-02-29 09:00"),
    Case("a special night runs into the next date: 240 until midnight, 60 after",
         office(exceptions={"2026-12-24": [["20:00", "02:00"]]}), 300, "2026-12-24 19:00 started",
         due="2026-12-25 00:00"),
    Case("a night's tail falls with its date: 2 h on the 24th, none on the 25th, 1 on the 26th",
         nights(exceptions=CHRISTMAS), 180, "2026-12-24 22:00 started", due="2026-12-26 00:00"),
    Case("two pauses: 60 + 60 used, 120 from Tuesday 09:00", office(), 240,
         "2026-01-19 09:00 started, 2026-01-19 10:00 paused, 2026-01-19 12:00 resumed, 2026-01-19 13:00 paused,"
         " 2026-01-20 09:00 resumed", due="2026-01-20 10:00"),
    Case("a pause over the weekend: 30 used, 30 from Monday 09:30", office(), 60,
         "2026-01-16 16:00 started, 2026-01-16 16:30 paused, 2026-01-19 09:30 resumed", due="2026-01-19 09:00"),
    Case("a pause while closed changes nothing: 60 on Friday, 60 on Monday", office(), 120,
         "2026-01-16 16:00 started, 2026-01-16 20:00 paused, 2026-01-18 12:00 resumed", due="2026-01-19 09:00"),
    Case("stopped while held: 30 used of 60", office(), 60,
         "2026-01-19 09:00 started, 2026-01-19 09:30 paused, 2026-01-21 12:00 met", used=30, kept=True),
    Case("stopped at the target: 60 of 60", office(), 60, "2026-01-19 09:00 started, 2026-01-19 10:00 met",
         used=60, kept=True),
    Case("stopped a second after it: broken at 10:00", office(), 60,
         "2026-01-19 09:00 started, 2026-01-19 10:00:01 met", broken="2026-01-19 09:00", kept=False),
    Case("used up at closing, stopped on Sunday: 60 of 60", office(), 60,
         "2026-01-16 16:00 started, 2026-01-18 12:00 met", used=60, kept=True),
    Case("used up at closing, stopped at the very opening: 60 of 60", office(), 60,
         "2026-01-16 16:00 started, 2026-01-19 09:00 met", used=60, kept=True),
    Case("used up at closing, stopped a second after opening: broken at Monday's opening", office(), 60,
         "2026-01-16 16:00 started, 2026-01-19 09:00:01 met", broken="2026-01-19 08:00", kept=False),
    Case("reopened twice: 60 + 60 used, 30 on Wednesday, 30 on Thursday", office(), 180,
         "2026-01-19 09:00 started, 2026-01-19 10:00 met, 2026-01-20 09:00 resumed, 2026-01-20 10:00 met,"
         " 2026-01-21 16:30 resumed", due="2026-01-22 08:30"),
    Case("a raised target: 30 used, 90 left at 09:30", office(), 60,
         "2026-01-19 09:00 started, 2026-01-19 09:30 retargeted 7200", due="2026-01-19 10:00"),
    Case("a target raised after the breach mends nothing", office(), 60,
         "2026-01-19 09:00 started, 2026-01-19 10:30 retargeted 14400, 2026-01-19 11:00 met",
         broken="2026-01-19 09:00", used=120, kept=False),
    Case("a target lowered while held: 120 used of 60, broken at the change", office(), 240,
         "2026-01-19 09:00 started, 2026-01-19 11:00 paused, 2026-01-19 12:00 retargeted 3600",
         broken="2026-01-19 11:00", used=120),
    Case("a target lowered to what was used: 60 of 60 is kept", office(), 240,
         "2026-01-19 09:00 started, 2026-01-19 10:00 retargeted 3600, 2026-01-19 10:00 met", used=60, kept=True),
    Case("late, stopped and reopened: late for good", office(), 60,
         "2026-01-19 09:00 started, 2026-01-19 10:30 met, 2026-01-20 09:00 resumed, 2026-01-20 09:05 met",
         broken="2026-01-19 09:00", used=95, kept=False),
    Case("taken out of the count: neither kept nor not", office(), 60,
         "2026-01-19 09:00 started, 2026-01-19 09:30 voided", used=30),
]  # fmt: skip


@pytest.mark.parametrize("case", [*DESIGN, *OWN], ids=lambda case: case.name)
def test_a_case_worked_by_hand(case: Case) -> None:
    calendar = Calendar.from_json(case.calendar)
    state = fold(_events(case), calendar, case.minutes * 60)
    if case.due is not None:
        assert state.due_at == _utc(case.due)
    assert state.breached_at == (_utc(case.broken) if case.broken else None)
    if case.used is not None:
        assert state.elapsed_seconds == case.used * 60
    if case.kept is not None:
        assert state.within_target is case.kept


def test_all_twelve_of_the_design_are_here_and_forty_more() -> None:
    assert [case.name.split()[0] for case in DESIGN] == [str(n) for n in range(1, 13)]
    assert len(OWN) >= 40


FEW = Counts(answered=3, answered_in_target=2, abandoned=2, abandoned_in_target=1, abandoned_under=1)
TIERS = Price(tiers=(Tier(Decimal(0), Decimal(40)), Tier(Decimal("7.5"), Decimal(300))), cap=Decimal(250))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("of_answered", "66.67"),  # 2 / 3
        ("of_offered", "40.00"),  # 2 / (3 + 2)
        ("of_offered_less_short_abandons", "50.00"),  # 2 / (5 - 1)
        ("with_short_abandons", "60.00"),  # (2 + 1) / 5
        ("less_abandons_under", "50.00"),  # 2 / (5 - 1)
    ],
)
def test_a_service_level_worked_by_hand(formula: str, expected: str) -> None:
    share = service_level(FEW, formula)
    assert share is not None and percent(share) == Decimal(expected)


@pytest.mark.parametrize(
    ("price", "points", "amount"),
    [
        (Price(Decimal(50), Decimal(20)), "13.33", "666.50"),  # 13.33 × 50
        (Price(Decimal(50), Decimal(20)), "80", "1000"),  # 20 × 50, where it ends
        (Price(Decimal("0.07")), "0.01", "0.0007"),  # not rounded here
        (Price(Decimal(50), cap=Decimal("99.99")), "2", "99.99"),  # 100, and no more than the cap
        (TIERS, "0.01", "40"),  # the tier from 0 on
        (TIERS, "7.49", "40"),
        (TIERS, "7.5", "250"),  # 300, and no more than the cap
        (TIERS, "0", "0"),  # what is kept costs nothing
    ],
)
def test_a_price_worked_by_hand(price: Price, points: str, amount: str) -> None:
    assert price.of(Decimal(points)) == Decimal(amount)


def _events(case: Case) -> list[Event]:
    zone, events = ZoneInfo(case.calendar["time_zone"]), []
    for told in case.story.split(", "):
        day, hour, kind, *seconds = told.split()
        at = datetime.fromisoformat(f"{day} {hour}").replace(tzinfo=zone)
        events.append(Event(cast(Kind, kind), at, float(seconds[0]) if seconds else None))
    return events


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
