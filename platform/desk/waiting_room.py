"""Shoppers who wait with their widget open: all of this process are told where they stand, in one look a second.

What is told is said again only when it changed. Nothing here is on a message's way: a socket says that its conversation
may wait, and is looked up with all others at the next turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from django.db import DatabaseError

from kernel.events import WaitChanged, encode
from kernel.tenancy import hop
from routing.expected_wait import Told, tell_again
from routing.outlook import Place, outlook

LOOK_SECONDS = 1.0
log = logging.getLogger(__name__)

Hears = Callable[[bytes], None]


class Said(NamedTuple):
    position: int
    told: Told
    is_long: bool


class WaitingRoom:
    """Lives in one event loop, as the hub does."""

    def __init__(self) -> None:
        self._there: dict[UUID, dict[Hears, UUID]] = defaultdict(dict)
        self._said: dict[UUID, Said] = {}
        self._stirred: set[UUID] = set()
        self._something = asyncio.Event()
        self._looker: asyncio.Task[None] | None = None

    def join(self, tenant_id: UUID, conversation_id: UUID, hears: Hears) -> None:
        """A shopper's socket; what is known is said to it at the next look."""
        self._there[conversation_id][hears] = tenant_id
        self._said.pop(conversation_id, None)
        self.stir(conversation_id)

    def leave(self, conversation_id: UUID, hears: Hears) -> None:
        there = self._there.get(conversation_id)
        if there is not None:
            there.pop(hears, None)
            if not there:
                del self._there[conversation_id]
                self._said.pop(conversation_id, None)
                self._stirred.discard(conversation_id)

    def stir(self, conversation_id: UUID) -> None:
        """Something happened there: it may wait now."""
        if conversation_id in self._there:
            self._stirred.add(conversation_id)
            self._start()

    def _start(self) -> None:
        self._something.set()
        if self._looker is None or self._looker.done():
            self._something = asyncio.Event()
            self._something.set()
            self._looker = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while True:
            await self._something.wait()
            asked = (self._stirred | self._said.keys()) & self._there.keys()
            self._stirred.clear()
            try:
                places = await hop(None, outlook.places, asked)
            except DatabaseError as error:
                log.warning("the waiting room waits for the database (%s)", type(error).__name__)
                self._stirred |= asked
            else:
                for conversation_id in asked:
                    self._say(conversation_id, places.get(conversation_id))
                if not self._said and not self._stirred:
                    self._something.clear()
            await asyncio.sleep(LOOK_SECONDS)

    def _say(self, conversation_id: UUID, place: Place | None) -> None:
        before = self._said.get(conversation_id)
        if place is None:
            # That somebody has it now, or that it is over, is rung by whoever changed it.
            self._said.pop(conversation_id, None)
            return
        if conversation_id not in self._there:
            return
        if not place.position:
            self._stirred.add(conversation_id)
            return
        now = Said(place.position, tell_again(before and before.told, place.seconds), place.is_long)
        if now == before:
            return
        self._said[conversation_id] = now
        for hears, tenant_id in tuple(self._there[conversation_id].items()):
            hears(
                encode(
                    WaitChanged(
                        tenant=str(tenant_id),
                        conversation=str(conversation_id),
                        position=now.position,
                        kind=now.told.kind,
                        minutes=now.told.minutes,
                        is_long=now.is_long,
                    )
                )
            )


waiting_room = WaitingRoom()
