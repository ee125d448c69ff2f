"""Erlang's formulas: what a queue of one class of calls and n equal agents does. The simulator is held against them.

Offered load `a` in erlang (arrivals per second × seconds of handling), times in seconds.
Sources: A. K. Erlang (1917) for B and C; C. Palm (1946) and Garnett, Mandelbaum, Reiman (2002) for A.
"""

from __future__ import annotations

from math import exp


def blocking(agents: int, load: float) -> float:
    """Erlang B: the share of calls lost when none may wait. B(0) = 1, B(j) = a·B(j−1) / (j + a·B(j−1))."""
    _check(agents, load)
    found = 1.0
    for number in range(1, agents + 1):
        found = load * found / (number + load * found)
    return found


def waiting(agents: int, load: float) -> float:
    """Erlang C: the share of calls that wait when all wait; 1 where the load is not below the agents."""
    if load >= agents:
        return 1.0
    lost = blocking(agents, load)
    return lost / (1 - load / agents * (1 - lost))


def service_level(agents: int, load: float, handle: float, within: float) -> float:
    """Erlang C: the share answered within so many seconds. 1 − C·e^(−(n−a)·T/AHT)."""
    if load >= agents:
        return 0.0
    return 1 - waiting(agents, load) * exp(-(agents - load) * within / handle)


def speed_of_answer(agents: int, load: float, handle: float) -> float:
    """Erlang C: the mean wait over all calls, C·AHT/(n−a); infinite where the load is not below the agents."""
    return float("inf") if load >= agents else waiting(agents, load) * handle / (agents - load)


def agents_needed(load: float, handle: float, within: float, goal: float) -> int:
    """The fewest agents that answer that share (0 to below 1) in time."""
    if not 0 <= goal < 1:
        raise ValueError(f"a goal is a share below 1, not {goal}")
    found = int(load) + 1
    while service_level(found, load, handle, within) < goal:
        found += 1
    return found


class Patient:
    """Erlang A (M/M/n+M): callers whose patience is exponential with mean `patience` give up.

    Birth-death chain: p(j) ∝ Π λ / (min(i,n)·μ + max(0, i−n)·θ); P(abandon) = θ·Lq / λ (Little, over those who wait).
    """

    def __init__(self, agents: int, load: float, handle: float, patience: float) -> None:
        _check(agents, load)
        if handle <= 0 or patience <= 0:
            raise ValueError("handle and patience are means above 0 s")
        self.agents, self.rate, self.serve, self.leave = agents, load / handle, 1 / handle, 1 / patience
        self._states = self._chain()

    @property
    def waits(self) -> float:
        """P(wait): the share of callers who find all agents busy."""
        return sum(self._states[self.agents :])

    @property
    def queue(self) -> float:
        """Mean number waiting."""
        return sum((number - self.agents) * share for number, share in enumerate(self._states) if number > self.agents)

    @property
    def wait(self) -> float:
        """Mean seconds waited by all callers, also by those who gave up."""
        return self.queue / self.rate if self.rate else 0.0

    @property
    def abandoned(self) -> float:
        """Share of callers who gave up."""
        return self.leave * self.wait

    def answered_within(self, seconds: float) -> float:
        """Share of all callers answered within so many seconds."""
        return sum(self._states[: self.agents]) + self._until(seconds)[0]

    def abandoned_within(self, seconds: float) -> float:
        """Share of all callers who gave up within so many seconds."""
        served, done = self._until(seconds)
        # Who waited is answered, gone, or both still patient and not yet reached.
        return self.waits - served - exp(-self.leave * seconds) * (self.waits - done)

    def level_excluding_short_abandons(self, seconds: float) -> float:
        """Answered within so many seconds ÷ (all callers − those who gave up within them)."""
        return self.answered_within(seconds) / (1 - self.abandoned_within(seconds))

    def _until(self, seconds: float, steps: int = 400) -> tuple[float, float]:
        """Shares of those who wait that are answered in time, and that would be if none of them gave up.

        Who finds k waiting is reached after k+1 departures at rates c + i·θ, c = n·μ, i = k … 0: their sum has density
        f(k) = θ·B(c/θ, k+1)⁻¹·e^(−ct)·(1−e^(−θt))^k, so f(k) = f(k−1)·(k + c/θ)/k·(1−e^(−θt)). Integrated by Simpson.
        """
        busy, ahead = self.agents * self.serve, self._states[self.agents :]
        ratio, step = busy / self.leave, seconds / steps
        served = done = 0.0
        for number in range(steps + 1):
            at = number * step
            weight = (1 if number in (0, steps) else 4 if number % 2 else 2) * step / 3
            density, growth, reached = busy * exp(-busy * at), 1 - exp(-self.leave * at), 0.0
            for place, share in enumerate(ahead):
                if place:
                    density *= (place + ratio) / place * growth
                reached += share * density
            served += weight * reached * exp(-self.leave * at)
            done += weight * reached
        return served, done

    def _chain(self) -> list[float]:
        weights, weight, number = [1.0], 1.0, 0
        while weight > 1e-16 * sum(weights[-50:]) or number < self.agents:
            number += 1
            weight *= self.rate / (min(number, self.agents) * self.serve + max(0, number - self.agents) * self.leave)
            weights.append(weight)
            if weight > 1e250:
                weights = [each / 1e250 for each in weights]
                weight /= 1e250
        total = sum(weights)
        return [each / total for each in weights]


def _check(agents: int, load: float) -> None:
    if agents < 0 or load < 0:
        raise ValueError(f"agents and load are not negative: {agents}, {load}")
