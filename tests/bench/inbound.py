"""``inbound_to_screen`` and ``inbound_rate``: a webhook until the agent's socket has it, against the floor.

    python -m tests.bench.inbound [--durable] [--rounds 5] [--json FILE]

Two cases: ``new`` (receipt, customer, conversation, message, work item, two clocks, then the dispatcher's offer) and
``follow_up`` (a further message in a conversation that the agent has in hand). Rounds are interleaved A B B A.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TENANTS, SOCKETS, EACH, RATE_EACH = 100, 500, 100, 640


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--durable", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    from config.launch.scratch import scratch_servers

    with scratch_servers(durable=arguments.durable) as servers:
        os.environ.update(servers.environment(), SECRET_KEY="bench", DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        result = measure(servers.database_url, servers.valkey_url, arguments.rounds, arguments.in_flight)
    result["variant"] = "disk" if arguments.durable else "cpu"
    print_table(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1))


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
            latency = _interleave(rounds, lambda: floor.latencies(EACH), run.new)
            follow_up = _interleave(rounds, lambda: floor.latencies(EACH), run.follow_up)
            rate = _interleave(rounds, lambda: floor.rate(RATE_EACH, in_flight), run.new_rate)
            checks = run.check()
        finally:
            ears.close()
    return {
        "inbound_to_screen": _ratios(latency),
        "follow_up_to_screen": _ratios(follow_up),
        "inbound_rate": _shares(rate),
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
            text="Where is my parcel? It should have arrived on Monday.",
        )

    def _open(self, caller: Any) -> None:
        self.number += 1
        self.opened += 1
        tenant, thread = self.chance.randrange(TENANTS), f"t{self.number}"
        self.threads.append((tenant, thread))
        self._post(caller, tenant, thread)

    def warm_up(self) -> None:
        for _ in range(200):
            self._open(self.caller)
        self.ears.wait_for("offer.made", count=200, patience=60)
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
                    text="Where is my parcel? It should have arrived on Monday.",
                )

        threads = [threading.Thread(target=send, args=(caller,)) for caller in self.callers]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        frames = self.ears.wait_for("offer.made", count=each * len(self.callers), patience=120)
        for thread in threads:
            thread.join()
        self.ears.clear()
        return len(frames) / (max(at for at, _ in frames) - start)

    def check(self) -> dict[str, int]:
        """Lost and doubled messages, conversations without clocks, double assignments; all must be 0."""
        from conversations.models import Conversation, Message
        from django.db.models import Count
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
        }


def _interleave(rounds: int, limit: Callable[[], Any], ours: Callable[[], Any]) -> list[tuple[Any, Any]]:
    pairs = []
    for number in range(rounds):
        if number % 2:
            one = ours()
            pairs.append((limit(), one))
        else:
            bare = limit()
            pairs.append((bare, ours()))
    return pairs


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def _ratios(pairs: list[tuple[list[float], list[float]]]) -> dict[str, Any]:
    return {
        name: {
            "ratio": _spread([_quantile(ours, share) / _quantile(limit, share) for limit, ours in pairs]),
            "ms": _spread([_quantile(ours, share) * 1000 for _, ours in pairs]),
            "floor_ms": _spread([_quantile(limit, share) * 1000 for limit, _ in pairs]),
        }
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }


def _shares(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "share": _spread([ours / limit for limit, ours in pairs]),
        "per_second": _spread([ours for _, ours in pairs]),
        "floor_per_second": _spread([limit for limit, _ in pairs]),
    }


def print_table(result: dict[str, Any]) -> None:
    def cell(spread: dict[str, float], digits: int = 2) -> str:
        return f"{spread['median']:.{digits}f} [{spread['min']:.{digits}f} {spread['max']:.{digits}f}]"

    for name in ("inbound_to_screen", "follow_up_to_screen"):
        for quantile in ("p50", "p99"):
            row = result[name][quantile]
            print(
                f"{name:20} {quantile}  {cell(row['ratio'])} × floor   {cell(row['ms'])} ms"
                f"   floor {cell(row['floor_ms'])} ms"
            )
    row = result["inbound_rate"]
    print(
        f"inbound_rate ({result['in_flight']} in flight)  {cell(row['share'], 3)} of floor"
        f"   {cell(row['per_second'], 0)}/s   floor {cell(row['floor_per_second'], 0)}/s"
    )
    print("checks", result["checks"])


if __name__ == "__main__":
    main()
