"""What fails in others, one test each, named after where it was seen; races are in the file beside."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import redis
from django.conf import settings

from desk.floor import show_floor
from kernel import clock, live
from people.models import Person
from routing import queue
from routing.dispatcher.board import Board
from routing.dispatcher.doorbell import Doorbell
from routing.dispatcher.loop import HEALTH_KEY, Dispatcher, decide_round
from routing.models import AgentState, WorkItem
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, in_hand, load_of, row
from tests.world import hire

pytestmark = pytest.mark.django_db
NOW = clock.now().replace(microsecond=0)


def board() -> Board:
    made = Board()
    made.load_all()
    return made


# --- races, as far as memory against rows -------------------------------------------------------------------------


def test_libredesk_385_the_dispatcher_does_not_override_a_manual_assignment(
    acme: Tenant, lucia: Person, paolo: Person, sofia: Person
) -> None:
    at_work(lucia, paolo)
    item = arrive(acme)
    stale = board()
    queue.assign(person=sofia, work_item_id=item.id, agent_id=lucia.pk)
    assert decide_round(stale) == 0
    assert (row(item).state, row(item).agent_id) == ("active", lucia.pk)
    assert (load_of(lucia), load_of(paolo)) == (1, 0)


def test_openacd_5_arrivals_of_one_moment_go_to_as_many_agents(acme: Tenant) -> None:
    agents = [hire(f"equal{number}", {"it": 4}, [acme]) for number in range(4)]
    at_work(*agents)
    items = [arrive(acme) for _ in range(8)]
    assert decide_round(board()) == 8
    assert {row(item).state for item in items} == {"offered"}
    assert [load_of(agent) for agent in agents] == [2, 2, 2, 2]


# --- stuck --------------------------------------------------------------------------------------------------------


def test_freeswitch_2540_no_agent_stays_reserved_for_an_offer_that_nobody_answers(acme: Tenant, lucia: Person) -> None:
    with clock.hold(NOW):
        at_work(lucia)
        item = arrive(acme)
        assert decide_round(board()) == 1
    with clock.hold(NOW + timedelta(seconds=40)):
        queue.expire()
        queue.silence()
        assert (row(item).state, load_of(lucia)) == ("waiting", 0)
        queue.set_status(person=lucia, status="available")
        other = arrive(acme)
        decide_round(board())
    assert row(other).agent_id == lucia.pk


def test_freeswitch_1973_the_answered_chats_of_a_lost_agent_do_not_stay_answered(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    """Three live chats: none is lost, none goes back before the grace is over, and all go to whoever is there."""
    with clock.hold(NOW):
        at_work(lucia)
        chats = [in_hand(arrive(acme), lucia) for _ in range(3)]
    with clock.hold(NOW + timedelta(seconds=31)):
        assert queue.silence() == [lucia.pk]
        assert queue.return_lost_work() == []
    with clock.hold(NOW + timedelta(seconds=92)):
        at_work(paolo)
        assert sorted(queue.return_lost_work()) == sorted(chat.id for chat in chats)
        assert decide_round(board()) == 3
    assert {row(chat).agent_id for chat in chats} == {paolo.pk}
    assert [row(chat).entered_at for chat in chats] == [NOW] * 3
    assert (load_of(lucia), load_of(paolo)) == (0, 3)


def test_freeswitch_1641_a_dead_dispatcher_is_seen_on_the_floor(acme: Tenant, sofia: Person) -> None:
    valkey = redis.Redis.from_url(settings.VALKEY_URL)
    valkey.delete(HEALTH_KEY)
    assert show_floor(sofia)["dispatcher_alive"] is False
    Dispatcher(stop=None)._say_alive()  # type: ignore[arg-type]
    try:
        assert show_floor(sofia)["dispatcher_alive"] is True
        # Said by the loop that decides, and for so long only.
        assert 0 < int(str(valkey.ttl(HEALTH_KEY))) <= 10
    finally:
        valkey.delete(HEALTH_KEY)


def test_freeswitch_pr_1221_one_unavailable_agent_does_not_stop_the_rest(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(lucia, paolo)
    items = [arrive(acme) for _ in range(4)]
    stale = board()
    AgentState.objects.filter(pk=paolo.pk).update(status="break")
    assert decide_round(stale) == 4
    assert {row(item).agent_id for item in items} == {lucia.pk}


def test_rocket_chat_a_head_that_nobody_can_take_does_not_block_its_queue(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    stuck, behind = arrive(acme, "fi"), arrive(acme)
    assert decide_round(board()) == 1
    assert (row(stuck).state, row(behind).state) == ("waiting", "offered")


def test_queued_items_are_seen_without_anybody_toggling_a_status(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    known = board()
    item = arrive(acme)  # its doorbell is lost: this board hears none
    known.load_recent(15)
    assert decide_round(known) == 1
    assert row(item).state == "offered"


# --- never picked up ----------------------------------------------------------------------------------------------


def test_chatwoot_10583_what_nobody_could_take_on_arrival_is_assigned_later(acme: Tenant, lucia: Person) -> None:
    items = [arrive(acme) for _ in range(2)]
    known = board()
    assert decide_round(known) == 0
    at_work(lucia)
    known.load_agents([lucia.pk])
    assert decide_round(known) == 2
    assert {row(item).agent_id for item in items} == {lucia.pk}


def test_chatwoot_14495_what_rings_while_a_round_is_busy_is_not_dropped(acme: Tenant) -> None:
    first, second = arrive(acme), arrive(acme)
    doorbell = Doorbell()
    try:
        assert doorbell.wait(0).everything
        valkey = redis.Redis.from_url(settings.VALKEY_URL)
        for item in (first, second):  # nobody waits at this moment
            valkey.publish(live.DISPATCH_CHANNEL, f"w:{item.id}")
        heard: set[UUID] = set()
        while len(heard) < 2:
            rings = doorbell.wait(5)
            assert rings.items
            heard |= rings.items
        assert heard == {first.id, second.id}
    finally:
        doorbell.close()


def test_the_fifth_does_not_overtake_the_fourth(acme: Tenant, lucia: Person) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=1)
    at_work(lucia)
    due = clock.now() + timedelta(minutes=10)
    items = [arrive(acme, due_at=due + timedelta(seconds=n)) for n in range(6)]
    known, order = board(), []
    for _ in items:
        assert decide_round(known) == 1
        [given] = WorkItem.objects.filter(state="offered")
        order.append(given.id)
        queue.accept(person=lucia, work_item_id=given.id)
        queue.finish(person=lucia, work_item_id=given.id)
        queue.end_wrap_up(person=lucia, work_item_id=given.id)
        known.load_agents([lucia.pk])
    assert order == [item.id for item in items]


# --- silent agents ------------------------------------------------------------------------------------------------


def test_chatwoot_7204_nobody_offline_gets_a_chat(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = arrive(acme)
    stale = board()
    queue.set_status(person=lucia, status="offline")
    assert decide_round(stale) == 0
    assert (row(item).state, load_of(lucia)) == ("waiting", 0)


def test_chatwoot_9587_a_reopened_chat_does_not_wait_for_who_went_home(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(paolo)
    item = arrive(acme, preferred_agent=lucia.pk)
    assert decide_round(board()) == 1
    assert row(item).agent_id == paolo.pk


def test_chatwoot_14508_an_ignored_offer_returns_and_goes_elsewhere(acme: Tenant, lucia: Person, paolo: Person) -> None:
    with clock.hold(NOW):
        at_work(lucia)
        item = arrive(acme)
        known = board()
        assert decide_round(known) == 1
    with clock.hold(NOW + timedelta(seconds=16)):
        at_work(paolo)
        assert queue.expire() == [item.id]
        known.load_items([item.id])
        known.load_agents([lucia.pk, paolo.pk])
        assert decide_round(known) == 1
    assert (row(item).agent_id, row(item).entered_at) == (paolo.pk, NOW)
    assert AgentState.objects.get(pk=lucia.pk).status == "not_responding"


def test_a_dead_socket_after_sleep_gets_nothing(acme: Tenant, lucia: Person) -> None:
    with clock.hold(NOW):
        at_work(lucia)
    with clock.hold(NOW + timedelta(seconds=31)):
        item = arrive(acme)
        assert queue.silence() == [lucia.pk]
        assert decide_round(board()) == 0
    with clock.hold(NOW + timedelta(minutes=20)):
        queue.heartbeat(lucia.pk)  # the laptop is opened again, long after the grace
        assert AgentState.objects.get(pk=lucia.pk).status == "offline"
    assert row(item).state == "waiting"


def test_zendesk_an_inactive_chat_that_wakes_up_does_not_exceed_the_capacity(acme: Tenant, lucia: Person) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=2)
    at_work(lucia)
    asleep = in_hand(arrive(acme), lucia)
    queue.put_off(person=lucia, work_item_id=asleep.id, until=clock.now() + timedelta(hours=1))
    others = [in_hand(arrive(acme), lucia) for _ in range(2)]
    queue.wake(heard=queue.touch(conversation_id=asleep.conversation, seq=2))
    known = board()
    assert decide_round(known) == 0
    assert (row(asleep).state, load_of(lucia)) == ("waiting", 2)
    queue.finish(person=lucia, work_item_id=others[0].id)
    queue.end_wrap_up(person=lucia, work_item_id=others[0].id)
    known.load_agents([lucia.pk])
    # Longer than the grace ago, the work may go to anybody; here only its own agent is at work.
    assert decide_round(known) == 1
    assert load_of(lucia) == 2
