"""When the agents are to be there: their shifts of each day with pauses, and the days on which they are not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.demo.cast import AGENTS, SHOPS, Agent
from config.demo.crowd import MONTHS, SEED, is_bad
from sla_contracts.period import Period

SICK = 0.025
MAIL = 0.68
COACHED_EACH = 9
# Who is away when: mail name → (how many months back, first and last day of that month).
HOLIDAYS = {"paolo": (3, 10, 18), "ines": (3, 20, 31), "anna": (2, 21, 25), "tom": (1, 12, 16)}
# Who is ill on the strike's days.
ILL = ("paolo", "marta")


@dataclass(frozen=True, slots=True)
class Pause:
    """status: break or training; at: when it is due."""

    at: datetime
    status: str
    reason: str
    minutes: float


@dataclass(frozen=True, slots=True)
class Duty:
    """One shift: a pause begins, and the shift ends, when what is in hand just then is done.

    takes_mail: else it is kept for chats.
    """

    agent: Agent
    start: datetime
    end: datetime
    pauses: tuple[Pause, ...]
    takes_mail: bool


def duties(since: datetime, until: datetime) -> list[Duty]:
    """Every shift that begins in [since, until), by agent and day."""
    return [duty for agent in AGENTS for duty in _of(agent, since, until)]


def _of(agent: Agent, since: datetime, until: datetime) -> Iterator[Duty]:
    zone = ZoneInfo(agent.time_zone)
    day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        chance = random.Random(f"{SEED} {agent.email} {day}")
        if day.weekday() in agent.week and not _is_away(agent, day, until, chance):
            duty = _duty(agent, day, zone, chance)
            if since <= duty.start < until:
                yield duty
        day += timedelta(days=1)


def _is_away(agent: Agent, day: date, until: datetime, chance: random.Random) -> bool:
    name = agent.email.partition("@")[0]
    back, first, last = HOLIDAYS.get(name, (MONTHS + 1, 0, 0))
    zone = SHOPS[0]["time_zone"]
    month = Period.holding(until, zone).before(back).month
    on_holiday = f"{day:%Y-%m}" == month and first <= day.day <= last
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    is_ill = chance.random() < SICK or (name in ILL and is_bad(noon, until, zone))
    return on_holiday or is_ill


def _duty(agent: Agent, day: date, zone: ZoneInfo, chance: random.Random) -> Duty:
    starts, ends = agent.week[day.weekday()]
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)

    def at(hours: float, early: float, late: float) -> datetime:
        return (midnight + timedelta(hours=hours, minutes=chance.uniform(early, late))).astimezone(UTC)

    length = ends - starts
    pauses = [Pause(at(starts + length * 0.45, -15, 15), "break", "lunch", chance.uniform(26, 38))]
    pauses.append(Pause(at(starts + length * 0.75, -12, 12), "break", "rest", chance.uniform(9, 15)))
    if length > 8:
        pauses.insert(0, Pause(at(starts + length * 0.22, -10, 10), "break", "rest", chance.uniform(9, 14)))
    if chance.randrange(COACHED_EACH) == 0:
        pauses.append(Pause(at(starts + length * 0.6, -5, 5), "training", "coaching", chance.uniform(20, 35)))
    pauses.sort(key=lambda pause: pause.at)
    return Duty(agent, at(starts, -9, 4), at(ends, -2, 6), tuple(pauses), takes_mail=chance.random() < MAIL)
