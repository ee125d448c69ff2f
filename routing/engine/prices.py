"""What one more breach of a contract's clause costs now (€), from the contract and the counts so far."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt

FLOOR = 0.15


@dataclass(frozen=True, slots=True)
class Terms:
    """A clause: share of conversations to be answered in target, € per point below it, points at most, volume."""

    goal: float
    credit_per_point: float
    cap_points: float
    expected_volume: float


def full_price(terms: Terms) -> float:
    """€ of one more breach while each counts: points are hundredths of the expected volume."""
    return 100 * terms.credit_per_point / terms.expected_volume


def price_now(terms: Terms, counted: int, in_target: int) -> float:
    """The full price × the probability that the period ends between the goal and the cap, where a breach costs.

    The rest of the period is taken to go as it has gone, with the goal as what is believed before anything was counted
    (weight: a tenth of the volume); the number of further breaches is binomial, taken as normal. Never below ``FLOOR``
    of the full price: who is safely above the goal, or beyond the cap, is still served.
    """
    volume = max(terms.expected_volume, counted)
    belief = 0.1 * terms.expected_volume
    missed = counted - in_target
    share = (missed + belief * (1 - terms.goal)) / (counted + belief)
    rest = volume - counted
    mean = (missed + rest * share) / volume
    # The share itself is an estimate: its own error grows with the rest.
    spread = sqrt(rest * share * (1 - share) * (1 + rest / (counted + belief))) / volume
    low, high = 1 - terms.goal, 1 - terms.goal + terms.cap_points / 100
    if spread == 0:
        pivotal = 1.0 if low <= mean <= high else 0.0
    else:
        pivotal = _normal((high - mean) / spread) - _normal((low - mean) / spread)
    return full_price(terms) * max(FLOOR, pivotal)


def _normal(z: float) -> float:
    return 0.5 * (1 + erf(z / sqrt(2)))
