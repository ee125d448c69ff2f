"""Every request at 1,000 tenants against the same at 1, and the memory of the server processes afterwards.

    python -m tests.bench.thousand [--tenants 1000] [--rounds 5] [--json FILE]

Two databases on one server, each with its own web process; both have as many agents and conversations, only that in the
one they belong to one tenant and in the other to a thousand. Each request goes to a tenant at random. One in flight.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from config.replay.canaries import token_of
from tests.bench.caller import Caller
from tests.bench.figures import Line, interleave, quantile, show, spread, table
from tests.bench.variants import bench_servers, beside, commit_without_waiting
from tests.bench.words import require_own

EACH, CASES = 100, 1000
GOAL, MEMORY_GOAL = 1.1, 1024.0


@dataclass(frozen=True, slots=True)
class Case:
    """An agent with one conversation in hand."""

    cookie: str
    tenant: str
    token: str
    conversation: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--stage", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stage:
        arguments.stage.write_text(json.dumps([asdict(case) for case in set_stage(arguments.tenants)]))
        return
    result = measure(arguments.tenants, arguments.rounds)
    lines = lines_of(result)
    print(table(lines))
    if arguments.json:
        arguments.json.write_text(json.dumps({**result, "lines": [line.as_json() for line in lines]}, indent=1))


def lines_of(result: dict[str, Any]) -> list[Line]:
    count = result["tenants"]
    lines = [
        Line(
            f"{name} at {count:,} tenants against 1",
            show(row["many_ms"], " ms"),
            show(row["one_ms"], " ms"),
            row["ratio"],
            GOAL,
        )
        for name, row in result["requests"].items()
    ]
    memory = result["backends_private_mib"]
    name = f"private memory of all {result['backends']} backends, MiB"
    return [*lines, Line(name, f"{memory:,.0f} MiB", "", spread([memory]), MEMORY_GOAL)]


def measure(tenants: int, rounds: int) -> dict[str, Any]:
    from config.replay.programs import ROOT, running_programs

    with ExitStack() as stack:
        servers = stack.enter_context(bench_servers("cpu"))
        visitors = []
        for number, count in enumerate((1, tenants)):
            environment = _environment(servers.database_url, servers.valkey_url, number)
            cases = _staged(environment, count, ROOT / ".run" / "bench" / f"stage-{count}.json")
            print(f"{count} tenants are there", file=sys.stderr)
            log = ROOT / ".run" / "bench" / f"tenants-{count}"
            port = stack.enter_context(running_programs(log, worker=False, beat=False, environment=environment))
            visitors.append(Visitor(port, cases, count))
        one, many = visitors
        for visitor in visitors:
            visitor.warm_up()
        requests = {
            name: _ratios(interleave(rounds, getattr(one, name), getattr(many, name)))
            for name in ("changes", "page", "reply", "webhook")
        }
        backends = _private_mib(servers.processes[0])
    return {
        "tenants": tenants,
        "requests": requests,
        "backends": len(backends),
        "backends_private_mib": sum(backends),
        "largest_backend_mib": max(backends),
    }


class Visitor:
    """Asks one web process, each time as another agent or shopper."""

    def __init__(self, port: int, cases: list[Case], tenants: int) -> None:
        self.port, self.cases = port, cases
        self.chance = random.Random(tenants)
        self.number = 0

    def connect(self) -> None:
        """Anew: the web process drops a connection that was idle for long."""
        self.http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.caller = Caller(self.port)

    def warm_up(self) -> None:
        """Each tenant is met on each way in, as in the middle of a day."""
        self.connect()
        for case in {case.tenant: case for case in self.cases}.values():
            self._page(case)
            self._webhook(case)
        for ask in (self._changes, self._reply):
            for case in self.cases[:EACH]:
                ask(case)

    def changes(self) -> float:
        return self._median(self._changes)

    def page(self) -> float:
        return self._median(self._page)

    def reply(self) -> float:
        return self._median(self._reply)

    def webhook(self) -> float:
        return self._median(self._webhook)

    def _median(self, ask: Callable[[Case], None]) -> float:
        self.connect()
        taken = []
        for _ in range(EACH):
            case = self.chance.choice(self.cases)
            start = time.perf_counter()
            ask(case)
            taken.append(time.perf_counter() - start)
        return quantile(taken, 0.5)

    def _changes(self, case: Case) -> None:
        self._ask("GET", "/api/desk/changes?since=0", case)

    def _page(self, case: Case) -> None:
        self._ask("GET", f"/api/desk/clients/{case.tenant}/conversations/{case.conversation}", case)

    def _reply(self, case: Case) -> None:
        self.number += 1
        body = json.dumps(
            {"text": f"Thank you, it is on its way. {token_of(case.token)}", "client_key": f"bench-{self.number}"}
        )
        self._ask("POST", f"/api/desk/clients/{case.tenant}/conversations/{case.conversation}/reply", case, body)

    def _webhook(self, case: Case) -> None:
        self.number += 1
        name = f"w{self.number}"
        self.caller.post(
            case.token, "s", key=name, sender=name, thread=name, text=f"Where is my parcel? {token_of(case.token)}"
        )

    def _ask(self, method: str, path: str, case: Case, body: str | None = None) -> None:
        key = "b" * 32
        headers = {"Host": f"desk.localhost:{self.port}", "Cookie": f"{case.cookie}; csrftoken={key}"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "X-CSRFToken": key}
        self.http.request(method, path, body=body, headers=headers)
        answer = self.http.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        require_own(case.token, content, f"{method} {path}")


def set_stage(tenants: int) -> list[Case]:
    """``CASES`` agents, each with a conversation of some tenant in hand, made by the ordinary use cases."""
    import django

    django.setup()
    from datetime import timedelta

    from django.core.management import call_command

    from conversations import receipts
    from kernel import clock
    from routing import queue
    from routing.models import AgentState, WorkItem
    from tenants.models import Line as ShopLine
    from tests.bench.stage import set_up

    call_command("migrate_all", verbosity=0, stdout=sys.stderr)
    stage = set_up(tenants=tenants, agents=CASES, clients_each=1)
    cases = []
    for number, person in enumerate(stage.agents):
        line = ShopLine.objects.select_related("tenant").get(token=f"bench-{number % tenants}")
        name = f"c{number}"
        said = f"Where is my parcel? {token_of(line.token)}"
        payload = {"id": name, "from": {"address": name, "name": name}, "text": said, "thread": name}
        receipts.accept_and_take_in(line=line, external_id=name, payload=json.dumps(payload).encode())
        item = WorkItem.objects.get(tenant=line.tenant, state="waiting")
        queue.offer(work_item_id=item.id, agent_id=person.pk)
        queue.accept(person=person, work_item_id=item.id)
        cases.append(Case(stage.cookies[number], str(line.tenant_id), line.token, str(item.conversation)))
    # Nobody falls silent, and nobody is offered more: the dispatcher is not what is measured here.
    AgentState.objects.update(status="busy", last_heartbeat=clock.now() + timedelta(days=1))
    return cases


def _environment(database_url: str, valkey_url: str, number: int) -> dict[str, str]:
    url = beside(database_url, f"tenants_{number}")
    commit_without_waiting(url)
    return {
        "DATABASE_URL": url,
        "VALKEY_URL": urlunsplit(urlsplit(valkey_url)._replace(path=f"/{number}")),
        "SECRET_KEY": "bench",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def _staged(environment: dict[str, str], tenants: int, file: Path) -> list[Case]:
    """In a process of its own: settings belong to one database."""
    file.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.bench.thousand", "--tenants", str(tenants), "--stage", str(file)]
    subprocess.run(command, check=True, env={**os.environ, **environment})
    return [Case(**case) for case in json.loads(file.read_text())]


def _ratios(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "ratio": spread([many / one for one, many in pairs]),
        "one_ms": spread([one * 1000 for one, _ in pairs]),
        "many_ms": spread([many * 1000 for _, many in pairs]),
    }


def _private_mib(postmaster: int) -> list[float]:
    """Private memory of every process of the server that serves a client."""
    sizes = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rsplit(")", 1)[1].split()[1])
            title = (status.parent / "cmdline").read_text().replace("\0", " ")
            if parent != postmaster or "127.0.0.1(" not in title:
                continue
            rollup = (status.parent / "smaps_rollup").read_text()
        except (OSError, ValueError):
            continue
        private = [row.split()[1] for row in rollup.splitlines() if row.startswith("Private_")]
        sizes.append(sum(int(kib) for kib in private) / 1024)
    return sizes


if __name__ == "__main__":
    main()
