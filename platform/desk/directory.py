"""Colleagues and queues that work can be handed on to, or given to by hand."""

from __future__ import annotations

from typing import Any

from kernel import clock
from people.access import accredited_now
from people.models import Accreditation, PersonSkill, Skill
from routing.able import leave_of, objections, serves
from routing.models import AgentState, Queue, WorkItem
from routing.room import has_room, in_hand


def transfer_targets(item: WorkItem) -> dict[str, Any]:
    """The client's queues, and the agents who may serve this conversation and have a free hand now."""
    queues = Queue.objects.filter(tenant_id=item.tenant_id, is_active=True).order_by("name")
    present = AgentState.objects.filter(status=AgentState.Status.AVAILABLE, channels__contains=[item.channel])
    states = list(present.exclude(pk=item.agent_id).select_related("person").order_by("person__name"))
    leave = leave_of([state.person_id for state in states], [item.tenant_id])
    now, held = clock.now(), in_hand(states)
    able = [
        state
        for state in states
        if has_room(state, item.channel, item.units, held.get(state.person_id, {}))
        and serves(item, state.person_id, leave, now)
    ]
    return {
        "queues": [{"id": row.id, "name": row.name, "channel_group": row.channel_group} for row in queues],
        "agents": [{"id": state.person_id, "name": state.person.name} for state in able],
        "skills": _skills_at(item),
    }


def _skills_at(item: WorkItem) -> list[dict[str, str]]:
    """What agents of this client can do beside languages."""
    granted = Accreditation.objects.filter(accredited_now(), tenant_id=item.tenant_id, is_read_only=False)
    agents = granted.values("person_id")
    held = PersonSkill.objects.filter(person_id__in=agents).exclude(skill__kind=Skill.Kind.LANGUAGE)
    names = held.order_by("skill__name").values_list("skill__code", "skill__name").distinct()
    return [{"code": code, "name": name} for code, name in names]


def assign_targets(item: WorkItem) -> dict[str, Any]:
    """Every agent of the item's client, and of the rest those at work, each with what speaks against giving it to them.

    Those who can take it come first, then by name; who holds it already is left out.
    """
    rows = AgentState.objects.filter(person__is_active=True).exclude(pk=item.agent_id)
    states = list(rows.select_related("person").order_by("person__name"))
    leave = leave_of([state.person_id for state in states], [item.tenant_id])
    now, held = clock.now(), in_hand(states)
    judged = [(state, objections(item, state, leave, now, held.get(state.person_id, {}))) for state in states]
    shown = [each for each in judged if item.tenant_id in leave.tenants_of(each[0].person_id) or "away" not in each[1]]
    return {
        "agents": [
            {
                "id": state.person_id,
                "name": state.person.name,
                "status": state.status,
                "load": state.load,
                "capacity": state.capacity,
                "languages": sorted(leave.languages_of(state.person_id)),
                "against": against,
            }
            for state, against in sorted(shown, key=lambda each: bool(each[1]))
        ]
    }
