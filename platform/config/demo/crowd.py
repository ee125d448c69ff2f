"""Who comes when: the simulator's arrivals over the past months, by shop, channel, language, weekday and hour.

The same seed and the same ends give the same crowd.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.demo.cast import SHOPS
from routing.simulator import sampling, scenario
from sla_contracts.period import Period

SEED = 7
MONTHS = 3
A_DAY = {"acme": 10.6, "northlight": 9.4}
LANGUAGES = {
    "acme": {"it": 0.62, "en": 0.2, "es": 0.11, "fr": 0.07},
    "northlight": {"de": 0.64, "en": 0.2, "fr": 0.09, "pt": 0.07},
}
CHANNELS = {"webchat": 0.56, "email": 0.29, "form": 0.15}
WEEKDAYS = (1.25, 1.12, 1.05, 1.0, 1.02, 0.72, 0.62)
# Hour of the shop's day → weight. Chats while the shop answers them, and a few after; mail at any hour.
CHAT_HOURS = (0.1, 0, 0, 0, 0, 0, 0.1, 0.4, 2.5, 4.5, 6, 6.2, 5.2, 4.6, 4.8, 5, 5.2, 5.6, 6, 6.6, 6.8, 5, 0.7, 0.3)
MAIL_HOURS = (0.8, 0.4, 0.2, 0.2, 0.2, 0.4, 1.2, 2.5, 4.5, 6.5, 7, 6.6, 5, 5, 5.4, 5.4, 5, 4.4, 4, 4, 4.4, 4.4, 3, 1.6)
# Day of the month before last → how much more comes: the carrier's strike, and what is left of it.
BAD_DAYS = {13: 3.4, 14: 2.0, 15: 1.3}
GROWTH = (0.9, 1.0, 1.04, 1.12)
CHAT_SECONDS = {"mean": 430.0, "sd": 210.0}
MAIL_SECONDS = {"mean": 660.0, "sd": 330.0}
PATIENCE_SECONDS = 420.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """number: its place among all, from 0. handle, patience: seconds; patience is infinite for mail."""

    number: int
    at: datetime
    slug: str
    channel: str
    language: str
    handle: float
    patience: float


def begins(until: datetime, time_zone: str) -> datetime:
    """The first instant of the past: that of the month ``MONTHS`` before the running one."""
    return Period.holding(until, time_zone).before(MONTHS).start


def is_bad(at: datetime, until: datetime, time_zone: str) -> bool:
    """Whether an instant falls on the days of the strike."""
    day = at.astimezone(ZoneInfo(time_zone)).date()
    month = Period.holding(until, time_zone).before(2).month
    return f"{day:%Y-%m}" == month and day.day in BAD_DAYS


def gather(until: datetime, *, scale: float = 1.0, since: datetime | None = None) -> list[Arrival]:
    """Everybody who came before ``until``, in order of time.

    scale: so many times as many; since: only from then on (from the beginning if None).
    """
    start = min(since or begins(until, shop["time_zone"]) for shop in SHOPS).replace(minute=0, second=0, microsecond=0)
    hours = [start + timedelta(hours=n) for n in range(int((until - start) / timedelta(hours=1)) + 1)]
    classes = [each for shop in SHOPS for each in _classes(shop, hours, until, scale)]
    told = {
        "name": "demo",
        "seed": SEED,
        "periods": [(hour - start).total_seconds() for hour in hours],
        "end": (until - start).total_seconds(),
        "classes": classes,
        "agents": [],
    }
    played = scenario.parse(told)
    crowd = sampling.draw(played, 0)
    arrivals = []
    rows = zip(crowd.times, crowd.streams, crowd.handle, crowd.patience, strict=True)
    for number, (seconds, stream, handle, patience) in enumerate(rows):
        slug, channel, language = played.streams[stream].name.split("|")
        at = (start + timedelta(seconds=round(seconds, 3))).astimezone(UTC)
        arrivals.append(Arrival(number, at, slug, channel, language, handle, patience))
    return arrivals


def _classes(shop: dict[str, Any], hours: list[datetime], until: datetime, scale: float) -> list[dict[str, Any]]:
    """A class for each channel and language of the shop, with its rate in each hour."""
    slug, zone = shop["slug"], ZoneInfo(shop["time_zone"])
    since = begins(until, shop["time_zone"])
    local = [hour.astimezone(zone) for hour in hours]
    busy = {day: _busyness(slug, day, until, shop["time_zone"]) for day in {at.date() for at in local}}
    classes = []
    for channel, of_channel in CHANNELS.items():
        weights = CHAT_HOURS if channel == "webchat" else MAIL_HOURS
        shape = [
            busy[at.date()] * WEEKDAYS[at.weekday()] * weights[at.hour] / sum(weights) if hour >= since else 0.0
            for hour, at in zip(hours, local, strict=True)
        ]
        for language, of_language in LANGUAGES[slug].items():
            a_day = A_DAY[slug] * scale * of_channel * of_language
            classes.append(
                {
                    "name": f"{slug}|{channel}|{language}",
                    "tenant": slug,
                    "channel": channel,
                    "target": 60 if channel == "webchat" else 4 * 3600,
                    "arrivals": {"per_hour": [a_day * each for each in shape]},
                    "handle": {"lognormal": CHAT_SECONDS if channel == "webchat" else MAIL_SECONDS},
                    **({"patience": {"exponential": PATIENCE_SECONDS}} if channel == "webchat" else {}),
                }
            )
    return classes


def _busyness(slug: str, day: date, until: datetime, time_zone: str) -> float:
    """How busy a day is against a usual one: no two are alike, the shops grow, and one of them has a bad week."""
    chance = random.Random(f"{SEED} {slug} {day}")
    running = Period.holding(until, time_zone).month
    behind = (int(running[:4]) - day.year) * 12 + int(running[5:]) - day.month
    factor = GROWTH[max(0, MONTHS - behind)] * chance.lognormvariate(0, 0.17)
    if slug == "acme" and behind == 2:
        factor *= BAD_DAYS.get(day.day, 1.0)
    return factor
