"""Where those who wait stand, from the rows: of their own line alone, with agents who serve other clients beside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from kernel import clock
from people.models import Person
from routing import queue
from routing.models import AgentState, Queue, WorkItem, Workload
from routing.outlook import NOT_SEEN, outlook
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, in_hand, row

pytestmark = pytest.mark.django_db


def measured(tenant: Tenant, language: str, seconds: float, channel: str = "webchat") -> None:
    chats = Queue.objects.get(tenant=tenant, code="chat")
    Workload.objects.create(queue=chats, channel=channel, language=language, handle_seconds=seconds, agents=1)


def seconds_of(item: WorkItem) -> float | None:
    outlook.forget()
    return outlook.places([item.conversation])[item.conversation].seconds


def full(person: Person) -> None:
    """At work, with both hands full."""
    at_work(person)
    AgentState.objects.filter(pk=person.pk).update(load=4)


def test_the_place_is_among_those_of_the_same_needs_and_the_same_client(
    acme: Tenant, northlight: Tenant, paolo: Person, jens: Person
) -> None:
    mine = [arrive(acme) for _ in range(3)]
    others = [arrive(acme, "en"), *(arrive(northlight, "de") for _ in range(5))]
    arrive(acme, group="mail")
    places = outlook.places([item.conversation for item in [*mine, *others]])
    assert [places[item.conversation].position for item in mine] == [1, 2, 3]
    assert [places[item.conversation].position for item in others] == [1, 1, 2, 3, 4, 5]


def test_what_nobody_can_say_is_not_said(acme: Tenant, northlight: Tenant, paolo: Person, jens: Person) -> None:
    item = arrive(acme)
    measured(acme, "it", 300)
    full(jens)  # at work, but not for this client
    assert seconds_of(item) is None
    full(paolo)
    assert seconds_of(item) == pytest.approx(300 / 4)
    queue.set_status(person=paolo, status="break")
    assert seconds_of(item) is None


def test_it_grows_with_those_ahead_and_with_those_whom_the_agent_serves_beside(
    acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    """Lucia serves both shops: what waits at the other makes the wait longer, and shows nowhere else."""
    measured(acme, "it", 300)
    measured(northlight, "en", 300)
    full(lucia)
    first, second = arrive(acme), arrive(acme)
    alone = seconds_of(first)
    assert alone == pytest.approx(75)
    assert seconds_of(second) == pytest.approx(150)
    for _ in range(2):
        arrive(northlight, "en")
    beside = outlook.places([first.conversation]), seconds_of(first)
    assert beside[1] == pytest.approx(75 * 3)
    outlook.forget()
    assert outlook.places([first.conversation])[first.conversation].position == 1


def test_free_hands_mean_no_wait_but_for_the_offer(acme: Tenant, paolo: Person) -> None:
    at_work(paolo)
    measured(acme, "it", 300)
    assert seconds_of(arrive(acme)) == 0


def test_slow_departures_are_learnt(acme: Tenant, northlight: Tenant, paolo: Person) -> None:
    measured(acme, "it", 300)
    full(paolo)
    item = arrive(acme)
    hopeful = seconds_of(item)
    with clock.hold(clock.now() + timedelta(minutes=15)):
        assert hopeful is not None
        assert (seconds_of(item) or 0) > 1.4 * hopeful


def test_a_busy_queue_leaves_a_quiet_one_its_past(
    acme: Tenant, northlight: Tenant, lucia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.outlook.PAST_MOST", 2)
    at_work(lucia)
    for tenant, language in ((acme, "it"), (northlight, "en"), (northlight, "en"), (northlight, "en")):
        item = in_hand(arrive(tenant, language), lucia)
        WorkItem.objects.filter(pk=item.pk).update(offered_at=F("accepted_at") - timedelta(seconds=7))
        queue.finish(person=lucia, work_item_id=item.id)
        queue.end_wrap_up(person=lucia, work_item_id=item.id)
    waiting = [arrive(acme), arrive(northlight, "en")]
    for item in waiting:
        assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == queue.Outcome.MADE
    outlook.forget()
    places = outlook.places([item.conversation for item in waiting])
    assert [places[item.conversation].seconds for item in waiting] == [pytest.approx(7), pytest.approx(7)]


def test_in_hand_put_off_and_abandoned_are_no_waiting(acme: Tenant, paolo: Person) -> None:
    at_work(paolo)
    held, gone, kept = arrive(acme), arrive(acme), arrive(acme)
    later = arrive(acme, starts_at=clock.now() + timedelta(hours=1))
    in_hand(held, paolo)
    queue.abandon(gone.id)
    found = outlook.places([item.conversation for item in (held, gone, kept, later)])
    assert set(found) == {kept.conversation}
    assert found[kept.conversation].position == 1


def test_an_offer_under_way_is_first_in_line(acme: Tenant, paolo: Person) -> None:
    at_work(paolo)
    one, two = arrive(acme), arrive(acme)
    queue.offer(work_item_id=two.id, agent_id=paolo.pk)
    found = outlook.places([one.conversation, two.conversation])
    assert (found[two.conversation].position, found[one.conversation].position) == (1, 2)
    assert row(two).state == "offered"


def test_a_queue_is_read_once_a_second_whoever_asks(
    acme: Tenant, paolo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.outlook.FRESH_SECONDS", 3600.0)  # however slow the machine
    first = arrive(acme)
    outlook.places([first.conversation])
    late = arrive(acme)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for _ in range(20):
            found = outlook.places([first.conversation, late.conversation])
    assert len(asked) == 20  # who waits where, each time; the queue not once
    assert found[late.conversation] == NOT_SEEN


def test_a_long_line_costs_no_more_statements_than_a_short_one(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    at_work(lucia)

    def statements(items: list[WorkItem]) -> int:
        outlook.forget()
        with CaptureQueriesContext(connection) as asked:
            outlook.places([item.conversation for item in items])
        return len(asked)

    few = [arrive(acme), arrive(northlight, "de")]
    short = statements(few)
    assert statements([*few, *(arrive(acme) for _ in range(20))]) == short


def test_a_closed_queue_says_nothing_of_when(acme: Tenant, northlight: Tenant, paolo: Person) -> None:
    at_work(paolo)
    item = arrive(acme)
    assert seconds_of(item) == 0
    opening = (clock.now() + timedelta(hours=8)).isoformat(), (clock.now() + timedelta(hours=9)).isoformat()
    Queue.objects.filter(tenant=acme, code="chat").update(keeps_hours=True, openings=[opening])
    assert seconds_of(item) is None
    assert outlook.places([item.conversation])[item.conversation].is_long


def test_a_wait_is_long_by_the_queues_own_measure(
    acme: Tenant, northlight: Tenant, paolo: Person, jens: Person
) -> None:
    for tenant, language, person in ((acme, "it", paolo), (northlight, "de", jens)):
        measured(tenant, language, 600)
        full(person)
    Queue.objects.filter(tenant=acme, code="chat").update(long_wait_seconds=60)
    mine, theirs = arrive(acme), arrive(northlight, "de")
    found = outlook.places([mine.conversation, theirs.conversation])
    assert (found[mine.conversation].is_long, found[theirs.conversation].is_long) == (True, False)
    with clock.hold(clock.now() + timedelta(minutes=6)):
        outlook.forget()
        assert outlook.places([theirs.conversation])[theirs.conversation].is_long


def test_an_agents_limit_of_a_channel_counts(acme: Tenant, paolo: Person) -> None:
    measured(acme, "it", 300)
    full(paolo)
    AgentState.objects.filter(pk=paolo.pk).update(limits={"webchat": 2})
    assert seconds_of(arrive(acme)) == pytest.approx(150)
