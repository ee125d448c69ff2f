"""Deny by default: what can be asked, runs, is kept or leaves says who may use it, or it does not run."""

from __future__ import annotations

import ast
import asyncio
import json
from collections import Counter
from collections.abc import Callable
from functools import cache as cache_of
from io import StringIO
from typing import Any, cast

import pytest
from celery import shared_task
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.declared import NOT_DECLARED, DeclaredCommands, DeclaredSocket, RequireDeclared, declared_door
from config.surface import Thing, building
from config.surface import surface as list_surface
from kernel import live
from kernel.access import Undeclared, access, anyone, names_key, staff, system
from kernel.events import FloorChanged
from people.models import Person
from tenants.models import Tenant

surface = cache_of(list_surface)


class _Silent(APIView):
    def get(self, request: Request) -> Response:
        return Response({"said": "too much"})


class _Told(_Silent):
    access = staff("agent", opens="nothing", by="role")


def _silent_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("too much")


def test_everything_says_who_may_use_it() -> None:
    assert [
        f"{thing.kind} {thing.door} {thing.method} {thing.name}" for thing in surface() if not thing.is_declared
    ] == []


def test_the_list_holds_every_kind() -> None:
    counted = Counter(thing.kind for thing in surface())
    at_least = {
        "route": 200, "webhook": 1, "mail door": 1, "socket": 2, "message": 6, "task": 8, "beat": 5, "command": 10,
        "model": 40, "cache": 1, "storage": 2, "key": 2, "audience": 4, "export": 2, "mail": 1, "outgoing": 1,
    }  # fmt: skip
    assert {kind: counted[kind] for kind, least in at_least.items() if counted[kind] < least} == {}
    assert counted["admin page"] == 0


def test_what_says_it_by_halves_is_not_declared() -> None:
    assert not Thing("route", "x", None).is_declared
    assert not Thing("route", "x", staff(opens="", by="role")).is_declared
    assert not Thing("route", "x", anyone("")).is_declared
    assert Thing("route", "x", anyone("the build, the same for everyone")).is_declared


@pytest.mark.parametrize(("door", "realm"), [("desk", "client"), ("shop", "desk"), ("desk", "shopper")])
def test_no_route_is_served_at_a_door_where_nobody_may_use_it(door: str, realm: str) -> None:
    routes = [thing for thing in surface() if thing.kind == "route" and thing.door == door]
    assert len(routes) > 50
    assert [thing.name for thing in routes if thing.access and thing.access.realm == realm] == []


def test_auditors_get_the_list_as_json() -> None:
    out = StringIO()
    call_command("surface", "--json", stdout=out)
    listed = json.loads(out.getvalue())
    reply = next(one for one in listed if one["name"].endswith("/reply") and one["method"] == "POST")
    assert reply["access"] == {
        "realm": "desk", "roles": ["agent", "supervisor"], "object": "conversation", "grant": "in_hand",
    }  # fmt: skip
    assert reply["params"] == ["tenant", "conversation"]


def test_a_silent_view_is_refused(lucia: Person, desk_client: Callable[..., Client]) -> None:
    request = RequestFactory().get("/", headers={"host": "desk.localhost"})
    request.user, request.tenant = lucia, None  # type: ignore[attr-defined]
    assert _Silent.as_view()(request).status_code == 403
    assert _Told.as_view()(request).status_code == 200
    guard = RequireDeclared(lambda request: HttpResponse())
    for silent in (_silent_page, _Silent.as_view()):
        answer = guard.process_view(request, silent, (), {})
        assert answer is not None and (answer.status_code, b"too much" in answer.content) == (403, False)
    assert guard.process_view(request, access(anyone("the build"))(_silent_page), (), {}) is None


def test_a_page_for_staff_is_refused_to_others(lucia: Person, carla: Person, acme: Tenant) -> None:
    """Views that are not of the API are checked by the middleware."""

    @access(staff("agent", opens="nothing", by="role"))
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    guard = RequireDeclared(lambda request: HttpResponse())
    for person, tenant, status in ((lucia, None, None), (carla, None, 403), (carla, acme, 404), (lucia, acme, 404)):
        request = RequestFactory().get("/")
        request.user, request.tenant = person, tenant  # type: ignore[attr-defined]
        answer = guard.process_view(request, page, (), {})
        assert (answer and answer.status_code) == status


