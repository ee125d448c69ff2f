"""The console's socket against a real Daphne: who may open it, what it says, what it stops saying."""

from __future__ import annotations

import contextlib
import json
import socket as sockets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from kernel import clock, live
from kernel.events import FloorChanged, Typing
from people.models import Accreditation, Person
from routing import queue
from routing.models import AgentState
from tenants.models import Tenant
from tests.desk.shop import place, work_of, write
from tests.live_stack import LiveStack
from tests.routing.floor import arrive, at_work, in_hand


@contextlib.contextmanager
def socket(stack: LiveStack, person: Person | None, **headers: str) -> Iterator[ClientConnection]:
    given = {**stack.socket_headers(person), **headers}
    origin, host = Origin(given.pop("Origin")), given.pop("Host")
    plug = sockets.create_connection(("127.0.0.1", stack.port), 10)
    with connect(
        f"ws://{host}/ws/desk/", origin=origin, additional_headers=given, sock=plug, open_timeout=20, proxy=None
    ) as opened:
        yield opened


def heard(opened: ClientConnection, kind: str, seconds: float = 15.0) -> dict[str, Any] | None:
    """The next event of this kind within the time, or None."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        with contextlib.suppress(TimeoutError):
            event: dict[str, Any] = json.loads(opened.recv(timeout=left))
            if event["type"] == kind:
                return event
    return None


def code_of(opened: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            opened.recv(timeout=10)
    return closed.value.rcvd.code if closed.value.rcvd else None


def test_it_greets_staff_with_their_number_and_nobody_else(live_stack: LiveStack, lucia: Person, carla: Person) -> None:
    with socket(live_stack, lucia) as opened:
        hello = heard(opened, "hello")
        assert hello == {"type": "hello", "seq": AgentState.objects.get(pk=lucia.pk).feed_seq}
    with socket(live_stack, None) as opened:
        assert code_of(opened) == 4401
    with socket(live_stack, carla) as opened:
        assert code_of(opened) == 4401


@pytest.mark.parametrize("origin", ["http://evil.example", "http://acme.localhost", "null"])
def test_a_foreign_page_cannot_open_it(live_stack: LiveStack, lucia: Person, origin: str) -> None:
    with socket(live_stack, lucia, Origin=origin) as opened:
        assert code_of(opened) == 4403


def test_an_offer_rings_its_agent_alone(live_stack: LiveStack, acme: Tenant, lucia: Person, paolo: Person) -> None:
    at_work(lucia, paolo)
    with socket(live_stack, lucia) as hers, socket(live_stack, paolo) as his:
        hello = heard(hers, "hello")
        heard(his, "hello")
        item = arrive(acme)
        queue.offer(work_item_id=item.id, agent_id=lucia.pk)
        offer = heard(hers, "offer.made")
        assert hello is not None and offer is not None
        assert (offer["work_item"], offer["tenant"], offer["n"]) == (str(item.id), str(acme.id), hello["seq"] + 1)
        queue.decline(person=lucia, work_item_id=item.id)
        gone = heard(hers, "offer.gone")
        assert gone is not None and gone["n"] == offer["n"] + 1
        assert heard(his, "offer.made", 0.3) is None


def test_a_heartbeat_keeps_its_agent_there(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(last_heartbeat=None)
    with socket(live_stack, lucia) as opened:
        heard(opened, "hello")
        first = AgentState.objects.get(pk=lucia.pk).last_heartbeat
        assert first is not None
        for _ in range(5):
            opened.send(json.dumps({"type": "heartbeat"}))
        opened.send("not json")
        opened.send(json.dumps({"type": "watch", "tenant": "x"}))
        opened.send(json.dumps(["watch"]))
        queue.set_status(person=lucia, status="busy")
        assert heard(opened, "state.changed") is not None
        assert AgentState.objects.get(pk=lucia.pk).status == "busy"


def test_a_watched_conversation_is_heard_only_with_a_grant(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person, jens: Person
) -> None:
    message = write(acme)
    watch = {"type": "watch", "tenant": str(acme.id), "conversation": str(message.conversation_id)}
    with socket(live_stack, lucia) as hers, socket(live_stack, jens) as his:
        heard(hers, "hello")
        heard(his, "hello")
        hers.send(json.dumps(watch))
        his.send(json.dumps(watch))
        time.sleep(0.5)
        _say_typing(acme, message.conversation_id)
        assert heard(hers, "typing") is not None
        assert heard(his, "typing", 0.5) is None
        hers.send(json.dumps({**watch, "type": "unwatch"}))
        time.sleep(0.3)
        _say_typing(acme, message.conversation_id)
        assert heard(hers, "typing", 0.5) is None


def test_a_revoked_grant_silences_what_is_in_hand_before_the_dispatcher_takes_it_back(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    at_work(lucia)
    lost, kept = (in_hand(arrive(shop), lucia) for shop in (acme, northlight))
    try:
        with socket(live_stack, lucia) as opened:
            for item in (lost, kept):
                queue.touch(conversation_id=item.conversation, seq=2)
                added = heard(opened, "message.added")
                assert added is not None and added["conversation"] == str(item.conversation)
            Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=clock.now())
            for item in (lost, kept):
                queue.touch(conversation_id=item.conversation, seq=3)
            added = heard(opened, "message.added")
            assert added is not None and (added["conversation"], added["seq"]) == (str(kept.conversation), 3)
    finally:
        Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=None)


def test_a_revoked_grant_stops_the_events_within_a_second(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    message = write(acme)
    try:
        with socket(live_stack, lucia) as opened:
            heard(opened, "hello")
            opened.send(
                json.dumps({"type": "watch", "tenant": str(acme.id), "conversation": str(message.conversation_id)})
            )
            time.sleep(0.3)
            _say_typing(acme, message.conversation_id)
            assert heard(opened, "typing") is not None
            Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=clock.now())
            time.sleep(1.05)
            for _ in range(3):
                _say_typing(acme, message.conversation_id)
            assert heard(opened, "typing", 1.0) is None
    finally:
        Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=None)


def test_the_floor_is_told_to_supervisors_at_most_once_a_second(
    live_stack: LiveStack, acme: Tenant, lucia: Person, sofia: Person
) -> None:
    with socket(live_stack, sofia) as hers, socket(live_stack, lucia) as agents:
        heard(hers, "hello")
        heard(agents, "hello")
        for opened in (hers, agents):
            opened.send(json.dumps({"type": "watch_floor"}))
        time.sleep(0.3)
        for _ in range(20):
            live.tell(FloorChanged(), live.floor_feed())
            time.sleep(0.05)
        count = 0
        while heard(hers, "floor.changed", 1.5):
            count += 1
        assert 1 <= count <= 3
        assert heard(agents, "floor.changed", 0.2) is None


def test_from_the_shopper_to_the_agent_and_back(
    live_stack: LiveStack, acme: Tenant, lucia: Person, jens: Person
) -> None:
    live_stack.start_dispatcher()
    at_work(lucia, jens)
    door = live_stack.http(lucia)
    with socket(live_stack, lucia) as opened, socket(live_stack, jens) as other:
        heard(opened, "hello")
        message = write(acme)
        offer = heard(opened, "offer.made", 20)
        assert offer is not None
        assert offer["work_item"] == str(work_of(message).id)
        assert door.post(f"/api/desk/work/{offer['work_item']}/accept").status_code == 200
        write(acme, "Allora? Avete trovato il mio ordine?", conversation=message.conversation_id)
        told = heard(opened, "message.added")
        assert told is not None and (told["seq"], told["conversation"]) == (2, str(message.conversation_id))
        answer = door.post(place(acme, message, "/reply"), json={"text": "Eccolo!", "client_key": "one"})
        assert answer.status_code == 200, answer.text
        read = door.get(place(acme, message, "/messages?after=1")).json()
        assert [each["seq"] for each in read["messages"]] == [2, 3]
        assert heard(other, "offer.made", 0.3) is None


def _say_typing(shop: Tenant, conversation: object) -> None:
    live.tell(
        Typing(tenant=str(shop.id), conversation=str(conversation), who="shopper"),
        live.conversation_feed(shop.id, str(conversation)),
    )
