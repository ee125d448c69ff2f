"""Offers: made to one agent, accepted, declined, or let go by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction

from kernel import clock, live, statements
from kernel.errors import Refusal, not_found
from kernel.events import ConversationChanged, OfferMade
from kernel.ids import new_id
from people.access import may_serve
from people.models import Person
from routing import desks, feed, room, rows
from routing.able import Leave, engine_agent, engine_item, leave_for, leave_of, serves, starts_at
from routing.engine.policies import POLICIES
from routing.engine.pool import Pool
from routing.models import AgentState, Offer, WorkItem
from routing.spells import change_status

State = WorkItem.State
BAR_SECONDS = 60.0


# The rows are locked, so what was read is what stands.
_WRITE = """
WITH given AS (
  SELECT * FROM jsonb_to_recordset(%(offers)s::jsonb)
    AS g (item uuid, state text, agent uuid, expires timestamptz, accepted timestamptz, reason jsonb, offer uuid)
), item AS (
  UPDATE public.routing_workitem w
     SET state = g.state, agent_id = g.agent, offered_at = %(now)s::timestamptz, read_seq = 0,
         offer_expires_at = g.expires, accepted_at = g.accepted, reason = g.reason
    FROM given g WHERE w.id = g.item
), desk AS (
  UPDATE public.routing_agentstate s
     SET load = d.load, feed_seq = d.feed, idle_since = %(now)s::timestamptz
    FROM jsonb_to_recordset(%(desks)s::jsonb) AS d (person uuid, load int, feed bigint)
   WHERE s.person_id = d.person
)
INSERT INTO public.routing_offer
  (id, work_item_id, agent_id, made_at, expires_at, answer, answered_at, reason, declined_as)
SELECT g.offer, g.item, g.agent, %(now)s::timestamptz, coalesce(g.expires, %(now)s::timestamptz),
       CASE WHEN g.accepted IS NULL THEN '' ELSE 'accepted' END, g.accepted, g.reason, ''
  FROM given g
"""


class Outcome(StrEnum):
    """How an offer ended up; all but the first two leave every row as it was."""

    MADE = "made"
    ACCEPTED = "accepted"
    GONE = "gone"
    FULL = "full"
    UNAVAILABLE = "unavailable"
    BARRED = "barred"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Offer this work item to this agent; ``reason`` says why, for the supervisor."""

    work_item_id: UUID
    agent_id: UUID
    reason: Mapping[str, object] = field(default_factory=dict)


def offer(*, work_item_id: UUID, agent_id: UUID, reason: Mapping[str, object] | None = None) -> Outcome:
    """Offer waiting work to one agent."""
    return offer_all([Proposal(work_item_id, agent_id, reason or {})])[work_item_id]


def offer_all(proposals: Sequence[Proposal], *, by_hand: bool = True) -> dict[UUID, Outcome]:
    """Write a round of offers in one transaction; each stands or falls by the rows as they are now.

    by_hand: a person may give work before its time, and out of its queue's hours.
    """
    with transaction.atomic():
        # One after the other for the server, in one round trip.
        locked_items = rows.lock_waiting(proposal.work_item_id for proposal in proposals)
        locked_desks = desks.ask_lock(proposal.agent_id for proposal in proposals)
        leave = leave_for({(proposal.agent_id, proposal.work_item_id) for proposal in proposals})
        items, states = locked_items(), locked_desks()
        held = room.in_hand(states.values())
        now = clock.now()
        outcomes: dict[UUID, Outcome] = {}
        made: list[tuple[WorkItem, AgentState, int]] = []
        for proposal in proposals:
            item, state = items.get(proposal.work_item_id), states.get(proposal.agent_id)
            outcome = _judge(item, state, leave, now, held.get(proposal.agent_id, {}))
            if outcome == Outcome.MADE and item is not None and not by_hand and starts_at(item, now) is not None:
                outcome = Outcome.CLOSED
            if item is not None and state is not None and outcome == Outcome.MADE:
                outcome = _book(item, state, proposal.reason, now)
                made.append((item, state, state.feed_seq))
                leave.took(state.person_id, item.tenant_id)
                if state.person_id in held:
                    taken = held[state.person_id]
                    taken[item.channel] = taken.get(item.channel, 0) + item.units
                del items[item.id]
            outcomes[proposal.work_item_id] = outcome
        if made:
            _write(made, now)
            _tell(made)
    return outcomes


