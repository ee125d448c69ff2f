"""Webhook and widget socket against a real Daphne, a committed database and real threads."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import requests
from django.conf import settings
from django.db import connection, connections
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from conversations import inbound, outbound
from conversations.models import Conversation, Message, Receipt
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.conversations.shoppers import chat, line_of, relay_body, signed, take_in_hand
from tests.live_stack import LiveStack

IN_TIME = 10.0


def post(stack: LiveStack, tenant: Tenant, body: bytes, headers: dict[str, str] | None = None) -> requests.Response:
    url = f"http://127.0.0.1:{stack.port}/in/{line_of(tenant, 'relay').token}"
    return requests.post(url, data=body, headers=signed(body) if headers is None else headers, timeout=20)


def eventually(condition: Any) -> None:
    deadline = time.monotonic() + IN_TIME
    while not condition():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.02)


def stored(tenant: Tenant) -> list[str]:
    with enter(tenant):
        return list(
            Message.objects.filter(direction="in").order_by("conversation", "seq").values_list("text", flat=True)
        )


class Widget:
    """A shopper's browser at a shop's host, over the net."""

    def __init__(self, stack: LiveStack, tenant: Tenant) -> None:
        self.stack, self.tenant = stack, tenant
        self.door = stack.http(shop=tenant)
        answer = self.door.post("/api/widget/session", json={"key": line_of(tenant).token})
        self.token = answer.json()["token"]

    def say(self, text: str) -> dict[str, Any]:
        answer = self.door.post(
            "/api/widget/messages",
            json={"text": text, "client_key": str(uuid4())},
            headers={"Authorization": f"Widget {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @contextmanager
    def socket(self, **headers: str) -> Iterator[ClientConnection]:
        wanted = {**self.stack.socket_headers(shop=self.tenant), **headers}
        host = wanted.pop("Host")
        origin = wanted.pop("Origin")
        url = f"ws://{host}/ws/widget/?token={self.token}"
        plain = socket.create_connection(("127.0.0.1", self.stack.port))
        with connect(url, sock=plain, origin=Origin(origin), additional_headers=wanted) as opened:
            yield opened


def next_of(browser: ClientConnection, kind: str, *, seconds: float = IN_TIME) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(browser.recv(timeout=seconds))
        if event["type"] == kind:
            return event


def close_code_of(browser: ClientConnection, *, seconds: float = IN_TIME) -> int | None:
    """How the server ends the line, whatever it still says before."""
    with pytest.raises(ConnectionClosed):
        while True:
            browser.recv(timeout=seconds)
    return browser.close_code


def silent(browser: ClientConnection, seconds: float = 0.4) -> bool:
    try:
        browser.recv(timeout=seconds)
    except TimeoutError:
        return True
    return False


def test_webhook_over_http(live_stack: LiveStack, acme: Tenant, northlight: Tenant) -> None:
    answer = post(live_stack, acme, relay_body("uno"))
    assert answer.status_code == 200
    eventually(lambda: stored(acme) == ["uno"])
    with enter(acme):
        assert str(Receipt.objects.get().id) == answer.json()["receipt"]
    assert stored(northlight) == []


def test_connections_that_the_database_cut_off_are_nobodys_trouble(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    door = live_stack.http(lucia)
    _fill_the_pool(live_stack, lucia)
    for number in range(3):
        for tenant in (acme, northlight):
            assert post(live_stack, tenant, relay_body(f"{number}")).status_code == 200
        assert door.get("/api/desk/changes?since=-1").status_code == 200
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()"
            )
    assert post(live_stack, acme, relay_body("last")).status_code == 200
    assert door.get("/api/desk/changes?since=-1").status_code == 200
    eventually(lambda: sorted(stored(acme)) == ["0", "1", "2", "last"])


def _fill_the_pool(stack: LiveStack, person: Person) -> None:
    """So many requests at once that the pool grows: all its connections will be cut off."""
    with ThreadPoolExecutor(30) as pool:
        doors = [stack.http(person) for _ in range(30)]
        answers = pool.map(lambda door: door.get("/api/desk/changes?since=-1").status_code, doors)
        assert set(answers) == {200}


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [(b"{}", {}, 403), (b"x" * (2 * 1024 * 1024 + 1), None, 413)],
)
def test_webhook_refuses_over_http(
    live_stack: LiveStack, acme: Tenant, body: bytes, headers: dict[str, str] | None, status: int
) -> None:
    assert post(live_stack, acme, body, headers).status_code == status
    url = f"http://127.0.0.1:{live_stack.port}/in/nobody"
    assert requests.post(url, data=b"{}", timeout=20).status_code == 404
    assert requests.get(url, timeout=20).status_code == 405
    with enter(acme):
        assert not Receipt.objects.exists()


def test_same_webhook_from_eight_threads_has_one_effect(live_stack: LiveStack, acme: Tenant) -> None:
    line_of(acme, "relay")
    body = relay_body("una volta")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _post_raw(live_stack, acme, body), range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    eventually(lambda: stored(acme) == ["una volta"])


def test_one_senders_messages_keep_their_order(live_stack: LiveStack, acme: Tenant) -> None:
    texts = [f"messaggio {n}" for n in range(30)]
    for text in texts:
        assert post(live_stack, acme, relay_body(text)).status_code == 200
    eventually(lambda: len(stored(acme)) == 30)
    assert stored(acme) == texts


def test_numbers_have_no_gap_under_eight_threads(live_stack: LiveStack, acme: Tenant) -> None:
    line, threads, each = line_of(acme), 8, 10
    barrier = threading.Barrier(threads)
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            barrier.wait(10)
            for count in range(each):
                with enter(acme):
                    inbound.receive(tenant=acme, line=line, incoming=chat(f"{number}.{count}"))
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=write, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert errors == []
    with enter(acme):
        conversation = Conversation.objects.get()
        messages = list(conversation.messages.order_by("seq"))
    assert [row.seq for row in messages] == list(range(1, threads * each + 1))
    assert conversation.last_seq == threads * each
    for number in range(threads):
        own = [row.text for row in messages if row.text.startswith(f"{number}.")]
        assert own == [f"{number}.{count}" for count in range(each)]


def test_socket_tells_of_what_is_said_and_never_of_notes(live_stack: LiveStack, acme: Tenant, lucia: Person) -> None:
    widget = Widget(live_stack, acme)
    said = widget.say("Ciao, dov'è il mio ordine?")
    take_in_hand(said["conversation"], lucia)
    with widget.socket() as browser:
        hello = next_of(browser, "hello")
        assert (hello["conversation"], hello["seq"]) == (said["conversation"], 1)
        with enter(acme):
            terms: dict[str, Any] = {"person": lucia, "tenant": acme, "conversation_id": said["conversation"]}
            outbound.note(**terms, text="nota interna", client_key="n")
        assert silent(browser)
        with enter(acme):
            outbound.reply(**terms, text="Arriva domani", client_key="r")
        added = next_of(browser, "message.added")
        assert (added["seq"], added["conversation"]) == (3, said["conversation"])
        widget.say("Grazie")
        assert next_of(browser, "message.added")["seq"] == 4


def test_socket_opened_before_the_first_word_looks_again(live_stack: LiveStack, acme: Tenant) -> None:
    widget = Widget(live_stack, acme)
    with widget.socket() as browser:
        assert next_of(browser, "hello")["conversation"] is None
        said = widget.say("Ciao")
        browser.send(json.dumps({"type": "look"}))
        assert next_of(browser, "hello")["conversation"] == said["conversation"]
        widget.say("ancora")
        assert next_of(browser, "message.added")["seq"] == 2


def test_socket_hears_nothing_of_other_shoppers(live_stack: LiveStack, acme: Tenant) -> None:
    mine, other = Widget(live_stack, acme), Widget(live_stack, acme)
    mine.say("io")
    other.say("un altro")
    with mine.socket() as browser:
        next_of(browser, "hello")
        assert next_of(browser, "wait.changed")["position"] == 1
        other.say("ancora un altro")
        assert silent(browser)


@pytest.mark.parametrize("case", ["no token", "forged", "other shop", "wrong origin"])
def test_socket_is_closed_to_strangers(live_stack: LiveStack, acme: Tenant, northlight: Tenant, case: str) -> None:
    widget = Widget(live_stack, acme)
    headers, code = {}, 4401
    match case:
        case "no token":
            widget.token = ""
        case "forged":
            widget.token = widget.token[:-3] + "abc"
        case "other shop":
            widget.tenant = northlight
        case "wrong origin":
            headers, code = {"Origin": f"http://evil.{settings.DOMAIN}"}, 4403
    with widget.socket(**headers) as browser:
        with pytest.raises(ConnectionClosed):
            browser.recv(timeout=IN_TIME)
        assert browser.close_code == code


def _post_raw(stack: LiveStack, tenant: Tenant, body: bytes) -> requests.Response:
    url = f"http://127.0.0.1:{stack.port}/in/relay-{tenant.slug}"
    return requests.post(url, data=body, headers=signed(body), timeout=20)
