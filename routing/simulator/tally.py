"""What is counted in one replication, and what it costs under the contracts."""

from __future__ import annotations

from dataclasses import dataclass, field

from routing.simulator.scenario import Clause, Scenario


@dataclass(slots=True)
class Hour:
    """What arrived in one hour, and what became of it."""

    offered: int = 0
    served: int = 0
    abandoned: int = 0
    served_in_target: int = 0
    abandoned_in_target: int = 0
    waited: float = 0.0


@dataclass(slots=True)
class Count(Hour):
    """The same of a whole replication, and more."""

    max_wait: float = 0.0
    penalty: float = 0.0
    waits: list[float] = field(default_factory=list)

    def add(self, other: Count) -> None:
        self.offered += other.offered
        self.served += other.served
        self.abandoned += other.abandoned
        self.served_in_target += other.served_in_target
        self.abandoned_in_target += other.abandoned_in_target
        self.waited += other.waited
        self.max_wait = max(self.max_wait, other.max_wait)
        self.penalty += other.penalty
        self.waits += other.waits


@dataclass(slots=True)
class Outcome:
    """One replication: counts per class in the scenario's order, busy and staffed seconds per group of agents.

    hours: by the hour of arrival. missed: (class, hour of arrival) → conversations that were late or lost late.
    """

    classes: list[Count]
    busy: dict[str, float]
    staffed: dict[str, float]
    unserved: int = 0
    hours: list[Hour] = field(default_factory=list)
    missed: dict[tuple[int, int], int] = field(default_factory=dict)

    def total(self) -> Count:
        found = Count()
        for each in self.classes:
            found.add(each)
        return found


def charge(scenario: Scenario, counts: list[Count]) -> None:
    """Write the penalties: a clause's is shared among its classes by what each missed."""
    members: dict[tuple[str, str], list[int]] = {}
    for number, stream in enumerate(scenario.streams):
        members.setdefault((stream.tenant, stream.channel), []).append(number)
    for (tenant, channel), numbers in members.items():
        for clause in scenario.contracts.get(tenant, ()):
            if clause.channel == channel:
                _charge(clause, [counts[number] for number in numbers])


def _charge(clause: Clause, counts: list[Count]) -> None:
    late, gone = penalties_of(clause, counts)
    misses = [each.offered - each.abandoned_in_target - each.served_in_target for each in counts]
    leavers = [each.abandoned for each in counts]
    for each, missed, left in zip(counts, misses, leavers, strict=True):
        if late:
            each.penalty += late * missed / sum(misses)
        if gone:
            each.penalty += gone * left / sum(leavers)


def penalties_of(clause: Clause, counts: list[Count]) -> tuple[float, float]:
    """€ for the service level and € for abandonment. Points are hundredths, the cap holds for each."""
    offered = sum(each.offered for each in counts)
    counted = offered - sum(each.abandoned_in_target for each in counts)
    in_target = sum(each.served_in_target for each in counts)
    level = in_target / counted if counted else 1.0
    late = clause.credit_per_point * min(clause.cap_points, 100 * max(0.0, clause.goal - level))
    gone = 0.0
    if clause.abandon_goal is not None and offered:
        rate = sum(each.abandoned for each in counts) / offered
        gone = clause.abandon_credit_per_point * min(clause.cap_points, 100 * max(0.0, rate - clause.abandon_goal))
    return late, gone
