"""``wall``: what the clients' roles in the database cost, with the wall on against the wall off.

    python -m tests.bench.wall [--disk] [--rounds 9] [--json FILE]

One process, one message or request at a time, each variant with a connection of its own, in turns (on off, off on …)
25 shops at random, which is the worst case: every message changes the role. ``new``: a webhook that opens a
conversation (signature, receipt, customer, conversation, message, work item, clocks, COMMIT); ``follow_up``: a further
message; ``open`` and ``reply``: an agent's requests through the whole of Django.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from config.replay.canaries import token_of
from tests.bench.figures import Line, interleave, quantile, show, spread, table
from tests.bench.variants import bench_servers
from tests.bench.words import foreign_texts, require_own

TENANTS, EACH, WARM_UP = 25, 60, 100
GOAL = 1.10
CASES = ("new", "follow_up", "open", "reply")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--disk", action="store_true", help="a COMMIT waits for the disk")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    variant = "disk" if arguments.disk else "cpu"
    with bench_servers(variant) as servers:
        import django

        del servers
        django.setup()
        result = measure(arguments.rounds)
    lines = lines_of(result, variant)
    print(table(lines))
    if arguments.json:
        found = {"variant": variant, **result, "lines": [line.as_json() for line in lines]}
        arguments.json.write_text(json.dumps(found, indent=1))


def lines_of(result: dict[str, Any], variant: str) -> list[Line]:
    return [
        Line(
            f"wall on / off, {case} p50 ({variant})",
            show(row["on"], " ms"),
            show(row["off"], " ms"),
            row["ratio"],
            GOAL,
        )
        for case, row in result.items()
    ]


def measure(rounds: int) -> dict[str, Any]:
    from django.core.management import call_command

    from tests.bench.stage import set_up

    call_command("migrate_all", verbosity=0)
    set_up(tenants=TENANTS, agents=10, clients_each=TENANTS)
    on, off = Side(is_on=True), Side(is_on=False)
    for side in (on, off):
        side.run("new", WARM_UP)
        side.run("follow_up", WARM_UP)
        side.accept_all()
        side.run("open", EACH)
    result = {}
    for case in CASES:
        middles = []
        for _ in range(rounds):
            # One by one in turns: whatever else the machine does falls on both.
            pairs = interleave(EACH, partial(on.run, case, 1), partial(off.run, case, 1))
            taken = [[one[0] for one, _ in pairs], [other[0] for _, other in pairs]]
            middles.append((quantile(taken[0], 0.5) * 1000, quantile(taken[1], 0.5) * 1000))
        result[case] = {
            "ratio": spread([one / other for one, other in middles]),
            "on": spread([one for one, _ in middles]),
            "off": spread([other for _, other in middles]),
        }
    if strangers := foreign_texts():
        raise RuntimeError(f"{strangers} messages lie in a shop that they are not of")
    return result


class Side:
    """One variant: a thread, so that it has a connection and plans of its own."""

    def __init__(self, *, is_on: bool) -> None:
        self.is_on = is_on
        self.name = "on" if is_on else "off"
        self.chance = random.Random(7)
        self.number = 0
        self.threads: list[tuple[int, str]] = []
        self.work: list[tuple[Any, Any, Any]] = []  # client of the agent, tenant, conversation's id
        self._thread = ThreadPoolExecutor(1)

    def run(self, case: str, count: int) -> list[float]:
        """Seconds that each of ``count`` took."""
        return self._thread.submit(self._run, case, count).result()

    def accept_all(self) -> None:
        """Put this side's conversations into agents' hands."""
        self._thread.submit(self._accept_all).result()

    def _run(self, case: str, count: int) -> list[float]:
        from django.conf import settings

        settings.TENANT_ROLES = self.is_on
        work: Callable[[], tuple[str, bytes] | None] = getattr(self, f"_{case}")
        taken = []
        for _ in range(count):
            start = time.perf_counter()
            shown = work()
            taken.append(time.perf_counter() - start)
            if shown is not None:
                require_own(*shown, case)
        return taken

    def _new(self) -> None:
        self.number += 1
        tenant = self.chance.randrange(TENANTS)
        self.threads.append((tenant, f"{self.name}{self.number}"))
        self._post(*self.threads[-1])

    def _follow_up(self) -> None:
        self.number += 1
        self._post(*self.chance.choice(self.threads))

    def _open(self) -> tuple[str, bytes]:
        client, tenant, conversation = self.chance.choice(self.work)
        answer = client.get(f"/api/desk/clients/{tenant.id}/conversations/{conversation}")
        assert answer.status_code == 200, answer.content
        return tenant.slug, answer.content

    def _reply(self) -> tuple[str, bytes]:
        self.number += 1
        client, tenant, conversation = self.chance.choice(self.work)
        answer = client.post(
            f"/api/desk/clients/{tenant.id}/conversations/{conversation}/reply",
            {"text": f"It is on its way. {token_of(tenant.slug)}", "client_key": f"{self.name}{self.number}"},
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content
        return tenant.slug, answer.content

    def _post(self, tenant: int, thread: str) -> None:
        from config.replay.sender import sign
        from conversations.webhook import take

        message = {
            "id": f"{self.name}{self.number}",
            "from": {"address": thread},
            "thread": thread,
            "text": f"Where is it? {token_of(f'bench-{tenant}')}",
        }
        body = json.dumps(message).encode()
        answers: list[int] = []
        headers = {"x-centralita-signature": sign("s", body)}
        take(f"bench-{tenant}", headers, body, lambda status, _: answers.append(status))
        assert answers == [200], answers

    def _accept_all(self) -> None:
        from django.conf import settings
        from django.test import Client

        from people.models import Person
        from routing import queue
        from routing.models import WorkItem

        settings.TENANT_ROLES = self.is_on
        people = list(Person.objects.filter(agent_state__isnull=False))
        clients = {}
        for person in people:
            clients[person.pk] = Client(headers={"host": settings.DESK_HOST})
            clients[person.pk].force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
        for number, item in enumerate(WorkItem.objects.filter(state="waiting").select_related("tenant")):
            person = people[number % len(people)]
            if queue.offer(work_item_id=item.id, agent_id=person.pk) == queue.Outcome.MADE:
                queue.accept(person=person, work_item_id=item.id)
                self.work.append((clients[person.pk], item.tenant, item.conversation))


if __name__ == "__main__":
    main()
