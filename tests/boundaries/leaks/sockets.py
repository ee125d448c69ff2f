"""Mistakes with sockets, tried in this process over a committed database: hops, watching, and audiences."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connection, connections

from config.hosts import HostScope
from desk import consumers
from desk.widget_socket import WidgetSocket
from kernel import live, tenancy
from kernel.access import Audience
from kernel.events import MessageAdded, encode
from tenants.models import Tenant
from tests.boundaries.leaks.harness import World, leak
from tests.canary_plugin import note
from tests.canary_watch import Left
from tests.conversations.shoppers import Visitor
from tests.desk.shop import GERMAN, write
from tests.live_stack import cookies_of


def _schema_in_connect(patch: pytest.MonkeyPatch, world: World) -> None:
    """``connect()`` sets the tenant on its thread; what comes later reads with whatever stands there."""

    async def leaky(tenant: Any, work: Any, *args: Any, **kwargs: Any) -> Any:
        def inside() -> Any:
            if tenant is not None and tenancy.connection.schema_name == "public":
                tenancy.connection.set_tenant(tenant)
            return work(*args, **kwargs)

        return await database_sync_to_async(inside)()

    patch.setattr(tenancy, "hop", leaky)


@leak("schema set when a socket connects", broke="measured with this stack", caught_by="cell",
      plant=_schema_in_connect, live=True)  # fmt: skip
def read_in_turn(world: World) -> Iterator[str]:
    shops = [world.acme, world.northlight] * 5

    async def all_of_them() -> list[str]:
        return [await tenancy.hop(shop, _search_path) for shop in shops]

    for shop, path in zip(shops, _run(all_of_them), strict=True):
        if not path.startswith(f"{shop.schema_name},"):
            yield f"a socket of {shop.schema_name} reads {path}"


def _granted_to_all(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(consumers, "_granted", lambda person, tenant_id, **more: Tenant.objects.get(pk=tenant_id))


@leak("socket that watches unchecked", broke="Chatwoot, Rocket.Chat", caught_by="scanner",
      plant=_granted_to_all, live=True)  # fmt: skip
def watch_another_clients(world: World) -> None:
    theirs, own = write(world.northlight, GERMAN).conversation_id, write(world.acme).conversation_id
    paolo = world.person("paolo")
    cookies = "; ".join(f"{name}={value}" for name, value in cookies_of(paolo).items())
    application = HostScope(AuthMiddlewareStack(consumers.DeskConsumer.as_asgi()))

    async def listen() -> None:
        line = _line(application, "/ws/desk/", settings.DESK_HOST, cookies)
        await line.connect(timeout=10)
        ear = _Ear(line, settings.DESK_HOST, str(paolo.pk))
        for shop, conversation in ((world.northlight, theirs), (world.acme, own)):
            watched = {"type": "watch", "tenant": str(shop.pk), "conversation": str(conversation)}
            await line.send_to(text_data=json.dumps(watched))
        # Asked in turn: once the own conversation is listened to, the other was decided upon.
        while live.conversation_feed(world.acme.pk, own) not in live.hub._listeners:
            await asyncio.sleep(0.01)
        _ring(world.northlight, theirs, live.conversation_feed)
        _ring(world.acme, own, live.conversation_feed)
        await ear.until(str(own))
        await line.disconnect()

    _run(listen)


def _one_group(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(live, "shopper_feed", lambda tenant, conversation: Audience("shopper:all"))


@leak("shoppers of all shops in one group", broke="Chatwoot's pubsub", caught_by="scanner",
      plant=_one_group, live=True)  # fmt: skip
def listen_at_a_shop(world: World) -> None:
    visitor = Visitor(world.shop(world.acme), world.acme)
    visitor.say()
    own = UUID(visitor.get("conversation").json()["conversation"])
    theirs = write(world.northlight, GERMAN).conversation_id
    host = f"{world.acme.slug}.{settings.DOMAIN}"

    async def listen() -> None:
        line = _line(HostScope(WidgetSocket()), f"/ws/widget/?token={visitor.token}", host)
        await line.connect(timeout=10)
        ear = _Ear(line, host)
        await ear.until("hello")
        _ring(world.northlight, theirs, live.shopper_feed)
        _ring(world.acme, own, live.shopper_feed)
        await ear.until(str(own))
        await line.disconnect()

    _run(listen)


class _Ear:
    """Notes each frame that comes for the judge."""

    def __init__(self, line: WebsocketCommunicator, host: str, person: str = "") -> None:
        self.line, self.host, self.person = line, host, person

    async def until(self, word: str) -> None:
        while True:
            frame = await self.line.receive_from(timeout=10)
            note(Left("WS frame", self.host, frame.encode(), person=self.person))
            if word in frame and "seq" in frame:
                return


def _line(application: Any, path: str, host: str, cookie: str = "") -> WebsocketCommunicator:
    headers = [(b"host", host.encode()), (b"origin", f"http://{host}".encode()), (b"cookie", cookie.encode())]
    return WebsocketCommunicator(application, path, headers=headers)


def _ring(shop: Tenant, conversation: UUID, feed: Callable[[Any, Any], str]) -> None:
    event = MessageAdded(tenant=str(shop.pk), conversation=str(conversation), seq=2)
    live.hub.deliver(feed(shop.pk, conversation).encode() + b"\n" + encode(event))


def _run(work: Callable[[], Awaitable[Any]]) -> Any:
    """In a loop of its own, whose thread leaves its shop and its connection behind at the end."""

    async def whole() -> Any:
        try:
            return await work()
        finally:
            await database_sync_to_async(_let_go)()

    return asyncio.run(whole())


def _let_go() -> None:
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    connections.close_all()


def _search_path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0]).replace('"', "")
