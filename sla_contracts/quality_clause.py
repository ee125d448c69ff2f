"""The quality clause of a contract: the average score that the evaluations of a month must reach, and what it costs.

The JSON form, all but the goal optional::

    {"goal": 85, "minimum": 20, "penalty": {"eur_per_point": 50, "cap_points": 10}, "bonus": {… as a clause's …}}

``goal`` is a score of 100; ``minimum``: with fewer evaluations the month is not judged. Points are those of the score.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sla_contracts.clauses import Price, read_price
from sla_contracts.fields import TermsError, count, mapping, number

_KEYS = ("goal", "minimum", "penalty", "bonus")


@dataclass(frozen=True, slots=True)
class QualityClause:
    goal: Decimal
    minimum: int = 0
    penalty: Price | None = None
    bonus: Price | None = None


def read_quality(value: object, monthly_fee: Decimal | None) -> QualityClause | None:
    """Raises TermsError naming the field that cannot be kept."""
    if value is None:
        return None
    row = mapping("quality", value)
    for key in row:
        if key not in _KEYS:
            raise TermsError(f"quality.{key}", "is not a known key")
    goal = number("quality.goal", row.get("goal"))
    if not 0 < goal <= 100:
        raise TermsError("quality.goal", "must be a score above 0, at most 100")
    return QualityClause(
        goal=goal,
        minimum=count("quality.minimum", row.get("minimum", 0)),
        penalty=read_price("quality.penalty", row.get("penalty"), monthly_fee),
        bonus=read_price("quality.bonus", row.get("bonus"), monthly_fee),
    )
