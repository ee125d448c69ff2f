"""The attainment clauses of a contract: what is counted, what is left out, and what missing or beating the goal costs.

The JSON form of one, all but the first five optional::

    {"code": "chat_answer", "title": {"en": "…"}, "metric": "answer", "channel_group": "chat", "goal": 0.8,
     "minimum": 50, "count_changes": false,
     "formula": "less_abandons_under", "abandons_under_seconds": 5,
     "exclusions": [{"kind": "spam"}, {"kind": "client_incident"}, {"kind": "short_abandons", "seconds": 5},
                    {"kind": "volume_above_forecast", "forecast": 5000, "percent": 10}],
     "penalty": {"eur_per_point": 50, "cap_points": 20},
     "bonus": {"tiers": [{"points": 2, "amount": 300}, {"points": 5, "percent": 4}], "cap": {"percent": 3}}}

``penalty`` and ``bonus`` are either so much a point up to ``cap_points``, or tiers: the highest one whose ``points``
are reached applies, as an amount or as a share of the contract's ``monthly_fee``; ``cap`` is the most they come to.
Without ``exclusions`` whatever was voided is left out; with them spam and incidents of the client only where named.
An ``abandonment`` clause counts the contacts that were offered; its goal is the share that did not give up waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sla_contracts.attainment_math import DEFAULT_FORMULA, FORMULAS
from sla_contracts.fields import TermsError, amount, count, mapping, number, once, one_of, rows, text

ANSWER, ABANDONMENT = "answer", "abandonment"
PLAIN_METRICS = ("first_response", "next_response", "resolution")
CLAUSE_METRICS = (*PLAIN_METRICS, ANSWER, ABANDONMENT)
SPAM, INCIDENT = "spam", "client_incident"
SHORT_ABANDONS, ABOVE_FORECAST = "short_abandons", "volume_above_forecast"
EXCLUSIONS = (SPAM, INCIDENT, SHORT_ABANDONS, ABOVE_FORECAST)


@dataclass(frozen=True, slots=True)
class Tier:
    """From so many points off the goal on, ``amount`` in the tenant's currency."""

    points: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What points below (or above) the goal come to: ``per_point`` up to ``cap_points``, or tiers; ``cap`` the most."""

    per_point: Decimal = Decimal(0)
    cap_points: Decimal = Decimal(100)
    tiers: tuple[Tier, ...] = ()
    cap: Decimal | None = None

    def of(self, points: Decimal) -> Decimal:
        """The amount for so many points, not rounded; nothing for none."""
        if points <= 0:
            return Decimal(0)
        if self.tiers:
            reached = [tier for tier in self.tiers if tier.points <= points]
            found = max(reached, key=lambda tier: tier.points).amount if reached else Decimal(0)
        else:
            found = min(points, self.cap_points) * self.per_point
        return found if self.cap is None else min(found, self.cap)

    @property
    def slope(self) -> Decimal:
        """About what a point costs, for whoever has to weigh promises against each other."""
        if not self.tiers:
            return self.per_point
        deepest = max(self.tiers, key=lambda tier: tier.points)
        return self.of(deepest.points or Decimal(1)) / max(deepest.points, Decimal(1))

    @property
    def reach(self) -> Decimal:
        """After so many points nothing more is lost."""
        return max((tier.points for tier in self.tiers), default=self.cap_points) or Decimal(1)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """``reasons``: the voids that need a clause and have one; None: all. Seconds and contacts; None: not agreed."""

    reasons: frozenset[str] | None = None
    short_abandons: int | None = None
    volume: int | None = None

    def allow(self, reason: str) -> bool:
        """Whether what was voided for ``reason`` is left out of the count."""
        return self.reasons is None or reason not in (SPAM, INCIDENT) or reason in self.reasons


@dataclass(frozen=True, slots=True)
class Clause:
    """An attainment clause: the share ``goal`` (0 to 1) of a month's items that must meet their target."""

    code: str
    titles: Mapping[str, str]
    metric: str
    channel_group: str
    goal: Decimal
    minimum: int = 0
    penalty: Price | None = None
    count_changes: bool = False
    formula: str = ""
    abandons_under: int = 0
    exclusions: Exclusions = Exclusions()
    bonus: Price | None = None

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles.get("en") or next(iter(self.titles.values()), self.code)

    @property
    def clock(self) -> str:
        """The metric of the clocks that it counts."""
        return ANSWER if self.metric == ABANDONMENT else self.metric


