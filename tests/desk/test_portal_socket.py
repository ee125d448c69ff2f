"""The portal's socket against a real Daphne: its own shop's news, at most once a second, and gone with the right."""

from __future__ import annotations

import contextlib
import json
import socket as sockets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from desk import personnel
from kernel import clock, live
from kernel.events import DisputeChanged, FloorChanged
from people import sessions
from people.models import Membership, Person
from quality import disputing
from routing import feed
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.desk.shop import ITALIAN, write
from tests.desk.test_desk_socket import code_of, heard
from tests.live_stack import LiveStack
from tests.routing.test_queue_races import at_once
from tests.sla_contracts.months import answer, arrive


@contextlib.contextmanager
def socket(stack: LiveStack, person: Person | None, shop: Tenant, **headers: str) -> Iterator[ClientConnection]:
    given = {**stack.socket_headers(person, shop), **headers}
    origin, host = Origin(given.pop("Origin")), given.pop("Host")
    plug = sockets.create_connection(("127.0.0.1", stack.port), 10)
    with connect(
        f"ws://{host}/ws/portal/", origin=origin, additional_headers=given, sock=plug, open_timeout=20, proxy=None
    ) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _as_before(live_stack: LiveStack, acme: Tenant, carla: Person) -> Iterator[None]:
    """The live stack keeps shops and people between tests: what is taken here is given back."""
    roles = list(Membership.objects.filter(person=carla))
    yield
    Membership.objects.filter(person=carla).delete()
    Membership.objects.bulk_create(roles)
    Person.objects.filter(pk=carla.pk).update(is_active=True)


def test_the_shops_own_users_are_let_in_and_nobody_else(
    live_stack: LiveStack, acme: Tenant, carla: Person, dieter: Person, lucia: Person
) -> None:
    with socket(live_stack, carla, acme) as opened:
        assert heard(opened, "hello") == {"type": "hello"}
    for stranger in (None, dieter, lucia):
        with socket(live_stack, stranger, acme) as opened:
            assert code_of(opened) == 4401
    with socket(live_stack, carla, acme, Origin="http://evil.example") as opened:
        assert code_of(opened) == 4403


def test_it_hears_its_own_queue_move_and_not_anothers(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, carla: Person, dieter: Person
) -> None:
    with socket(live_stack, carla, acme) as hers, socket(live_stack, dieter, northlight) as his:
        assert heard(hers, "hello") and heard(his, "hello")
        write(acme, ITALIAN)
        assert heard(hers, "figures.changed") == {"type": "figures.changed"}
        feed.tell_floor(northlight.id)
        # What is rung for the other comes after what was rung for Acme: nothing of that was heard before.
        first = json.loads(his.recv(timeout=5))
        assert first == {"type": "figures.changed"}
        assert heard(hers, "figures.changed", 1.5) is None


def test_a_storm_is_told_once_a_second(live_stack: LiveStack, acme: Tenant, carla: Person) -> None:
    with socket(live_stack, carla, acme) as opened:
        heard(opened, "hello")
        began = time.monotonic()
        for _ in range(60):
            live.tell(FloorChanged(), live.portal_feed(acme.id))
            time.sleep(0.02)
        took, told = time.monotonic() - began, 0
        while heard(opened, "figures.changed", 1.5):
            told += 1
        assert 1 <= told <= took + 2


@pytest.mark.parametrize(
    "withdraw",
    [
        lambda person, by: Membership.objects.filter(person=person).delete(),
        lambda person, by: sessions.end_all(person),
        lambda person, by: personnel.change(by=by, person_id=person.pk, is_active=False),
    ],
    ids=["membership, found by the sweep", "session", "account"],
)
def test_it_is_gone_within_a_second_of_the_right(
    withdraw: Callable[[Person, Person], object], live_stack: LiveStack, acme: Tenant, carla: Person, omar: Person
) -> None:
    with socket(live_stack, carla, acme) as opened:
        heard(opened, "hello")
        pace = pace_of(opened, acme)
        began = time.monotonic()
        withdraw(carla, omar)
        assert code_of(opened) == 4401
        # A machine that is slow to say a word is as slow to say that it is the last.
        assert time.monotonic() - began < 1 + 10 * pace


def pace_of(opened: ClientConnection, shop: Tenant) -> float:
    """How long a word takes now from whoever rings to whoever listens."""
    began = time.monotonic()
    live.tell(DisputeChanged(tenant=str(shop.id), dispute=""), live.portal_feed(shop.id))
    assert heard(opened, "dispute.changed")
    return time.monotonic() - began


def test_of_two_operators_at_once_one_answers_and_the_other_is_told(
    live_stack: LiveStack, acme: Tenant, carla: Person, omar: Person
) -> None:
    with clock.hold(clock.now()):
        arrival = arrive(acme, clock.now() - timedelta(days=1))
        answer(arrival, 20)
        row = Clock.objects.get(conversation=arrival.conversation, metric="first_response")
    message = write(acme, ITALIAN)
    Clock.objects.filter(pk=row.pk).update(conversation=message.conversation_id)
    said: dict[str, Any] = {"clause": "chat_first_response", "claim": "leave_out", "reason": "Not so"}
    with socket(live_stack, carla, acme) as opened:
        heard(opened, "hello")
        dispute = disputing.dispute(person=carla, tenant=acme, clock_id=row.pk, **said)
        assert (heard(opened, "dispute.changed") or {})["dispute"] == str(dispute.id)
        reply = partial(disputing.answer, person=omar, tenant_id=acme.id, dispute_id=dispute.id, reason="Checked")
        answers = at_once(partial(reply, accept=True), partial(reply, accept=False))
        assert [one for one in answers if isinstance(one, str)] == ["answered_already"]
        assert heard(opened, "dispute.changed")
