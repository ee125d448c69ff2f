"""The database is away: every door says so, keeps nothing half done, and goes on by itself when it is back."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import requests
from celery import Celery
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg import errors
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from config.declared import DeclaredTask
from conversations.models import Message
from kernel import away
from kernel.access import access, system
from kernel.tenancy import enter
from people.models import Person
from routing.models import AgentState
from tenants.models import Tenant
from tests.conversations.shoppers import line_of, relay_body, signed
from tests.conversations.test_live_doors import Widget, close_code_of
from tests.live_stack import LiveStack
from tests.world import EMAILS, PASSWORD


def raised(kind: type[Exception], cause: Exception | None) -> Exception:
    error = kind("said")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_passing", "is_cut_off"),
    [
        (raised(OperationalError, errors.AdminShutdown()), True, True),
        (raised(OperationalError, errors.CannotConnectNow()), True, True),
        (raised(OperationalError, psycopg.OperationalError("server closed the connection")), True, True),
        (raised(InterfaceError, psycopg.InterfaceError("the connection is closed")), True, True),
        (raised(OperationalError, errors.DiskFull()), True, False),
        (raised(OperationalError, errors.DeadlockDetected()), True, False),
        (raised(OperationalError, errors.QueryCanceled()), False, False),
        (raised(IntegrityError, errors.UniqueViolation()), False, False),
        (TransactionManagementError("broken"), False, False),
        (ValueError("a bug"), False, False),
        (None, False, False),
    ],
)
def test_only_what_may_pass_by_itself_is_called_away(error: Any, is_passing: bool, is_cut_off: bool) -> None:
    assert (away.is_passing(error), away.is_cut_off(error)) == (is_passing, is_cut_off)


def test_a_task_that_found_the_database_away_is_left_to_its_sweep(caplog: pytest.LogCaptureFixture) -> None:
    app = Celery("away", task_cls=DeclaredTask, set_as_current=False)

    @app.task(name="tests.fail")
    @access(system(opens="nothing", by="open", why="fails"))
    def fail(error: Exception) -> None:
        raise error

    assert fail(raised(OperationalError, errors.DiskFull())) is None
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]
    for error in (raised(IntegrityError, errors.UniqueViolation()), ValueError("a bug")):
        with pytest.raises(type(error)):
            fail(error)


def test_every_door_says_that_the_database_is_away_and_nothing_is_stored_twice(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    desk, widget, body = live_stack.http(lucia), Widget(live_stack, acme), relay_body("dopo")
    said = {"text": "Ci siete?", "client_key": str(uuid4())}
    form = _form(live_stack, acme)
    asks: dict[str, Callable[[], requests.Response]] = {
        "api": lambda: desk.get("/api/desk/changes?since=0"),
        "session": lambda: desk.get("/_allauth/browser/v1/auth/session"),
        "sign in": lambda: live_stack.http().post(
            "/_allauth/browser/v1/auth/login", json={"email": EMAILS["sofia"], "password": PASSWORD}
        ),
        "widget": lambda: widget.door.post("/api/widget/messages", json=said, headers=_token(widget)),
        "form": lambda: live_stack.http(shop=acme).post("/api/form/messages", json=form),
        "webhook": lambda: requests.post(_webhook(live_stack, acme), data=body, headers=signed(body), timeout=30),
    }
    line_of(acme, "relay")
    log = live_stack.folder / "web.log"
    before = len(log.read_text(errors="replace"))
    with live_stack.database_away(), ThreadPoolExecutor(len(asks)) as pool:
        answers = dict(zip(asks, pool.map(lambda ask: ask(), asks.values()), strict=True))
    told = log.read_text(errors="replace")[before:]
    assert told.count("the database is away") >= len(asks) and "Traceback" not in told, told
    for door, answer in answers.items():
        assert (answer.status_code, answer.json()["code"]) == (503, "database_away"), (door, answer.text)
        assert int(answer.headers["Retry-After"]) >= 1, door
    for door in ("api", "session", "sign in"):
        assert asks[door]().status_code == 200, door
    for door in ("widget", "form", "webhook"):
        assert [asks[door]().status_code for _ in range(2)] == [200, 200], door
    with enter(acme):
        texts = list(Message.objects.filter(direction="in").values_list("text", flat=True))
    assert sorted(texts) == ["Ci siete?", "Dov'è?", "dopo"]
    with enter(northlight):
        assert not Message.objects.exists()


def test_sockets_are_closed_with_come_again_and_not_left_deaf(
    live_stack: LiveStack, acme: Tenant, lucia: Person
) -> None:
    widget = Widget(live_stack, acme)
    widget.say("Ciao")
    headers = live_stack.socket_headers(lucia)
    with widget.socket() as browser:
        assert json.loads(browser.recv(timeout=10))["type"] == "hello"
        with live_stack.database_away():
            browser.send(json.dumps({"type": "look"}))
            assert close_code_of(browser, seconds=20) == 4503
            assert _desk_socket_ends_with(live_stack, headers) == 4503
    with widget.socket() as browser:
        assert json.loads(browser.recv(timeout=10))["seq"] == 1


def test_a_socket_whose_question_takes_long_keeps_no_other_waiting(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    wanted = live_stack.socket_headers(lucia)
    url, origin = f"ws://{wanted.pop('Host')}/ws/desk/", wanted.pop("Origin")
    widgets = [Widget(live_stack, acme), Widget(live_stack, northlight)]
    plain = socket.create_connection(("127.0.0.1", live_stack.port))
    with transaction.atomic():
        AgentState.objects.select_for_update().get(person=lucia)
        # It is taken, and waits for the row in which its heartbeat is noted.
        with connect(url, sock=plain, origin=Origin(origin), additional_headers=wanted) as desk:
            for widget in widgets:
                with widget.socket() as browser:
                    assert json.loads(browser.recv(timeout=15))["type"] == "hello"
            with pytest.raises(TimeoutError):
                desk.recv(timeout=0.1)


def test_connections_cut_off_in_the_middle_cost_no_reader_an_answer(live_stack: LiveStack, lucia: Person) -> None:
    doors, ends_at, seen = [live_stack.http(lucia) for _ in range(4)], time.monotonic() + 2.5, []

    def ask(door: Any) -> None:
        while time.monotonic() < ends_at:
            seen.append(door.get("/_allauth/browser/v1/auth/session").status_code)

    threads = [threading.Thread(target=ask, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    while time.monotonic() < ends_at:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()"
            )
        threading.Event().wait(0.5)
    for thread in threads:
        thread.join(30)
    # One request can be cut off twice where the machine is slow; it is then told to come again.
    assert set(seen) <= {200, 503}
    assert seen.count(200) > len(seen) / 2


def _webhook(stack: LiveStack, tenant: Tenant) -> str:
    return f"http://127.0.0.1:{stack.port}/in/relay-{tenant.slug}"


def _token(widget: Widget) -> dict[str, str]:
    return {"Authorization": f"Widget {widget.token}"}


def _form(stack: LiveStack, tenant: Tenant) -> dict[str, str]:
    category = stack.http(shop=tenant).get("/api/form/config").json()["categories"][0]["code"]
    terms = {"name": "Maria", "email": "maria@example.com", "category": category, "text": "Dov'è?"}
    return {**terms, "client_key": str(uuid4())}


def _desk_socket_ends_with(stack: LiveStack, headers: dict[str, str]) -> int | None:
    wanted = dict(headers)
    url, origin = f"ws://{wanted.pop('Host')}/ws/desk/", wanted.pop("Origin")
    plain = socket.create_connection(("127.0.0.1", stack.port))
    with connect(url, sock=plain, origin=Origin(origin), additional_headers=wanted, open_timeout=20) as opened:
        with pytest.raises(ConnectionClosed):
            opened.recv(timeout=20)
        return opened.close_code
