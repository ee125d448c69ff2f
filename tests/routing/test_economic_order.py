"""The dispatcher decides by what a breach costs: prices, handling times, paces; reasons are kept with offers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from people.models import Person
from routing import measuring, queue
from routing.dispatcher.board import Board
from routing.dispatcher.loop import decide_round
from routing.models import AgentState, Offer, Pace, Queue, WorkItem, Workload
from routing.queue import Outcome, Proposal, offer_all
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, in_hand, row

pytestmark = pytest.mark.django_db
NOW = clock.now().replace(microsecond=0)


def board() -> Board:
    made = Board()
    made.load_all()
    return made


def price(tenant: Tenant, amount: str) -> None:
    Queue.objects.filter(tenant=tenant, code="chat").update(price=Decimal(amount))


def test_the_dearer_breach_is_averted_first_and_prices_are_not_read_for_a_decision(
    acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=1)
    at_work(lucia)
    due = clock.now() + timedelta(seconds=60)
    cheap, dear = arrive(acme, "en", due_at=due), arrive(northlight, "en", due_at=due)
    price(acme, "1")
    price(northlight, "30")
    known = board()
    with CaptureQueriesContext(connection) as asked:
        assert decide_round(known) == 1
    assert (row(dear).state, row(cheap).state) == ("offered", "waiting")
    assert not any("FROM public.routing_queue" in query["sql"] or "workload" in query["sql"] for query in asked)
    assert row(dear).reason["price"] == 30.0
    assert Offer.objects.get(work_item=dear).reason == row(dear).reason


def test_a_price_that_changed_changes_the_order_of_what_waits(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    due = clock.now() + timedelta(seconds=60)
    first, second = arrive(acme, "en", due_at=due), arrive(northlight, "en", due_at=due)
    price(acme, "30")
    price(northlight, "1")
    known = board()
    price(acme, "1")
    price(northlight, "30")
    known.load_prices()
    AgentState.objects.filter(pk=lucia.pk).update(capacity=1)
    at_work(lucia)
    known.load_agents([lucia.pk])
    assert decide_round(known) == 1
    assert (row(first).state, row(second).state) == ("waiting", "offered")


def test_two_queues_of_one_client_and_channel_keep_their_own_prices(acme: Tenant, lucia: Person) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=1)
    at_work(lucia)
    due = clock.now() + timedelta(seconds=60)
    first, second = arrive(acme, due_at=due), arrive(acme, due_at=due)
    WorkItem.objects.filter(pk=second.pk).update(queue=Queue.objects.get(tenant=acme, code="mail"))
    price(acme, "1")
    Queue.objects.filter(tenant=acme, code="mail").update(price=Decimal("30"))
    known = board()
    known.load_items([first.id])
    assert decide_round(known) == 1
    assert (row(first).state, row(second).state) == ("waiting", "offered")


def test_next_takes_what_would_cost_most(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    at_work(lucia)
    due = clock.now() + timedelta(seconds=60)
    arrive(acme, "en", due_at=due)
    dear = arrive(northlight, "en", due_at=due)
    price(acme, "1")
    price(northlight, "30")
    taken = queue.take_next(person=lucia)
    assert taken is not None and taken.id == dear.id


def test_handling_times_workloads_and_paces_come_from_finished_work(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(lucia, paolo)
    for agent, seconds in ((lucia, 200), (paolo, 600)):
        for _ in range(40):
            item = in_hand(arrive(acme), agent)
            queue.finish(person=agent, work_item_id=item.id)
            queue.end_wrap_up(person=agent, work_item_id=item.id)
            accepted = row(item).accepted_at
            assert accepted is not None
            WorkItem.objects.filter(pk=item.pk).update(finished_at=accepted + timedelta(seconds=seconds))
    measuring.measure(clock.now())
    measuring.measure(clock.now())
    load = Workload.objects.get(queue__tenant=acme, channel="webchat", language="it")
    expected = (40 * 200 + 40 * 600 + 20 * 300) / 100
    assert load.handle_seconds == pytest.approx(expected)
    assert load.agents == pytest.approx(80 * expected / 604_800)
    paces = {pace.person_id: pace.factor for pace in Pace.objects.all()}
    assert paces[lucia.pk] == pytest.approx((40 * 200 + 20 * expected) / (60 * expected))
    assert paces[paolo.pk] > 1 > paces[lucia.pk]
    assert not Workload.objects.filter(queue__tenant=northlight).exists()
    item = arrive(acme)
    assert decide_round(board()) == 1
    assert row(item).agent_id == lucia.pk


def test_work_of_a_closed_queue_waits_for_its_opening_unless_given_by_hand(
    acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    opens = NOW + timedelta(hours=2)
    hours = [[opens.isoformat(), (opens + timedelta(hours=8)).isoformat()]]
    Queue.objects.filter(tenant=acme, code="chat").update(keeps_hours=True, openings=hours)
    with clock.hold(NOW):
        at_work(lucia)
        closed, by_hand = arrive(acme), arrive(acme)
        foreign = arrive(northlight, "en")
        known = board()
        assert decide_round(known) == 1
        assert (row(foreign).state, row(closed).state) == ("offered", "waiting")
        assert offer_all([Proposal(closed.id, lucia.pk)], by_hand=False) == {closed.id: Outcome.CLOSED}
        assert queue.offer(work_item_id=by_hand.id, agent_id=lucia.pk) == Outcome.MADE
    with clock.hold(opens - timedelta(seconds=1)):
        known.load_started()
        assert decide_round(known) == 0
    with clock.hold(opens):
        known.load_started()
        assert decide_round(known) == 1
    assert row(closed).state == "offered"


def test_a_queue_that_closes_takes_what_waits_off_the_board(acme: Tenant, lucia: Person) -> None:
    closes = NOW + timedelta(minutes=1)
    hours = [[(NOW - timedelta(hours=1)).isoformat(), closes.isoformat()]]
    Queue.objects.filter(tenant=acme, code="chat").update(keeps_hours=True, openings=hours)
    with clock.hold(NOW):
        item = arrive(acme)
        known = board()
    with clock.hold(closes):
        at_work(lucia)
        known.load_agents([lucia.pk])
        assert decide_round(known) == 0
        assert decide_round(known) == 0
    assert row(item).state == "waiting"


def test_a_callback_starts_waiting_at_its_time(acme: Tenant, lucia: Person) -> None:
    at = NOW + timedelta(hours=1)
    with clock.hold(NOW):
        at_work(lucia)
        item = arrive(acme, starts_at=at)
        known = board()
        assert decide_round(known) == 0
        assert queue.take_next(person=lucia) is None
        known.load_recent(15)
        assert decide_round(known) == 0
    with clock.hold(at):
        known.load_started()
        assert decide_round(known) == 1
    assert row(item).agent_id == lucia.pk


def test_work_put_off_comes_back_to_the_same_agent_at_its_time_and_place(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at = NOW + timedelta(hours=3)
    with clock.hold(NOW):
        at_work(lucia, paolo)
        item = in_hand(arrive(acme), lucia)
        queue.put_off(person=lucia, work_item_id=item.id, until=at)
        back = row(item)
        assert (back.state, back.entered_at, back.preferred_agent_id) == ("waiting", item.entered_at, lucia.pk)
        known = board()
        assert decide_round(known) == 0
    with clock.hold(at):
        known.load_started()
        assert decide_round(known) == 1
    assert row(item).agent_id == lucia.pk


def test_a_customer_who_writes_again_ends_the_putting_off(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = in_hand(arrive(acme), lucia)
    queue.put_off(person=lucia, work_item_id=item.id, until=clock.now() + timedelta(days=1))
    known = board()
    queue.wake(heard=queue.touch(conversation_id=item.conversation, seq=2))
    known.load_items([item.id])
    assert decide_round(known) == 1
    assert row(item).state == "offered"


def test_reopened_work_waits_for_the_busy_agent_as_long_as_the_grace_lasts(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=1)
    with clock.hold(NOW):
        at_work(lucia, paolo)
        in_hand(arrive(acme), lucia)
        again = arrive(acme, preferred_agent=lucia.pk)
        known = board()
        assert decide_round(known) == 0
    with clock.hold(NOW + timedelta(seconds=30)):
        assert decide_round(known) == 1
    assert row(again).agent_id == paolo.pk


def test_reopened_work_goes_to_the_same_agent_who_becomes_free_within_the_grace(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=1)
    with clock.hold(NOW):
        at_work(lucia, paolo)
        busy = in_hand(arrive(acme), lucia)
        again = arrive(acme, preferred_agent=lucia.pk)
        known = board()
        assert decide_round(known) == 0
    with clock.hold(NOW + timedelta(seconds=20)):
        queue.finish(person=lucia, work_item_id=busy.id)
        queue.end_wrap_up(person=lucia, work_item_id=busy.id)
        known.load_agents([lucia.pk])
        assert decide_round(known) == 1
    assert row(again).agent_id == lucia.pk


def test_an_unknown_policy_stops_the_dispatcher_with_a_name(settings: Any) -> None:
    settings.ROUTING_POLICY = "fastest"
    with pytest.raises(CommandError, match="fastest"):
        call_command("dispatch")


def test_fifo_is_still_to_be_had(acme: Tenant, northlight: Tenant, lucia: Person, settings: Any) -> None:
    settings.ROUTING_POLICY = "fifo"
    AgentState.objects.filter(pk=lucia.pk).update(capacity=1)
    at_work(lucia)
    first, dear = arrive(acme, "en"), arrive(northlight, "en", due_at=clock.now())
    price(northlight, "30")
    assert decide_round(board()) == 1
    assert (row(first).state, row(dear).state) == ("offered", "waiting")
