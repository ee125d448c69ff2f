"""Ratios with their spread, and the one table that all benchmarks end in."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
Spread = dict[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One metric. ``goal`` bounds the median of ``ratio`` (or of ``ours`` where there is no limit to divide by)."""

    metric: str
    ours: str
    limit: str
    ratio: Spread
    goal: float
    at_most: bool = True

    @property
    def is_met(self) -> bool:
        return self.ratio["median"] <= self.goal if self.at_most else self.ratio["median"] >= self.goal

    def cells(self) -> tuple[str, ...]:
        sign = "≤" if self.at_most else "≥"
        return (
            self.metric,
            self.ours,
            self.limit,
            show(self.ratio),
            f"{sign} {self.goal:g}",
            "yes" if self.is_met else "NO",
        )

    def as_json(self) -> dict[str, object]:
        return {
            "metric": self.metric,
            "ours": self.ours,
            "limit": self.limit,
            "ratio": self.ratio,
            "goal": self.goal,
            "at_most": self.at_most,
            "met": self.is_met,
        }


def interleave(rounds: int, one: Callable[[], A], other: Callable[[], B]) -> list[tuple[A, B]]:
    """A B, B A, A B …: what drifts on the machine falls on both."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            second = other()
            pairs.append((one(), second))
        else:
            first = one()
            pairs.append((first, other()))
    return pairs


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spread(values: Sequence[float]) -> Spread:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def show(figures: Spread, unit: str = "") -> str:
    def digits(value: float) -> str:
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

    return f"{digits(figures['median'])}{unit} [{digits(figures['min'])} {digits(figures['max'])}]"


def table(lines: Sequence[Line]) -> str:
    rows = [("metric", "ours", "limit", "ratio: median [min max]", "goal", "met"), *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
