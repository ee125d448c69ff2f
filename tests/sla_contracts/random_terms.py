"""Terms of contracts drawn by chance: hours in many zones, targets, and clauses with all that a clause may say."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sla_contracts.attainment_math import FORMULAS

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Summer time of an hour and of half an hour, of the south, at midnight, none at all, and odd offsets.
ZONES = (
    "Europe/Rome", "Europe/Madrid", "America/New_York", "America/St_Johns", "America/Santiago", "Australia/Sydney",
    "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kolkata", "Asia/Kathmandu", "Africa/Casablanca", "UTC",
)  # fmt: skip
# Where clocks change, in the north or the south; a leap day; a month of holidays.
MONTHS = ("2027-03", "2027-04", "2027-09", "2027-10", "2027-11", "2027-12", "2028-02", "2028-03")
CURRENCIES = ("EUR", "EUR", "EUR", "GBP", "JPY")
OFFICE, SPLIT, NIGHT, ROUND = [["09:00", "17:00"]], [["09:00", "13:45"], ["16:00", "20:00"]], [["22:00", "06:00"]], [
    ["00:00", "24:00"]
]  # fmt: skip
EXCEPTIONS: tuple[list[list[str]], ...] = ([], [], [["10:00", "12:15"]], [["20:00", "02:00"]])
SECONDS: dict[str, dict[str, tuple[int, ...]]] = {
    "chat": {
        "first_response": (30, 60, 300),
        "next_response": (60, 120),
        "answer": (20, 60),
        "resolution": (900, 28_800),
    },
    "mail": {
        "first_response": (3600, 14_400),
        "next_response": (7200,),
        "answer": (3600,),
        "resolution": (28_800, 64_800),
    },
}


def draw_terms(chance: random.Random, month: str, languages: list[str]) -> dict[str, Any]:
    """Valid terms; about half of all months use each thing that terms may say."""
    zone = chance.choice(ZONES)
    calendars = {
        "first": _calendar(chance, zone, month),
        "second": _calendar(chance, chance.choice((zone, zone, "Australia/Lord_Howe", "America/St_Johns")), month),
    }
    terms: dict[str, Any] = {
        "calendars": calendars,
        "hours": {"chat": "first", "mail": "second"},
        "targets": _targets(chance, languages),
        "languages": languages,
        "at_risk_share": chance.choice((0.5, 0.75, 0.95)),
        "reopen_days": chance.choice((0, 1, 3, 14)),
        "monthly_fee": chance.choice((9_990, 12_345.67)),
    }
    terms["clauses"] = [_clause(chance, n) for n in range(chance.randint(3, 6))]
    return terms


def _calendar(chance: random.Random, zone: str, month: str) -> dict[str, Any]:
    hours = chance.choice((OFFICE, SPLIT, NIGHT, ROUND, ROUND))
    days = chance.choice((DAYS[:5], DAYS[:6], DAYS))
    found: dict[str, Any] = {"time_zone": zone, "weekly": dict.fromkeys(days, hours)}
    if chance.random() < 0.3:
        found["holidays"] = chance.choice(({"country": "IT"}, {"country": "AU", "subdivision": "NSW"}))
    if chance.random() < 0.4:
        picked = sorted(chance.sample(range(1, 29), 2))
        found["exceptions"] = {f"{month}-{day:02}": chance.choice(EXCEPTIONS) for day in picked}
    return found


def _targets(chance: random.Random, languages: list[str]) -> list[dict[str, Any]]:
    found = []
    for group, metrics in SECONDS.items():
        calendar = chance.choice(("first", "second"))
        for metric, choices in metrics.items():
            if chance.random() < 0.12 or (group == "mail" and metric == "answer" and chance.random() < 0.7):
                continue
            row = {"channel_group": group, "metric": metric, "calendar": calendar}
            found.append({**row, "priority": "normal", "seconds": chance.choice(choices)})
            if chance.random() < 0.6:
                other = calendar if chance.random() < 0.8 else "first"
                seconds = max(10, choices[0] // chance.choice((2, 4)))
                found.append({**row, "priority": "high", "seconds": seconds, "calendar": other})
            if chance.random() < 0.3:
                found.append({**row, "priority": "normal", "seconds": choices[0] + 15, "language": languages[-1]})
    if not found:
        found.append(
            {"channel_group": "chat", "metric": "answer", "calendar": "first", "priority": "normal", "seconds": 60}
        )
    return found


def _clause(chance: random.Random, place: int) -> dict[str, Any]:
    metric = chance.choice(("first_response", "next_response", "resolution", "answer", "answer", "abandonment"))
    found: dict[str, Any] = {
        "code": f"{metric}_{place % 2}_{place}",
        "title": {"en": metric},
        "metric": metric,
        "channel_group": chance.choice(("chat", "chat", "mail", "")),
        "goal": chance.choice((0.5, 0.8, 0.856, 0.95, 1)),
        "minimum": chance.choice((0, 0, 2, 4)),
        "count_changes": chance.random() < 0.4,
    }
    if metric == "answer" and chance.random() < 0.9:
        found["formula"] = chance.choice(tuple(FORMULAS))
        if found["formula"] == "less_abandons_under":
            found["abandons_under_seconds"] = chance.choice((5, 20, 60))
    if chance.random() < 0.6:
        found["exclusions"] = _exclusions(chance, metric)
    if chance.random() < 0.8:
        found["penalty"] = _price(chance)
    if chance.random() < 0.5:
        found["bonus"] = _price(chance)
    return found


def _exclusions(chance: random.Random, metric: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if chance.random() < 0.5:
        found.append({"kind": "spam"})
    if chance.random() < 0.5:
        found.append({"kind": "client_incident"})
    if metric in ("answer", "abandonment") and chance.random() < 0.6:
        found.append({"kind": "short_abandons", "seconds": chance.choice((5, 30))})
    if chance.random() < 0.4:
        found.append(
            {
                "kind": "volume_above_forecast",
                "forecast": chance.choice((2, 5)),
                "percent": chance.choice((0, 12.5, 50)),
            }
        )
    return found


def _price(chance: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {
        "eur_per_point": chance.choice((25, 33.33, 0.07)),
        "cap_points": chance.choice((5, 20, 100)),
    }
    if chance.random() < 0.5:
        found = {
            "tiers": [{"points": 0, "amount": 40.05}, {"points": 2.5, "percent": 1.5}, {"points": 20, "percent": 7}]
        }
        found["tiers"] = chance.sample(found["tiers"], chance.randint(1, 3))
    if chance.random() < 0.4:
        found["cap"] = chance.choice(({"amount": 100.01}, {"percent": 2}))
    return found


def draw_change(chance: random.Random, start: datetime, end: datetime) -> datetime | None:
    """When the second version begins, if there is one; often at an odd moment of the month."""
    if chance.random() < 0.5:
        return None
    return start + timedelta(seconds=chance.randrange(int((end - start).total_seconds())))
