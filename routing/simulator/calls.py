"""A call log made into a scenario: the recorded calls as traces, the agents as far as their calls show them.

The log is that of the "Anonymous Bank" (Technion): a row for each call, with ``entered_queue_at``, ``priority``,
``queue_seconds``, ``outcome`` (AGENT, HANG, PHANTOM), ``service_seconds`` and ``agent``. It does not say who was there:
an agent counts as at work from the first call of a stretch to its last; ``away_after`` idle seconds end a stretch.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy

from routing.simulator.scenario import Refused
from routing.simulator.summary import percentile

COLUMNS = ("entered_queue_at", "priority", "queue_seconds", "outcome", "service_seconds", "agent")
PERIOD = 900
AWAY_AFTER = 600.0
TARGET = 20.0
# The bank let callers of high priority in as if they had called so much earlier.
HEAD_START = 90.0


@dataclass(frozen=True, slots=True)
class Call:
    """at: seconds from the first midnight."""

    at: float
    is_high: bool
    queued: float
    served: float | None
    agent: str


def read_calls(path: Path) -> list[Call]:
    """The calls that came to an agent or hung up, in order of time. Raises Refused with the line."""
    try:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"{path}: cannot be read ({error})") from error
    missing = [name for name in COLUMNS if rows and name not in rows[0]]
    if not rows or missing:
        raise Refused(f"{path}: has no calls" if not rows else f"{path}: lacks the column {missing[0]}")
    start: datetime | None = None
    found = []
    for line, row in enumerate(rows, start=2):
        if row["outcome"] not in ("AGENT", "HANG"):
            continue  # phantom: nobody was on the line
        try:
            entered = datetime.fromisoformat(row["entered_queue_at"])
            start = start or entered.replace(hour=0, minute=0, second=0)
            queued, served = float(row["queue_seconds"]), float(row["service_seconds"])
        except ValueError as error:
            raise Refused(f"{path}, line {line}: {error}") from error
        if queued < 0 or served < 0:
            raise Refused(f"{path}, line {line}: a time is negative")
        is_served = row["outcome"] == "AGENT"
        at = (entered - start) / timedelta(seconds=1)
        found.append(Call(at, row["priority"] == "2", queued, served if is_served else None, row["agent"]))
    if not found or found[0].at < 0:
        raise Refused(f"{path}: has no calls, or they are not in order of time")
    return sorted(found, key=lambda call: call.at)


def scenario_of(
    calls: Sequence[Call], *, away_after: float = AWAY_AFTER, policy: str = "due", seed: int = 1
) -> dict[str, Any]:
    """The scenario, in the form of the files. Two classes, of high and of other priority, and one pool of agents.

    Under ``due`` the target of the others is longer by the bank's head start, so that who called first, the head start
    counted, goes first. Patience: of who hung up as it was; of who was answered their wait and an exponential rest, by
    the rate at which callers hung up (total wait ÷ number who hung up: Palm 1957).
    """
    gone = sum(call.served is None for call in calls)
    mean_patience = sum(call.queued for call in calls) / gone if gone else 1e6
    chance = numpy.random.default_rng(seed)
    end = (int(max(call.at for call in calls) // PERIOD) + 1) * PERIOD
    classes = []
    for name, target in (("high", TARGET), ("other", TARGET + HEAD_START)):
        own = [call for call in calls if call.is_high == (name == "high")]
        if own:
            rest = chance.exponential(mean_patience, len(own)).round(1).tolist()
            classes.append({"name": name, "target": target, **_class_of(own, rest), "mean_patience": mean_patience})
    return {
        "name": "call log",
        "replications": 1,
        "seed": seed,
        "policy": policy,
        "periods": [float(n * PERIOD) for n in range(end // PERIOD)],
        "end": float(end),
        "drain": True,
        "classes": classes,
        "agents": [
            {
                "group": "agents",
                "count": _counts(calls, end // PERIOD, away_after),
                "tenants": ["bank"],
                "channels": ["call"],
            }
        ],
    }


def _class_of(own: Sequence[Call], rest: Sequence[float]) -> dict[str, Any]:
    """Arrivals, service and patience as recorded; rest: how much longer each who was answered would have waited."""
    times = [call.served for call in own if call.served is not None]
    usual = sum(times) / len(times) if times else 1.0
    waits = [call.queued + (0 if call.served is None else more) for call, more in zip(own, rest, strict=True)]
    return {
        "tenant": "bank",
        "channel": "call",
        "arrivals": {"times": [call.at for call in own]},
        "handle": {"trace": [usual if call.served is None else call.served for call in own]},
        "patience": {"trace": waits},
        "expected_handle": max(1.0, usual),
    }


def recorded(calls: Iterable[Call]) -> dict[str, dict[str, float]]:
    """What the log itself says, by class and in total: calls, share gone, waits."""
    by_class: Mapping[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_class["high" if call.is_high else "other"].append(call)
        by_class["total"].append(call)
    found = {}
    for name, own in sorted(by_class.items()):
        answered = [call.queued for call in own if call.served is not None]
        found[name] = {
            "offered": float(len(own)),
            "abandoned": 1 - len(answered) / len(own),
            "wait": sum(answered) / len(answered) if answered else 0.0,
            "no_wait": sum(wait == 0 for wait in answered) / len(answered) if answered else 0.0,
            "wait_p99": percentile([call.queued for call in own], 0.99),
        }
    return found


def _counts(calls: Sequence[Call], periods: int, away_after: float) -> list[int]:
    """Agents at once in each period, rounded so that the seconds add up over time."""
    there = [0.0] * periods
    for begin, until in _stretches(calls, away_after):
        for period in range(int(begin // PERIOD), min(periods, int(until // PERIOD) + 1)):
            there[period] += max(0.0, min(until, (period + 1) * PERIOD) - max(begin, period * PERIOD))
    counts, owed = [], 0.0
    for seconds in there:
        exact = seconds / PERIOD + (owed if seconds else 0.0)
        counts.append(max(0, round(exact)))
        owed = exact - counts[-1]
    return counts


def _stretches(calls: Sequence[Call], away_after: float) -> list[tuple[float, float]]:
    talks: Mapping[str, list[tuple[float, float]]] = defaultdict(list)
    for call in calls:
        if call.served:
            talks[call.agent].append((call.at + call.queued, call.at + call.queued + call.served))
    found: list[tuple[float, float]] = []
    for agent, own in talks.items():
        if not agent:  # nobody knows who: there while talking
            found += own
            continue
        begin, until = sorted(own)[0]
        for start, end in sorted(own)[1:]:
            if start - until > away_after:
                found.append((begin, until))
                begin = start
            until = max(until, end)
        found.append((begin, until))
    return found
