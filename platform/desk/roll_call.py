"""Who is at their console, and whether they still may be: all sockets of this process, in a few statements for all.

A right, a session or a shop that is withdrawn takes the socket, or the conversations that it watches, within a second:
at once where whoever withdrew it has rung (``live.call_the_roll``), else at the next of two calls a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import DatabaseError

from kernel import live
from kernel.tenancy import hop
from people.standing import FRESH_SECONDS, Standing, standing
from routing.queue import heartbeats

BEAT_SECONDS = 0.5
CHECK_SECONDS = FRESH_SECONDS
# Rings that come so close are answered by one question.
RING_SECONDS = 0.02

V = TypeVar("V")
log = logging.getLogger(__name__)


class Attendee(Protocol):
    """A console's socket."""

    @property
    def person_id(self) -> UUID: ...

    @property
    def session_key(self) -> str: ...

    def watched_shops(self) -> Collection[UUID]: ...

    def check(self, now: Standing, as_of: float) -> None:
        """Told twice a second how things stood when they were asked (``time.monotonic``)."""


class RollCall:
    """Lives in one event loop, as the hub does."""

    def __init__(self) -> None:
        self._present: dict[UUID, set[Attendee]] = defaultdict(set)
        self._shops: dict[UUID, set[Callable[[], None]]] = defaultdict(set)
        self._beats: set[UUID] = set()
        self._caller: asyncio.Task[None] | None = None
        self._rung = asyncio.Event()

    def join(self, attendee: Attendee) -> None:
        self._present[attendee.person_id].add(attendee)
        self._start()

    def leave(self, attendee: Attendee) -> None:
        _remove(self._present, attendee.person_id, attendee)

    def join_shop(self, tenant_id: UUID, close: Callable[[], None]) -> None:
        """A shopper's socket: ``close`` is called when the shop is active no more."""
        self._shops[tenant_id].add(close)
        self._start()

    def leave_shop(self, tenant_id: UUID, close: Callable[[], None]) -> None:
        _remove(self._shops, tenant_id, close)

    def beat(self, person_id: UUID) -> None:
        """This console is there; written down within half a second."""
        self._beats.add(person_id)

    def _start(self) -> None:
        if self._caller is None or self._caller.done():
            self._rung = asyncio.Event()
            self._caller = asyncio.get_running_loop().create_task(self._call())
        live.hub.join(live.standing_feed(), self._hear)

    def _hear(self, frame: bytes) -> None:
        self._rung.set()

    async def _call(self) -> None:
        check_at = time.monotonic() + CHECK_SECONDS
        while True:
            await self._pause(max(0.05, min(BEAT_SECONDS, check_at - time.monotonic())))
            try:
                if self._beats:
                    beats, self._beats = self._beats, set()
                    await hop(None, heartbeats, list(beats))
                if self._rung.is_set() or time.monotonic() >= check_at:
                    self._rung.clear()
                    check_at = time.monotonic() + CHECK_SECONDS
                    await self._check()
            except DatabaseError as error:
                log.warning("the roll call waits for the database (%s)", type(error).__name__)

    async def _pause(self, seconds: float) -> None:
        """So long, or until somebody rings; who rings at the same moment is answered together."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
                await asyncio.sleep(RING_SECONDS)

    async def _check(self) -> None:
        asked = [attendee for attendees in self._present.values() for attendee in attendees]
        shops = set(self._shops)
        if not asked and not shops:
            return
        as_of = time.monotonic()
        watched = {tenant for attendee in asked for tenant in attendee.watched_shops()}
        now = await hop(
            None,
            standing,
            people={attendee.person_id for attendee in asked},
            sessions={attendee.session_key for attendee in asked},
            tenants=watched | shops,
        )
        for attendee in asked:
            attendee.check(now, as_of)
        for tenant_id in shops - now.shops:
            for close in tuple(self._shops.get(tenant_id, ())):
                close()


def _remove(held: dict[UUID, set[V]], key: UUID, value: V) -> None:
    values = held.get(key)
    if values is not None:
        values.discard(value)
        if not values:
            del held[key]


roll_call = RollCall()
