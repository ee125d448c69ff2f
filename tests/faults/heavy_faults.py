"""Faults that take long: a migration of a hundred schemas in traffic, a full disk, a backlog, clocks that are wrong."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from pathlib import Path
from typing import Any

from tests.faults.measuring import percentile
from tests.faults.shoppers import Relayed
from tests.faults.stage import Stage, in_thread
from tests.faults.volume import give_room, leave_no_room
from tests.faults.wire import Http

SCHEMAS = 100
_migrations = itertools.count(1)


async def migrate_in_traffic(stage: Stage) -> float:
    """All schemas get new columns while everybody works; killed half-way, and run again to its end."""
    from tests.faults.cast import open_empty_shops

    schemas = await in_thread(lambda: open_empty_shops(SCHEMAS))
    number = next(_migrations)
    at = time.monotonic()
    process = stage.rig.run("migration", "-m", "tests.faults.migration", str(number))
    while process.poll() is None and await _migrated(stage, schemas, number) < len(schemas) // 2:
        await asyncio.sleep(0.05)
    process.kill()
    process.wait()
    halfway = await _migrated(stage, schemas, number)
    process = stage.rig.run("migration", "-m", "tests.faults.migration", str(number))
    while process.poll() is None:
        await asyncio.sleep(0.1)
    done = await _migrated(stage, schemas, number)
    stage.journal.note("faults", "migrated", halfway=halfway, done=done, wanted=len(schemas), code=process.returncode)
    return at


async def _migrated(stage: Stage, schemas: list[str], number: int) -> int:
    rows = await stage.admin(
        "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE n.nspname = ANY(%s) AND c.relname = 'customers_customer' AND a.attname = %s",
        schemas,
        f"extra_{number}",
    )
    return int(rows[0][0])


async def fill_disk(stage: Stage) -> float:
    """The volume of database and files is full for some seconds; PostgreSQL is started again if that ended it."""
    await asyncio.to_thread(leave_no_room, stage.rig.home)
    await asyncio.sleep(stage.between(3, 8))
    await asyncio.to_thread(give_room, stage.rig.home)
    at = time.monotonic()
    await asyncio.sleep(1)
    if stage.rig.postgres.process.poll() is not None:
        await stage.rig.revive_server(stage.rig.postgres)
    stage.journal.note("faults", "disk", postgres_ended=stage.rig.postgres.process.poll() is not None)
    return at


async def drain_backlog(stage: Stage) -> float:
    """The workers stop, many messages are acknowledged meanwhile; then they start, and live chat goes on beside."""
    for name in ("web1", "web2"):
        await stage.rig.stop(name)
        stage.rig.start(name, INBOUND_INLINE="0")
        await stage.rig.await_web(name)
    stage.rig.kill("worker")
    begun = time.monotonic()
    await _pile_up(stage, stage.backlog)
    at = time.monotonic()
    for name in ("worker", "worker2"):
        stage.rig.start(name)
    most = 1800.0
    while time.monotonic() < at + most and await _waiting(stage):
        await asyncio.sleep(1)
    seconds = time.monotonic() - at
    chats = _chat_times(stage, at)
    stage.journal.note(
        "faults",
        "backlog",
        messages=stage.backlog,
        piled_up_in=round(at - begun, 1),
        seconds=round(seconds, 1),
        left=await _waiting(stage),
        chat_p95=round(percentile(chats, 0.95), 3) if chats else None,
        chats=len(chats),
    )
    await stage.rig.stop("worker2")
    for name in ("web1", "web2"):
        await stage.rig.stop(name)
        stage.rig.start(name)
        await stage.rig.await_web(name)
    return at


async def _pile_up(stage: Stage, messages: int) -> None:
    """Webhooks of many threads, from sixteen connections; each thread's messages one after the other."""
    lanes = 16

    async def fill(lane: int) -> None:
        http = Http(stage.rig.links["browser"], "desk.localhost")
        left = messages // lanes
        for thread in itertools.count():
            shop = stage.cast.shops[(lane + thread) % len(stage.cast.shops)]
            sender = Relayed(f"backlog{lane}x{thread}", shop, stage.journal, stage.load.pace, port=http.port)
            for _ in range(50):
                if left == 0:
                    return
                left -= 1
                key, body = sender.begin()
                await sender.until_acknowledged(key, lambda k=key, b=body, s=sender: s.post(http, k, b))

    await asyncio.gather(*(fill(lane) for lane in range(lanes)))


async def _waiting(stage: Stage) -> int:
    """Of the backlog itself: what others write meanwhile waits behind nobody, and there is always some of it."""
    total = 0
    for shop in stage.cast.shops:
        rows = await stage.admin(
            f'SELECT count(*) FROM "{shop.schema}".conversations_receipt WHERE state = %s AND external_id LIKE %s',
            "new",
            "backlog%",
        )
        total += int(rows[0][0])
    return total


def _chat_times(stage: Stage, since: float) -> list[float]:
    """Seconds from each attempt of a visitor of the widget to its acknowledgement."""
    chats: list[dict[str, Any]] = [e for e in stage.journal.events if e["what"] == "acked" and "seq" in e]
    return [event["t"] - event["began"] for event in chats if event["began"] >= since]


def faketime() -> str:
    """The library, where Debian's package or LIBFAKETIME has it; empty where it is not."""
    named = os.environ.get("LIBFAKETIME")
    places = [Path(named)] if named else sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return next((str(place) for place in places if place.exists()), "")


async def shift_clock(stage: Stage) -> float:
    """One process lives an hour ahead or behind for a while."""
    name = stage.chance.choice(("web1", "dispatch", "worker"))
    shift = stage.chance.choice(("+1h", "-1h", "+90m"))
    stage.rig.kill(name)
    stage.rig.start(name, LD_PRELOAD=faketime(), FAKETIME=shift, FAKETIME_DONT_FAKE_MONOTONIC="1")
    stage.journal.note("faults", "clock", name=name, shift=shift)
    await asyncio.sleep(stage.between(8, 15))
    stage.rig.kill(name)
    stage.rig.start(name)
    return time.monotonic()
