"""An item enters until its agent is told, at 50 % and 80 % load, as a multiple of one commit, hop and socket write.

The dispatcher is a process of its own, as `manage.py dispatch` runs it. Items enter through `queue.enqueue`, from
threads, at random instants (Poisson). Load 1 is what gets told a second when the threads enter as fast as they can,
measured in the same run. The clock runs from before `enqueue` until the offer's frame is read from Valkey by another
process: what a socket's server would have in hand.
"""

from __future__ import annotations

import json
import multiprocessing
import queue as queues
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import quantile

ROOT = Path(__file__).resolve().parents[3]
THREADS, BURST, ARRIVALS = 4, 400, 300
PATIENCE = 60.0


def _hear(valkey_url: str, channel: str, frames: Any, ready: Any) -> None:
    import redis

    pubsub: Any = redis.Redis.from_url(valkey_url).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    pubsub.subscribe(channel)
    pubsub.get_message(timeout=5)
    ready.put(True)
    for message in pubsub.listen():
        at = time.perf_counter()
        for frame in message["data"].split(b"\n")[1::2]:
            if b"offer.made" in frame:
                frames.put((at, json.loads(frame)["work_item"]))


class Told:
    """Use as a context manager, inside ``bench_servers`` with a stage set up."""

    def __init__(self, stage: Any, valkey_url: str) -> None:
        self.stage, self.valkey_url = stage, valkey_url
        self.chance = random.Random(5)
        self.entered: queues.Queue[Any] = queues.Queue()
        self.started: dict[str, float] = {}

    def __enter__(self) -> Told:
        from kernel import live

        context = multiprocessing.get_context("spawn")
        self.frames: Any = context.Queue()
        ready = context.Queue()
        heard = (self.valkey_url, live.CHANNEL, self.frames, ready)
        self.ears = context.Process(target=_hear, args=heard, daemon=True)
        self.ears.start()
        ready.get(timeout=30)
        self.dispatcher = subprocess.Popen(
            [sys.executable, "manage.py", "dispatch"], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        self.threads = [threading.Thread(target=self._enter, daemon=True) for _ in range(THREADS)]
        for thread in self.threads:
            thread.start()
        self._tell(100, pause=lambda: 0.01)
        return self

    def __exit__(self, *_: object) -> None:
        for _thread in self.threads:
            self.entered.put(None)
        self.dispatcher.terminate()
        self.dispatcher.wait(20)
        self.ears.terminate()

    def rate(self) -> float:
        """Told a second, entered as fast as they can."""
        begin = time.perf_counter()
        heard = self._tell(BURST, pause=lambda: 0.0)
        return BURST / (max(heard.values()) - begin)

    def latencies(self, per_second: float) -> list[float]:
        heard = self._tell(ARRIVALS, pause=lambda: self.chance.expovariate(per_second))
        return [at - self.started[name] for name, at in heard.items()]

    def _tell(self, count: int, pause: Any) -> dict[str, float]:
        """Let so many enter; when each was told. Every one is told exactly once."""
        self.started.clear()
        due = time.perf_counter()
        for _ in range(count):
            due += pause()
            time.sleep(max(0.0, due - time.perf_counter()))
            self.entered.put(self.chance.choice(self.stage.tenants))
        heard: dict[str, float] = {}
        deadline = time.monotonic() + PATIENCE
        while len(heard) < count:
            at, name = self.frames.get(timeout=max(0.1, deadline - time.monotonic()))
            assert name not in heard, f"{name} was offered twice"
            heard[name] = at
        return heard

    def _enter(self) -> None:
        from kernel.ids import new_id
        from routing import queue

        while (tenant := self.entered.get()) is not None:
            name = new_id()
            self.started[str(name)] = time.perf_counter()
            queue.enqueue(
                work_item_id=name,
                tenant_id=tenant.id,
                conversation_id=new_id(),
                channel="webchat",
                channel_group="chat",
                language="en",
            )


def quantiles(latencies: list[float]) -> dict[str, float]:
    return {name: quantile(latencies, share) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
