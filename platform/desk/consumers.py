"""The console's socket: says "look", never "what". One per open console tab."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from django.db import DatabaseError

from desk.live_socket import ORIGIN, SIGN_IN, SLOW, LiveSocket
from desk.roll_call import roll_call
from kernel import live
from kernel.events import FloorChanged, encode
from kernel.tenancy import hop
from people import second_factor
from people.access import may_serve, roles_of, staff
from people.models import Person
from people.standing import FRESH_SECONDS, Standing
from routing.models import AgentState
from routing.queue import heartbeat
from tenants.models import Tenant

HEARTBEAT_SECONDS = 10.0
FLOOR_SECONDS = 1.0
GRANT_SECONDS = FRESH_SECONDS
DEAF_SECONDS = 25.0
PENDING_MAX = 500
WATCHED_MAX = 20
FRAME_MAX = 4096

AWAY = 4503
# The roles are others now: the client comes back and is admitted as what it is.
CHANGED = 4409


@dataclass(slots=True, eq=False)
class _Watch:
    """A watched conversation; ``held`` are frames that wait for the grant's answer."""

    tenant: Tenant
    checked_at: float
    held: list[bytes] | None = None
    task: asyncio.Task[None] | None = None


class DeskConsumer(LiveSocket):
    """Events of one person, of the conversations they watch, and of the floor for supervisors.

    Frames wait in a bounded queue: a socket that does not keep up is closed with 4408, and its client resyncs.
    """

    access = staff(opens="desk", by="own")
    # What it takes; any other message is dropped before it gets here.
    messages: ClassVar = {
        "heartbeat": access,
        "watch": staff(opens="conversation", by="accreditation"),
        "unwatch": access,
        "watch_floor": staff("supervisor", "operator", opens="floor", by="role"),
    }

    pending_max = PENDING_MAX

    async def connect(self) -> None:
        self._begin()
        self._joined: dict[str, live.Listener] = {}
        self._watched: dict[str, _Watch] = {}
        self._beat_at = self._floor_at = float("-inf")
        self._unheard = 0
        self._floor_task: asyncio.Task[None] | None = None
        self._person: Person | None = None
        if not self._is_same_origin():
            await self._refuse(ORIGIN)
            return
        person = self.scope.get("user")
        roles = await hop(None, roles_of, person, None) if isinstance(person, Person) else frozenset()
        if isinstance(person, Person) and roles and await hop(None, second_factor.is_missing, person):
            roles = frozenset()
        if not self.scope.get("desk") or not roles & self.access.roles:
            await self._refuse(SIGN_IN)
            return
        self._person, self._roles = person, roles
        self.person_id, self.session_key = person.pk, str(self.scope["session"].session_key or "")
        await self.accept()
        self._join(live.person_feed(person.pk), self._enqueue)
        seq = await hop(None, _feed_seq, person.pk)
        self._beat_at = time.monotonic()
        await hop(None, heartbeat, person.pk)
        roll_call.join(self)
        heard = [self._pending.get_nowait() for _ in range(self._pending.qsize())]
        for frame in [msgspec.json.encode({"type": "hello", "seq": seq}), *heard]:
            self._enqueue(frame)
        self._start_sending()

    def _leave(self) -> None:
        if not hasattr(self, "_joined"):
            return
        for audience, listener in self._joined.items():
            live.hub.leave(audience, listener)
        self._joined.clear()
        if self._person is not None:
            roll_call.leave(self)
        for task in [*self._tasks, *([self._floor_task] if self._floor_task else [])]:
            task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self._heard_at, self._unheard = time.monotonic(), 0
        asked = _read(text_data)
        declared = self.messages.get(str(asked.get("type")))
        if declared is None or not declared.roles & self._roles:
            return
        match asked["type"]:
            case "heartbeat":
                self._beat()
            case "watch":
                await self._watch(asked)
            case "unwatch":
                self._unwatch(_audience(asked))
            case "watch_floor":
                self._join(live.floor_feed(), self._floor_moved)

    def _beat(self) -> None:
        """Written at most once in ten seconds, however often the client beats."""
        if self._person is None or time.monotonic() - self._beat_at < HEARTBEAT_SECONDS * 0.9:
            return
        self._beat_at = time.monotonic()
        roll_call.beat(self._person.pk)

    async def _watch(self, asked: dict[str, Any]) -> None:
        audience = _audience(asked)
        if not audience or audience in self._joined:
            return
        assert self._person is not None  # nothing is received before connect() has admitted
        tenant = await hop(None, _granted, self._person, asked["tenant"])
        if tenant is None:
            return
        while len(self._watched) >= WATCHED_MAX:
            self._unwatch(next(iter(self._watched)))
        watch = self._watched[audience] = _Watch(tenant, time.monotonic())
        self._join(audience, lambda frame: self._deliver_watched(audience, watch, frame))

    def _unwatch(self, audience: str) -> None:
        self._watched.pop(audience, None)
        listener = self._joined.pop(audience, None)
        if listener is not None:
            live.hub.leave(audience, listener)

    def _deliver_watched(self, audience: str, watch: _Watch, frame: bytes) -> None:
        """A grant is asked for again once it is half a second old: frames wait in order for the answer."""
        if watch.held is not None:
            watch.held.append(frame)
        elif time.monotonic() - watch.checked_at < GRANT_SECONDS:
            self._enqueue(frame)
        else:
            watch.held = [frame]
            watch.task = asyncio.get_running_loop().create_task(self._check_grant(audience, watch))

    async def _check_grant(self, audience: str, watch: _Watch) -> None:
        assert self._person is not None
        try:
            tenant = await hop(None, _granted, self._person, watch.tenant.pk)
        except DatabaseError:
            # Frames may not pass unasked, nor be dropped unseen: the client comes back and asks for what it missed.
            self._end(AWAY)
            return
        held, watch.held = watch.held or [], None
        if tenant is None:
            self._unwatch(audience)
            return
        watch.checked_at = time.monotonic()
        for frame in held:
            self._enqueue(frame)

    def watched_shops(self) -> set[UUID]:
        return {watch.tenant.pk for watch in self._watched.values()}

    def check(self, now: Standing, as_of: float) -> None:
        """Who may no longer work here, or signed out, loses the socket; so does one that is not heard of any more.

        A shop that is barred now takes its conversations out of the ears; ASVS 7.4.1, 8.3.2. What was granted since
        the question was asked is not in its answer, and stays until the next.
        """
        roles = now.roles.get(self.person_id, set())
        for audience, watch in list(self._watched.items()):
            if watch.checked_at < as_of and not now.serves(self.person_id, watch.tenant.pk):
                self._unwatch(audience)
        if not roles or self.session_key not in now.sessions:
            self._end(SIGN_IN)
        elif roles != self._roles:
            self._end(CHANGED)
        elif self._is_silent():
            self._end(SLOW)

    def _floor_moved(self, frame: bytes) -> None:
        """At most one ``floor.changed`` a second, the last one never swallowed."""
        if frame != _FLOOR_CHANGED:
            self._enqueue(frame)
            return
        if self._floor_task is not None and not self._floor_task.done():
            return
        wait = self._floor_at + FLOOR_SECONDS - time.monotonic()
        self._floor_task = asyncio.get_running_loop().create_task(self._tell_floor(max(0.0, wait)))

    async def _tell_floor(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._floor_at = time.monotonic()
        self._enqueue(_FLOOR_CHANGED)

    def _join(self, audience: str, listener: live.Listener) -> None:
        if audience not in self._joined:
            self._joined[audience] = listener
            live.hub.join(audience, listener)

    def _enqueue(self, frame: bytes) -> None:
        # Daphne buffers without end for a reader that stopped: one that says nothing while much is sent is cut too.
        self._unheard += 1
        if self._unheard > PENDING_MAX and time.monotonic() - self._heard_at > DEAF_SECONDS:
            self._end(SLOW)
        else:
            self._put(frame)


_FLOOR_CHANGED = encode(FloorChanged())


def _read(text: str | None) -> dict[str, Any]:
    """What the client says; anything that is not a small JSON object is ignored."""
    if text is None or len(text) > FRAME_MAX:
        return {}
    try:
        asked = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _audience(asked: dict[str, Any]) -> str:
    try:
        return live.conversation_feed(UUID(str(asked.get("tenant"))), UUID(str(asked.get("conversation"))))
    except ValueError:
        return ""


def _feed_seq(person_id: UUID) -> int:
    return AgentState.objects.filter(pk=person_id).values_list("feed_seq", flat=True).first() or 0


def _granted(person: Person, tenant_id: UUID | str) -> Tenant | None:
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    return tenant if tenant is not None and may_serve(person, tenant) else None