def accept(*, person: Person, work_item_id: UUID) -> WorkItem:
    """The agent takes what was offered. Repeating it changes nothing."""
    now = clock.now()
    with transaction.atomic():
        won = WorkItem.objects.filter(pk=work_item_id, state=State.OFFERED, agent=person).update(
            state=State.ACTIVE, accepted_at=now, offer_expires_at=None
        )
        item = _item(work_item_id)
        if won and not may_serve(person, item.tenant, to_work=True):
            raise offer_gone()  # the leave was withdrawn in between: nothing is taken, and the offer goes back
        if not won:
            # A repeat has the answer of the first time, also when it comes after the work is done.
            if item.agent_id == person.pk and item.accepted_at is not None:
                return item
            raise offer_gone()
        Offer.objects.filter(work_item_id=work_item_id, answer="").update(answer=Offer.Answer.ACCEPTED, answered_at=now)
        _tell_accepted(item, person.pk, feed.bump(person.pk))
    return item


def decline(*, person: Person, work_item_id: UUID, reason: str = "") -> WorkItem:
    """The agent passes: the work goes back to its old place, and not to the same agent next."""
    with transaction.atomic():
        item = _lock(work_item_id)
        if item.state != State.OFFERED or item.agent_id != person.pk:
            last = Offer.objects.filter(work_item_id=work_item_id, agent=person).order_by("-made_at").first()
            if last is not None and last.answer == Offer.Answer.DECLINED:
                return item
            raise offer_gone()
        _let_go(item, Offer.Answer.DECLINED, {"declined": reason} if reason else {}, declined_as=reason[:40])
    return item


def expire(now: datetime | None = None) -> list[UUID]:
    """Let go of every offer whose time is over, each in its own transaction; its agent is *not responding*."""
    at = now or clock.now()
    over = WorkItem.objects.filter(state=State.OFFERED, offer_expires_at__lte=at)
    gone: list[UUID] = []
    for work_item_id in over.order_by("offer_expires_at").values_list("pk", flat=True):
        with transaction.atomic():
            item = _lock(work_item_id)
            if item.state != State.OFFERED or item.offer_expires_at is None or item.offer_expires_at > at:
                continue
            agent_id = item.agent_id
            _let_go(item, Offer.Answer.EXPIRED)
            if agent_id is not None:
                _stop_offering(agent_id)
            gone.append(item.id)
    return gone


def withdraw(*, work_item_id: UUID) -> WorkItem:
    """Take an offer back (its agent left, or the customer did); nobody is blamed."""
    with transaction.atomic():
        item = _lock(work_item_id)
        if item.state == State.OFFERED:
            _let_go(item, Offer.Answer.WITHDRAWN)
    return item


def withdraw_from_absent() -> list[UUID]:
    """Take back the offers of agents who are not there for them any more."""
    left = WorkItem.objects.filter(state=State.OFFERED).exclude(agent__agent_state__status__in=desks.PRESENT)
    gone = list(left.values_list("pk", flat=True))
    for work_item_id in gone:
        withdraw(work_item_id=work_item_id)
    return gone


