"""What a fault is, and what it has in hand."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from django.db import connection

from config.launch import processes
from tests.faults.cast import Cast
from tests.faults.history import Journal
from tests.faults.load import Load
from tests.faults.rig import Rig
from tests.faults.shoppers import Relayed, Writer

T = TypeVar("T")

_NUMBERS = itertools.count(1)
ADMIN_PATIENCE = 60.0


@dataclass
class Stage:
    """What a fault has in hand."""

    rig: Rig
    cast: Cast
    load: Load
    journal: Journal
    chance: random.Random
    is_long: bool = False
    backlog: int = 100_000

    def while_broken(self, usual: float, longest: float) -> float:
        """How long something stays broken: mostly a few seconds, now and then as long as the design's table says."""
        return self.between(1, longest if self.chance.random() < 0.15 else usual)

    def between(self, least: float, most: float) -> float:
        return self.chance.uniform(least, most)

    async def open_chat(self) -> None:
        """A new conversation through the relay: somebody must be offered it."""
        shop, port = self.chance.choice(self.cast.shops), self.rig.links["browser"]
        sender = Relayed(f"caller{next(_NUMBERS)}", shop, self.journal, self.load.pace, port=port)
        await sender.say(sender.http)
        sender.http.drop()

    async def write_mail(self) -> None:
        """A new mail: its case number must be sent back."""
        shop, port = self.chance.choice(self.cast.shops), self.rig.ports["maildoor"]
        await Writer(f"letter{next(_NUMBERS)}", shop, self.journal, self.load.pace, port=port).say()

    def ask_beside(self, ask: Callable[[], Awaitable[None]]) -> None:
        """The same without waiting for the answer."""
        task = asyncio.ensure_future(ask())
        self.load.tasks.append(task)

    async def dies(self, pid: int, *, within: float) -> bool:
        """Whether a process, or one of its children that does its work, ends by itself in time."""
        below = set(processes.descendants(pid))
        until = time.monotonic() + within
        while time.monotonic() < until:
            await asyncio.sleep(0.1)
            now = processes.descendants(pid)
            if (below - set(now)) or self.rig.has_ended(pid):
                return True
            below |= set(now)
        return False

    async def admin(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """One statement past the product, on a connection of its own; it may run twice."""

        def run() -> list[tuple[Any, ...]]:
            with psycopg.connect(self.rig.postgres.url, autocommit=True, connect_timeout=5) as connection:
                cursor = connection.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []

        until = time.monotonic() + ADMIN_PATIENCE
        while True:
            try:
                return await asyncio.to_thread(run)
            except psycopg.OperationalError:
                # Another fault has the database down: what was begun must still be mended.
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.3)


async def in_thread(work: Callable[[], T]) -> T:
    """Work of the product's own, in this process, on a connection that no fault has cut."""

    def run() -> T:
        connection.close()
        try:
            return work()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


Inject = Callable[[Stage], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Fault:
    """code: as in the design's table. sign: what shows that it is over (see ``measuring``). weight: how often drawn."""

    code: str
    name: str
    inject: Inject
    sign: str = "answers"
    weight: float = 1.0
    is_for_long_runs: bool = False
    # Of people and carriers: in long runs these are injected beside those of processes and servers.
    is_beside: bool = False
