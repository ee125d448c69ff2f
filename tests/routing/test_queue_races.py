"""Real threads, real commits: one winner, no limit exceeded, no load lost (I4, F20)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Sum

from kernel.errors import Refusal
from people.models import Person
from routing import queue
from routing.models import AgentState, Offer, WorkItem
from routing.queue import Outcome
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.routing.floor import arrive, at_work, in_hand, load_of, row
from tests.world import hire


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment, each in a thread with its own connection; a refusal counts by its code."""
    start = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(number: int) -> None:
        start.wait(20)
        try:
            answers[number] = calls[number]()
        except Refusal as refused:
            answers[number] = refused.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def loads_are_exact() -> bool:
    """Each agent's load equals the units of what is offered to them or in their hands."""
    return all(
        state.load
        == (
            WorkItem.objects.filter(agent_id=state.person_id, state__in=("offered", "active", "wrap_up")).aggregate(
                units=Sum("units")
            )["units"]
            or 0
        )
        for state in AgentState.objects.all()
    )


def test_of_fifty_offers_of_one_item_exactly_one_stands(live_stack: LiveStack, acme: Tenant) -> None:
    agents = [_agent(number, acme) for number in range(50)]
    at_work(*agents)
    item = arrive(acme)
    outcomes = at_once(*[partial(queue.offer, work_item_id=item.id, agent_id=agent.pk) for agent in agents])
    assert sorted(outcomes) == [Outcome.GONE] * 49 + [Outcome.MADE]
    assert Offer.objects.filter(work_item=item, answer="").count() == 1
    assert loads_are_exact()


def test_fifty_accepts_of_one_offer_have_one_winner(live_stack: LiveStack, acme: Tenant) -> None:
    agents = [_agent(number, acme) for number in range(50)]
    at_work(*agents)
    item = arrive(acme)
    queue.offer(work_item_id=item.id, agent_id=agents[7].pk)
    answers = at_once(*[partial(queue.accept, person=agent, work_item_id=item.id) for agent in agents])
    assert [answer.agent_id for answer in answers if answer != "offer_gone"] == [agents[7].pk]
    assert loads_are_exact()


def test_a_limit_is_checked_where_it_is_taken(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    items = [arrive(acme) for _ in range(30)]
    outcomes = at_once(*[partial(queue.offer, work_item_id=item.id, agent_id=lucia.pk) for item in items])
    assert outcomes.count(Outcome.MADE) == 4
    assert outcomes.count(Outcome.FULL) == 26
    assert load_of(lucia) == 4


def test_next_by_many_agents_gives_each_item_once(live_stack: LiveStack, acme: Tenant) -> None:
    agents = [_agent(number, acme) for number in range(20)]
    at_work(*agents)
    for _ in range(20):
        arrive(acme)
    taken = at_once(*[partial(queue.take_next, person=agent) for agent in agents])
    ids = [item.id for item in taken if isinstance(item, WorkItem)]
    assert len(ids) == len(set(ids)) > 0
    assert WorkItem.objects.filter(state="active").count() == len(ids)
    assert loads_are_exact()


def test_the_dispatcher_and_a_supervisor_assign_at_once(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person, sofia: Person
) -> None:
    at_work(lucia, paolo)
    for _ in range(10):
        item = arrive(acme)
        at_once(
            partial(queue.offer, work_item_id=item.id, agent_id=lucia.pk),
            partial(queue.assign, person=sofia, work_item_id=item.id, agent_id=paolo.pk),
        )
        assert (row(item).state, row(item).agent_id) == ("active", paolo.pk)
        assert loads_are_exact()
        queue.finish(person=paolo, work_item_id=item.id)
        queue.end_wrap_up(person=paolo, work_item_id=item.id)


def test_accept_decline_expire_and_offline_at_once_leave_one_state(
    live_stack: LiveStack, acme: Tenant, lucia: Person
) -> None:
    for _ in range(10):
        at_work(lucia)
        item = arrive(acme)
        queue.offer(work_item_id=item.id, agent_id=lucia.pk)
        WorkItem.objects.filter(pk=item.id).update(offer_expires_at=item.entered_at)
        at_once(
            partial(queue.accept, person=lucia, work_item_id=item.id),
            partial(queue.decline, person=lucia, work_item_id=item.id),
            queue.expire,
            partial(queue.set_status, person=lucia, status="offline"),
        )
        assert row(item).state in ("active", "waiting")
        assert Offer.objects.filter(work_item=item, answer="").count() == 0
        assert loads_are_exact()
        if row(item).state == "active":
            queue.finish(person=None, work_item_id=item.id)
            queue.end_wrap_up(person=None, work_item_id=item.id)


def test_a_shopper_leaves_while_the_agent_accepts(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    for _ in range(10):
        item = arrive(acme)
        queue.offer(work_item_id=item.id, agent_id=lucia.pk)
        accepted, abandoned = at_once(
            partial(queue.accept, person=lucia, work_item_id=item.id), partial(queue.abandon, item.id)
        )
        assert abandoned is (accepted == "offer_gone")
        assert row(item).state == ("abandoned" if abandoned else "active")
        assert loads_are_exact()
        if not abandoned:
            queue.finish(person=None, work_item_id=item.id)
            queue.end_wrap_up(person=None, work_item_id=item.id)


def test_desks_are_touched_in_one_order(live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person) -> None:
    at_work(lucia, paolo)
    items = []
    for first, second in ((lucia, paolo), (paolo, lucia)):
        done = in_hand(arrive(acme), first)
        queue.finish(person=first, work_item_id=done.id)  # in wrap-up: still told of what is added
        items.append(in_hand(arrive(acme, conversation_id=done.conversation), second))
    for seq in range(4):
        heard = at_once(*[partial(queue.touch, conversation_id=item.conversation, seq=seq) for item in items * 3])
        assert [one.in_hand for one in heard] == [True] * 6
    for item in WorkItem.objects.exclude(state="done"):
        if item.state == "active":
            queue.finish(person=None, work_item_id=item.id)
        queue.end_wrap_up(person=None, work_item_id=item.id)


def test_two_agents_hand_on_to_each_other_without_a_deadlock(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(lucia, paolo)
    for _ in range(5):
        mine, yours = in_hand(arrive(acme), lucia), in_hand(arrive(acme), paolo)
        at_once(
            partial(queue.transfer, person=lucia, work_item_id=mine.id, agent_id=paolo.pk),
            partial(queue.transfer, person=paolo, work_item_id=yours.id, agent_id=lucia.pk),
        )
        assert loads_are_exact()
        for item in (mine, yours):
            queue.abandon(item.id)


def _agent(number: int, shop: Tenant) -> Person:
    return Person.objects.filter(email=f"racer{number}@bpo.example").first() or hire(
        f"racer{number}", {"it": 4}, [shop]
    )
