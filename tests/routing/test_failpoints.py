"""The dispatcher killed with -9 before and after each statement, commit and doorbell.

Each item is with one agent at most, none is forgotten, and loads stay exact. ``FAILPOINT_ROUNDS=50`` does all of it
fifty times over (``make failpoints``); in the suite it is every point of a round once, and every third of the timers.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import Count

from kernel import clock
from people.models import Person
from routing import queue
from routing.dispatcher.board import Board
from routing.dispatcher.loop import decide_round
from routing.dispatcher.timers import Timers
from routing.models import AgentState, Offer, WorkItem
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.routing.floor import arrive, at_work, in_hand, row
from tests.routing.test_queue_races import loads_are_exact

ROUNDS = int(os.environ.get("FAILPOINT_ROUNDS", "0"))
TOO_FAR = 100_000


class Mortal:
    """The process that dies."""

    def __init__(self, stack: LiveStack) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.routing.dying"],
            cwd=settings.ROOT,
            env={**stack.environment, "PYTHONPATH": f"platform:{settings.ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, what: str, point: int) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{what} {point}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer not in ("", "254"), "it failed instead of dying"
        return answer

    def points(self, what: str) -> int:
        return int(self.do(what, TOO_FAR))


@pytest.fixture
def mortal(live_stack: LiveStack) -> Iterator[Mortal]:
    found = Mortal(live_stack)
    yield found
    found.process.kill()
    found.process.wait()


def clear(*people: Person) -> None:
    Offer.objects.all().delete()
    WorkItem.objects.all().delete()
    AgentState.objects.update(load=0)
    for person in people:
        queue.set_status(person=person, status="offline")
    at_work(*people)


def nothing_is_doubled() -> None:
    doubled = Offer.objects.filter(answer="").values("work_item").annotate(n=Count("id")).filter(n__gt=1)
    assert not doubled.exists()
    for item in WorkItem.objects.all():
        assert (item.agent_id is None) == (item.state == "waiting")
        open_offers = Offer.objects.filter(work_item=item, answer="")
        assert [offer.agent_id for offer in open_offers] == ([item.agent_id] if item.state == "offered" else [])
    assert loads_are_exact()


def test_killed_anywhere_in_a_round_it_doubles_and_forgets_nothing(
    mortal: Mortal, acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person
) -> None:
    def some_work() -> list[WorkItem]:
        clear(lucia, paolo)
        return [arrive(acme), arrive(acme, "en"), arrive(northlight, "en")]

    some_work()
    points = mortal.points("round")
    assert points >= 12
    for point in [point for _ in range(max(1, ROUNDS)) for point in range(points)]:
        items = some_work()
        assert mortal.do("round", point) == "killed", point
        nothing_is_doubled()
        board = Board()
        board.load_all()
        decide_round(board)
        nothing_is_doubled()
        assert {row(item).state for item in items} == {"offered"}, point


def test_killed_anywhere_in_the_timers_it_doubles_and_forgets_nothing(
    mortal: Mortal, acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person
) -> None:
    def some_work() -> dict[str, WorkItem]:
        """An offer that ran out, a wrap-up that is over, and an agent lost with three live chats."""
        clear(lucia, paolo)
        ago = clock.now() - timedelta(seconds=200)
        made = {"offered": arrive(northlight, "en"), "wrapping": in_hand(arrive(acme), paolo)}
        queue.offer(work_item_id=made["offered"].id, agent_id=lucia.pk)
        queue.finish(person=paolo, work_item_id=made["wrapping"].id)
        made |= {f"chat{n}": in_hand(arrive(acme), lucia) for n in range(3)}
        WorkItem.objects.filter(state="offered").update(offer_expires_at=ago)
        WorkItem.objects.filter(state="wrap_up").update(wrap_up_at=ago)
        AgentState.objects.filter(pk=lucia.pk).update(status="offline", since=ago, last_heartbeat=ago)
        return made

    some_work()
    points = mortal.points("timers")
    chosen = range(points) if ROUNDS else range(random.Random(points).randrange(3), points, 3)
    for point in [point for _ in range(max(1, ROUNDS)) for point in chosen]:
        made = some_work()
        mortal.do("timers", point)
        nothing_is_doubled()
        board = Board()
        board.load_all()
        timers = Timers(board)
        for _ in range(20):
            timers.run()
        nothing_is_doubled()
        assert {name: row(item).state for name, item in made.items()} == {
            "offered": "waiting",
            "wrapping": "done",
            "chat0": "waiting",
            "chat1": "waiting",
            "chat2": "waiting",
        }, point
