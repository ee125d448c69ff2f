"""The seeded order of a run's faults, and the quiet at its end, in which what was acknowledged must come to its end."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from typing import Any

import psycopg
from django.db import DatabaseError
from psycopg import sql

from tests.faults.catalogue import FAULTS
from tests.faults.heavy_faults import faketime
from tests.faults.load import Load
from tests.faults.measuring import Injected, seconds_to_recover
from tests.faults.meddling import keep_books
from tests.faults.stage import Fault, Stage

SETTLE_MAX = 30.0
SETTLE_BESIDE = 5.0
TWO_ROWS = 120.0
DRAIN_MAX = 120.0
# So long nothing may fail any more before a fault counts as over.
QUIET = 1.5
LONG_ABSENCE = 600.0


def faults_named(only: str, *, is_long: bool) -> list[Fault]:
    """All, or those whose codes are named (``F5`` names F5, F5b and F5c)."""
    wanted = [code.strip() for code in only.split(",") if code.strip()]
    known = [fault for fault in FAULTS if is_long or wanted or not fault.is_for_long_runs]
    if not faketime():
        print(
            "F8 is left out: libfaketime is not installed (Debian: libfaketime; LIBFAKETIME names another place)",
            flush=True,
        )
        known = [fault for fault in known if fault.code != "F8"]
    return [each for each in known if not wanted or each.code in wanted or each.code.rstrip("bcdefg") in wanted]


async def inject_until(load: Load, chance: random.Random, end: float, only: str, backlog: int) -> list[Injected]:
    """One fault after the other, each given time to be over, until the time is up; every kind once before any twice.

    In long runs those of people and carriers go on beside those of processes and servers, in a second row.
    """
    stage = Stage(load.rig, load.cast, load, load.journal, chance, is_long=end - time.monotonic() > 300)
    stage.backlog = backlog
    faults = faults_named(only, is_long=stage.is_long)
    if not load.rig.has_small_disk:
        faults = [fault for fault in faults if fault.code != "F13"]
    load.tasks.append(asyncio.ensure_future(keep_books(load)))
    if end - time.monotonic() > LONG_ABSENCE + 120:
        load.tasks.append(asyncio.ensure_future(_stay_away(stage)))
    await asyncio.sleep(3)
    if only or end - time.monotonic() < TWO_ROWS:
        return await _one_after_the_other(stage, faults, end, SETTLE_MAX)
    stages = [replace(stage, chance=random.Random(chance.getrandbits(64))) for _ in range(2)]
    rows = [[fault for fault in faults if fault.is_beside == beside] for beside in (False, True)]
    broken, beside = await asyncio.gather(
        _one_after_the_other(stages[0], rows[0], end, SETTLE_MAX),
        _one_after_the_other(stages[1], rows[1], end, SETTLE_BESIDE),
    )
    for one in beside:
        if any(other.hides(one) for other in broken):
            one.recovered = None
    return sorted([*broken, *beside], key=lambda one: one.at)


async def _one_after_the_other(stage: Stage, faults: list[Fault], end: float, patience: float) -> list[Injected]:
    load, chance = stage.load, stage.chance
    first, done = chance.sample(faults, len(faults)), list[Injected]()
    while time.monotonic() < end:
        load.check_alive()
        fault = first.pop() if first else chance.choices(faults, [each.weight for each in faults])[0]
        at = time.monotonic()
        load.journal.note("faults", "inject", code=fault.code, name=fault.name)
        try:
            counted = await fault.inject(stage)
        except (TimeoutError, RuntimeError, OSError, psycopg.Error, DatabaseError) as error:
            # The harness could not mend what it broke in time (a slow machine), or met another fault itself: said, and
            # not counted. A run of an hour does not end without its verdict for that.
            load.journal.note("faults", "not_mended", code=fault.code, why=repr(error))
            if not fault.is_beside:
                await _mend(stage)
            continue
        one = Injected(fault.code, fault.name, fault.sign, at, counted)
        done.append(one)
        await _settle(load, one, end, patience)
        load.journal.note("faults", "over", code=fault.code, seconds=one.recovered)
        await asyncio.sleep(chance.uniform(0.1, 0.6))
    return done


async def _stay_away(stage: Stage) -> None:
    """One agent is gone for ten minutes beside all else; their work goes to others, and they come back to the rest."""
    agent = stage.chance.choice(stage.load.agents)
    stage.journal.note("faults", "inject", code="F15", name="agent away for ten minutes")
    agent.cut_off()
    await asyncio.sleep(LONG_ABSENCE)
    agent.reconnect()


async def _mend(stage: Stage) -> None:
    """Everything that ought to run, and does not, is started."""
    rig = stage.rig
    for link in rig.links:
        await rig.command(link, "open")
    for server in (rig.postgres, rig.valkey):
        if server.process.poll() is not None:
            await rig.revive_server(server)
    for name, process in list(rig.running.items()):
        if process.poll() is not None and name != "worker2":
            rig.start(name)
    await rig.await_web()


async def _settle(load: Load, one: Injected, end: float, most: float) -> None:
    """Wait until the sign of recovery is seen, so that faults do not hide each other."""
    start = len(load.journal.events) - 1
    while start > 0 and load.journal.events[start]["t"] > one.counted:
        start -= 1
    until = time.monotonic() + most
    while time.monotonic() < min(until, end + 5):
        found = seconds_to_recover(one.sign, one.counted, load.journal.events[start:])
        if found is not None and time.monotonic() - one.counted - found > QUIET:
            one.recovered = found
            return
        await asyncio.sleep(0.2)


async def drain(load: Load) -> dict[str, int]:
    """No new messages; agents go on until nothing acknowledged waits to be taken in or sent. Returns what is left."""
    load.pace.talking = False
    load.sink.shares = {}
    left: dict[str, int] = {}
    until = time.monotonic() + DRAIN_MAX
    while time.monotonic() < until:
        await asyncio.sleep(0.5)
        left = await asyncio.to_thread(_left, load)
        if not any(left.values()):
            break
    await load.stop()
    return await asyncio.to_thread(_left, load)


def _left(load: Load) -> dict[str, int]:
    """Receipts to take in and mails that are due to be sent."""
    left = {"receipts": 0, "mails": 0}
    parts: list[tuple[str, Any]] = [
        ("receipts", "SELECT count(*) FROM {}.conversations_receipt WHERE state = 'new'"),
        ("mails", "SELECT count(*) FROM {}.conversations_message WHERE delivery = 'sending' OR (delivery = 'pending'"
         " AND attempts < 3)"),
    ]  # fmt: skip
    with psycopg.connect(load.rig.postgres.url) as connection:
        for shop in load.cast.shops:
            for name, statement in parts:
                row = connection.execute(sql.SQL(statement).format(sql.Identifier(shop.schema))).fetchone()
                left[name] += row[0] if row else 0
    return left
