"""Who is there: agents' states, heartbeats, and what happens to the work of those who fall silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce

from kernel import clock, statements
from kernel.errors import Refusal, invalid
from people.access import audit
from people.models import Person
from routing import desks, reasons
from routing.handling import requeue
from routing.models import AgentState, AgentStateSpell, WorkItem
from routing.offering import withdraw
from routing.spells import change_status

Status = AgentState.Status
CHOSEN = (Status.AVAILABLE, Status.BUSY, Status.BREAK, Status.TRAINING, Status.OFFLINE)
SILENT = reasons.SILENT
SILENT_SECONDS = 30
GRACE_SECONDS = 60

# Locked in the order in which everybody locks desks.
_HEAR = """
WITH heard AS MATERIALIZED (
  SELECT person_id, %s::timestamptz AS at FROM public.routing_agentstate
   WHERE person_id = ANY(%s::uuid[]) ORDER BY person_id FOR NO KEY UPDATE
)
UPDATE public.routing_agentstate s SET last_heartbeat = h.at
  FROM heard h WHERE s.person_id = h.person_id
RETURNING s.person_id, s.status = 'offline' AND s.reason = %s AND s.since > %s::timestamptz
"""


def set_status(*, person: Person, status: str, reason: str = "", by: Person | None = None) -> AgentState:
    """The agent (or ``by``, a supervisor) says what they do now. Whoever is not at work has no open offers.

    Refuses with invalid a reason that is not of this state, or is retired; with console_closed a state other than
    offline for somebody whose console is not open.
    """
    if status not in CHOSEN:
        raise invalid("That is not a state one can choose; nothing was changed.", status="Unknown state.")
    reasons.require_offered(status, reason)
    other = by if by is not None and by.pk != person.pk else None
    if other is not None and status != Status.OFFLINE:
        _require_console(person)
    state = _change(
        person_id=person.pk, status=status, reason=reason, heard=other is None, set_by=other.pk if other else None
    )
    if status not in desks.PRESENT:
        _return_offers(person.pk)
    if other is not None:
        audit(other, "agent.state_set", object_id=person.pk, status=status, reason=reason)
    return state


def heartbeat(person_id: UUID) -> None:
    """The agent's console is there. Back within the grace after a silence: as before, nothing was lost."""
    heartbeats([person_id])


def heartbeats(people: Sequence[UUID]) -> None:
    """The same for many at once."""
    now = clock.now()
    fallen = statements.run(_HEAR, [now, list(people), SILENT, now - timedelta(seconds=GRACE_SECONDS)])
    for person_id, fell in fallen:
        if fell:
            _come_back(person_id)


def _come_back(person_id: UUID) -> None:
    ended = AgentStateSpell.objects.filter(person_id=person_id, ended_at__isnull=False).order_by("-ended_at", "-pk")
    before = ended.first()
    if before is not None and before.status in CHOSEN:
        _change(person_id=person_id, status=before.status, reason=before.reason, heard=True, set_by=before.set_by_id)


def silence(now: datetime | None = None) -> list[UUID]:
    """Agents not heard of for 30 s are offline; their offers return at once."""
    at = now or clock.now()
    limit = at - timedelta(seconds=SILENT_SECONDS)
    quiet = AgentState.objects.exclude(status=Status.OFFLINE).alias(heard=Coalesce("last_heartbeat", "since"))
    fallen = list(quiet.filter(heard__lt=limit, since__lt=limit).values_list("pk", flat=True))
    return [person_id for person_id in fallen if _fall_silent(person_id, limit)]


def return_lost_work(now: datetime | None = None) -> list[UUID]:
    """Chats of agents who have been offline for the grace go back to waiting. Mails stay with their agent."""
    gone = (now or clock.now()) - timedelta(seconds=GRACE_SECONDS)
    lost = WorkItem.objects.filter(
        state=WorkItem.State.ACTIVE,
        queue__channel_group="chat",
        agent__agent_state__status=Status.OFFLINE,
        agent__agent_state__since__lte=gone,
    )
    returned: list[UUID] = []
    for work_item_id in list(lost.values_list("pk", flat=True)):
        try:
            requeue(work_item_id=work_item_id, reason="agent_lost", offline_since=gone)
        except Refusal:  # finished in the meantime, or its agent is back
            continue
        returned.append(work_item_id)
    return returned


def _fall_silent(person_id: UUID, limit: datetime) -> bool:
    with transaction.atomic():
        state = AgentState.objects.select_for_update(no_key=True).get(pk=person_id)
        if state.status == Status.OFFLINE or (state.last_heartbeat or state.since) >= limit:
            return False
        _change(person_id=person_id, status=Status.OFFLINE, reason=SILENT, heard=False)
    _return_offers(person_id)
    return True


def _require_console(person: Person) -> None:
    """Nobody is put to work, or on a break, who is not there: 30 s later they would be offline again."""
    state = AgentState.objects.filter(pk=person.pk).first()
    if state is None:
        return
    heard, limit = state.last_heartbeat, clock.now() - timedelta(seconds=SILENT_SECONDS)
    if heard is None or heard < limit:
        raise Refusal(
            "console_closed",
            409,
            f"The console of {person.name} is not open, so they can only be set offline; nothing was changed.",
        )


def _change(*, person_id: UUID, status: str, reason: str, heard: bool, set_by: UUID | None = None) -> AgentState:
    now = clock.now()
    with transaction.atomic():
        state = desks.lock([person_id]).get(person_id)
        if state is None:
            raise Refusal("no_desk", 409, "This person has no desk: an operator must open one first.")
        if heard:
            state.last_heartbeat = now
            state.save(update_fields=["last_heartbeat"])
        if (state.status, state.reason) != (status, reason):
            change_status(state, status, reason, now, set_by)
    return state


def _return_offers(person_id: UUID) -> None:
    """After the state is committed: no new offer can come, and work items are locked before agents' states."""
    open_offers = WorkItem.objects.filter(agent_id=person_id, state=WorkItem.State.OFFERED)
    for work_item_id in open_offers.values_list("pk", flat=True):
        withdraw(work_item_id=work_item_id)
