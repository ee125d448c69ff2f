"""The shopper's socket: /ws/widget/?token=…, at the shop's own host. It says "look"; the widget's API says what."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from django.db import DatabaseError

from conversations import peeking, widget
from conversations.widget import Visitor
from conversations.widget_views import tell_typing
from desk.roll_call import roll_call
from desk.waiting_room import waiting_room
from kernel import live
from kernel.access import shopper
from kernel.errors import Refusal
from kernel.events import ConversationChanged, Event
from kernel.origins import is_same_origin
from kernel.tenancy import hop
from tenants.models import Tenant

BAD_TOKEN, WRONG_ORIGIN, NO_SHOP, TOO_SLOW = 4401, 4403, 4404, 4408
# A reader that is so far behind is cut; it comes back and asks for what it missed.
WAITING_MAX = 200
_TYPING_EVERY_SECONDS = 1.0
_LOOK_EVERY_SECONDS = 0.2
_FRAME_MAX = 16_000
_decode = msgspec.json.Decoder(Event).decode

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class WidgetSocket:
    """An ASGI application; one call is one socket."""

    access = shopper(opens="visitor", why="the signed token of the address, checked before anything is said")
    messages: ClassVar = {"typing": access, "look": access}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        refusal, visitor = _admit(scope)
        if refusal or visitor is None:
            await send({"type": "websocket.close", "code": refusal})
            return
        await _Listening(scope["tenant"], visitor, receive, send).run()


class _Listening:
    """One admitted socket, from hello to the end."""

    def __init__(self, tenant: Tenant, visitor: Visitor, receive: Receive, send: Send) -> None:
        self.tenant, self.visitor = tenant, visitor
        self._receive, self._send = receive, send
        self._conversation: UUID | None = None
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING_MAX)
        # What is heard before the hello is said after it. The oldest make room: the number that is missing is asked
        # for once a later one has come.
        self._heard: deque[bytes] | None = deque(maxlen=WAITING_MAX // 2)
        self._typed_at = self._looked_at = 0.0
        self._end_code = TOO_SLOW
        self._is_peeked = False

    async def run(self) -> None:
        roll_call.join_shop(self.tenant.id, self._shut)
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._look()
            tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._read())]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if isinstance(task.exception(), DatabaseError):
                    task.result()
        finally:
            roll_call.leave_shop(self.tenant.id, self._shut)
            gone = self._conversation
            self._join(None)
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task
            await self._forget_typed(gone)

    async def _look(self) -> None:
        """Find the visitor's conversation, listen, and only then say how far it is: so that nothing is missed."""
        found = await hop(self.tenant, _where, self.visitor)
        if found is not None and found[0] != self._conversation:
            self._join(found[0])
            found = await hop(self.tenant, _where, self.visitor)
        hello = {
            "type": "hello",
            "conversation": str(found[0]) if found else None,
            "seq": found[1] if found else 0,
        }
        heard, self._heard = self._heard or (), None
        for frame in [json.dumps(hello).encode(), *heard]:
            self._put(frame)
        self._stir()

    def _join(self, conversation_id: UUID | None) -> None:
        for feed, listener in self._feeds(self._conversation):
            live.hub.leave(feed, listener)
        if self._conversation is not None:
            waiting_room.leave(self._conversation, self._hear)
        self._conversation = conversation_id
        if conversation_id is not None:
            waiting_room.join(self.tenant.id, conversation_id, self._hear)
        for feed, listener in self._feeds(conversation_id):
            live.hub.join(feed, listener)

    def _feeds(self, conversation_id: UUID | None) -> list[tuple[str, Callable[[bytes], None]]]:
        if conversation_id is None:
            return []
        return [
            (live.shopper_feed(self.tenant.id, conversation_id), self._put_on),
            (live.conversation_feed(self.tenant.id, conversation_id), self._put_if_theirs),
        ]

    def _put_on(self, frame: bytes) -> None:
        self._hear(frame)
        self._stir()

    def _stir(self) -> None:
        """Whatever was heard, the conversation may wait from now on."""
        if self._conversation is not None:
            waiting_room.stir(self._conversation)

    def _hear(self, frame: bytes) -> None:
        if self._heard is None:
            self._put(frame)
            return
        self._heard.append(frame)

    def _put(self, frame: bytes | None) -> None:
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            # Room for the mark that ends the socket.
            self._frames.get_nowait()
            self._frames.put_nowait(None)

    def _shut(self) -> None:
        """The shop is suspended: nothing that waits is sent any more."""
        self._end_code = NO_SHOP
        while not self._frames.empty():
            self._frames.get_nowait()
        self._put(None)

    def _put_if_theirs(self, frame: bytes) -> None:
        """Of what the desk hears, shoppers hear that the case changed: nothing of notes."""
        try:
            event = _decode(frame)
        except msgspec.DecodeError:
            return
        if isinstance(event, ConversationChanged):
            self._put_on(frame)

    async def _write(self) -> None:
        while (frame := await self._frames.get()) is not None:
            await self._send({"type": "websocket.send", "text": frame.decode()})
        await self._send({"type": "websocket.close", "code": self._end_code})

    async def _read(self) -> None:
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            kind, typed = _said(event.get("text") or "")
            match kind:
                case "typing":
                    await self._type(typed)
                case "look":
                    await asyncio.sleep(max(0.0, self._looked_at + _LOOK_EVERY_SECONDS - time.monotonic()))
                    self._looked_at = time.monotonic()
                    await self._look()

    async def _type(self, typed: str | None) -> None:
        """typed: what stands in the box, from a widget that was told that agents may see it."""
        now = time.monotonic()
        # An emptied box is told at once: what stood in it is to be seen no longer.
        if self._conversation is None or (now - self._typed_at < _TYPING_EVERY_SECONDS and typed != ""):
            return
        self._typed_at = now
        if typed is None:
            await hop(None, tell_typing, self.tenant, self._conversation)
        else:
            self._is_peeked = bool(typed)
            await hop(self.tenant, peeking.note_typed, self.tenant, self._conversation, typed)

    async def _forget_typed(self, conversation_id: UUID | None) -> None:
        """The shopper has gone: nobody goes on reading what they did not send."""
        if self._is_peeked and conversation_id is not None:
            with contextlib.suppress(DatabaseError):
                await hop(self.tenant, peeking.forget, conversation_id)


def _admit(scope: dict[str, Any]) -> tuple[int, Visitor | None]:
    tenant: Tenant | None = scope.get("tenant")
    if tenant is None:
        return NO_SHOP, None
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin", "")
    if not is_same_origin(origin, headers.get(b"host", "")) and origin not in tenant.embedding_origins:
        return WRONG_ORIGIN, None
    tokens = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])
    try:
        return 0, widget.visitor_of(tenant, tokens[0])
    except Refusal:
        return BAD_TOKEN, None


def _where(visitor: Visitor) -> tuple[UUID, int] | None:
    found = widget.conversation_of(visitor)
    return None if found is None else (found.id, found.last_seq)


def _said(text: str) -> tuple[str, str | None]:
    """The kind of frame, and what stands in the shopper's box if it says so."""
    try:
        said = json.loads(text) if len(text) <= _FRAME_MAX else {}
    except ValueError:
        return "", None
    if not isinstance(said, dict):
        return "", None
    typed = said.get("text")
    return str(said.get("type", "")), typed if isinstance(typed, str) else None