def test_a_silent_task_does_not_run() -> None:
    ran: list[str] = []

    @shared_task(name="tests.silent")
    def silent() -> None:
        ran.append("silent")

    @shared_task(name="tests.told")
    @access(system(opens="nothing", by="rows"))
    def told() -> None:
        ran.append("told")

    assert isinstance(silent.apply().result, Undeclared)
    assert told.apply().successful()
    assert ran == ["told"]


@pytest.mark.parametrize(("command", "runs"), [("createsuperuser", False), ("surface", True), ("check", True)])
def test_a_silent_command_does_not_run(command: str, runs: bool) -> None:
    line = DeclaredCommands(["manage.py", command])
    if runs:
        assert line.fetch_command(command) is not None
    else:
        with pytest.raises(CommandError):
            line.fetch_command(command)


@pytest.mark.parametrize("lacks", ["access", "messages"])
def test_a_silent_socket_is_closed(lacks: str) -> None:
    consumer = type("Consumer", (), {"access": anyone("a test"), "messages": {}})
    delattr(consumer, lacks)
    assert _talk(consumer, []) == ([], [{"type": "websocket.close", "code": NOT_DECLARED}])


def test_a_message_that_is_not_declared_is_dropped() -> None:
    policy = anyone("a test")
    consumer = type("Consumer", (), {"access": policy, "messages": {"watch": policy}})
    said = [
        '{"type": "watch"}',
        '{"type": "drop_tables"}',
        "[]",
        "{",
        '{"type": ["watch"]}',
        '{"type": "watch", "n": 2}',
    ]
    heard, sent = _talk(consumer, said)
    assert heard == ['{"type": "watch"}', '{"type": "watch", "n": 2}']
    assert sent == []


def test_a_silent_door_does_not_start() -> None:
    with pytest.raises(ImproperlyConfigured):
        declared_door(object())


def test_an_audience_or_a_key_of_nobody_is_refused(acme: Tenant) -> None:
    for audience in ("floor", f"conversation:{acme.id}:1"):
        with pytest.raises(Undeclared):
            live.tell(FloorChanged(), audience)
        with pytest.raises(Undeclared):
            live.hub.join(audience, lambda frame: None)
    live.tell(FloorChanged(), live.floor_feed())
    with pytest.raises(Undeclared):
        live.valkey().set("seen", "1")
    with pytest.raises(Undeclared):
        live.valkey().pipeline().incr("seen")
    key = names_key(anyone("a test"))(lambda: f"test:{acme.id}")()
    live.valkey().set(key, "1", ex=5)
    assert live.valkey().get(key) == b"1"


def test_caches_and_storages_that_know_no_shop_are_closed() -> None:
    with pytest.raises(Undeclared):
        cache.set("conversation:1", "too much")
    with pytest.raises(Undeclared):
        default_storage.save("invoice.pdf", ContentFile(b"too much"))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("path.write_bytes(mail)", "storage"),
        ("path.open('wb')", "storage"),
        ("open(path, mode='a')", "storage"),
        ("typeset('invoice.html', page)", "export"),
        ("requests.get(url)", "outgoing"),
        ("urlopen(url)", "outgoing"),
        ("send_mail(subject)", "mail"),
        ("path.open('rb')", ""),
        ("open(path)", ""),
        ("rows.get('x')", ""),
    ],
)
def test_the_source_is_searched_for_what_keeps_or_sends_in_silence(line: str, kind: str) -> None:
    for source, found in (
        (f"def keep():\n    {line}", [kind] * bool(kind)),
        (f"class A:\n    async def keep(self):\n        {line}", [kind] * bool(kind)),
        (f"@declares('storage', policy)\ndef keep():\n    {line}", []),
    ):
        assert [thing.kind for thing in building._silent("m", ast.parse(source))] == found


def _talk(consumer: type, said: list[str]) -> tuple[list[str], list[dict[str, Any]]]:
    """What reaches a socket's application of what was said, and what it is answered."""
    heard: list[str] = []
    sent: list[dict[str, Any]] = []
    events = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "text": text} for text in said),
        {"type": "websocket.disconnect", "code": 1000},
    ]

    async def receive() -> dict[str, Any]:
        return cast(dict[str, Any], events.pop(0))

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (event := await receive())["type"] != "websocket.disconnect":
            heard.extend([event["text"]] if event["type"] == "websocket.receive" else [])

    asyncio.run(DeclaredSocket(consumer, app)({}, receive, send))
    return heard, sent
