"""How wrong the expected wait is that a shopper is told, against the waits that came true.

Queues are played in the simulator with people who do not give up (so that every wait is known) and with people who do
(judged by those who were served). At each arrival who has to wait is told an estimate; the error is what was told less
what came. The rivals know what they need of the past: the wait of the last who was taken (LES), the mean of the last
twenty, and those ahead by the measured rate of the agents alone (QL).
"""

from __future__ import annotations

import statistics
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from routing.engine.types import Decision
from routing.expected_wait import WINDOW, Past, Sight, Spell, estimate, look_back, share
from routing.simulator.play import Run, policy_of
from routing.simulator.sampling import draw
from routing.simulator.scenario import parse

LATEST = 20
NAMES = ("told", "last taken", "mean", "length")
Sample = tuple[float, dict[str, float]]


@dataclass(slots=True)
class Lane:
    """One class of work: who waits, who waited lately, and what its past says."""

    waiting: dict[int, float] = field(default_factory=dict)
    spells: deque[Spell] = field(default_factory=deque)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=LATEST))

    def past(self, now: float) -> Past:
        while self.spells and (self.spells[0].ended or now) < now - WINDOW:
            self.spells.popleft()
        still = [Spell(began, None, False) for began in self.waiting.values()]
        return look_back([*self.spells, *still], now)


