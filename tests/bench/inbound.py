"""``inbound_to_screen`` and ``inbound_rate``: a webhook until the agent's socket has it, against the floor.

    python -m tests.bench.inbound [--disk] [--rounds 5] [--json FILE]

100 tenants at random, 500 agents' sockets open, web, dispatcher and worker as ``make run`` starts them. Two cases:
``new``, from before the POST until the agent's socket has ``offer.made`` (receipt, customer, conversation, message,
two clocks with their ledger, work item, the dispatcher's decision, offer); ``follow_up``, a further message in a
conversation that the agent has in hand, until ``message.added``. One in flight; ``inbound_rate`` is ``new`` with 16.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from config.replay.canaries import token_of
from tests.bench.figures import Line, interleave, quantile, show, spread, table
from tests.bench.variants import bench_servers
from tests.bench.words import foreign_texts

TENANTS, SOCKETS, EACH, RATE_EACH, WARM_UP = 100, 500, 100, 640, 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--disk", action="store_true", help="a COMMIT waits for the disk")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    variant = "disk" if arguments.disk else "cpu"
    with bench_servers(variant) as servers:
        import django

        django.setup()
        result = measure(servers.database_url, servers.valkey_url, arguments.rounds, arguments.in_flight)
    lines = lines_of(result, variant)
    print(table(lines))
    print("checks, all but sent must be 0:", result["checks"])
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"variant": variant, **result, "lines": [line.as_json() for line in lines]}, indent=1)
        )
    if any(count for name, count in result["checks"].items() if name != "sent"):
        sys.exit("messages were lost or doubled")


def lines_of(result: dict[str, Any], variant: str) -> list[Line]:
    """Both cases are held to the same goals."""
    lines = []
    for name in ("new", "follow_up"):
        for share, goal in (("p50", 12.0), ("p99", 25.0)):
            row = result[name][share]
            lines.append(
                Line(
                    f"inbound_to_screen {name} {share} ({variant})",
                    show(row["ms"], " ms"),
                    show(row["floor_ms"], " ms"),
                    row["ratio"],
                    goal,
                )
            )
    row = result["rate"]
    name = f"inbound_rate {result['in_flight']} in flight ({variant})"
    ours, limit = show(row["per_second"], "/s"), show(row["floor_per_second"], "/s")
    return [*lines, Line(name, ours, limit, row["ratio"], 0.15, at_most=False)]


def measure(database_url: str, valkey_url: str, rounds: int, in_flight: int) -> dict[str, Any]:
    from django.core.management import call_command

    from config.replay.programs import ROOT, running_programs
    from tests.bench.ears import Ears
    from tests.bench.floor import Floor
    from tests.bench.stage import set_up

    call_command("migrate_all", verbosity=0)
    stage = set_up(tenants=TENANTS, agents=SOCKETS)
    print(f"{len(stage.tenants)} tenants, {len(stage.agents)} agents", file=sys.stderr)
    with running_programs(ROOT / ".run" / "bench", beat=False) as port, Floor(database_url, valkey_url) as floor:
        ears = Ears(port, stage.cookies)
        print(f"{SOCKETS} sockets open", file=sys.stderr)
        try:
            run = Run(port, ears, in_flight)
            run.warm_up()
            latency = interleave(rounds, lambda: floor.latencies(EACH), run.new)
            follow_up = interleave(rounds, lambda: floor.latencies(EACH), run.follow_up)
            rate = interleave(rounds, lambda: floor.rate(RATE_EACH, in_flight), run.new_rate)
            checks = run.check()
        finally:
            ears.close()
    return {
        "new": _ratios(latency),
        "follow_up": _ratios(follow_up),
        "rate": _shares(rate),
        "in_flight": in_flight,
        "checks": checks,
    }


class Run:
    """Sends, waits for frames, and counts what it did so that the database can be checked against it."""

    def __init__(self, port: int, ears: Any, in_flight: int) -> None:
        from tests.bench.caller import Caller

        self.port, self.ears = port, ears
        self.caller = Caller(port)
        self.callers = [Caller(port) for _ in range(in_flight)]
        self.chance = random.Random(1)
        self.number = 0
        self.threads: list[tuple[int, str]] = []
        self.sent = 0
        self.opened = 0

    def _post(self, caller: Any, tenant: int, thread: str) -> None:
        self.sent += 1
        caller.post(
            f"bench-{tenant}",
            "s",
            key=f"{thread}-{self.sent}-{self.chance.random()}",
            sender=thread,
            thread=thread,
            text=f"Where is my parcel? It should have arrived on Monday. {token_of(f'bench-{tenant}')}",
        )

    def _open(self, caller: Any) -> None:
        self.number += 1
        self.opened += 1
        tenant, thread = self.chance.randrange(TENANTS), f"t{self.number}"
        self.threads.append((tenant, thread))
        self._post(caller, tenant, thread)

    def warm_up(self) -> None:
        """Every web thread has met every tenant of its lines; plans and caches are as in the middle of a day."""
        for number in range(WARM_UP):
            self._open(self.callers[number % len(self.callers)])
        self.ears.wait_for("offer.made", count=WARM_UP, patience=60)
        self.ears.clear()

    def new(self) -> list[float]:
        taken = []
        for _ in range(EACH):
            start = time.perf_counter()
            self._open(self.caller)
            [(at, _)] = self.ears.wait_for("offer.made")
            taken.append(at - start)
        self.ears.clear()
        return taken

    def follow_up(self) -> list[float]:
        self._accept_all()
        taken = []
        for _ in range(EACH):
            tenant, thread = self.chance.choice(self.accepted)
            start = time.perf_counter()
            self._post(self.caller, tenant, thread)
            [(at, _)] = self.ears.wait_for("message.added")
            taken.append(at - start)
        self.ears.clear()
        return taken

    def _accept_all(self) -> None:
        from routing import queue
        from routing.models import WorkItem

        offered = WorkItem.objects.filter(state="offered").select_related("agent")
        for item in offered:
            assert item.agent is not None
            queue.accept(person=item.agent, work_item_id=item.id)
        self.accepted = list(self.threads)
        self.ears.clear()

    def new_rate(self) -> float:
        each = RATE_EACH // len(self.callers)
        lock = threading.Lock()

        def send(caller: Any) -> None:
            for _ in range(each):
                with lock:
                    self.number += 1
                    self.sent += 1
                    self.opened += 1
                    number, tenant = self.number, self.chance.randrange(TENANTS)
                    self.threads.append((tenant, f"t{number}"))
                caller.post(
                    f"bench-{tenant}",
                    "s",
                    key=f"r{number}",
                    sender=f"t{number}",
                    thread=f"t{number}",
                    text=f"Where is my parcel? It should have arrived on Monday. {token_of(f'bench-{tenant}')}",
                )

        threads = [threading.Thread(target=send, args=(caller,)) for caller in self.callers]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        frames = self.ears.wait_for("offer.made", count=each * len(self.callers), patience=120)
        for thread in threads:
            thread.join()
        self.ears.clear()
        last = float(max(at for at, _ in frames))
        return len(frames) / (last - start)

    def check(self) -> dict[str, int]:
        """Lost and doubled messages, conversations without clocks, double assignments; all must be 0."""
        from django.db.models import Count

        from conversations.models import Conversation, Message
        from kernel.tenancy import enter
        from routing.models import Offer, WorkItem
        from sla_contracts.models import Clock
        from tenants.models import Tenant

        messages = conversations = 0
        for tenant in Tenant.objects.all():
            with enter(tenant):
                messages += Message.objects.filter(direction="in").count()
                conversations += Conversation.objects.count()
        doubled = WorkItem.objects.values("conversation").annotate(n=Count("id")).filter(n__gt=1).count()
        offers = Offer.objects.values("work_item").annotate(n=Count("id")).filter(n__gt=1).count()
        return {
            "sent": self.sent,
            "lost": self.sent - messages,
            "conversations_off": self.opened - conversations,
            "work_items_off": conversations - WorkItem.objects.count(),
            "clocks_off": 2 * conversations - Clock.objects.count(),
            "double_work_items": doubled,
            "double_offers": offers,
            "foreign_texts": foreign_texts(),
            "words_in_frames": self.ears.words,
        }


def _ratios(pairs: list[tuple[list[float], list[float]]]) -> dict[str, Any]:
    return {
        name: {
            "ratio": spread([quantile(ours, share) / quantile(limit, share) for limit, ours in pairs]),
            "ms": spread([quantile(ours, share) * 1000 for _, ours in pairs]),
            "floor_ms": spread([quantile(limit, share) * 1000 for limit, _ in pairs]),
        }
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }


def _shares(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "ratio": spread([ours / limit for limit, ours in pairs]),
        "per_second": spread([ours for _, ours in pairs]),
        "floor_per_second": spread([limit for limit, _ in pairs]),
    }


if __name__ == "__main__":
    main()
