"""A right that is withdrawn is gone everywhere within a second (ASVS 7.4.1, 7.4.2, 8.3.2)."""

from __future__ import annotations

import contextlib
import json
import socket as sockets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import accumulate
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from conversations.models import Message
from conversations.widget import issue_token
from kernel import clock, live
from kernel.errors import Refusal
from kernel.events import Typing
from people.models import Accreditation, Membership, Person, Session
from people.standing import standing
from routing import barring, queue
from routing.dispatcher.board import Board
from routing.dispatcher.timers import Timers
from routing.models import WorkItem
from tenants.models import Tenant
from tests.desk.shop import place, write
from tests.desk.test_desk_socket import heard, socket
from tests.live_stack import LiveStack
from tests.routing.floor import arrive, at_work, in_hand
from tests.world import person_named

SECOND = 1.0
Withdraw = Callable[[Person, Tenant], object]


def deactivate(person: Person, tenant: Tenant) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


def withdraw_membership(person: Person, tenant: Tenant) -> None:
    Membership.objects.filter(person=person).delete()


def end_session(person: Person, tenant: Tenant) -> None:
    Session.objects.filter(person=person).delete()


def withdraw_accreditation(person: Person, tenant: Tenant) -> None:
    Accreditation.objects.filter(person=person, tenant=tenant).delete()


def let_run_out(person: Person, tenant: Tenant) -> None:
    soon = clock.now() + timedelta(seconds=0.05)
    Accreditation.objects.filter(person=person, tenant=tenant).update(valid_until=soon)


def suspend(person: Person, tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(status=Tenant.Status.SUSPENDED)


@pytest.fixture(autouse=True)
def _as_before(acme: Tenant, lucia: Person) -> Iterator[None]:
    """The live stack keeps shops and people between tests: what is taken here is given back."""
    roles = list(Membership.objects.filter(person=lucia))
    grants = list(Accreditation.objects.filter(person=lucia))
    yield
    Person.objects.filter(pk=lucia.pk).update(is_active=True)
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.ACTIVE)
    Membership.objects.filter(person=lucia).delete()
    Membership.objects.bulk_create(roles)
    Accreditation.objects.filter(person=lucia).delete()
    Accreditation.objects.bulk_create(grants)


def seconds_until_closed(opened: ClientConnection, code: int) -> float:
    began = time.monotonic()
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            opened.recv(timeout=10)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == code
    return time.monotonic() - began


@pytest.mark.parametrize("withdraw", [deactivate, withdraw_membership, end_session])
def test_asvs_7_4_2_the_desk_socket_closes_and_the_api_refuses(
    live_stack: LiveStack, acme: Tenant, lucia: Person, sofia: Person, withdraw: Withdraw
) -> None:
    hers = live_stack.http(lucia)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in hers.cookies.items())}
    with socket(live_stack, sofia) as other, socket(live_stack, lucia, **headers) as opened:
        assert heard(opened, "hello") and heard(other, "hello")
        assert hers.get("/api/me").status_code == 200
        withdraw(lucia, acme)
        assert hers.get("/api/me").status_code in (401, 403)
        took = seconds_until_closed(opened, 4401)
        print(f"{withdraw.__name__}: {took:.2f} s")
        assert took < SECOND
        live.tell(Typing(tenant="", conversation="", who="x"), live.person_feed(sofia.pk))
        assert heard(other, "typing") is not None


@pytest.mark.parametrize("withdraw", [withdraw_accreditation, let_run_out, suspend])
def test_a_watched_conversation_falls_silent(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person, withdraw: Withdraw
) -> None:
    ours, theirs = write(acme), write(northlight)
    with socket(live_stack, lucia) as opened:
        heard(opened, "hello")
        for shop, message in ((acme, ours), (northlight, theirs)):
            watch(opened, shop, message)
        withdraw(lucia, acme)
        assert not rings_after_a_second(opened, acme, ours)
        assert rings_after_a_second(opened, northlight, theirs)
        assert live_stack.http(lucia).get(place(acme, ours)).status_code == 404
        assert live_stack.http(lucia).get(place(northlight, theirs)).status_code == 200


def test_a_supervisor_who_becomes_an_agent_comes_back_as_one(
    live_stack: LiveStack, acme: Tenant, lucia: Person
) -> None:
    Membership.objects.create(person=lucia, role=Membership.Role.SUPERVISOR)
    with socket(live_stack, lucia) as opened:
        assert heard(opened, "hello")
        Membership.objects.filter(person=lucia, role=Membership.Role.SUPERVISOR).delete()
        assert seconds_until_closed(opened, 4409) < SECOND


def test_a_suspended_shops_widget_closes(live_stack: LiveStack, acme: Tenant, northlight: Tenant) -> None:
    with shopper(live_stack, acme) as ours, shopper(live_stack, northlight) as theirs:
        assert heard(ours, "hello") and heard(theirs, "hello")
        suspend(person_named("lucia"), acme)
        assert seconds_until_closed(ours, 4404) < SECOND
        time.sleep(SECOND)
        assert live_stack.http(shop="acme").get("/api/widget/config").status_code == 404
        assert live_stack.http(shop="northlight").get("/api/widget/config").status_code == 200
        theirs.send('{"type": "look"}')
        assert heard(theirs, "hello")
    serve_again(live_stack, acme)


