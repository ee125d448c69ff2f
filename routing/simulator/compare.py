"""Several versions of a scenario met by the same crowds: each one's figures, and what is between them, in pairs.

A play is kept as plain JSON (``play_version``), so that plays can be made one at a time, and anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.simulator.play import Run, policy_of
from routing.simulator.sampling import redraw
from routing.simulator.scenario import Scenario
from routing.simulator.summary import figure, percentile, ratio
from routing.simulator.tally import Count, Outcome

Play = dict[str, Any]
_COUNTED = ("offered", "served", "abandoned", "served_in_target", "abandoned_in_target", "waited", "penalty")
_BY_HOUR = ("offered", "served", "abandoned", "served_in_target", "abandoned_in_target", "waited")


@dataclass(frozen=True, slots=True)
class Version:
    """A scenario, with so many times its recorded arrivals."""

    scenario: Scenario
    volume: float = 1.0


def play_outcome(version: Version, replication: int) -> Outcome:
    scenario = version.scenario
    return Run(scenario, redraw(scenario, replication, version.volume), policy_of(scenario)).play()


def play_version(version: Version, replication: int) -> Play:
    """One play, as JSON: counts in all and by client and channel, busy and staffed seconds by group, hours."""
    return as_play(version.scenario, play_outcome(version, replication))


def as_play(scenario: Scenario, outcome: Outcome) -> Play:
    lines: dict[str, Count] = {}
    for stream, count in zip(scenario.streams, outcome.classes, strict=True):
        lines.setdefault(f"{stream.tenant}|{stream.channel}", Count()).add(count)
    return {
        "total": _as_json(outcome.total()),
        "lines": {name: _as_json(count) for name, count in lines.items()},
        "groups": {name: [busy, outcome.staffed[name]] for name, busy in outcome.busy.items()},
        "hours": [[getattr(hour, name) for name in _BY_HOUR] for hour in outcome.hours],
    }


def figures_of(plays: Sequence[Play]) -> dict[str, Any]:
    """All figures of one version: in total, by line (client|channel), by group; hours are means over the plays."""
    return {
        "total": {**_figures([play["total"] for play in plays]), "occupancy": _occupancy(plays)},
        "lines": {name: _figures([play["lines"][name] for play in plays]) for name in plays[0]["lines"]},
        "groups": {name: _occupancy(plays, name) for name in plays[0]["groups"]},
        "hours": _hours(plays),
    }


def differences(before: Sequence[Play], after: Sequence[Play]) -> dict[str, Any]:
    """After less before, replication by replication: the crowds are the same, so that chance largely cancels."""
    lines = {
        name: _paired([play["lines"][name] for play in before], [play["lines"][name] for play in after])
        for name in before[0]["lines"]
    }
    return {"total": _paired([play["total"] for play in before], [play["total"] for play in after]), "lines": lines}


def _as_json(count: Count) -> dict[str, float]:
    return {**{name: getattr(count, name) for name in _COUNTED}, "wait_p99": percentile(count.waits, 0.99)}


def _figures(counts: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    def sums(*names: str) -> list[float]:
        return [sum(count[name] for name in names) for count in counts]

    counted = [count["offered"] - count["abandoned_in_target"] for count in counts]
    return {
        "offered": figure(sums("offered")),
        "service_level": ratio(sums("served_in_target"), counted),
        "wait": ratio(sums("waited"), sums("served")) if any(sums("served")) else figure(sums("waited")),
        "wait_p99": figure(sums("wait_p99")),
        "abandoned": ratio(sums("abandoned"), sums("offered")) if any(sums("offered")) else figure(sums("abandoned")),
        "penalty": figure(sums("penalty")),
    }


_OF_ONE: dict[str, Callable[[Mapping[str, float]], float]] = {
    "offered": lambda one: one["offered"],
    "service_level": lambda one: _share(one["served_in_target"], one["offered"] - one["abandoned_in_target"], 1.0),
    "wait": lambda one: _share(one["waited"], one["served"], 0.0),
    "wait_p99": lambda one: one["wait_p99"],
    "abandoned": lambda one: _share(one["abandoned"], one["offered"], 0.0),
    "penalty": lambda one: one["penalty"],
}


def _paired(before: Sequence[Mapping[str, float]], after: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    pairs = list(zip(before, after, strict=True))
    return {name: figure(of(later) - of(first) for first, later in pairs) for name, of in _OF_ONE.items()}


def _share(part: float, whole: float, of_nothing: float) -> float:
    return part / whole if whole else of_nothing


def _occupancy(plays: Sequence[Play], group: str | None = None) -> dict[str, float] | None:
    """Busy ÷ staffed; None of a group that was never there."""
    groups = [play["groups"].values() if group is None else [play["groups"][group]] for play in plays]
    busy = [sum(seconds for seconds, _ in each) for each in groups]
    staffed = [sum(seconds for _, seconds in each) for each in groups]
    return ratio(busy, staffed) if any(staffed) else None


def _hours(plays: Sequence[Play]) -> dict[str, list[float | None]]:
    """By hour of arrival: conversations, share answered in target, mean wait of those answered (None: nothing came)."""
    sums = [
        [sum(play["hours"][at][n] for play in plays) for n in range(len(_BY_HOUR))]
        for at in range(len(plays[0]["hours"]))
    ]
    counted = [(hour[3], hour[0] - hour[4]) for hour in sums]
    return {
        "offered": [hour[0] / len(plays) for hour in sums],
        "service_level": [part / whole if whole else None for part, whole in counted],
        "wait": [hour[5] / hour[1] if hour[1] else None for hour in sums],
    }
