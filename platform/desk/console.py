"""What an agent's console shows: their state, what is offered, in hand and in wrap-up, and what else waits for them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from desk.work import show_work
from kernel import clock
from people.access import accredited_now, clients_of
from people.models import Accreditation, Person, PersonSkill
from quality.reading import unread_by
from routing import reasons
from routing.models import AgentState, StateReason, WorkItem

IN_HAND = (WorkItem.State.OFFERED, WorkItem.State.ACTIVE, WorkItem.State.WRAP_UP)


def changes_since(person: Person, since: int) -> dict[str, Any]:
    """The whole desk if its feed moved past ``since``, else only the number.

    The number is read before the rows: a change in between shows now and is told again, never missed.
    """
    state = AgentState.objects.select_related("set_by").filter(pk=person.pk).first()
    seq = state.feed_seq if state else 0
    if since == seq and since > 0:
        return {"seq": seq, "changed": False, "desk": None}
    return {"seq": seq, "changed": True, "desk": show_desk(person, state)}


def show_desk(person: Person, state: AgentState | None) -> dict[str, Any]:
    """At most 7 queries and 3 for each client with work in hand, however many items there are."""
    served = [client.id for client in clients_of(person)]
    held = WorkItem.objects.filter(agent=person, state__in=IN_HAND, tenant__in=served).select_related("queue", "tenant")
    work = show_work(held.order_by("offered_at", "pk"), person.language)
    granted = Accreditation.objects.filter(accredited_now(), person=person, tenant__in=served, is_read_only=False)
    return {
        "state": show_state(state, person.language) if state else None,
        "offers": [item for item in work if item["state"] == "offered"],
        "active": [item for item in work if item["state"] == "active"],
        "wrap_up": [item for item in work if item["state"] == "wrap_up"],
        "evaluations_unread": unread_by(person, served),
        **_counts(person, state, granted),
    }


def show_state(state: AgentState, language: str) -> dict[str, Any]:
    row = StateReason.objects.filter(code=state.reason).first() if state.reason else None
    return {
        "status": state.status,
        "reason": state.reason,
        "reason_name": reasons.name_of(row, language) if row else reasons.word(state.reason, language),
        "set_by": {"id": state.set_by.pk, "name": state.set_by.name} if state.set_by else None,
        "since": state.since,
        "load": state.load,
        "capacity": state.capacity,
        "channels": list(state.channels),
    }


def _counts(person: Person, state: AgentState | None, granted: QuerySet[Accreditation]) -> dict[str, int]:
    """Finished since midnight where the agent is, and what waits that they may take."""
    midnight = clock.now().astimezone(ZoneInfo(person.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    done = Q(agent=person, state=WorkItem.State.DONE, finished_at__gte=midnight)
    codes = PersonSkill.objects.filter(person=person, skill__code__startswith="lang:").values_list("skill__code")
    mine = Q(
        state=WorkItem.State.WAITING,
        tenant__in=granted.values("tenant_id"),
        language__in=[code.removeprefix("lang:") for (code,) in codes],
        channel__in=state.channels if state else [],
    )
    mine &= ~Q(starts_at__gt=clock.now())
    return WorkItem.objects.filter(done | mine).aggregate(
        done_today=Count("id", filter=done), waiting_for_me=Count("id", filter=mine)
    )
