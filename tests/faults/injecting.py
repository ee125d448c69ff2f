"""Faults of processes and servers. Each breaks something, mends it, and says from when its recovery counts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable

import redis

from tests.faults import failpoints
from tests.faults.stage import Stage

# routing.dispatcher.loop names it, and needs Django to be read.
HEALTH_KEY = "dispatcher:alive"


async def kill_web(stage: Stage) -> float:
    name = stage.chance.choice(("web1", "web2"))
    at = time.monotonic()
    stage.rig.kill(name)
    await asyncio.sleep(stage.between(0.0, 1.0))
    stage.rig.start(name)
    await stage.rig.await_web(name)
    return at


async def roll_webs(stage: Stage) -> float:
    """Both web processes one after the other, each asked to end; recovery counts from the last one's end."""
    at = time.monotonic()
    for name in ("web1", "web2"):
        at = time.monotonic()
        await stage.rig.stop(name)
        stage.rig.start(name)
        await stage.rig.await_web(name)
    return at


async def kill_worker(stage: Stage) -> float:
    await asyncio.sleep(stage.between(0.0, 0.5))
    return await _again(stage, "worker", stage.write_mail)


async def kill_dispatcher(stage: Stage) -> float:
    await asyncio.sleep(stage.between(0.0, 0.5))
    at = await _again(stage, "dispatch", stage.open_chat)
    # What the last one said; the new one needs longer than this to say anything.
    await asyncio.to_thread(_forget_dispatcher, stage)
    stage.ask_beside(lambda: _note_dispatching(stage))
    return at


def _forget_dispatcher(stage: Stage) -> None:
    with contextlib.suppress(redis.RedisError):
        redis.Redis.from_url(stage.rig.valkey.url).delete(HEALTH_KEY)


async def _note_dispatching(stage: Stage) -> None:
    """The dispatcher says that it has its lease, and reads and decides; whether anybody is free for an offer is not
    its doing."""
    client = redis.Redis.from_url(stage.rig.valkey.url)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(redis.RedisError):
            if await asyncio.to_thread(client.exists, HEALTH_KEY):
                stage.journal.note("faults", "dispatching")
                return
        await asyncio.sleep(0.1)


async def fail_at_point(stage: Stage) -> float:
    """A process that kills itself at one line, before or after a commit, and is started again."""
    name, points = stage.chance.choice(
        (("dispatch", failpoints.OF_DISPATCHER), ("worker", failpoints.OF_WORKER), ("web1", failpoints.OF_WEB))
    )
    point = stage.chance.choice(points)
    stage.rig.kill(name)
    stage.rig.start(name, FAULTS_FAILPOINT=point)
    pid = stage.rig.running[name].pid
    died = False
    for _ in range(6):
        for ask in (stage.open_chat, stage.write_mail):
            stage.ask_beside(ask)
        if died := await stage.dies(pid, within=5):
            break
    stage.journal.note("faults", "failpoint", point=point, died=died)
    at = time.monotonic()
    stage.rig.kill(name)
    stage.rig.start(name)
    return at


async def kill_beat(stage: Stage) -> float:
    return await _again(stage, "beat")


async def kill_mail_door(stage: Stage) -> float:
    at = await _again(stage, "maildoor")
    await stage.rig.await_port("maildoor")
    return at


async def _again(stage: Stage, name: str, ask: Callable[[], Awaitable[None]] | None = None) -> float:
    """Kill and start again. ask: makes work for it, so that its recovery shows."""
    at = time.monotonic()
    stage.rig.kill(name)
    if ask is not None:
        await ask()
    await asyncio.sleep(stage.between(0.0, 0.5))
    stage.rig.start(name)
    return at


async def freeze(stage: Stage) -> float:
    """A process that gets no time for some seconds and wakes up with stale leases."""
    name = stage.chance.choice(("dispatch", "worker", "web1"))
    pid = stage.rig.running[name].pid
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(stage.while_broken(5, 20) if stage.is_long else 2)
    os.kill(pid, signal.SIGCONT)
    return time.monotonic()


async def kill_valkey(stage: Stage) -> float:
    at = time.monotonic()
    stage.rig.kill_server(stage.rig.valkey)
    await asyncio.sleep(stage.between(0.0, 1.0))
    await stage.rig.revive_server(stage.rig.valkey)
    return at


async def flush_valkey(stage: Stage) -> float:
    at = time.monotonic()
    client = redis.Redis.from_url(stage.rig.valkey.url)
    await asyncio.to_thread(client.flushall)
    client.close()
    return at


async def kill_postgres(stage: Stage) -> float:
    at = time.monotonic()
    stage.rig.kill_server(stage.rig.postgres)
    await asyncio.sleep(stage.between(0.0, 1.0))
    await stage.rig.revive_server(stage.rig.postgres)
    return at


async def restart_postgres(stage: Stage) -> float:
    at = time.monotonic()
    stage.rig.postgres.process.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        while stage.rig.postgres.process.poll() is None:
            await asyncio.sleep(0.02)
    await stage.rig.revive_server(stage.rig.postgres)
    return at


async def cut_backends(stage: Stage) -> float:
    at = time.monotonic()
    share = stage.chance.choice((0.3, 1.0))
    await stage.admin(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' AND random() < %s",
        share,
    )
    return at


async def spoil_link(stage: Stage) -> float:
    """One link slow, silent, deaf, half-open or cut for a while; recovery counts from its healing."""
    link = stage.chance.choice(("web1-db", "web1-valkey", "worker-db", "browser"))
    mode = stage.chance.choice(("slow", "blackhole", "deaf", "half", "cut"))
    stage.journal.note("faults", "link", link=link, mode=mode)
    await stage.rig.command(link, mode, stage.between(0.05, 0.3))
    await asyncio.sleep(stage.while_broken(5, 20) if stage.is_long else 1.5)
    await stage.rig.command(link, "open")
    return time.monotonic()


async def turn_mail_away(stage: Stage) -> float:
    """The mail server on the other side is overloaded, then hangs up, then is well again."""
    before = stage.load.sink.shares
    stage.load.sink.shares = {"later": 0.5, "silent": 0.1, "slow": 0.3}
    await asyncio.sleep(stage.between(2, 6))
    stage.load.sink.shares = before
    return time.monotonic()
