"""Work in hand: handed on, finished, wrapped up."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from kernel import clock, live
from kernel.errors import Refusal, invalid, not_found
from kernel.events import ConversationChanged
from people.access import audit, may_serve, roles_of
from people.models import Person, Skill
from routing import desks, feed, room
from routing.able import leave_of, serves
from routing.engine.types import CALL
from routing.models import AgentState, Offer, Queue, WorkItem
from routing.offering import Outcome, offer
from routing.queues import open_desk
from routing.spells import change_status

State = WorkItem.State
PUT_OFF_AT_MOST = timedelta(days=30)


def require_in_hand(person: Person, conversation_id: UUID) -> WorkItem:
    """The active work on this conversation, which must be this person's; locked if a transaction is open."""
    found = WorkItem.objects.select_related("queue").filter(conversation=conversation_id, state=State.ACTIVE)
    if connection.in_atomic_block:
        found = found.select_for_update(no_key=True, of=("self",))
    item = found.first()
    if item is None or item.agent_id != person.pk:
        raise not_in_hand()
    return item


def not_in_hand() -> Refusal:
    return Refusal("not_in_hand", 409, "This conversation is not in your hands; your text was kept, nothing was sent.")


def first_reply(*, conversation_id: UUID, at: datetime, person: Person) -> None:
    """Count an answer of the agent who has the conversation in hand."""
    WorkItem.objects.filter(conversation=conversation_id, state=State.ACTIVE, agent=person).update(
        first_reply_at=Coalesce(F("first_reply_at"), at), replies=F("replies") + 1
    )


def mark_read(*, person: Person, conversation_id: UUID, seq: int) -> None:
    """The agent has seen the conversation up to this message."""
    WorkItem.objects.filter(
        conversation=conversation_id, agent=person, state__in=("offered", "active", "wrap_up"), read_seq__lt=seq
    ).update(read_seq=seq)


def transfer(
    *,
    person: Person,
    work_item_id: UUID,
    queue_id: UUID | None = None,
    agent_id: UUID | None = None,
    skill: str | None = None,
) -> WorkItem:
    """Hand active work on: to a queue of the same client, to whoever has a skill, or to one agent, who is offered it.

    Clocks run on.
    """
    if sum(to is not None for to in (queue_id, agent_id, skill)) != 1:
        raise Refusal("invalid", 400, "Name a queue, a skill or an agent to hand this on to; nothing was changed.")
    with transaction.atomic():
        item = _lock_in_hand(person, work_item_id)
        if agent_id == item.agent_id:
            raise Refusal("same_agent", 409, "That agent has this conversation already.")
        if queue_id is not None:
            _move_to_queue(item, queue_id)
        if skill is not None:
            _ask_for_skill(item, skill)
        desks.lock([each for each in (item.agent_id, agent_id) if each])
        _put_back(item, {"transferred_by": str(person.pk)})
        if agent_id is not None:
            outcome = offer(work_item_id=item.id, agent_id=agent_id, reason={"words": "handed on by a colleague"})
            _refuse_unless_made(outcome)
            item = _lock(work_item_id)
    return item


def put_off(*, person: Person, work_item_id: UUID, until: datetime) -> WorkItem:
    """Active work waits until then, and goes to the same agent if they can take it. Clocks run on."""
    now = clock.now()
    if not now < until <= now + PUT_OFF_AT_MOST:
        raise invalid("Choose a time within the next 30 days; nothing was changed.", until="must lie in the future")
    with transaction.atomic():
        item = _lock_in_hand(person, work_item_id)
        former = item.agent_id
        item.starts_at = until
        _put_back(item, {"words": "put off", "until": until.isoformat(), "by": str(person.pk)}, preferred=former)
    return item


def requeue(*, work_item_id: UUID, reason: str, offline_since: datetime | None = None) -> WorkItem:
    """Active work whose agent is lost goes back to its old place, for anyone but that agent first.

    offline_since: only if its agent has been offline since then; refuses with agent_back otherwise.
    """
    with transaction.atomic():
        item = _lock(work_item_id)
        if item.state == State.ACTIVE:
            if offline_since is not None:
                _refuse_if_back(item, offline_since)
            _put_back(item, {"requeued": reason})
        elif item.state != State.WAITING:
            raise Refusal("not_active", 409, f"This work is {item.state}; only work in hand can be put back.")
    return item


