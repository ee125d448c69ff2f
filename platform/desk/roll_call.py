"""Who is at their console: heartbeats and grants of all sockets of this process, in one statement for all."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError

from kernel.tenancy import hop
from people.models import Membership
from routing.queue import heartbeats

BEAT_SECONDS = 0.5
CHECK_SECONDS = 5.0

log = logging.getLogger(__name__)

# Called with whether the person may still work here.
Check = Callable[[bool], None]


class RollCall:
    """Lives in one event loop, as the hub does."""

    def __init__(self) -> None:
        self._checks: dict[UUID, set[Check]] = defaultdict(set)
        self._beats: set[UUID] = set()
        self._caller: asyncio.Task[None] | None = None

    def join(self, person_id: UUID, check: Check) -> None:
        self._checks[person_id].add(check)
        if self._caller is None or self._caller.done():
            self._caller = asyncio.get_running_loop().create_task(self._call())

    def leave(self, person_id: UUID, check: Check) -> None:
        checks = self._checks.get(person_id)
        if checks is None:
            return
        checks.discard(check)
        if not checks:
            del self._checks[person_id]

    def beat(self, person_id: UUID) -> None:
        """This console is there; written down within half a second."""
        self._beats.add(person_id)

    async def _call(self) -> None:
        check_at = time.monotonic() + CHECK_SECONDS
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                if self._beats:
                    beats, self._beats = self._beats, set()
                    await hop(None, heartbeats, list(beats))
                if self._checks and time.monotonic() >= check_at:
                    check_at = time.monotonic() + CHECK_SECONDS
                    await self._check()
            except DatabaseError as error:
                log.warning("the roll call waits for the database (%s)", type(error).__name__)

    async def _check(self) -> None:
        asked = list(self._checks)
        staff = await hop(None, _staff_among, asked)
        for person_id in asked:
            for check in tuple(self._checks.get(person_id, ())):
                check(person_id in staff)


def _staff_among(people: list[UUID]) -> set[UUID]:
    rows = Membership.objects.filter(person_id__in=people, tenant=None, person__is_active=True)
    return set(rows.values_list("person_id", flat=True))


roll_call = RollCall()
