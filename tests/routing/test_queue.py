"""The verbs of routing.queue: legal steps, refused ones by name, loads exact, two shops at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from kernel import clock
from kernel.errors import Refusal
from people.models import Accreditation, Person
from routing import queue
from routing.dispatcher.board import Board
from routing.dispatcher.loop import decide_round
from routing.models import AgentState, AgentStateSpell, Offer, Queue, WorkItem
from routing.queue import Outcome
from routing.queues import create_defaults
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, in_hand, load_of, row

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_default_queues_are_made_once_per_tenant(acme: Tenant, northlight: Tenant) -> None:
    assert create_defaults(acme) == create_defaults(acme)
    assert Queue.objects.filter(tenant=acme).count() == 2
    assert {q.channel_group for q in Queue.objects.filter(tenant=northlight)} == {"chat", "mail"}


def test_enqueueing_twice_returns_the_same_work(acme: Tenant) -> None:
    first = arrive(acme)
    again = arrive(acme, conversation_id=first.conversation)
    assert again.id == first.id
    assert first.needs == {"lang:it": 2}


def test_offer_accept_finish_wrap_up_keep_the_load_exact(acme: Tenant, lucia: Person) -> None:
    with clock.hold(NOON):
        at_work(lucia)
        item = arrive(acme)
        in_hand(item, lucia)
        assert load_of(lucia) == 1
        queue.first_reply(conversation_id=item.conversation, at=NOON, person=lucia)
        queue.finish(person=lucia, work_item_id=item.id, outcome="resolved", contact_reason="where_is_it")
        assert (row(item).state, load_of(lucia)) == ("wrap_up", 1)
        assert queue.end_wrap_ups(NOON + timedelta(seconds=29)) == []
    with clock.hold(NOON + timedelta(seconds=90)):
        assert queue.end_wrap_ups() == [item.id]
    done = row(item)
    assert (done.state, done.finished_at, load_of(lucia)) == ("done", NOON + timedelta(seconds=30), 0)
    assert (done.replies, done.first_reply_at, done.contact_reason) == (1, NOON, "where_is_it")


def test_every_step_repeated_changes_nothing(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = arrive(acme)
    in_hand(item, lucia)
    queue.accept(person=lucia, work_item_id=item.id)
    queue.finish(person=lucia, work_item_id=item.id)
    queue.finish(person=lucia, work_item_id=item.id)
    queue.end_wrap_up(person=lucia, work_item_id=item.id)
    queue.end_wrap_up(person=lucia, work_item_id=item.id)
    assert (row(item).state, load_of(lucia), Offer.objects.filter(work_item=item).count()) == ("done", 0, 1)


def test_illegal_steps_are_refused_by_name(acme: Tenant, lucia: Person, paolo: Person) -> None:
    at_work(lucia, paolo)
    item = arrive(acme)
    steps: dict[str, Callable[[], object]] = {
        "offer_gone": lambda: queue.accept(person=lucia, work_item_id=item.id),
        "not_active": lambda: queue.finish(person=lucia, work_item_id=item.id),
        "not_in_wrap_up": lambda: queue.end_wrap_up(person=None, work_item_id=item.id),
        "not_in_hand": lambda: queue.require_in_hand(lucia, item.conversation),
    }
    for code, step in steps.items():
        with pytest.raises(Refusal) as refused:
            step()
        assert refused.value.code == code
    in_hand(item, lucia)
    with pytest.raises(Refusal, match="not in your hands"):
        queue.finish(person=paolo, work_item_id=item.id)
    assert queue.require_in_hand(lucia, item.conversation).id == item.id


def test_a_declined_offer_keeps_its_place_and_goes_elsewhere(acme: Tenant, lucia: Person, paolo: Person) -> None:
    at_work(lucia, paolo)
    with clock.hold(clock.now() - timedelta(minutes=5)):
        item = arrive(acme)
    queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    queue.decline(person=lucia, work_item_id=item.id, reason="lunch")
    queue.decline(person=lucia, work_item_id=item.id)
    back = row(item)
    assert (back.state, back.agent_id, back.entered_at) == ("waiting", None, item.entered_at)
    assert (back.not_agents, load_of(lucia)) == ([lucia.pk], 0)
    assert Offer.objects.get(work_item=item).declined_as == "lunch"
    assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == Outcome.BARRED
    assert queue.offer(work_item_id=item.id, agent_id=paolo.pk) == Outcome.MADE


def test_an_offer_that_runs_out_marks_its_agent_not_responding(acme: Tenant, lucia: Person) -> None:
    with clock.hold(NOON):
        at_work(lucia)
        item = arrive(acme)
        queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    with clock.hold(NOON + timedelta(seconds=14)):
        assert queue.expire() == []
    with clock.hold(NOON + timedelta(seconds=15)):
        assert queue.expire() == [item.id]
        assert queue.expire() == []
    assert AgentState.objects.get(pk=lucia.pk).status == "not_responding"
    assert row(item).not_agents == [lucia.pk]
    assert load_of(lucia) == 0
    assert Offer.objects.get(work_item=item).answer == "expired"
    assert queue.offer(work_item_id=arrive(acme).id, agent_id=lucia.pk) == Outcome.UNAVAILABLE


def test_work_nobody_else_took_may_go_to_the_same_agent_after_a_minute(acme: Tenant, lucia: Person) -> None:
    with clock.hold(NOON):
        at_work(lucia)
        item = arrive(acme)
        queue.offer(work_item_id=item.id, agent_id=lucia.pk)
        queue.decline(person=lucia, work_item_id=item.id)
        assert queue.lift_bars([item.id]) == []
    with clock.hold(NOON + timedelta(seconds=61)):
        assert queue.lift_bars([item.id]) == [item.id]
        assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == Outcome.MADE


def test_an_agent_without_italian_is_barred(acme: Tenant, northlight: Tenant, jens: Person, lucia: Person) -> None:
    Accreditation.objects.create(person=jens, tenant=acme, alias="Jens", valid_from=NOON - timedelta(days=365))
    at_work(jens, lucia)
    item = arrive(acme, "it")
    assert queue.offer(work_item_id=item.id, agent_id=jens.pk) == Outcome.BARRED
    assert queue.take_next(person=jens) is None
    assert queue.offer(work_item_id=arrive(acme, "en").id, agent_id=jens.pk) == Outcome.MADE


def test_an_accreditation_that_ended_bars_at_the_same_instant(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    at_work(lucia)
    Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=clock.now())
    assert queue.offer(work_item_id=arrive(acme).id, agent_id=lucia.pk) == Outcome.BARRED
    assert queue.offer(work_item_id=arrive(northlight, "en").id, agent_id=lucia.pk) == Outcome.MADE


def test_a_level_too_low_bars(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    Queue.objects.filter(tenant=acme, code="chat").update(language_level=5)
    assert queue.offer(work_item_id=arrive(acme, "it").id, agent_id=lucia.pk) == Outcome.BARRED


def test_who_has_no_desk_is_closed_to_all_work(acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person) -> None:
    at_work(lucia)
    item, more = arrive(acme), arrive(acme)
    assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == queue.Outcome.MADE
    queue.withdraw(work_item_id=item.id)
    AgentState.objects.filter(person=lucia).delete()
    board = Board()
    board.load_all()
    assert decide_round(board) == 0
    assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == queue.Outcome.UNAVAILABLE
    steps: dict[str, Callable[[], object]] = {
        "no_desk": lambda: queue.set_status(person=lucia, status="available"),
        "not_available": lambda: queue.take_next(person=lucia),
        "agent_away": lambda: queue.assign(person=sofia, work_item_id=more.id, agent_id=lucia.pk),
    }
    for code, step in steps.items():
        with pytest.raises(Refusal) as refused:
            step()
        assert refused.value.code == code
    assert {row(item).state, row(more).state} == {"waiting"}


def test_capacity_is_never_exceeded_even_within_one_round(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    items = [arrive(acme) for _ in range(6)]
    outcomes = queue.offer_all([queue.Proposal(item.id, lucia.pk) for item in items])
    assert list(outcomes.values()) == [Outcome.MADE] * 4 + [Outcome.FULL] * 2
    assert load_of(lucia) == 4


def test_auto_accept_puts_the_work_in_hand_at_once(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    Queue.objects.filter(tenant=acme, code="chat").update(auto_accept=True)
    item = arrive(acme)
    assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == Outcome.ACCEPTED
    assert (row(item).state, load_of(lucia)) == ("active", 1)


def test_going_offline_returns_offers_and_blames_nobody(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = arrive(acme)
    queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    queue.set_status(person=lucia, status="break", reason="lunch")
    assert (row(item).state, row(item).not_agents, load_of(lucia)) == ("waiting", [], 0)
    spells = AgentStateSpell.objects.filter(person=lucia).order_by("pk").values_list("status", "ended_at")
    assert [status for status, _ in spells] == ["offline", "available", "break"]
    assert [ended is None for _, ended in spells] == [False, False, True]


def test_a_silent_agent_goes_offline_and_comes_back_within_the_grace(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    with clock.hold(NOON):
        at_work(lucia)
        chat = in_hand(arrive(acme), lucia)
        waiting = arrive(acme)
        queue.offer(work_item_id=waiting.id, agent_id=lucia.pk)
    with clock.hold(NOON + timedelta(seconds=31)):
        assert queue.silence() == [lucia.pk]
        assert row(waiting).state == "waiting"
        assert row(chat).state == "active"
    with clock.hold(NOON + timedelta(seconds=80)):
        assert queue.return_lost_work() == []
        queue.heartbeat(lucia.pk)
        assert AgentState.objects.get(pk=lucia.pk).status == "available"
    assert row(chat).agent_id == lucia.pk


def test_chats_of_a_lost_agent_return_after_the_grace_and_mails_stay(acme: Tenant, lucia: Person) -> None:
    with clock.hold(NOON):
        at_work(lucia)
        chat, mail = in_hand(arrive(acme), lucia), in_hand(arrive(acme, group="mail"), lucia)
    with clock.hold(NOON + timedelta(seconds=31)):
        queue.silence()
    with clock.hold(NOON + timedelta(seconds=92)):
        assert queue.return_lost_work() == [chat.id]
        queue.heartbeat(lucia.pk)
        assert AgentState.objects.get(pk=lucia.pk).status == "offline"
    assert (row(chat).state, row(chat).entered_at, row(mail).state) == ("waiting", NOON, "active")
    assert load_of(lucia) == 1


def test_work_found_lost_stays_with_an_agent_who_is_back(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = in_hand(arrive(acme), lucia)
    gone = clock.now()
    with pytest.raises(Refusal) as refused:
        queue.requeue(work_item_id=item.id, reason="agent_lost", offline_since=gone)
    assert (refused.value.code, row(item).state) == ("agent_back", "active")
    queue.set_status(person=lucia, status="offline")
    with pytest.raises(Refusal):
        queue.requeue(work_item_id=item.id, reason="agent_lost", offline_since=gone)
    queue.requeue(work_item_id=item.id, reason="agent_lost", offline_since=clock.now())
    assert (row(item).state, load_of(lucia)) == ("waiting", 0)


def test_transfer_to_a_queue_waits_again_as_the_same_work(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = in_hand(arrive(acme), lucia)
    mail = Queue.objects.get(tenant=acme, code="mail")
    foreign = Queue.objects.get(tenant=northlight, code="mail")
    with pytest.raises(Refusal) as refused:
        queue.transfer(person=lucia, work_item_id=item.id, queue_id=foreign.id)
    assert refused.value.code == "not_found"
    moved = queue.transfer(person=lucia, work_item_id=item.id, queue_id=mail.id)
    assert (moved.id, moved.state, moved.queue_id) == (item.id, "waiting", mail.id)
    assert (row(item).entered_at, load_of(lucia)) == (item.entered_at, 0)


def test_transfer_to_an_agent_offers_it_or_leaves_it_where_it_is(
    acme: Tenant, lucia: Person, paolo: Person, jens: Person
) -> None:
    at_work(lucia, jens)
    item = in_hand(arrive(acme), lucia)
    for agent, code in ((jens, "agent_barred"), (paolo, "agent_away")):
        with pytest.raises(Refusal) as refused:
            queue.transfer(person=lucia, work_item_id=item.id, agent_id=agent.pk)
        assert refused.value.code == code
    assert (row(item).agent_id, load_of(lucia)) == (lucia.pk, 1)
    at_work(paolo)
    queue.transfer(person=lucia, work_item_id=item.id, agent_id=paolo.pk)
    assert (row(item).state, row(item).agent_id, load_of(lucia), load_of(paolo)) == ("offered", paolo.pk, 0, 1)


def test_a_supervisor_assigns_by_hand_and_takes_over(
    acme: Tenant, lucia: Person, paolo: Person, sofia: Person, jens: Person
) -> None:
    at_work(lucia, paolo, jens)
    item = in_hand(arrive(acme), lucia)
    with pytest.raises(Refusal):
        queue.assign(person=paolo, work_item_id=item.id, agent_id=paolo.pk)
    with pytest.raises(Refusal) as refused:
        queue.assign(person=sofia, work_item_id=item.id, agent_id=jens.pk)
    assert refused.value.code == "agent_barred"
    queue.assign(person=sofia, work_item_id=item.id, agent_id=paolo.pk)
    assert (row(item).agent_id, load_of(lucia), load_of(paolo)) == (paolo.pk, 0, 1)
    queue.assign(person=sofia, work_item_id=item.id, agent_id=sofia.pk)
    assert (row(item).agent_id, load_of(paolo), load_of(sofia)) == (sofia.pk, 0, 1)
    assert AgentState.objects.get(pk=sofia.pk).status == "busy"


def test_a_returning_item_is_not_offered_to_someone_who_went_home(acme: Tenant, lucia: Person) -> None:
    item = arrive(acme, preferred_agent=lucia.pk)
    assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == Outcome.UNAVAILABLE


def test_next_takes_the_oldest_work_one_may_do(acme: Tenant, northlight: Tenant, paolo: Person) -> None:
    with pytest.raises(Refusal) as refused:
        queue.take_next(person=paolo)
    assert refused.value.code == "not_available"
    at_work(paolo)
    arrive(northlight, "en")
    first, _ = arrive(acme), arrive(acme)
    taken = queue.take_next(person=paolo)
    assert taken is not None
    assert (taken.id, taken.state, load_of(paolo)) == (first.id, "active", 1)


def test_abandoning_an_offered_chat_frees_the_agent(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = arrive(acme)
    queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    assert queue.abandon(item.id)
    assert queue.abandon(item.id)
    assert (row(item).state, load_of(lucia)) == ("abandoned", 0)
    assert queue.open_item(item.conversation) is None


def test_work_in_hand_is_not_abandoned(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = in_hand(arrive(acme), lucia)
    assert not queue.abandon(item.id)
    assert (row(item).state, row(item).agent_id, load_of(lucia)) == ("active", lucia.pk, 1)


def test_each_change_to_a_desk_moves_its_feed(acme: Tenant, lucia: Person, paolo: Person) -> None:
    at_work(lucia)
    before = AgentState.objects.get(pk=lucia.pk).feed_seq
    item = arrive(acme)
    queue.touch(conversation_id=item.conversation, seq=1)
    in_hand(item, lucia)
    queue.touch(conversation_id=item.conversation, seq=2)
    queue.finish(person=lucia, work_item_id=item.id)
    queue.end_wrap_up(person=lucia, work_item_id=item.id)
    assert AgentState.objects.get(pk=lucia.pk).feed_seq == before + 5
    assert AgentState.objects.get(pk=paolo.pk).feed_seq == 0


def test_reopening_makes_new_work(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    item = in_hand(arrive(acme), lucia)
    queue.finish(person=lucia, work_item_id=item.id)
    again = arrive(acme, conversation_id=item.conversation)
    assert again.id != item.id
    assert WorkItem.objects.filter(conversation=item.conversation).count() == 2
