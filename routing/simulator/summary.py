"""The figures of a scenario: means over replications with 95 % intervals; a service level is a ratio of averages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import sqrt
from typing import Any

from routing.simulator.scenario import Scenario
from routing.simulator.tally import Count, Outcome

Figure = dict[str, float]

# Two-sided 95 % points of Student's t for n − 1 degrees of freedom; the normal's beyond.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
      2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042)  # fmt: skip

_LEVELS: dict[str, tuple[Callable[[Count], float], Callable[[Count], float]]] = {
    "of_offered": (lambda c: c.served_in_target, lambda c: c.offered),
    "of_answered": (lambda c: c.served_in_target, lambda c: c.served),
    "of_offered_less_short_abandons": (lambda c: c.served_in_target, lambda c: c.offered - c.abandoned_in_target),
    "with_short_abandons": (lambda c: c.served_in_target + c.abandoned_in_target, lambda c: c.offered),
}


def summarise(scenario: Scenario, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The output of ``simulate --json``; see docs/simulator.md for its keys."""
    classes = {
        stream.name: _of([outcome.classes[number] for outcome in outcomes])
        for number, stream in enumerate(scenario.streams)
    }
    agents: dict[str, Any] = {}
    for group in scenario.groups:
        busy = [outcome.busy[group.name] for outcome in outcomes]
        staffed = [outcome.staffed[group.name] for outcome in outcomes]
        agents[group.name] = {"occupancy": ratio(busy, staffed)}
    return {
        "scenario": scenario.name,
        "policy": scenario.policy,
        "replications": len(outcomes),
        "classes": classes,
        "total": _of([outcome.total() for outcome in outcomes]),
        "agents": agents,
        "unserved": figure([float(outcome.unserved) for outcome in outcomes]),
        "warnings": list(scenario.warnings),
    }


def figure(values: Iterable[float]) -> Figure:
    """Mean, standard deviation and 95 % interval of the mean."""
    found = list(values)
    mean = sum(found) / len(found)
    sd = sqrt(sum((value - mean) ** 2 for value in found) / (len(found) - 1)) if len(found) > 1 else 0.0
    half = _t(len(found)) * sd / sqrt(len(found))
    return {"mean": mean, "sd": sd, "low": mean - half, "high": mean + half}


def ratio(above: Sequence[float], below: Sequence[float]) -> Figure:
    """The ratio of the averages; its interval by the delta method. Nothing below: 1 (nothing was missed)."""
    count, total = len(above), sum(below)
    if not total:
        return {"mean": 1.0, "sd": 0.0, "low": 1.0, "high": 1.0}
    share, mean = sum(above) / total, total / count
    rest = [a - share * b for a, b in zip(above, below, strict=True)]
    sd = sqrt(sum(value**2 for value in rest) / (count - 1)) / mean if count > 1 else 0.0
    half = _t(count) * sd / sqrt(count)
    return {"mean": share, "sd": sd, "low": share - half, "high": share + half}


def _of(counts: Sequence[Count]) -> dict[str, Any]:
    return {
        "offered": figure(float(each.offered) for each in counts),
        "served": figure(float(each.served) for each in counts),
        "abandoned": figure(float(each.abandoned) for each in counts),
        "served_in_target": figure(float(each.served_in_target) for each in counts),
        "answer_time": ratio([each.waited for each in counts], [float(each.served) for each in counts])
        if any(each.served for each in counts)
        else figure([0.0 for _ in counts]),
        "max_wait": figure(each.max_wait for each in counts),
        "wait_p99": figure(percentile(each.waits, 0.99) for each in counts),
        "penalty": figure(each.penalty for each in counts),
        "service_level": {
            name: ratio([float(top(each)) for each in counts], [float(bottom(each)) for each in counts])
            for name, (top, bottom) in _LEVELS.items()
        },
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least that share of the values do not exceed; 0 of nothing."""
    if not values:
        return 0.0
    return sorted(values)[max(0, min(len(values) - 1, int(share * len(values))))]


def _t(count: int) -> float:
    return 0.0 if count < 2 else _T[count - 2] if count - 2 < len(_T) else 1.96