def lift_bars(work_item_ids: Sequence[UUID]) -> list[UUID]:
    """Work that nobody else took for a minute may go again to those who let it go: it would be stuck otherwise."""
    since = clock.now() - timedelta(seconds=BAR_SECONDS)
    barred = WorkItem.objects.filter(pk__in=work_item_ids, state=State.WAITING).exclude(not_agents=[])
    lately = Offer.objects.filter(work_item_id__in=work_item_ids, answered_at__gt=since).values("work_item_id")
    freed = list(barred.exclude(pk__in=lately).values_list("pk", flat=True))
    WorkItem.objects.filter(pk__in=freed, state=State.WAITING).update(not_agents=[])
    return freed


def take_next(*, person: Person) -> WorkItem | None:
    """*Next*: the best waiting work that this agent may take, in hand at once; None if nothing waits for them."""
    state = AgentState.objects.filter(pk=person.pk).first()
    if state is None or state.status != AgentState.Status.AVAILABLE:
        raise Refusal("not_available", 409, "Set yourself to available first; nothing was taken.")
    if state.load >= state.capacity:
        raise Refusal("full", 409, "Your hands are full; close or transfer something first.")
    for work_item_id, reason in _best_for(state):
        with transaction.atomic():
            # Asking by hand lifts the bar of an earlier refusal.
            WorkItem.objects.filter(pk=work_item_id, state=State.WAITING).update(not_agents=[])
            outcome = offer(work_item_id=work_item_id, agent_id=person.pk, reason=reason)
            if outcome == Outcome.MADE:
                return accept(person=person, work_item_id=work_item_id)
            if outcome == Outcome.ACCEPTED:
                return _item(work_item_id)
    return None


def _best_for(state: AgentState) -> Iterator[tuple[UUID, dict[str, object]]]:
    """Waiting work for this agent, best first by the policy of all, among the oldest and the soonest due."""
    leave, now = leave_of({state.person_id: state}, None), clock.now()
    waiting = WorkItem.objects.filter(
        state=State.WAITING,
        tenant_id__in=leave.tenants_of(state.person_id),
        channel__in=state.channels,
        language__in=leave.languages_of(state.person_id),
    ).exclude(starts_at__gt=now)
    waiting = waiting.select_related("queue")
    looked_at = {item.pk: item for order in ("entered_at", "due_at") for item in waiting.order_by(order, "pk")[:100]}
    pool = Pool(POLICIES[settings.ROUTING_POLICY])
    for item in looked_at.values():
        if serves(item, state.person_id, leave, now):
            price = None if item.queue.price is None else float(item.queue.price)
            pool.add_item(replace(engine_item(item, value=price), not_agents=frozenset(), preferred_agent=None))
    pool.put_agent(engine_agent(state, leave, held=room.in_hand([state]).get(state.person_id)))
    while (decision := pool.next_for(str(state.person_id), now.timestamp())) is not None:
        pool.remove_item(decision.item)
        yield UUID(decision.item), {"words": "taken with Next"}


def offer_gone() -> Refusal:
    return Refusal("offer_gone", 409, "This offer is no longer yours: it ran out, or the work went elsewhere.")


def _judge(item: WorkItem | None, state: AgentState | None, leave: Leave, now: datetime, held: room.Held) -> Outcome:
    if item is None:
        return Outcome.GONE
    if state is None or state.status != AgentState.Status.AVAILABLE or item.channel not in state.channels:
        return Outcome.UNAVAILABLE
    if state.person_id in item.not_agents or not serves(item, state.person_id, leave, now):
        return Outcome.BARRED
    return Outcome.MADE if room.has_room(state, item.channel, item.units, held) else Outcome.FULL


def _book(item: WorkItem, state: AgentState, reason: Mapping[str, object], now: datetime) -> Outcome:
    """Change the two locked rows in memory; ``_write`` stores them."""
    state.load += item.units
    state.feed_seq += 1
    state.idle_since = now
    item.agent_id = state.person_id
    item.offered_at = now
    item.reason = dict(reason)
    item.read_seq = 0
    if item.queue.auto_accept:
        item.state, item.accepted_at, item.offer_expires_at = State.ACTIVE, now, None
        return Outcome.ACCEPTED
    item.state = State.OFFERED
    item.offer_expires_at = now + timedelta(seconds=item.queue.offer_seconds)
    return Outcome.MADE


