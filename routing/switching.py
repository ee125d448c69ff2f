"""Changes of client: how many an agent is given in an hour at most, and how many are left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from kernel import clock, live, statements
from kernel.errors import Refusal, not_found
from people.access import audit, roles_of
from people.models import Person
from routing import desks
from routing.models import AgentState

HOUR = timedelta(hours=1)

# Work that was declined, or let go, was no work.
_TAKEN = """
WITH taken AS (
  SELECT o.agent_id, o.made_at, o.id, w.tenant_id,
         lag(w.tenant_id) OVER (PARTITION BY o.agent_id ORDER BY o.made_at, o.id) AS before
    FROM public.routing_offer o JOIN public.routing_workitem w ON w.id = o.work_item_id
   WHERE o.agent_id = ANY(%s::uuid[]) AND o.made_at > %s::timestamptz AND o.answer IN ('', 'accepted')
)
SELECT agent_id, (array_agg(tenant_id ORDER BY made_at DESC, id DESC))[1], count(*) FILTER (WHERE before <> tenant_id)
  FROM taken GROUP BY agent_id
"""


def set_limit(*, by: Person, person_id: UUID, most: int | None) -> AgentState:
    """From the next offer on; None: no limit. It is soft: work that nobody else may take does not wait for it.

    Refuses with not_allowed, or not_found where there is no desk.
    """
    if not roles_of(by, None) & {"supervisor", "operator"}:
        raise Refusal("not_allowed", 403, "Only a supervisor or an operator may do this; nothing was changed.")
    with transaction.atomic():
        state = desks.lock([person_id]).get(person_id)
        if state is None:
            raise not_found()
        if state.switches_per_hour != most:
            state.switches_per_hour = most
            state.save(update_fields=["switches_per_hour"])
            audit(by, "agent.switches_limited", object_id=person_id, most=most)
            live.wake_dispatcher(f"a:{person_id}")
    return state


def left_of(states: Iterable[AgentState]) -> dict[UUID, tuple[UUID | None, int]]:
    """For those who have a limit: the client of their last work in this hour, and the changes that are left."""
    limits = {state.person_id: state.switches_per_hour for state in states if state.switches_per_hour is not None}
    if not limits:
        return {}
    taken = {row[0]: row[1:] for row in statements.run(_TAKEN, [list(limits), clock.now() - HOUR])}
    found: dict[UUID, tuple[UUID | None, int]] = {}
    for person_id, most in limits.items():
        last, changes = taken.get(person_id, (None, 0))
        found[person_id] = last, max(0, most - changes)
    return found
