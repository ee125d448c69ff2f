"""What clients are asked now, by their own clocks: overdue first, then by what is due next."""

from __future__ import annotations

from typing import Any

from desk.work import mark_of
from people.access import clients_of
from people.models import Person
from routing.models import WorkItem
from sla_contracts.clocks import CLIENT_ANSWER, OPEN
from sla_contracts.models import Clock

SHOWN = 100


def show_asked(person: Person) -> list[dict[str, Any]]:
    """Of the clients that this person serves; three queries."""
    clients = {client.id: client for client in clients_of(person)}
    running = Clock.objects.filter(tenant__in=list(clients), metric=CLIENT_ANSWER, state__in=OPEN)
    rows = list(running.order_by("breached_at", "due_at", "id")[:SHOWN])
    held = WorkItem.objects.filter(conversation__in=[row.conversation for row in rows], state__in=WorkItem.OPEN_STATES)
    agents = dict(held.exclude(agent=None).values_list("conversation", "agent__name"))
    return [
        {
            "tenant": mark_of(clients[row.tenant_id]),
            "conversation": row.conversation,
            "channel": row.channel,
            "asked_at": row.started_at,
            "due_at": row.due_at,
            "is_overdue": row.breached_at is not None,
            "agent": agents.get(row.conversation, ""),
        }
        for row in rows
    ]
