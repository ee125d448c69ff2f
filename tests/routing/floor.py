"""Work and agents for the tests of routing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel.ids import new_id
from people.models import Person
from routing import queue
from routing.models import AgentState, WorkItem
from tenants.models import Tenant


def arrive(tenant: Tenant, language: str = "it", group: str = "chat", **more: Any) -> WorkItem:
    """A conversation enters the tenant's queue."""
    channel = "webchat" if group == "chat" else "email"
    terms: dict[str, Any] = {"conversation_id": new_id(), "channel": channel, "channel_group": group, **more}
    return queue.enqueue(tenant_id=tenant.id, language=language, **terms)


def at_work(*people: Person) -> None:
    for person in people:
        queue.set_status(person=person, status="available")


def in_hand(item: WorkItem, agent: Person) -> WorkItem:
    assert queue.offer(work_item_id=item.id, agent_id=agent.pk) == queue.Outcome.MADE
    return queue.accept(person=agent, work_item_id=item.id)


def load_of(person: Person) -> int:
    return AgentState.objects.get(pk=person.pk).load


def row(item: WorkItem | UUID) -> WorkItem:
    return WorkItem.objects.get(pk=item.id if isinstance(item, WorkItem) else item)
