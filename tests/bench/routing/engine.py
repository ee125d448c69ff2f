"""Decisions a second of the engine alone, by agents × tenants × waiting, and how the cost of one grows.

A busy floor, for each cell the same: every agent's hands are full and `waiting` items wait. A step is one conversation
finished, its agent freed and given the best of what waits (with its reason, as the dispatcher asks for), and one item
arriving, so that as many wait as before. 1,000 steps warm the floor, then every round takes the same number again.

The growth exponent is the slope of log cost over log size (least squares), the other two sizes kept.
"""

from __future__ import annotations

import gc
import itertools
import random
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log

from routing.engine.policies import POLICIES
from routing.engine.pool import Pool
from routing.engine.types import CALL, Agent, Decision, Item

AGENTS, TENANTS, WAITING = (100, 1_000, 10_000), (10, 100, 1_000), (100, 10_000, 100_000)
LANGUAGES = ("it", "es", "fr", "de", "en", "pt")
CHANNELS = ("chat", "chat", "mail", "call")
CLIENTS_EACH = 8
TARGETS = {"chat": 60.0, "mail": 14_400.0, "call": 20.0}
STEP = 0.05  # seconds of the floor's time between two conversations finished


@dataclass(frozen=True, slots=True)
class Cell:
    agents: int
    tenants: int
    waiting: int


class Bench:
    """One cell: a pool filled to the brim, that is given and relieved of the same number of items."""

    def __init__(self, cell: Cell, policy: str, *, explain: bool = True) -> None:
        self.cell = cell
        self.chance = random.Random(7)
        self.tenants = [f"shop{n:04d}" for n in range(self.cell.tenants)]
        # A shop speaks three languages: its classes do not grow with the number of shops.
        self.spoken = {tenant: self.chance.sample(LANGUAGES, 3) for tenant in self.tenants}
        self.pool = Pool(POLICIES[policy], explain=explain)
        self.now, self.numbers = 0.0, itertools.count()
        self.in_hand: list[tuple[str, int]] = []
        self.channels: dict[str, str] = {}
        self._staff()
        for tenant in self.tenants:
            for channel in TARGETS:
                for language in self.spoken[tenant]:
                    self.pool.set_workload(tenant, channel, 1, {f"lang:{language}": 2}, self.chance.uniform(0.2, 3))
        self.pool.weigh()
        while len(self.pool) < self.cell.waiting:
            for _ in range(500):
                self.pool.add_item(self._item(self.now))
            self._hold(self.pool.decide(self.now))
        self.steps(1_000)

    def steps(self, count: int) -> int:
        """So many conversations finished and as many arrived; the number of decisions."""
        return self.play(self.coming(count))

    def coming(self, count: int) -> list[tuple[float, Item]]:
        """What will arrive, made beforehand: making it is not the engine's work."""
        begin = self.now
        return [(self.chance.random(), self._item(begin + STEP * number)) for number in range(1, count + 1)]

    def play(self, coming: Sequence[tuple[float, Item]]) -> int:
        made = 0
        for draw, item in coming:
            self.now += STEP
            place = int(draw * len(self.in_hand))
            self.in_hand[place], self.in_hand[-1] = self.in_hand[-1], self.in_hand[place]
            agent, units = self.in_hand.pop()
            self.pool.release(agent, units, self.now)
            made += self._hold(self.pool.decide(self.now))
            if len(self.pool) < self.cell.waiting:
                self.pool.add_item(item)
                made += self._hold(self.pool.decide(self.now))
        return made

    def _staff(self) -> None:
        for number in range(self.cell.agents):
            languages = self.chance.sample(LANGUAGES, 2)
            self.pool.put_agent(
                Agent(
                    id=f"agent{number:05d}",
                    skills={f"lang:{code}": self.chance.randint(2, 5) for code in languages},
                    tenants=frozenset(self.chance.sample(self.tenants, min(CLIENTS_EACH, len(self.tenants)))),
                    channels=frozenset(self.chance.choice([("chat", "mail"), ("chat", "mail", "call")])),
                    capacity=4,
                    available=True,
                )
            )

    def _item(self, now: float) -> Item:
        tenant, channel, name = (
            self.chance.choice(self.tenants),
            self.chance.choice(CHANNELS),
            f"i{next(self.numbers):09d}",
        )
        self.channels[name] = channel
        return Item(
            id=name,
            tenant=tenant,
            channel=channel,
            needs={f"lang:{self.chance.choice(self.spoken[tenant])}": 2},
            entered_at=now,
            due_at=now + TARGETS[channel],
            target=TARGETS[channel],
            value=1.0 if channel == "mail" else 2.5,
            expected_handle=300.0,
        )

    def _hold(self, decisions: Iterable[Decision]) -> int:
        made = 0
        for made, decision in enumerate(decisions, 1):  # noqa: B007
            units = 4 if self.channels.pop(decision.item) == CALL else 1
            self.in_hand.append((decision.agent, units))
        return made


def growth(points: Iterable[tuple[int, float]]) -> float:
    """The slope of log cost over log size."""
    logs = [(log(size), log(cost)) for size, cost in points]
    x, y = statistics.mean(a for a, _ in logs), statistics.mean(b for _, b in logs)
    return sum((a - x) * (b - y) for a, b in logs) / sum((a - x) ** 2 for a, _ in logs)


def measure(cell: Cell, policy: str, *, explain: bool, rounds: int, steps: int) -> list[float]:
    """Seconds of one decision, round by round; its item's arrival and its agent's release included."""
    bench = Bench(cell, policy, explain=explain)
    gc.collect()
    gc.freeze()
    costs = []
    for _ in range(rounds):
        coming = bench.coming(steps)
        begin = time.process_time()
        made = bench.play(coming)
        costs.append((time.process_time() - begin) / made)
    gc.unfreeze()
    return costs


def exponents(costs: dict[Cell, float]) -> dict[str, dict[str, float]]:
    """For each size the slope over it, with the middle of the two others, and the steepest of all."""
    found: dict[str, dict[str, float]] = {}
    for name, sizes in (("agents", AGENTS), ("tenants", TENANTS), ("waiting", WAITING)):
        lines: dict[tuple[int, ...], list[tuple[int, float]]] = {}
        for cell, cost in costs.items():
            others = tuple(getattr(cell, each) for each in ("agents", "tenants", "waiting") if each != name)
            lines.setdefault(others, []).append((getattr(cell, name), cost))
        slopes = [growth(points) for points in lines.values() if len(points) == len(sizes)]
        found[name] = {"median": statistics.median(slopes), "min": min(slopes), "max": max(slopes)}
    return found


def run(*, policy: str, rounds: int, steps: int, cells: Iterable[Cell] | None = None) -> dict[Cell, list[float]]:
    wanted = cells or [Cell(*sizes) for sizes in itertools.product(AGENTS, TENANTS, WAITING)]
    return {cell: measure(cell, policy, explain=True, rounds=rounds, steps=steps) for cell in wanted}


def middle_cells() -> list[Cell]:
    """One size varied at a time around the middle."""
    middle = Cell(AGENTS[1], TENANTS[1], WAITING[1])
    varied = [replace(middle, agents=n) for n in AGENTS]
    varied += [replace(middle, tenants=n) for n in TENANTS] + [replace(middle, waiting=n) for n in WAITING]
    return list(dict.fromkeys(varied))