def assign(*, person: Person, work_item_id: UUID, agent_id: UUID) -> WorkItem:
    """A supervisor gives open work to an agent by hand, or takes it over (agent = self). Written down."""
    if not _is_supervisor(person):
        raise not_found()
    taking_over = agent_id == person.pk
    with transaction.atomic():
        item = _lock(work_item_id)
        if not may_serve(person, item.tenant):
            raise not_found()
        if taking_over:
            open_desk(person=person)
        if item.state == State.ACTIVE and item.agent_id == agent_id:
            return item
        if item.state not in (State.WAITING, State.OFFERED, State.ACTIVE):
            raise Refusal("not_open", 409, f"This work is {item.state}; it can no longer be assigned.")
        former = item.agent_id
        states = desks.lock([agent_id, *([former] if former else [])])
        if not taking_over:
            _refuse_unless_able(item, states.get(agent_id))
        _refuse_if_barred(item, states[agent_id])
        now = clock.now()
        Offer.objects.filter(work_item=item, answer="").update(answer=Offer.Answer.WITHDRAWN, answered_at=now)
        if former is not None:
            _note_release(item, former, now)
            feed.tell_work(former, item, desks.give_back(former, item.units, now))
            live.wake_dispatcher(f"a:{former}")
        if taking_over and states[agent_id].status not in desks.PRESENT:
            change_status(states[agent_id], AgentState.Status.BUSY, "", now)
        n = desks.take(agent_id, item.units, now)
        if n is None:
            raise Refusal("agent_full", 409, "That agent's hands are full; nothing was changed.")
        _hand_over(item, agent_id, person, now)
        audit(person, "work.assigned", tenant=item.tenant, object_id=item.id, agent=str(agent_id))
        feed.tell_work(agent_id, item, n)
        _tell_conversation(item)
        live.wake_dispatcher(f"w:{item.id}", f"a:{agent_id}")
        feed.tell_floor(item.tenant_id)
    return item


def finish(
    *, person: Person | None, work_item_id: UUID, outcome: str = "resolved", contact_reason: str = ""
) -> WorkItem:
    """The conversation is dealt with: wrap-up begins (units stay taken until it ends), or the work is done."""
    with transaction.atomic():
        item = _lock(work_item_id)
        if item.state in (State.WRAP_UP, State.DONE) and (person is None or item.agent_id == person.pk):
            return item
        if item.state != State.ACTIVE or item.agent_id is None:
            raise Refusal("not_active", 409, f"This work is {item.state}; only work in hand can be finished.")
        if person is not None and item.agent_id != person.pk and not _is_supervisor(person):
            raise not_in_hand()
        item.state, item.outcome, item.contact_reason = State.WRAP_UP, outcome, contact_reason
        item.wrap_up_at = clock.now()
        item.save(update_fields=["state", "outcome", "contact_reason", "wrap_up_at"])
        if item.queue.wrap_up_seconds:
            feed.tell_work(item.agent_id, item, feed.bump(item.agent_id))
            feed.tell_floor(item.tenant_id)
        else:
            _complete(item, item.wrap_up_at)
    return item


def end_wrap_up(*, person: Person | None, work_item_id: UUID) -> WorkItem:
    """Wrap-up is over (the agent says so, or its time is up): the units are free."""
    with transaction.atomic():
        item = _lock(work_item_id)
        if person is not None and item.agent_id != person.pk:
            raise not_found()
        if item.state == State.DONE:
            return item
        if item.state != State.WRAP_UP:
            raise Refusal("not_in_wrap_up", 409, f"This work is {item.state}; there is no wrap-up to end.")
        _complete(item, min(clock.now(), wrap_up_end(item)))
    return item


def end_wrap_ups(now: datetime | None = None) -> list[UUID]:
    """End every wrap-up whose time is over."""
    at = now or clock.now()
    wrapping = WorkItem.objects.filter(state=State.WRAP_UP, wrap_up_at__lte=at).select_related("queue")
    over = [item.id for item in wrapping if wrap_up_end(item) <= at]
    for work_item_id in over:
        end_wrap_up(person=None, work_item_id=work_item_id)
    return over


def wrap_up_end(item: WorkItem) -> datetime:
    started = item.wrap_up_at or clock.now()
    return started + timedelta(seconds=item.queue.wrap_up_seconds)


def _complete(item: WorkItem, at: datetime) -> None:
    item.state, item.finished_at = State.DONE, at
    item.save(update_fields=["state", "finished_at"])
    if item.agent_id is not None:
        feed.tell_work(item.agent_id, item, desks.give_back(item.agent_id, item.units, clock.now()))
        live.wake_dispatcher(f"a:{item.agent_id}")
    feed.tell_floor(item.tenant_id)


def _put_back(item: WorkItem, reason: dict[str, object], preferred: UUID | None = None) -> None:
    """Locked active work waits again: same work item, same place (entered_at), not for the same agent first.

    preferred: the agent whom it goes back to.
    """
    former, now = item.agent_id, clock.now()
    if former is None:
        return
    _note_release(item, former, now)
    item.state, item.agent = State.WAITING, None
    item.not_agents = [] if preferred == former else [former]
    item.offered_at = item.accepted_at = item.offer_expires_at = None
    item.preferred_agent_id = preferred
    item.reason = reason
    item.save()
    feed.tell_work(former, item, desks.give_back(former, item.units, now))
    _tell_conversation(item)
    live.wake_dispatcher(f"w:{item.id}", f"a:{former}")
    feed.tell_floor(item.tenant_id)


