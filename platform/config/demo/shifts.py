"""When the agents of the past were there: from a little before their first work of a day to a little after the last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Min
from django.db.models.functions import TruncDate

from people.models import Person
from routing.models import AgentState, AgentStateSpell, WorkItem


def begin(agents: Sequence[Person], *, at: datetime) -> None:
    """Everybody is available while the past is played. Their spells are written at its end, when the days are known."""
    AgentState.objects.filter(person__in=agents).update(status="available", since=at, idle_since=at)


def end(agents: Sequence[Person]) -> None:
    """Everybody has gone home; each day of work was a shift."""
    for person in agents:
        spell = AgentStateSpell.objects.get(person=person, ended_at=None)
        edges = _edges(person.pk, since=spell.started_at)
        _write(spell, edges)
        last = max([spell.started_at, *edges])
        AgentState.objects.filter(pk=person.pk).update(status="offline", since=last, idle_since=last)


def _write(spell: AgentStateSpell, edges: Sequence[datetime]) -> None:
    """From the spell offline on: by turns available and offline, from edge to edge."""
    if not edges:
        return
    AgentStateSpell.objects.filter(pk=spell.pk).update(ended_at=edges[0])
    ends: list[datetime | None] = [*edges[1:], None]
    AgentStateSpell.objects.bulk_create(
        AgentStateSpell(
            person_id=spell.person_id,
            status="offline" if number % 2 else "available",
            started_at=starts,
            ended_at=ends[number],
        )
        for number, starts in enumerate(edges)
    )


def _edges(person_id: UUID, *, since: datetime) -> list[datetime]:
    """When they came and when they left, by turns. A shift that begins before the last is over goes on with it.

    since: whose desk was opened later than the past begins has no shifts before.
    """
    days = (
        WorkItem.objects.filter(agent=person_id, finished_at__isnull=False)
        .values(day=TruncDate("accepted_at"))
        .annotate(first=Min("accepted_at"), last=Max("finished_at"))
        .order_by("day")
    )
    edges: list[datetime] = []
    for day in days:
        starts = day["first"] - timedelta(minutes=20)
        ends = min(day["last"] + timedelta(minutes=12), day["first"] + timedelta(hours=8))
        if edges and starts <= edges[-1]:
            edges[-1] = max(edges[-1], ends)
        elif starts > since:
            edges += [starts, ends]
    return edges
