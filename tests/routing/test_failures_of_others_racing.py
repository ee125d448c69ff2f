"""The races of others (routing.md §7), with real threads and real commits."""

from __future__ import annotations

from functools import partial

from people.models import Person
from routing import queue
from routing.models import AgentState, Offer, WorkItem
from routing.queue import Outcome
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.routing.floor import arrive, at_work, load_of, row
from tests.routing.test_queue_races import at_once, loads_are_exact


def test_rocket_chat_37776_three_instances_do_not_give_four_chats_at_a_limit_of_three(
    live_stack: LiveStack, acme: Tenant, lucia: Person
) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=3)
    try:
        at_work(lucia)
        items = [arrive(acme) for _ in range(4)]
        calls = [partial(queue.offer, work_item_id=item.id, agent_id=lucia.pk) for item in items for _ in range(3)]
        outcomes = at_once(*calls)
        assert outcomes.count(Outcome.MADE) == 3 == load_of(lucia)
        assert loads_are_exact()
    finally:
        AgentState.objects.filter(pk=lucia.pk).update(capacity=4)


def test_rocket_chat_22206_two_agents_do_not_take_one_item(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(lucia, paolo)
    for _ in range(5):
        item = arrive(acme)
        taken = at_once(partial(queue.take_next, person=lucia), partial(queue.take_next, person=paolo))
        assert [type(each) for each in taken].count(WorkItem) == 1
        assert Offer.objects.filter(work_item=item).count() == 1
        queue.finish(person=None, work_item_id=item.id)
        queue.end_wrap_up(person=None, work_item_id=item.id)


def test_chatwoot_15275_the_assignee_does_not_flip_between_the_dispatcher_and_a_person(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person, sofia: Person
) -> None:
    at_work(lucia, paolo)
    for _ in range(5):
        item = arrive(acme)
        by_hand = partial(queue.assign, person=sofia, work_item_id=item.id, agent_id=paolo.pk)
        at_once(by_hand, *[partial(queue.offer, work_item_id=item.id, agent_id=lucia.pk)] * 3)
        assert row(item).agent_id == paolo.pk
        assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == Outcome.GONE
        assert (row(item).agent_id, loads_are_exact()) == (paolo.pk, True)
        queue.finish(person=None, work_item_id=item.id)
        queue.end_wrap_up(person=None, work_item_id=item.id)


def test_asterisk_176_two_agents_do_not_answer_one_call(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(lucia, paolo)
    item = arrive(acme)
    queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    answers = at_once(*[partial(queue.accept, person=each, work_item_id=item.id) for each in (lucia, paolo) * 3])
    assert {each.agent_id for each in answers if isinstance(each, WorkItem)} == {lucia.pk}
    assert answers.count("offer_gone") == 3
    assert (load_of(lucia), load_of(paolo)) == (1, 0)
