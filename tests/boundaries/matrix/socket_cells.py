"""Sockets: every consumer and message type × every actor × whose things are rung for; and what may be heard."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from channels.testing import WebsocketCommunicator
from django.conf import settings

from config.surface import Thing, sockets
from kernel import live
from kernel.events import ConversationChanged, Resync, Typing, encode
from tests.boundaries.matrix.actors import ACME, OTHER, Actor
from tests.boundaries.matrix.world import NOBODY, World
from tests.canaries import token_of

# An own shop with another one's conversation: the pair is nobody's.
MIXED = "acme, with a conversation of northlight"
DESK, WIDGET, PORTAL = "ws/desk/", "ws/widget/", "ws/portal/"
# What the generator knows how to say; any other message type fails the test.
KNOWN = {
    DESK: {"heartbeat", "watch", "unwatch", "watch_floor"},
    WIDGET: {"typing", "look"},
    PORTAL: {"heartbeat"},
}
PATIENCE = 30.0
FLOOR = encode(Typing(tenant="", conversation="", who="the floor"))


@dataclass(frozen=True, slots=True)
class SocketCell:
    """word: the type of the message that is sent; empty for the opening alone."""

    thing: Thing
    socket: str
    word: str
    actor: Actor
    host: str
    whose: str

    @property
    def name(self) -> str:
        return f"{self.actor.name} → {self.host}/{self.socket} {self.word or 'open'} of {self.whose}"


@dataclass(frozen=True, slots=True)
class Heard:
    """frames: all that came after what the opening and the message themselves are answered with; code: of the close."""

    greeted: bool
    frames: tuple[str, ...]
    code: int | None = None


def socket_cells(world: World) -> Iterator[SocketCell]:
    """Those of one actor and message stand together, the nobody's first."""
    for thing in sockets():
        socket = next(name for name in KNOWN if thing.name.startswith(name))
        word = thing.name.removeprefix(socket)
        for actor in world.actors:
            for host in ("desk", ACME, OTHER):
                for whose in _whose(socket, word, host):
                    yield SocketCell(thing, socket, word, actor, host, whose)


def _whose(socket: str, word: str, host: str) -> tuple[str, ...]:
    if (host == "desk") != (socket == DESK) or (socket == DESK and not word):
        return (NOBODY,)  # nothing is asked for, or it is closed at once
    if word in ("watch", "unwatch"):
        return (NOBODY, ACME, OTHER, MIXED)
    return (NOBODY, ACME, OTHER)


def admits(cell: SocketCell) -> bool:
    """What the declared policy says of the opening."""
    if cell.socket == DESK:
        return cell.host == "desk" and bool(cell.actor.staff)
    if cell.socket == PORTAL:
        return cell.host in (ACME, OTHER) and bool(cell.actor.roles_at(cell.host))
    return cell.host in (ACME, OTHER) and cell.actor.visits == cell.host


def hears(cell: SocketCell) -> Literal["own", "floor", "nothing"]:
    """What of the rings for ``whose`` comes through."""
    access = cell.thing.access
    assert access is not None
    if not admits(cell):
        return "nothing"
    if cell.socket == PORTAL:
        return "own" if cell.whose == cell.host else "nothing"
    if cell.socket == WIDGET:
        return "own" if cell.actor.wrote and cell.whose == cell.host else "nothing"
    if not cell.actor.staff & access.roles or cell.word == "unwatch":
        return "nothing"
    if cell.word == "watch_floor":
        return "floor"
    return "own" if cell.word == "watch" and cell.whose in cell.actor.serves else "nothing"


class Line:
    """One socket of an actor, in this process; knows when all that was said has been dealt with."""

    def __init__(self, application: Any, cell: SocketCell, world: World) -> None:
        self.cell, self.world = cell, world
        self._asked = self._given = 0
        host = settings.DESK_HOST if cell.host == "desk" else f"{cell.host}.{settings.DOMAIN}"
        cookie = "; ".join(f"{name}={value}" for name, value in cell.actor.cookies.items())
        scheme, _, token = cell.actor.headers.get("Authorization", "").partition(" ")
        query = f"?token={token}" if scheme == "Widget" else ""
        headers = [(b"host", host.encode()), (b"origin", f"http://{host}".encode()), (b"cookie", cookie.encode())]

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            async def count() -> Any:
                self._asked += 1
                event = await receive()
                self._given += 1
                return event

            await application(scope, count, send)

        self._plug = WebsocketCommunicator(counted, f"/{cell.socket}{query}", headers=headers)

    async def hear(self) -> Heard:
        """Open, say the word, ring for ``whose``, and note what comes."""
        await self._plug.connect(timeout=PATIENCE)
        first = await self._plug.receive_output(timeout=PATIENCE)
        if first["type"] == "websocket.close":
            return Heard(False, (), first.get("code"))
        if self.cell.word:
            for word in ("watch", "unwatch") if self.cell.word == "unwatch" else (self.cell.word,):
                await self._say(word)
        if self.cell.word == "look":
            await self._plug.receive_from(timeout=PATIENCE)
        self._ring()
        frames = tuple([frame async for frame in self._until_the_mark()])
        await self._plug.disconnect(timeout=PATIENCE)
        return Heard(True, frames)

    async def _say(self, word: str) -> None:
        ids = self.world.ids[ACME if self.cell.whose == MIXED else self.cell.whose]
        said = {"type": word, "tenant": str(ids["tenant"]), "conversation": str(self._conversation())}
        await self._plug.send_to(text_data=json.dumps(said))
        async with asyncio.timeout(PATIENCE):
            while not self._plug.input_queue.empty() or self._asked == self._given:
                await asyncio.sleep(0.001)

    def _conversation(self) -> Any:
        whose = OTHER if self.cell.whose == MIXED else self.cell.whose
        return self.world.ids[whose]["in_hand" if self.cell.socket == WIDGET else "conversation"]

    def _ring(self) -> None:
        """As the process would hear it from Valkey: frames with the shop's own canary in them."""
        whose = OTHER if self.cell.whose == MIXED else self.cell.whose
        if whose != NOBODY:
            tenant, conversation = self.world.ids[whose]["tenant"], self._conversation()
            said = encode(Typing(tenant=str(tenant), conversation=str(conversation), who=token_of(whose)))
            feed = live.shopper_feed if self.cell.socket == WIDGET else live.conversation_feed
            live.hub.deliver(feed(tenant, conversation).encode() + b"\n" + said)
            if self.cell.socket == WIDGET:
                changed = encode(ConversationChanged(tenant=str(tenant), conversation=str(conversation)))
                for each in (said, changed):  # what the desk says to itself is not for shoppers
                    live.hub.deliver(live.conversation_feed(tenant, conversation).encode() + b"\n" + each)
            if self.cell.socket == PORTAL:
                live.hub.deliver(live.portal_feed(tenant).encode() + b"\n" + said)
        live.hub.deliver(live.floor_feed().encode() + b"\n" + FLOOR)

    async def _until_the_mark(self) -> Any:
        """Everything up to a frame that each socket gets, and gets in its turn."""
        if self.cell.socket == WIDGET:
            await self._plug.send_to(text_data=json.dumps({"type": "look"}))
        else:
            live.hub.tell_all(Resync())
        mark = "hello" if self.cell.socket == WIDGET else "resync"
        while json.loads(frame := await self._plug.receive_from(timeout=PATIENCE))["type"] != mark:
            yield frame
