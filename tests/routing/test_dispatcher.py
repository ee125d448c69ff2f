"""``manage.py dispatch`` as a process of its own over real rows and a real doorbell."""

from __future__ import annotations

import os
import signal
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from kernel import clock
from people.models import Accreditation, Person
from routing import queue
from routing.dispatcher.lease import NAME
from routing.models import AgentState, Offer, Queue
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.routing.floor import arrive, at_work, load_of, row


def until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return condition()


def dispatching(stack: LiveStack) -> bool:
    _valkey().delete("dispatcher:alive")
    beat()
    stack.start_dispatcher()
    is_up = until(lambda: bool(_valkey().exists("dispatcher:alive")), 40)
    beat()
    return is_up


def beat() -> None:
    """The consoles of all who are at work are heard of; starting a process may take longer than their silence may."""
    AgentState.objects.exclude(status="offline").update(last_heartbeat=clock.now())


def test_waiting_work_is_offered_at_once_and_it_stops_when_asked(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person, jens: Person
) -> None:
    at_work(lucia, jens)
    assert dispatching(live_stack)
    took = []
    for _ in range(8):
        began = time.monotonic()
        item = arrive(acme)
        assert until(lambda item=item: row(item).state == "offered")  # type: ignore[misc]
        took.append(time.monotonic() - began)
        assert row(item).agent_id == lucia.pk
        assert row(item).reason["words"]
        queue.accept(person=lucia, work_item_id=item.id)
        queue.finish(person=lucia, work_item_id=item.id)
        queue.end_wrap_up(person=lucia, work_item_id=item.id)
    assert statistics.median(took) < 0.5
    process = live_stack.extras["dispatch"]
    process.terminate()
    assert process.wait(10) == 0


def test_who_lacks_the_language_or_the_accreditation_never_sees_it(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, jens: Person, paolo: Person
) -> None:
    Accreditation.objects.filter(person=paolo).update(valid_until=clock.now())
    try:
        at_work(jens, paolo)
        assert dispatching(live_stack)
        foreign, expired = arrive(northlight, "it"), arrive(acme, "it")
        mine = arrive(northlight, "de")
        assert until(lambda: row(mine).state == "offered")
        time.sleep(1.5)
        assert {row(foreign).state, row(expired).state} == {"waiting"}
        assert not Offer.objects.filter(work_item__in=[foreign, expired]).exists()
    finally:
        Accreditation.objects.filter(person=paolo).update(valid_until=None)


def test_a_missed_doorbell_is_found_by_the_poll(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    assert dispatching(live_stack)
    with connection.cursor() as cursor:
        waiting = arrive(acme)
        cursor.execute(
            "INSERT INTO routing_workitem (id, tenant_id, conversation, queue_id, channel, language, needs, units,"
            " priority, entered_at, not_agents, state, outcome, reason, contact_reason, replies, read_seq)"
            " SELECT gen_random_uuid(), tenant_id, gen_random_uuid(), queue_id, channel, language, needs, units,"
            " priority, now(), '{}', 'waiting', '', '{}', '', 0, 0 FROM routing_workitem WHERE id = %s RETURNING id",
            [waiting.id],
        )
        quiet = cursor.fetchone()[0]
    assert until(lambda: row(quiet).state == "offered")


def test_an_offer_let_go_moves_on_and_wrap_up_ends_by_itself(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person
) -> None:
    Queue.objects.filter(tenant=acme, code="chat").update(offer_seconds=1, wrap_up_seconds=1)
    try:
        at_work(paolo)
        assert dispatching(live_stack)
        item = arrive(acme)
        assert until(lambda: row(item).agent_id == paolo.pk)
        Queue.objects.filter(tenant=acme, code="chat").update(offer_seconds=15)
        at_work(lucia)
        assert until(lambda: row(item).agent_id == lucia.pk)
        assert AgentState.objects.get(pk=paolo.pk).status == "not_responding"
        assert load_of(paolo) == 0
        queue.accept(person=lucia, work_item_id=item.id)
        queue.finish(person=lucia, work_item_id=item.id)
        assert until(lambda: row(item).state == "done")
        assert load_of(lucia) == 0
    finally:
        Queue.objects.filter(tenant=acme, code="chat").update(offer_seconds=15, wrap_up_seconds=30)


def test_a_silent_agent_loses_offers_at_once_and_chats_after_the_grace(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(lucia)
    assert dispatching(live_stack)
    chat, offered = arrive(acme), arrive(acme)
    assert until(lambda: row(chat).state == "offered" and row(offered).state == "offered")
    queue.accept(person=lucia, work_item_id=chat.id)
    long_ago = clock.now() - timedelta(seconds=40)
    AgentState.objects.filter(pk=lucia.pk).update(last_heartbeat=long_ago, since=long_ago)
    assert until(lambda: AgentState.objects.get(pk=lucia.pk).status == "offline")
    assert until(lambda: row(offered).state == "waiting")
    assert row(chat).agent_id == lucia.pk
    AgentState.objects.filter(pk=lucia.pk).update(since=clock.now() - timedelta(seconds=61))
    at_work(paolo)
    assert until(lambda: row(chat).agent_id == paolo.pk)


def test_killed_and_restarted_nothing_is_forgotten(
    live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person
) -> None:
    at_work(lucia, paolo)
    assert dispatching(live_stack)
    for _ in range(2):
        items = [arrive(acme) for _ in range(6)]
        os.kill(live_stack.extras["dispatch"].pid, signal.SIGKILL)
        live_stack.extras["dispatch"].wait()
        assert dispatching(live_stack)
        assert until(lambda items=items: all(row(item).state == "offered" for item in items))  # type: ignore[misc]
        assert Offer.objects.filter(work_item__in=items, answer="").count() == 6
        assert load_of(lucia) + load_of(paolo) == 6
        for item in items:
            queue.abandon(item.id)


def test_a_standby_takes_over(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    assert dispatching(live_stack)
    first = live_stack.extras["dispatch"]
    live_stack.start("standby", "dispatch")
    assert until(lambda: _leases() == 2, 40)
    beat()
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    item = arrive(acme)
    assert until(lambda: row(item).state == "offered", 30)


def test_it_outlives_its_connections_and_an_empty_valkey(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    assert dispatching(live_stack)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()"
        )
    _cut_off_listeners()
    item = arrive(acme)
    assert until(lambda: row(item).state == "offered")
    assert live_stack.extras["dispatch"].poll() is None


def _cut_off_listeners() -> None:
    """Of this database of Valkey: others test on the same server."""
    client: Any = _valkey()
    client.flushdb()
    own = str(client.connection_pool.connection_kwargs["db"])
    listeners = [one["id"] for one in client.client_list(_type="pubsub") if one["db"] == own]
    assert listeners
    for listener in listeners:
        client.client_kill_filter(_id=listener)


def _leases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [NAME])
        return int(cursor.fetchone()[0])


def _valkey() -> redis.Redis:
    return redis.Redis.from_url(settings.VALKEY_URL)
