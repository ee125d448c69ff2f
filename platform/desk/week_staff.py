"""Who was there in a past week: groups of agents who can do the same, how many of each in every quarter of an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from desk.week_rows import Week
from people.models import Accreditation, PersonSkill
from routing.models import AgentState, Pace

PERIOD = 900


@dataclass
class Crew:
    """People of the same skills, clients, channels and capacity. pace: their mean factor by client."""

    key: str
    people: list[UUID]
    skills: dict[str, int]
    tenants: frozenset[UUID]
    channels: frozenset[str]
    capacity: int
    counts: list[int] = field(default_factory=list)
    pace: dict[UUID, float] = field(default_factory=dict)

    @property
    def peak(self) -> int:
        return max(self.counts, default=0)

    @property
    def hours(self) -> float:
        return sum(self.counts) * PERIOD / 3600


def crews_of(week: Week, tenants: Collection[UUID], presence: Mapping[UUID, list[tuple[float, float]]]) -> list[Crew]:
    """The groups that were there and may serve these clients, in an order of their own that never changes.

    Skills, channels and capacity are those of now; accreditations those that held at some time of the week.
    """
    people = list(presence)
    allowed, levels = _allowed(week, tenants, people), _levels(people)
    alike: dict[Any, list[UUID]] = defaultdict(list)
    for state in AgentState.objects.filter(person_id__in=people).order_by("person_id"):
        may = frozenset(allowed.get(state.person_id, ()))
        if may and state.channels and state.capacity:
            skills = tuple(sorted(levels.get(state.person_id, {}).items()))
            alike[skills, tuple(sorted(may)), tuple(sorted(state.channels)), state.capacity].append(state.person_id)
    paces = _paces(people)
    found = []
    for number, (kind, members) in enumerate(sorted(alike.items(), key=lambda each: str(each[0])), start=1):
        skills, may, channels, capacity = kind
        crew = Crew(f"g{number}", members, dict(skills), frozenset(may), frozenset(channels), capacity)
        crew.counts = _counts(week, [presence[person] for person in members])
        crew.pace = {tenant: _mean([paces.get((person, tenant), 1.0) for person in members]) for tenant in may}
        found.append(crew)
    return found


def periods_of(week: Week) -> list[float]:
    return [float(at) for at in range(0, int(week.seconds), PERIOD)]


def _counts(week: Week, spans: list[list[tuple[float, float]]]) -> list[int]:
    """Rounded so that the seconds add up over a shift."""
    there = [0.0] * len(periods_of(week))
    for begin, until in (span for own in spans for span in own):
        for period in range(int(begin // PERIOD), min(len(there), int(until // PERIOD) + 1)):
            there[period] += max(0.0, min(until, (period + 1) * PERIOD) - max(begin, period * PERIOD))
    counts, owed = [], 0.0
    for seconds in there:
        exact = seconds / PERIOD + (owed if seconds else 0.0)
        counts.append(min(len(spans), max(0, round(exact))))
        owed = max(-1.0, min(1.0, exact - counts[-1])) if seconds else 0.0
    return counts


def _allowed(week: Week, tenants: Collection[UUID], people: list[UUID]) -> dict[UUID, set[UUID]]:
    rows = Accreditation.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=week.start),
        valid_from__lt=week.end,
        is_read_only=False,
        person__in=people,
        tenant__in=tenants,
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for person, tenant in rows.values_list("person_id", "tenant_id"):
        found[person].add(tenant)
    return found


def _levels(people: list[UUID]) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    rows = PersonSkill.objects.filter(person__in=people).values_list("person_id", "skill__code", "level")
    for person, code, level in rows:
        found[person][code] = level
    return found


def _paces(people: list[UUID]) -> dict[tuple[UUID, UUID], float]:
    rows = Pace.objects.filter(person__in=people).values_list("person_id", "tenant_id", "factor")
    return {(person, tenant): factor for person, tenant, factor in rows}


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 2)