def _note_release(item: WorkItem, former: UUID, at: datetime) -> None:
    """Until now the work lay in these hands; the item itself only says who has it next."""
    held = Offer.objects.filter(work_item=item, agent_id=former, answer=Offer.Answer.ACCEPTED, released_at=None)
    held.update(released_at=at)


def _hand_over(item: WorkItem, agent_id: UUID, by: Person, now: datetime) -> None:
    item.state, item.agent_id, item.not_agents = State.ACTIVE, agent_id, []
    item.offered_at = item.accepted_at = now
    item.offer_expires_at = None
    item.read_seq = 0
    item.reason = {"words": "assigned by hand", "by": str(by.pk)}
    item.save()
    Offer.objects.create(
        work_item=item,
        agent_id=agent_id,
        made_at=now,
        expires_at=now,
        answer=Offer.Answer.ACCEPTED,
        answered_at=now,
        reason=item.reason,
    )


def _move_to_queue(item: WorkItem, queue_id: UUID) -> None:
    queue = Queue.objects.filter(pk=queue_id, tenant_id=item.tenant_id, is_active=True).first()
    if queue is None:
        raise not_found()
    # units stay as booked: they change hands at the next offer only through the item's own column.
    item.queue = queue
    item.needs = {**queue.needs, f"lang:{item.language}": queue.language_level}


def _ask_for_skill(item: WorkItem, skill: str) -> None:
    if not Skill.objects.filter(code=skill).exclude(code__startswith="lang:").exists():
        raise invalid("There is no such skill; nothing was changed.", skill="is not known")
    item.needs = {**item.needs, skill: max(1, int(item.needs.get(skill, 1)))}


def _refuse_if_back(item: WorkItem, offline_since: datetime) -> None:
    """Asked of the locked desk: its agent may have come back since the work was found lost."""
    state = next(iter(desks.lock([item.agent_id] if item.agent_id else []).values()), None)
    if state is not None and (state.status != AgentState.Status.OFFLINE or state.since > offline_since):
        raise Refusal("agent_back", 409, "The agent who has this work is there again; it stays with them.")


def _refuse_unless_able(item: WorkItem, state: AgentState | None) -> None:
    if state is None or state.status not in desks.PRESENT or item.channel not in state.channels:
        raise Refusal("agent_away", 409, "That agent is not at work now; nothing was changed.")
    if not serves(item, state.person_id, leave_of([state.person_id], [item.tenant_id]), clock.now()):
        raise Refusal("agent_barred", 409, "That agent lacks the language, a skill or the accreditation for this.")


def _refuse_if_barred(item: WorkItem, state: AgentState) -> None:
    """A channel's own limit, or a call in hand; the desk is locked."""
    held = room.in_hand([state]).get(state.person_id, {})
    if item.agent_id == state.person_id and item.channel in held:  # offered to them already
        held[item.channel] -= item.units
    if item.channel != CALL and room.is_barred(state, item.channel, item.units, held):
        raise Refusal("agent_full", 409, "That agent takes no more of this channel at once; nothing was changed.")


def _refuse_unless_made(outcome: Outcome) -> None:
    match outcome:
        case Outcome.MADE | Outcome.ACCEPTED:
            return
        case Outcome.FULL:
            raise Refusal("agent_full", 409, "That agent's hands are full; the conversation stays with you.")
        case Outcome.BARRED:
            raise Refusal(
                "agent_barred", 409, "That agent lacks the language, a skill or the accreditation; it stays with you."
            )
        case _:
            raise Refusal("agent_away", 409, "That agent is not available now; the conversation stays with you.")


def _tell_conversation(item: WorkItem) -> None:
    live.tell(
        ConversationChanged(tenant=str(item.tenant_id), conversation=str(item.conversation)),
        live.conversation_feed(item.tenant_id, item.conversation),
        live.shopper_feed(item.tenant_id, item.conversation),
    )


def _is_supervisor(person: Person) -> bool:
    return bool(roles_of(person, None) & {"supervisor", "operator"})


def _lock_in_hand(person: Person, work_item_id: UUID) -> WorkItem:
    """Active work of this person's, or of anyone's for a supervisor of the client."""
    item = _lock(work_item_id)
    if item.state != State.ACTIVE or item.agent_id is None:
        raise Refusal("not_active", 409, f"This work is {item.state}; only work in hand can be handed on.")
    if item.agent_id != person.pk and not (_is_supervisor(person) and may_serve(person, item.tenant)):
        raise not_in_hand()
    return item


def _lock(work_item_id: UUID) -> WorkItem:
    found = WorkItem.objects.select_for_update(no_key=True, of=("self",)).select_related("queue", "tenant")
    item = found.filter(pk=work_item_id).first()
    if item is None:
        raise not_found()
    return item
