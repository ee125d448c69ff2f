"""The random part of a replication: who comes when, how long they take, how long they wait. Seeded, one class apart
from the other, so that another policy or staff meets the same shoppers."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, factorial

import numpy
from numpy.typing import NDArray

from routing.simulator.scenario import Law, Scenario, Stream

Floats = NDArray[numpy.float64]
# A recorded conversation comes again at most so often, and so many seconds off its instant.
COPIES = 16
JITTER = 450.0


@dataclass(slots=True)
class Crowd:
    """All arrivals of a replication in time order: instants, classes, handle times, patience (inf: none)."""

    times: list[float]
    streams: list[int]
    handle: list[float]
    patience: list[float]


def draw(scenario: Scenario, replication: int) -> Crowd:
    chance = numpy.random.default_rng([scenario.seed, replication])
    busyness = float(chance.gamma(scenario.gamma_shape, 1 / scenario.gamma_shape)) if scenario.gamma_shape else 1.0
    parts = [
        (*_drawn(scenario, stream, busyness, numpy.random.default_rng([scenario.seed, replication, number])), number)
        for number, stream in enumerate(scenario.streams)
    ]
    return _crowd(parts)


def _drawn(
    scenario: Scenario, stream: Stream, busyness: float, chance: numpy.random.Generator
) -> tuple[Floats, Floats, Floats]:
    times = _arrivals(scenario, stream, busyness, chance)
    periods = numpy.searchsorted(numpy.array(scenario.periods), times, side="right") - 1
    handle = _draw(stream.handle, periods, chance)
    if stream.patience is None:
        return times, handle, numpy.full(len(times), numpy.inf)
    return times, handle, _draw(stream.patience, periods, chance)


def _crowd(parts: list[tuple[Floats, Floats, Floats, int]]) -> Crowd:
    times = numpy.concatenate([part[0] for part in parts])
    order = numpy.argsort(times, kind="stable")
    numbers = numpy.concatenate([numpy.full(len(part[0]), part[3]) for part in parts])
    return Crowd(
        times=times[order].tolist(),
        streams=numbers[order].tolist(),
        handle=numpy.concatenate([part[1] for part in parts])[order].tolist(),
        patience=numpy.concatenate([part[2] for part in parts])[order].tolist(),
    )


def redraw(scenario: Scenario, replication: int, volume: float = 1.0) -> Crowd:
    """A week like the recorded one: traces are drawn anew, rates as ever, both times ``volume``.

    Each recorded conversation comes Poisson(``volume``) times, with its own handling time, minutes off its instant. The
    draws of a conversation do not depend on ``volume``: with more of it, the same come and others beside them.
    """
    parts: list[tuple[Floats, Floats, Floats, int]] = []
    chance = numpy.random.default_rng([scenario.seed, replication])
    busyness = float(chance.gamma(scenario.gamma_shape, 1 / scenario.gamma_shape)) if scenario.gamma_shape else 1.0
    for number, stream in enumerate(scenario.streams):
        own = numpy.random.default_rng([scenario.seed, replication, number])
        if stream.arrivals.times is None:
            parts.append((*_drawn(scenario, stream, busyness * volume, own), number))
        else:
            parts.append((*_drawn_again(scenario, stream, busyness * volume, own), number))
    return _crowd(parts)


def _drawn_again(
    scenario: Scenario, stream: Stream, volume: float, chance: numpy.random.Generator
) -> tuple[Floats, Floats, Floats]:
    times = numpy.array(stream.arrivals.times, dtype=numpy.float64)
    times = times[times <= scenario.end]
    ladder = numpy.cumsum([exp(-volume) * volume**n / factorial(n) for n in range(COPIES)])
    copies = numpy.minimum(numpy.searchsorted(ladder, chance.random(len(times))), COPIES - 1)
    shape = len(times), COPIES
    shifted = times[:, None] + chance.uniform(-JITTER, JITTER, shape)
    periods = numpy.repeat(numpy.searchsorted(numpy.array(scenario.periods), times, side="right") - 1, COPIES)
    comes = numpy.arange(COPIES)[None, :] < copies[:, None]
    handle = _draw_each(stream.handle, periods, shape, chance)
    patience = numpy.full(shape, numpy.inf)
    if stream.patience is not None:
        patience = _draw_each(stream.patience, periods, shape, chance)
    found = numpy.clip(shifted[comes], 0, scenario.end)
    order = numpy.argsort(found, kind="stable")
    return found[order], handle[comes][order], patience[comes][order]


def _draw_each(
    law: Law, periods: NDArray[numpy.int64], shape: tuple[int, int], chance: numpy.random.Generator
) -> Floats:
    """One draw for each copy of each conversation; what was recorded stays with the one that it was recorded of."""
    if law.kind != "trace":
        return _draw(law, periods, chance).reshape(shape)
    return numpy.repeat(numpy.array(law.by_period[: shape[0]], dtype=numpy.float64), shape[1]).reshape(shape)


def _arrivals(scenario: Scenario, stream: Stream, busyness: float, chance: numpy.random.Generator) -> Floats:
    if stream.arrivals.times is not None:
        given = numpy.array(stream.arrivals.times, dtype=numpy.float64)
        return given[given <= scenario.end]
    found = []
    for begin, until, rate in zip(
        scenario.periods, [*scenario.periods[1:], scenario.end], stream.arrivals.per_hour, strict=True
    ):
        count = chance.poisson(rate * busyness * (until - begin) / 3600)
        found.append(numpy.sort(chance.uniform(begin, until, count)))
    return numpy.concatenate(found)


def _draw(law: Law, periods: NDArray[numpy.int64], chance: numpy.random.Generator) -> Floats:
    count = len(periods)
    if law.kind == "trace":
        trace = numpy.array(law.by_period, dtype=numpy.float64)
        return trace[numpy.arange(count) % max(1, len(trace))] if len(trace) else numpy.zeros(count)
    values = numpy.array(law.by_period, dtype=numpy.float64)[periods]
    if law.kind == "constant":
        return values
    if law.kind == "exponential":
        return chance.exponential(1.0, count) * values
    if law.kind == "uniform":
        return values[:, 0] + (values[:, 1] - values[:, 0]) * chance.random(count)
    mean, sd = values[:, 0], values[:, 1]
    spread = numpy.log1p((sd / mean) ** 2)
    return numpy.exp(numpy.log(mean) - spread / 2 + numpy.sqrt(spread) * chance.standard_normal(count))
