"""What a contract promises and can hardly keep: said to whoever drafts it, never a reason to refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from people.access import accredited_now
from people.models import Accreditation, PersonSkill
from sla_contracts.business_time import Calendar
from sla_contracts.terms import Target, Terms
from tenants.models import Tenant

# Holidays and the change of clocks lie within a year; a further one repeats them.
LOOK_AHEAD = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class Doubt:
    """``code`` says what, ``place`` where in the terms (a path), ``values`` what a sentence about it needs."""

    code: str
    place: str
    values: Mapping[str, Any] = field(default_factory=dict)


def doubts_about(tenant: Tenant, terms: Terms, *, begins: datetime) -> list[Doubt]:
    """All that whoever drafts should look at again, in the order of the terms."""
    return [*_of_targets(terms, begins), *_of_clauses(terms), *_of_languages(tenant, terms)]


def _of_targets(terms: Terms, begins: datetime) -> Iterator[Doubt]:
    for number, target in enumerate(terms.targets):
        place = f"targets[{number}]"
        calendar, hours = terms.calendars[target.calendar], terms.open_hours(target.channel_group)
        if calendar.due(begins, 1) is None:
            yield Doubt("never_opens", f"{place}.calendar", {"calendar": target.calendar})
        elif hours is None:
            yield Doubt("no_hours", place, {"channel_group": target.channel_group})
        elif (closed := _first_closed(calendar, hours, begins)) is not None:
            yield Doubt("outside_hours", place, {**_names(target), "at": closed.isoformat()})


def _of_clauses(terms: Terms) -> Iterator[Doubt]:
    for number, clause in enumerate(terms.clauses):
        place = f"clauses[{number}]"
        groups = (clause.channel_group,) if clause.channel_group else tuple({t.channel_group for t in terms.targets})
        if not any(t.metric == clause.metric and t.channel_group in groups for t in terms.targets):
            yield Doubt("nothing_to_count", place, {"metric": clause.metric, "channel_group": clause.channel_group})
        if clause.goal == Decimal(1):
            yield Doubt("all_of_them", f"{place}.goal", {"code": clause.code})


def _of_languages(tenant: Tenant, terms: Terms) -> Iterator[Doubt]:
    people = Accreditation.objects.filter(
        accredited_now(), tenant=tenant, is_read_only=False, person__is_active=True
    ).values("person_id")
    codes = [f"lang:{code}" for code in terms.languages]
    spoken = set(
        PersonSkill.objects.filter(person_id__in=people, skill__code__in=codes).values_list("skill__code", flat=True)
    )
    for number, code in enumerate(terms.languages):
        if f"lang:{code}" not in spoken:
            yield Doubt("nobody_speaks", f"languages[{number}]", {"language": code})


def _first_closed(clock: Calendar, hours: Calendar, begins: datetime) -> datetime | None:
    """The first instant of a year at which the target's time runs while nobody is promised to be there."""
    at, end = begins.astimezone(UTC), begins + LOOK_AHEAD
    while at < end:
        if clock.is_open(at) and not hours.is_open(at):
            return at
        changes = [change for change in (clock.next_change(at), hours.next_change(at)) if change is not None]
        if not changes:
            return None
        at = min(changes)
    return None


def _names(target: Target) -> dict[str, str]:
    return {"channel_group": target.channel_group, "metric": target.metric, "calendar": target.calendar}
