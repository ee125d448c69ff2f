"""The random part of a replication: who comes when, how long they take, how long they wait. Seeded, one class apart
from the other, so that another policy or staff meets the same shoppers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from routing.simulator.scenario import Law, Scenario, Stream

Floats = NDArray[numpy.float64]


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
    parts: list[tuple[Floats, Floats, Floats, int]] = []
    for number, stream in enumerate(scenario.streams):
        own = numpy.random.default_rng([scenario.seed, replication, number])
        times = _arrivals(scenario, stream, busyness, own)
        periods = numpy.searchsorted(numpy.array(scenario.periods), times, side="right") - 1
        handle = _draw(stream.handle, periods, own)
        patience = (
            numpy.full(len(times), numpy.inf) if stream.patience is None else _draw(stream.patience, periods, own)
        )
        parts.append((times, handle, patience, number))
    times = numpy.concatenate([part[0] for part in parts])
    order = numpy.argsort(times, kind="stable")
    numbers = numpy.concatenate([numpy.full(len(part[0]), part[3]) for part in parts])
    return Crowd(
        times=times[order].tolist(),
        streams=numbers[order].tolist(),
        handle=numpy.concatenate([part[1] for part in parts])[order].tolist(),
        patience=numpy.concatenate([part[2] for part in parts])[order].tolist(),
    )


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
