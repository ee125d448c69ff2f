"""What one message costs, step by step: round trips, and the CPU of this process and of its PostgreSQL server process.

    python -m tests.bench.steps [--count 300] [--tenants 20] [--profile]

One process, one connection, no HTTP: ``behind`` is what the worker does for each message of a backlog, ``new`` and
``further`` what a webhook's thread does between request and answer, ``offer`` what the dispatcher does from the
doorbell to its COMMIT for one item, ``round`` the same for a hundred. CPU, so that other programs on the machine count
only by what they take from caches and cores. A round trip is a wait of the server process for its client.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.variants import bench_servers

_SHOP = re.compile(r'"[a-z_0-9]+"\.|-- tenant_\w+')
WARM_UP = 3  # of each kind, at each shop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--profile", action="store_true", help="this process's functions, too")
    arguments = parser.parse_args()
    os.environ["INBOUND_INLINE"] = "0"  # what is piled up waits for the worker
    with bench_servers("cpu"):
        import django

        django.setup()
        measure(arguments.count, arguments.tenants, profile=arguments.profile)


def measure(count: int, tenants: int, *, profile: bool) -> None:
    from django.core.management import call_command

    from kernel import statements
    from tests.bench.stage import set_up

    call_command("migrate_all", verbosity=0)
    stage = set_up(tenants=tenants, agents=50)
    course = Course(stage)
    print(f"{'':10}{'trips':>8}{'ours ms':>10}{'server ms':>11}{'wall ms':>9}")
    course.pile_up(count)
    course.step("behind", count // 50, course.take_in, profile, each=50)
    statements.keep_plans()
    for _ in range(WARM_UP):
        for number in range(tenants):
            course.new(number)
            course.further(number)
    course.offer()
    course.step("new", count, lambda: course.new(course.chance.randrange(tenants)), profile)
    course.step("further", count, lambda: course.further(course.chance.randrange(tenants)), profile)
    course.restart()
    course.step("offer", count, course.enter_and_offer, profile, only=course.offer)
    course.step("round", max(1, count // 50), course.enter_hundred, profile, only=course.offer)


class Course:
    """The use cases, each called as its process calls it."""

    def __init__(self, stage: Any) -> None:
        from routing.dispatcher.board import Board
        from tenants.models import Line

        self.stage = stage
        self.chance = random.Random(1)
        self.lines = list(Line.objects.select_related("tenant").filter(carrier="relay").order_by("token"))
        self.number = 0
        self.board = Board()
        self.rung: list[Any] = []
        self.last: dict[int, str] = {}
        self.waiting: list[tuple[Any, Any]] = []

    def new(self, shop: int) -> None:
        self.number += 1
        self.last[shop] = f"t{self.number}"
        self._say(shop, self.last[shop])

    def further(self, shop: int) -> None:
        self._say(shop, self.last[shop])

    def _say(self, shop: int, thread: str) -> None:
        from conversations import receipts

        self.number += 1
        said = "Where is my parcel? It should have arrived on Monday."
        payload: dict[str, Any] = {
            "id": f"m{self.number}",
            "from": {"address": thread, "name": thread},
            "text": said,
            "thread": thread,
        }
        receipts.accept_and_take_in(
            line=self.lines[shop], external_id=payload["id"], payload=json.dumps(payload).encode()
        )

    def pile_up(self, count: int) -> None:
        """Fifty messages each of several senders, in one shop each, stored and not taken in."""
        from conversations import receipts

        for number in range(2 * count // 50 + 20):
            line, first = self.lines[number % len(self.lines)], None
            for step in range(50):
                name = f"b{number}"
                payload: dict[str, Any] = {
                    "id": f"{name}-{step}",
                    "from": {"address": name, "name": name},
                    "text": "Where is it?",
                }
                raw = json.dumps({**payload, "thread": name}).encode()
                first = first or receipts.accept(line=line, external_id=str(payload["id"]), payload=raw)
                if step:
                    receipts.accept(line=line, external_id=str(payload["id"]), payload=raw)
            assert first is not None
            self.waiting.append((line.tenant_id, first.id))

    def take_in(self) -> None:
        from conversations import tasks

        tenant_id, receipt_id = self.waiting.pop()
        tasks.take_in(str(tenant_id), str(receipt_id))

    def restart(self) -> None:
        from routing.models import WorkItem

        WorkItem.objects.filter(state="waiting").update(state="abandoned")
        self.board.load_all()

    def enter_and_offer(self) -> None:
        self._enter(1)
        self.offer()

    def enter_hundred(self) -> None:
        self._enter(100)
        self.offer()

    def _enter(self, count: int) -> None:
        from kernel.ids import new_id
        from routing import queue

        for _ in range(count):
            item = queue.enqueue(
                tenant_id=self.chance.choice(self.stage.tenants).id,
                conversation_id=new_id(),
                channel="webchat",
                channel_group="chat",
                language="en",
            )
            self.rung.append(item.id)

    def offer(self) -> None:
        from routing.dispatcher.loop import decide_round

        self.board.load_items(self.rung)
        made = decide_round(self.board)
        assert made == len(self.rung), f"{made} offers of {len(self.rung)}"
        self.rung = []

    def step(
        self,
        name: str,
        count: int,
        work: Callable[[], None],
        profile: bool,
        only: Callable[[], None] | None = None,
        each: int = 1,
    ) -> None:
        """only: what is measured of ``work``; it is put in its place. each: messages that it is about."""
        meter = Meter()
        measured = only or work
        profiler = cProfile.Profile() if profile else None

        def timed() -> None:
            with meter.running():
                if profiler is not None:
                    profiler.enable()
                measured()
                if profiler is not None:
                    profiler.disable()

        if only is not None:
            self.offer = timed  # type: ignore[method-assign]
            for _ in range(count):
                work()
            del self.offer
        else:
            for _ in range(count):
                timed()
        meter.show(name, count * each)
        with watched() as seen:
            for _ in range(20 if (only is None and each == 1) or count >= 100 else 2):
                work()
        seen.show()
        if profiler is not None:
            pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(45)


class Meter:
    def __init__(self) -> None:
        from django.db import connection

        connection.ensure_connection()
        self.server = int(connection.connection.info.backend_pid)
        self.trips = self.ours = self.theirs = self.wall = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        at = time.perf_counter(), time.process_time(), cpu_of(self.server), waits_of(self.server)
        yield
        self.wall += time.perf_counter() - at[0]
        self.ours += time.process_time() - at[1]
        self.theirs += cpu_of(self.server) - at[2]
        self.trips += waits_of(self.server) - at[3]

    def show(self, name: str, count: int) -> None:
        each = [1000 * value / count for value in (self.ours, self.theirs, self.wall)]
        print(f"{name:10}{self.trips / count:>8.1f}{each[0]:>10.2f}{each[1]:>11.2f}{each[2]:>9.2f}", flush=True)


class Seen:
    """Statements by their text: how often, and what they took of the server."""

    def __init__(self) -> None:
        self.rows: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])

    def show(self) -> None:
        for text, (count, server, wall) in self.rows.items():
            print(f"    {count:>5.0f} x {1000 * server / count:7.3f} ms server {1000 * wall / count:7.3f} wall  {text}")


@contextmanager
def watched() -> Iterator[Seen]:
    """Every statement that goes to the server meanwhile."""
    import psycopg
    from django.db import connection

    seen = Seen()
    server = int(connection.connection.info.backend_pid)
    plain = psycopg.Connection.wait

    def wait(self: Any, gen: Any, *given: Any, **named: Any) -> Any:
        name = getattr(gen, "__qualname__", str(gen))
        frame = getattr(gen, "gi_frame", None)
        text = name
        if frame is not None and "query" in frame.f_locals:
            text = " ".join(_SHOP.sub("", str(frame.f_locals["query"])).split())[:100]
        begun, at = cpu_of(server), time.perf_counter()
        try:
            return plain(self, gen, *given, **named)
        finally:
            row = seen.rows[text]
            row[0] += 1
            row[1] += cpu_of(server) - begun
            row[2] += time.perf_counter() - at

    psycopg.Connection.wait = wait  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        psycopg.Connection.wait = plain  # type: ignore[method-assign]


def cpu_of(process: int) -> float:
    """Seconds on a core so far."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def waits_of(process: int) -> int:
    """How often it waited so far."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("voluntary_ctxt_switches"):
            return int(line.split()[1])
    raise LookupError(process)


if __name__ == "__main__":
    main()
