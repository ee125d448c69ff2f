"""The shopper's socket in this process, over a committed database: what it says first."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connections

from config.hosts import HostScope
from desk.widget_socket import WidgetSocket
from kernel import live
from kernel.events import MessageAdded, encode
from tenants.models import Tenant
from tests.conversations.test_live_doors import Widget
from tests.live_stack import LiveStack


def test_whatever_is_rung_meanwhile_the_greeting_comes_first(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant
) -> None:
    for tenant in (acme, northlight):
        widget = Widget(live_stack, tenant)
        conversation = UUID(widget.say("Ciao, dov'è il mio ordine?")["conversation"])
        said = asyncio.run(_first_words(tenant, conversation, widget.token))
        assert [frame["type"] for frame in said] == ["hello", "message.added"]
        assert said[0]["seq"] == 1


async def _first_words(tenant: Tenant, conversation: UUID, token: str) -> list[dict[str, object]]:
    """Two frames of a socket whose conversation is rung without a pause from before it listens."""
    host = f"{tenant.slug}.{settings.DOMAIN}".encode()
    headers = [(b"host", host), (b"origin", b"http://" + host)]
    line = WebsocketCommunicator(HostScope(WidgetSocket()), f"/ws/widget/?token={token}", headers=headers)
    ringing = asyncio.create_task(_ring(tenant, conversation))
    try:
        await line.connect(timeout=10)
        said = [json.loads(await line.receive_from(timeout=10)) for _ in range(2)]
        await line.disconnect()
        return said
    finally:
        ringing.cancel()
        await database_sync_to_async(connections.close_all)()


async def _ring(tenant: Tenant, conversation: UUID) -> None:
    event = encode(MessageAdded(tenant=str(tenant.pk), conversation=str(conversation), seq=2))
    feed = live.shopper_feed(tenant.pk, conversation).encode()
    while True:
        if live.shopper_feed(tenant.pk, conversation) in live.hub._listeners:
            live.hub.deliver(feed + b"\n" + event)
        await asyncio.sleep(0)
