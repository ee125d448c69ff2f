"""What the evaluations of a month come to: averages with their confidence, and the quality clause of each version.

An evaluation belongs to the month in which it was released: a month that is over gets no more of them. Scores are of
100; whoever calls has read them where they stand, in the client's schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from sla_contracts import contracts
from sla_contracts.attainment import NONE, money_of, points_apart, tiers_of
from sla_contracts.models import ContractVersion
from sla_contracts.period import Period
from sla_contracts.quality_clause import QualityClause
from tenants.models import Tenant

CONFIDENCE = "95"
# Student's t, two-sided 95 %, by degrees of freedom; beyond them its expansion around the normal quantile.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
_Z = 1.959964
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Scored:
    """A released evaluation: nothing of whom it is about."""

    at: datetime
    channel: str
    percent: Decimal


def quality(
    tenant: Tenant, period: Period, scored: Iterable[Scored], *, versions: Sequence[ContractVersion] | None = None
) -> dict[str, Any]:
    """``{"evaluations", "average", "low", "high", "channels": […], "clauses": […], "penalty", "bonus"}``.

    Scores are Decimals to the hundredth, None without an evaluation; low and high: 95 % confidence, None for fewer than
    two. A clause is judged by what was released while its version was in force.
    """
    found = [one for one in scored if period.start <= one.at < period.end]
    if versions is None:
        versions = contracts.versions_between(tenant.id, period.start, period.end)
    clauses = [row for version in versions if (row := _clause(version, period, found, tenant.currency)) is not None]
    channels = sorted({one.channel for one in found})
    return {
        **_average(found),
        "channels": [{"channel": name, **_average([s for s in found if s.channel == name])} for name in channels],
        "clauses": clauses,
        "penalty": sum((row["penalty"] for row in clauses), NONE),
        "bonus": sum((row["bonus"] for row in clauses), NONE),
    }


def interval(percents: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """The 95 % confidence interval of their mean, within 0 and 100; None for fewer than two."""
    number = len(percents)
    if number < 2:
        return None
    values = [float(percent) for percent in percents]
    half = _quantile(number - 1) * stdev(values) / sqrt(number)
    middle = fmean(values)
    return _rounded(max(0.0, middle - half)), _rounded(min(100.0, middle + half))


def _average(scored: Sequence[Scored]) -> dict[str, Any]:
    percents = [one.percent for one in scored]
    within = interval(percents)
    return {
        "evaluations": len(percents),
        "average": _mean(percents),
        "low": within and within[0],
        "high": within and within[1],
    }


def _mean(percents: Sequence[Decimal]) -> Decimal | None:
    if not percents:
        return None
    return (sum(percents, Decimal(0)) / len(percents)).quantize(_HUNDREDTH, ROUND_HALF_UP)


def _clause(version: ContractVersion, period: Period, scored: Sequence[Scored], currency: str) -> dict[str, Any] | None:
    agreed = contracts.terms_of(version.id, version).quality
    if agreed is None or version.valid_from >= period.end:
        return None
    until = version.valid_until
    if until is not None and until <= period.start:
        return None
    own = [one for one in scored if version.valid_from <= one.at and (until is None or one.at < until)]
    return {"version": version.number, **_judged(agreed, [one.percent for one in own], currency)}


def _judged(agreed: QualityClause, percents: Sequence[Decimal], currency: str) -> dict[str, Any]:
    """What is shown is what is judged: the average to the hundredth."""
    reached = _mean(percents)
    judged = reached is not None and len(percents) >= agreed.minimum
    off, over = points_apart(agreed.goal / 100, reached / 100) if judged and reached is not None else (NONE, NONE)
    price = agreed.penalty
    return {
        "goal": agreed.goal,
        "minimum": agreed.minimum,
        "evaluations": len(percents),
        "average": reached,
        "judged": judged,
        "kept": off == 0 if judged else None,
        "points_off": off,
        "points_over": over,
        "per_point": price.per_point if price else Decimal(0),
        "cap_points": price.cap_points if price else Decimal(0),
        "tiers": tiers_of(price),
        "penalty": money_of(price, off, currency),
        "bonus": money_of(agreed.bonus, over, currency),
    }


def _quantile(freedom: int) -> float:
    if freedom <= len(_T):
        return _T[freedom - 1]
    first = (_Z**3 + _Z) / 4
    second = (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96
    return _Z + first / freedom + second / freedom**2


def _rounded(value: float) -> Decimal:
    return Decimal(str(value)).quantize(_HUNDREDTH, ROUND_HALF_UP)
