"""When the agents of the past were there: from a little before their first work of a day to a little after the last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max, Min
from django.db.models.functions import TruncDate

from kernel import clock
from people.models import Person
from routing import queue
from routing.models import AgentStateSpell, WorkItem


def begin(agents: Sequence[Person], *, at: datetime) -> None:
    """Everybody is available from now on, while the past is played."""
    with clock.hold(at):
        for person in agents:
            queue.set_status(person=person, status="available")


def end(agents: Sequence[Person], *, at: datetime) -> None:
    """Everybody goes home; the one long spell becomes a shift for each day of work."""
    with clock.hold(at):
        for person in agents:
            queue.set_status(person=person, status="offline")
    AgentStateSpell.objects.filter(person__in=agents, ended_at__isnull=False).delete()
    days = (
        WorkItem.objects.filter(agent__in=agents, finished_at__isnull=False)
        .values("agent_id", day=TruncDate("accepted_at"))
        .annotate(first=Min("accepted_at"), last=Max("finished_at"))
    )
    AgentStateSpell.objects.bulk_create(
        AgentStateSpell(
            person_id=day["agent_id"],
            status="available",
            started_at=day["first"] - timedelta(minutes=20),
            ended_at=min(day["last"] + timedelta(minutes=12), day["first"] + timedelta(hours=8)),
        )
        for day in days
    )