def serve_again(live_stack: LiveStack, tenant: Tenant) -> None:
    """The web process remembers for most of a second that the shop is shut, which the next test must not meet."""
    Tenant.objects.filter(pk=tenant.pk).update(status=Tenant.Status.ACTIVE)
    until = time.monotonic() + 20
    while live_stack.http(shop=tenant.slug).get("/api/widget/config").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize("withdraw", [deactivate, withdraw_membership, withdraw_accreditation, let_run_out, suspend])
def test_offers_and_work_in_hand_go_back(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, withdraw: Withdraw
) -> None:
    at_work(lucia, paolo)
    offered, held, elsewhere, others = arrive(acme), arrive(acme), arrive(northlight, "de"), arrive(acme)
    in_hand(held, lucia)
    assert queue.offer(work_item_id=others.id, agent_id=paolo.pk) == queue.Outcome.MADE
    assert queue.offer(work_item_id=offered.id, agent_id=lucia.pk) == queue.Outcome.MADE
    assert queue.take_back_from_barred() == []
    withdraw(lucia, acme)
    with clock.hold(clock.now() + timedelta(seconds=0.1)):
        gone = queue.take_back_from_barred()
    expected = {offered.id, held.id} | ({others.id} if withdraw is suspend else set())
    assert set(gone) == expected
    states = dict(WorkItem.objects.values_list("pk", "state"))
    assert {states[pk] for pk in expected} == {"waiting"}
    assert states[elsewhere.id] == "waiting"


def test_all_that_an_agent_held_goes_back_in_one_commit(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    at_work(lucia)
    held = [arrive(acme) for _ in range(3)]
    for item in held:
        in_hand(item, lucia)
    withdraw_accreditation(lucia, acme)
    with CaptureQueriesContext(connection) as asked:
        assert set(queue.take_back_from_barred()) == {item.id for item in held}
    marks = [query["sql"].split()[0] for query in asked if "SAVEPOINT" in query["sql"]]
    depths = list(accumulate(1 if mark == "SAVEPOINT" else -1 for mark in marks))
    assert depths.count(0) == 1  # the test's own transaction is around: what commits alone is a savepoint of it


def test_work_that_went_to_somebody_else_meanwhile_stays_theirs(acme: Tenant, lucia: Person, paolo: Person) -> None:
    at_work(lucia, paolo)
    lost, passed_on = arrive(acme), arrive(acme)
    in_hand(lost, lucia)
    in_hand(passed_on, paolo)
    withdraw_accreditation(lucia, acme)
    assert barring._take_back([lost.id, passed_on.id]) == [lost.id]
    assert WorkItem.objects.get(pk=passed_on.id).agent_id == paolo.pk


def test_an_offer_cannot_be_accepted_once_the_leave_is_gone(acme: Tenant, lucia: Person) -> None:
    at_work(lucia)
    first, second = arrive(acme), arrive(acme)
    for item in (first, second):
        assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == queue.Outcome.MADE
    assert queue.accept(person=lucia, work_item_id=first.id).state == "active"
    withdraw_accreditation(lucia, acme)
    with pytest.raises(Refusal) as refused:
        queue.accept(person=lucia, work_item_id=second.id)
    assert refused.value.code == "offer_gone"
    assert WorkItem.objects.get(pk=second.id).state == "offered"


def test_the_dispatcher_looks_for_them_twice_a_second() -> None:
    paces = {work: pace for pace, work in Timers(Board())._due}
    assert paces[queue.take_back_from_barred] <= 0.5


def test_what_stands_is_asked_in_four_statements_for_everyone(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, carla: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        now = standing(people=[lucia.pk, sofia.pk, carla.pk], sessions=["x"], tenants=[acme.pk, northlight.pk])
    assert now.serves(lucia.pk, acme.pk) and now.serves(sofia.pk, northlight.pk)
    assert not now.serves(carla.pk, acme.pk)
    assert now.sessions == set()
    Accreditation.objects.filter(person=lucia, tenant=acme).delete()
    again = standing(people=[lucia.pk], sessions=[], tenants=[acme.pk, northlight.pk])
    assert not again.serves(lucia.pk, acme.pk) and again.serves(lucia.pk, northlight.pk)


def watch(opened: ClientConnection, shop: Tenant, message: Message) -> None:
    """Watch a conversation, and see that it is heard."""
    named = {"tenant": str(shop.id), "conversation": str(message.conversation_id)}
    opened.send(json.dumps({"type": "watch", **named}))
    deadline = time.monotonic() + 10
    while not rings(opened, shop, message, 0.3):
        assert time.monotonic() < deadline
    while heard(opened, "typing", 0.2):
        pass


def rings(opened: ClientConnection, shop: Tenant, message: Message, seconds: float) -> bool:
    said = Typing(tenant=str(shop.id), conversation=str(message.conversation_id), who="shopper")
    live.tell(said, live.conversation_feed(shop.id, message.conversation_id))
    return heard(opened, "typing", seconds) is not None


def rings_after_a_second(opened: ClientConnection, shop: Tenant, message: Message) -> bool:
    time.sleep(SECOND)
    return rings(opened, shop, message, 1.0)


@contextlib.contextmanager
def shopper(stack: LiveStack, shop: Tenant) -> Iterator[ClientConnection]:
    host = f"{shop.slug}.{settings.DOMAIN}:{stack.port}"
    token = issue_token(tenant=shop, key=shop.lines.get(carrier="webchat").token)
    plug = sockets.create_connection(("127.0.0.1", stack.port), 10)
    with connect(
        f"ws://{host}/ws/widget/?token={token}", origin=Origin(f"http://{host}"), sock=plug, proxy=None
    ) as opened:
        yield opened