def read_clause(path: str, value: object, *, groups: Iterable[str], monthly_fee: Decimal | None) -> Clause:
    """Raises TermsError naming the field that cannot be kept."""
    row = mapping(path, value)
    goal = number(f"{path}.goal", row.get("goal"))
    if not 0 < goal <= 1:
        raise TermsError(f"{path}.goal", "must be a share above 0, at most 1")
    titles = {
        str(code): text(f"{path}.title.{code}", said)
        for code, said in mapping(f"{path}.title", row.get("title")).items()
    }
    group = row.get("channel_group", "")
    metric = one_of(f"{path}.metric", row.get("metric"), CLAUSE_METRICS)
    formula, under = _formula(path, row, metric)
    return Clause(
        code=text(f"{path}.code", row.get("code")),
        titles=titles,
        metric=metric,
        channel_group=one_of(f"{path}.channel_group", group, groups) if group else "",
        goal=goal,
        minimum=count(f"{path}.minimum", row.get("minimum", 0)),
        penalty=read_price(f"{path}.penalty", row.get("penalty"), monthly_fee),
        count_changes=bool(row.get("count_changes", False)),
        formula=formula,
        abandons_under=under,
        exclusions=_exclusions(f"{path}.exclusions", row.get("exclusions"), metric),
        bonus=read_price(f"{path}.bonus", row.get("bonus"), monthly_fee),
    )


def _formula(path: str, row: Mapping[str, object], metric: str) -> tuple[str, int]:
    named = row.get("formula")
    if metric != ANSWER:
        if named is not None:
            raise TermsError(f"{path}.formula", f"is for {ANSWER} clauses only")
        return "", 0
    formula = one_of(f"{path}.formula", named, FORMULAS) if named is not None else DEFAULT_FORMULA
    under = row.get("abandons_under_seconds")
    if formula != "less_abandons_under":
        if under is not None:
            raise TermsError(f"{path}.abandons_under_seconds", "is for the formula less_abandons_under only")
        return formula, 0
    seconds = count(f"{path}.abandons_under_seconds", under)
    if not seconds:
        raise TermsError(f"{path}.abandons_under_seconds", "must be more than 0")
    return formula, seconds


def _exclusions(path: str, value: object, metric: str) -> Exclusions:
    if value is None:
        return Exclusions()
    listed = [mapping(f"{path}[{n}]", row) for n, row in enumerate(rows(path, value))]
    kinds = [one_of(f"{path}[{n}].kind", row.get("kind"), EXCLUSIONS) for n, row in enumerate(listed)]
    once(path, kinds)
    short = volume = None
    for place, (kind, row) in enumerate(zip(kinds, listed, strict=True)):
        here = f"{path}[{place}]"
        if kind == SHORT_ABANDONS:
            if metric not in (ANSWER, ABANDONMENT):
                raise TermsError(f"{here}.kind", f"is for {ANSWER} and {ABANDONMENT} clauses only")
            short = count(f"{here}.seconds", row.get("seconds"))
        elif kind == ABOVE_FORECAST:
            forecast = count(f"{here}.forecast", row.get("forecast"))
            percent = amount(f"{here}.percent", row.get("percent", 0))
            volume = int(forecast * (100 + percent) / 100)
    return Exclusions(frozenset(kinds) & {SPAM, INCIDENT}, short, volume)


def read_price(path: str, value: object, monthly_fee: Decimal | None) -> Price | None:
    """Raises TermsError naming the field that cannot be kept; None where nothing is agreed."""
    if value is None:
        return None
    row = mapping(path, value)
    cap = _sum(f"{path}.cap", row["cap"], monthly_fee) if row.get("cap") is not None else None
    if "tiers" not in row:
        per_point = number(f"{path}.eur_per_point", row.get("eur_per_point"))
        cap_points = number(f"{path}.cap_points", row.get("cap_points", 100))
        if per_point < 0 or cap_points < 0:
            raise TermsError(path, "cannot be negative")
        return Price(per_point, cap_points, cap=cap)
    if "eur_per_point" in row or "cap_points" in row:
        raise TermsError(f"{path}.tiers", "cannot stand beside an amount per point")
    tiers = tuple(
        _tier(f"{path}.tiers[{n}]", tier, monthly_fee) for n, tier in enumerate(rows(f"{path}.tiers", row["tiers"]))
    )
    if not tiers:
        raise TermsError(f"{path}.tiers", "must hold at least one tier")
    once(f"{path}.tiers", [tier.points for tier in tiers])
    return Price(tiers=tiers, cap=cap)


def _tier(path: str, value: object, monthly_fee: Decimal | None) -> Tier:
    row = mapping(path, value)
    points = amount(f"{path}.points", row.get("points"))
    if points > 100:
        raise TermsError(f"{path}.points", "cannot be more than 100")
    return Tier(points, _sum(path, row, monthly_fee))


def _sum(path: str, value: object, monthly_fee: Decimal | None) -> Decimal:
    """An ``amount``, or a ``percent`` of the monthly fee."""
    row = mapping(path, value)
    if ("amount" in row) == ("percent" in row):
        raise TermsError(path, "needs either an amount or a percent of the monthly fee")
    if "amount" in row:
        return amount(f"{path}.amount", row["amount"])
    share = amount(f"{path}.percent", row["percent"])
    if monthly_fee is None:
        raise TermsError(f"{path}.percent", "needs the contract's monthly_fee")
    return monthly_fee * share / 100