class Telling(Run):
    """A run in which everybody who has to wait is told something on entering."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.lanes: dict[int, Lane] = defaultdict(Lane)
        self.told: dict[int, dict[str, float]] = {}
        self.samples: list[Sample] = []
        self.unknown = 0
        self.able = [
            [group for group in self.scenario.groups if _serves(group, stream)] for stream in self.scenario.streams
        ]

    def _arrive(self, number: int, now: float) -> None:
        super()._arrive(number, now)
        which = self.crowd.streams[number]
        lane = self.lanes[which]
        sight = self._sight(which, len(lane.waiting), lane.past(now))
        lane.waiting[number] = now
        seconds = estimate(sight)
        if seconds is None:
            self.unknown += 1
            return
        length = (sight.ahead + 1) * (sight.handle_seconds or 0.0) / sight.places
        waits = lane.waits
        self.told[number] = {
            "told": seconds,
            "last taken": waits[-1] if waits else 0.0,
            "mean": statistics.fmean(waits) if waits else 0.0,
            "length": 0.0 if sight.free > sight.ahead else length,
        }

    def _act(self, decisions: list[Decision], now: float) -> None:
        super()._act(decisions, now)
        for decision in decisions:
            self._end(int(decision.item), now, taken=True)

    def _give_up(self, number: int, now: float) -> None:
        super()._give_up(number, now)
        self._end(number, now, taken=False)

    def _end(self, number: int, now: float, *, taken: bool) -> None:
        lane = self.lanes[self.crowd.streams[number]]
        began = lane.waiting.pop(number, None)
        if began is None:
            return
        waited = now - began
        if waited > 0:
            lane.spells.append(Spell(began, now, taken))
        told = self.told.pop(number, None)
        if taken:
            lane.waits.append(waited)
            # Who is taken at once needs no estimate, and would make every estimator look good.
            if told is not None and waited > 0:
                self.samples.append((waited, told))

    def _sight(self, which: int, ahead: int, past: Past) -> Sight:
        stream = self.scenario.streams[which]
        places = free = 0.0
        for group in self.able[which]:
            others = [n for n, groups in enumerate(self.able) if group in groups and n != which]
            part = share(ahead + 1, sum(len(self.lanes[n].waiting) for n in others))
            for number in range(max(group.count)):
                worker = self.workers.get(f"{group.name}/{number}")
                if worker is None or not worker.on_duty:
                    continue
                units = group.capacity if stream.channel == "call" else self.units[which]
                places += part * group.capacity / units
                free += max(0, group.capacity - sum(worker.in_hand.values())) // units
        return Sight(ahead=ahead, places=places, free=free, handle_seconds=stream.expected_handle, past=past)


def _serves(group: Any, stream: Any) -> bool:
    return (
        stream.tenant in group.tenants
        and stream.channel in group.channels
        and all(group.skills.get(skill, 0) >= level for skill, level in stream.needs.items())
    )


def errors(samples: list[Sample]) -> dict[str, dict[str, float]]:
    """By estimator, in seconds: median absolute error, mean of told − came, share within a third or 30 s."""
    found = {}
    for name in NAMES:
        off = [told[name] - waited for waited, told in samples]
        near = sum(abs(e) <= max(30.0, waited / 3) for e, (waited, _) in zip(off, samples, strict=True))
        found[name] = {
            "median_absolute": statistics.median(abs(e) for e in off),
            "bias": statistics.fmean(off),
            "near": near / len(off),
        }
    return found


def _class(name: str, rate: float, target: float, handle: float, patience: float | None, lang: str) -> dict[str, Any]:
    return {
        "name": name,
        "tenant": name.split("-")[0],
        "channel": "chat",
        "needs": {f"lang_{lang}": 1},
        "target": target,
        "arrivals": {"per_hour": rate},
        "handle": {"lognormal": {"mean": handle, "sd": handle}},
        "patience": {"exponential": patience} if patience else None,
        "expected_handle": handle,
        "mean_patience": patience,
    }


def _scenario(name: str, classes: list[dict[str, Any]], agents: list[dict[str, Any]], policy: str) -> dict[str, Any]:
    return {
        "name": name,
        "replications": 1,
        "seed": 5,
        "policy": policy,
        "periods": [0, 7200, 14400, 21600],
        "end": 28800,
        "drain": True,
        "classes": classes,
        "units": {"chat": 1},
        "contracts": {},
        "agents": agents,
    }


def _agents(group: str, count: list[int], langs: list[str], tenants: list[str]) -> dict[str, Any]:
    return {
        "group": group,
        "count": count,
        "skills": {f"lang_{code}": 5 for code in langs},
        "tenants": tenants,
        "channels": ["chat"],
        "capacity": 3,
        "handle_factor": {},
    }


def scenarios() -> dict[str, dict[str, Any]]:
    """Eight hours each: one queue; one whose people give up; one whose work takes longer than was measured; and three
    shops that share some of their agents."""
    steady = [3, 3, 3, 3]
    alone = _scenario(
        "one queue", [_class("acme-it", 106, 60, 300, None, "it")], [_agents("it", steady, ["it"], ["acme"])], "fifo"
    )
    leaving = _scenario(
        "people give up",
        [_class("acme-it", 135, 60, 300, 400, "it")],
        [_agents("it", [3, 4, 2, 3], ["it"], ["acme"])],
        "fifo",
    )
    slow = _class("acme-it", 76, 60, 420, None, "it") | {"expected_handle": 300}
    slower = _scenario("slower than measured", [slow], [_agents("it", steady, ["it"], ["acme"])], "fifo")
    shared = _scenario(
        "shared agents",
        [
            _class("acme-it", 72, 60, 300, None, "it"),
            _class("north-de", 52, 120, 420, None, "de"),
            _class("brisa-it", 44, 60, 240, None, "it"),
        ],
        [
            _agents("it", [2, 2, 3, 2], ["it"], ["acme", "brisa"]),
            _agents("de", [1, 2, 1, 1], ["de"], ["north"]),
            _agents("both", [2, 2, 2, 2], ["it", "de"], ["acme", "north", "brisa"]),
        ],
        "index",
    )
    return {found["name"]: found for found in (alone, leaving, slower, shared)}


def run(*, replications: int) -> dict[str, list[dict[str, Any]]]:
    """By scenario and replication: how many waited, the median of their waits, and each estimator's error."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, terms in scenarios().items():
        scenario = parse(terms)
        for number in range(replications):
            one = Telling(scenario, draw(scenario, number), policy_of(scenario))
            one.play()
            found.setdefault(name, []).append(
                {
                    "waited": len(one.samples),
                    "unknown": one.unknown,
                    "median_wait": statistics.median(waited for waited, _ in one.samples),
                    "errors": errors(one.samples),
                }
            )
    return found
