"""The portal's socket: /ws/portal/, at the shop's own host, for its signed-in users. It says "look", never "what"."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

import msgspec

from desk.live_socket import ORIGIN, SIGN_IN, SLOW, LiveSocket
from desk.roll_call import roll_call
from kernel import live
from kernel.access import Audience
from kernel.events import FiguresChanged, FloorChanged, encode
from kernel.tenancy import hop
from people.access import client, roles_of
from people.models import Person
from people.standing import Standing
from tenants.models import Tenant

FIGURES_SECONDS = 1.0

_MOVED = encode(FloorChanged())
_FIGURES = encode(FiguresChanged())


class PortalSocket(LiveSocket):
    """What moves at one client: its figures, at most once a second, and its disputes. Of no other client anything."""

    access = client(opens="client")
    messages: ClassVar = {"heartbeat": access}
    pending_max = 100

    async def connect(self) -> None:
        self._begin()
        self._figures: asyncio.Task[None] | None = None
        self._told_at = float("-inf")
        self._feed: Audience | None = None
        tenant, person = self.scope.get("tenant"), self.scope.get("user")
        if not self._is_same_origin():
            await self._refuse(ORIGIN)
            return
        if not isinstance(tenant, Tenant) or not await hop(None, _may_listen, person, tenant):
            await self._refuse(SIGN_IN)
            return
        self.person_id: UUID = person.pk
        self.tenant_id, self.session_key = tenant.id, str(self.scope["session"].session_key or "")
        await self.accept()
        self._feed = live.portal_feed(tenant.id)
        live.hub.join(self._feed, self._hear)
        roll_call.join(self)
        self._put(msgspec.json.encode({"type": "hello"}))
        self._start_sending()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Whatever it says shows that it is there; nothing can be asked for."""
        self._heard_at = time.monotonic()

    def watched_shops(self) -> Collection[UUID]:
        return (self.tenant_id,)

    def check(self, now: Standing, as_of: float) -> None:
        """Whose role, session or shop is gone loses the socket within a second; so does who is not heard of."""
        is_theirs = self.tenant_id in now.shops and (self.person_id, self.tenant_id) in now.clients
        if not is_theirs or self.session_key not in now.sessions:
            self._end(SIGN_IN)
        elif self._is_silent():
            self._end(SLOW)

    def _hear(self, frame: bytes) -> None:
        """Moves of the figures are told together; what else is rung for this client passes as it is."""
        if frame != _MOVED:
            self._put(frame)
        elif self._figures is None or self._figures.done():
            wait = max(0.0, self._told_at + FIGURES_SECONDS - time.monotonic())
            self._figures = asyncio.get_running_loop().create_task(self._tell_figures(wait))

    async def _tell_figures(self, wait: float) -> None:
        await asyncio.sleep(wait)
        self._told_at = time.monotonic()
        self._put(_FIGURES)

    def _leave(self) -> None:
        if getattr(self, "_feed", None) is None:
            return
        live.hub.leave(self._feed, self._hear)  # type: ignore[arg-type]
        self._feed = None
        roll_call.leave(self)
        for task in [*self._tasks, *([self._figures] if self._figures else [])]:
            task.cancel()


def _may_listen(person: object, tenant: Tenant) -> bool:
    return isinstance(person, Person) and bool(roles_of(person, tenant) & PortalSocket.access.roles)