def _write(made: Sequence[tuple[WorkItem, AgentState, int]], now: datetime) -> None:
    offers = [
        {
            "item": item.id,
            "state": item.state,
            "agent": item.agent_id,
            "expires": item.offer_expires_at,
            "accepted": item.accepted_at,
            "reason": item.reason,
            "offer": new_id(),
        }
        for item, _, _ in made
    ]
    states = {state.person_id: state for _, state, _ in made}
    sat_at = [{"person": state.person_id, "load": state.load, "feed": state.feed_seq} for state in states.values()]
    told = {"now": now, "offers": orjson.dumps(offers).decode(), "desks": orjson.dumps(sat_at).decode()}
    statements.ask(_WRITE, told)


def _tell(made: Sequence[tuple[WorkItem, AgentState, int]]) -> None:
    offers = [
        (
            OfferMade(
                n=n,
                work_item=str(item.id),
                tenant=str(item.tenant_id),
                expires_at=item.offer_expires_at.isoformat().replace("+00:00", "Z"),
            ),
            [live.person_feed(state.person_id)],
        )
        for item, state, n in made
        if item.offer_expires_at is not None
    ]
    for item, state, n in made:
        if item.offer_expires_at is None:
            _tell_accepted(item, state.person_id, n)
    live.tell_each([*offers, feed.of_floor(*(item.tenant_id for item, _, _ in made))])


def _tell_accepted(item: WorkItem, agent_id: UUID, n: int) -> None:
    feed.tell_work(agent_id, item, n)
    live.tell(
        ConversationChanged(tenant=str(item.tenant_id), conversation=str(item.conversation)),
        live.conversation_feed(item.tenant_id, item.conversation),
        live.shopper_feed(item.tenant_id, item.conversation),
    )
    feed.tell_floor(item.tenant_id)


def _let_go(
    item: WorkItem, answer: Offer.Answer, reason: Mapping[str, object] | None = None, declined_as: str = ""
) -> None:
    """A locked, offered item goes back to its old place in the queue; its agent's units are free again."""
    agent_id, now = item.agent_id, clock.now()
    if agent_id is None:
        return
    item.state, item.agent = State.WAITING, None
    item.offered_at = item.offer_expires_at = None
    item.not_agents = [] if answer == Offer.Answer.WITHDRAWN else [agent_id]
    item.reason = dict(reason or {})
    item.save(update_fields=["state", "agent", "offered_at", "offer_expires_at", "not_agents", "reason"])
    open_offer = Offer.objects.filter(work_item=item, answer="")
    open_offer.update(answer=answer, answered_at=now, declined_as=declined_as)
    feed.tell_offer_gone(agent_id, item.id, desks.give_back(agent_id, item.units, now))
    live.wake_dispatcher(f"w:{item.id}", f"a:{agent_id}")
    feed.tell_floor(item.tenant_id)


def _stop_offering(agent_id: UUID) -> None:
    """An agent who let an offer run out gets no more until they say that they are there."""
    now = clock.now()
    state = desks.lock([agent_id]).get(agent_id)
    if state is not None and state.status == AgentState.Status.AVAILABLE:
        change_status(state, AgentState.Status.NOT_RESPONDING, "", now)


def _item(work_item_id: UUID) -> WorkItem:
    item = WorkItem.objects.select_related("queue", "tenant").filter(pk=work_item_id).first()
    if item is None:
        raise not_found()
    return item


def _lock(work_item_id: UUID) -> WorkItem:
    found = WorkItem.objects.select_for_update(no_key=True, of=("self",)).select_related("queue", "tenant")
    item = found.filter(pk=work_item_id).first()
    if item is None:
        raise not_found()
    return item
