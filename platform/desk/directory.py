"""Colleagues and queues that work can be handed on to."""

from __future__ import annotations

from typing import Any

from kernel import clock
from routing.able import leave_of, serves
from routing.models import AgentState, Queue, WorkItem


def transfer_targets(item: WorkItem) -> dict[str, Any]:
    """The client's queues, and the agents who may serve this conversation and have a free hand now."""
    queues = Queue.objects.filter(tenant_id=item.tenant_id, is_active=True).order_by("name")
    present = AgentState.objects.filter(status=AgentState.Status.AVAILABLE, channels__contains=[item.channel])
    states = list(present.exclude(pk=item.agent_id).select_related("person").order_by("person__name"))
    leave = leave_of([state.person_id for state in states], [item.tenant_id])
    now = clock.now()
    able = [
        state
        for state in states
        if state.load + item.units <= state.capacity and serves(item, state.person_id, leave, now)
    ]
    return {
        "queues": [{"id": row.id, "name": row.name, "channel_group": row.channel_group} for row in queues],
        "agents": [{"id": state.person_id, "name": state.person.name} for state in able],
    }
