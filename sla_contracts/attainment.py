"""Attainment of a month, from the ledger alone: the one function behind portal, report, floor and invoice.

An item belongs to the period in which its clock started. It is breached once its target was used up (whether or not it
was stopped later), met if it was stopped before, else it still runs and is not judged yet. What was voided is excluded
with its reason as far as the clause allows, and so is a breach that a changed target brought about, unless the clause
counts it. Answers of calls and chats are counted by the formula that the clause names (``attainment_math``). A dispute
that was accepted while the month ran corrects its item; what is accepted later is credited, and the month stays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock as time
from kernel.money import round_amount
from sla_contracts import contracts
from sla_contracts.attainment_math import Outcome, share
from sla_contracts.clauses import ABANDONMENT, Price
from sla_contracts.judging import Item, judge, leave_out_above
from sla_contracts.models import ContractVersion
from sla_contracts.period import Period
from sla_contracts.terms import Clause, Terms
from tenants.models import Tenant

CENT_OF_POINT = Decimal("0.01")
NONE = Decimal("0.00")

# Clock by clock, each ledger in its order by its own index: nothing of other months, clauses or shops is read. What a
# step says comes as one text, since each array of each clock costs as much as finding the clock.
_ITEMS = """
SELECT c.version_id, c.metric, c.started_at, c.channel_group, x.claims,
       c.id, c.conversation, c.channel, c.language, c.calendar, c.priority, c.target_seconds, ledger.*
FROM public.sla_contracts_clock c
CROSS JOIN LATERAL (
  SELECT array_agg(step.at), array_agg(step.kind || '/' || coalesce(step.seconds::text, '') || '/' || step.reason)
  FROM (SELECT e.at, e.kind, e.seconds, e.reason FROM public.sla_contracts_clockevent e
        WHERE e.clock_id = c.id AND e.at <= %(cut_off)s ORDER BY e.id) step
) AS ledger (instants, steps)
LEFT JOIN (
  SELECT d.clock_id, array_agg(ARRAY[d.clause::text, d.claim::text]) AS claims
    FROM public.sla_contracts_dispute d
    JOIN public.sla_contracts_disputeanswer a ON a.dispute_id = d.id
   WHERE d.tenant_id = %(tenant)s AND d.period_start < %(end)s AND d.period_end > %(start)s
     AND a.is_accepted AND a.answered_at < GREATEST(d.period_end, %(settled)s) AND a.answered_at <= %(cut_off)s
   GROUP BY d.clock_id
) x ON x.clock_id = c.id
WHERE c.tenant_id = %(tenant)s AND c.metric = ANY(%(metrics)s) AND (%(clock)s::uuid IS NULL OR c.id = %(clock)s)
  AND c.started_at >= %(start)s AND c.started_at < %(end)s AND ledger.instants IS NOT NULL
"""
_STARTED_AT, _CLOCK = 2, 5


@dataclass(frozen=True, slots=True)
class Counted:
    """A clause of one version with the items behind its figures."""

    version: ContractVersion
    terms: Terms
    clause: Clause
    items: Sequence[Item]

    def with_outcome(self, outcome: Outcome) -> list[Item]:
        return [item for item in self.items if item.outcome == outcome]


def attainment(tenant: Tenant, period: Period, *, now: datetime | None = None) -> dict[str, Any]:
    """Every clause of every version in force in the period, judged by what the ledger held at ``now``.

    Shares, points and amounts are Decimals (None where nothing was counted); ``ids`` are conversations.
    """
    cut_off = now or time.now()
    return summarise(tenant, period, count_clauses(tenant, period, now=cut_off), cut_off)


def summarise(tenant: Tenant, period: Period, counted: Iterable[Counted], cut_off: datetime) -> dict[str, Any]:
    clauses = [_figures(one, tenant.currency) for one in counted]
    return {
        "tenant": str(tenant.id),
        "period": {"month": period.month, "start": period.start, "end": period.end, "time_zone": period.time_zone},
        "cut_off": cut_off,
        "currency": tenant.currency,
        "clauses": clauses,
        "penalty": sum((clause["penalty"] for clause in clauses), Decimal(0)),
        "bonus": sum((clause["bonus"] for clause in clauses), Decimal(0)),
    }


def attainments(
    tenant: Tenant, periods: Sequence[Period], *, now: datetime, versions: Sequence[ContractVersion] | None = None
) -> list[dict[str, Any]]:
    """``attainment`` of each of some periods, oldest first and side by side, in as many queries as for one.

    versions: the signed ones of the tenant, if the caller has them.
    """
    found = count_months(tenant, periods, now=now, versions=versions)
    return [summarise(tenant, period, counted, now) for period, counted in zip(periods, found, strict=True)]


def count_clauses(
    tenant: Tenant,
    period: Period,
    *,
    now: datetime | None = None,
    code: str = "",
    clock: UUID | None = None,
    settled: datetime | None = None,
) -> list[Counted]:
    """The items of each clause: one query for all of them.

    code: of this clause alone. clock: this item alone, which no clause counts by its place among others.
    settled: with what was accepted before it, also after the month; for the credit that comes of it.
    """
    return count_months(tenant, [period], now=now or time.now(), code=code, clock=clock, settled=settled)[0]


def count_months(
    tenant: Tenant,
    periods: Sequence[Period],
    *,
    now: datetime,
    versions: Sequence[ContractVersion] | None = None,
    code: str = "",
    clock: UUID | None = None,
    settled: datetime | None = None,
) -> list[list[Counted]]:
    """``count_clauses`` of each of some periods that follow each other."""
    start, end = periods[0].start, periods[-1].end
    if versions is None:
        versions = contracts.versions_between(tenant.id, start, end)
    parts = [(version, contracts.terms_of(version.id, version)) for version in versions]
    wanted = [(*part, clause) for part in parts for clause in part[1].clauses if code in ("", clause.code)]
    asked = {
        "metrics": sorted({clause.clock for _, _, clause in wanted}),
        "tenant": tenant.id,
        "start": start,
        "end": end,
        "clock": clock,
        "cut_off": now,
        "settled": settled or start,
    }
    rows = _rows(asked, periods)
    return [_counted(period, wanted, rows[place], now) for place, period in enumerate(periods)]


Wanted = Sequence[tuple[ContractVersion, Terms, Clause]]
Rows = dict[tuple[UUID, str], list[tuple[Any, ...]]]


def _counted(period: Period, wanted: Wanted, rows: Rows, cut_off: datetime) -> list[Counted]:
    counted = []
    volumes = Counter[str]()
    for version, terms, clause in wanted:
        if version.valid_from >= period.end or (
            version.valid_until is not None and version.valid_until <= period.start
        ):
            continue
        items = list(_judged(rows.get((version.id, clause.clock), ()), terms, clause, cut_off))
        if clause.exclusions.volume is not None:
            items = leave_out_above(items, clause.exclusions.volume, volumes[clause.code])
        volumes[clause.code] += sum(item.outcome != "excluded" for item in items)
        counted.append(Counted(version, terms, clause, items))
    return counted


def _rows(asked: dict[str, Any], periods: Sequence[Period]) -> list[Rows]:
    """For each period: version and metric → the clocks that started in it, in their order, each with its events."""
    found: list[Rows] = [defaultdict(list) for _ in periods]
    starts = [period.start for period in periods]
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, asked)
        # Put in order here: the index gives them nearly so, and the database would write all of them to disk for it.
        for version, metric, started_at, *row in sorted(cursor.fetchall(), key=itemgetter(_STARTED_AT, _CLOCK)):
            found[bisect_right(starts, started_at) - 1][version, metric].append(tuple(row))
    return found


def _judged(rows: Iterable[tuple[Any, ...]], terms: Terms, clause: Clause, cut_off: datetime) -> Iterator[Item]:
    for group, claims, *row in rows:
        if clause.channel_group in ("", group):
            claim = dict(claims).get(clause.code, "") if claims else ""
            yield judge(row, terms, clause, cut_off, claim=claim)


def _figures(counted: Counted, currency: str) -> dict[str, Any]:
    clause, version = counted.clause, counted.version
    met, breached = counted.with_outcome("met"), counted.with_outcome("breached")
    running, excluded = counted.with_outcome("running"), counted.with_outcome("excluded")
    number = len(met) + len(breached)
    reached = share(len(met), number)
    judged = reached is not None and number >= clause.minimum
    points_off, points_over = points_apart(clause.goal, reached) if judged and reached is not None else (NONE, NONE)
    reasons = Counter(item.reason for item in excluded)
    return {
        "code": clause.code,
        "titles": dict(clause.titles),
        "version": version.number,
        "version_id": str(version.id),
        "metric": clause.metric,
        "formula": clause.formula or (clause.metric if clause.metric == ABANDONMENT else ""),
        "abandons_under_seconds": clause.abandons_under,
        "channel_group": clause.channel_group,
        "goal": clause.goal,
        "minimum": clause.minimum,
        "counted": number,
        "met": len(met),
        "breached": len(breached),
        "running": len(running),
        "excluded": dict(sorted(reasons.items())),
        "share": reached,
        "judged": judged,
        "kept": points_off == 0 if judged else None,
        "points_off": points_off,
        "per_point": clause.penalty.per_point if clause.penalty else Decimal(0),
        "cap_points": clause.penalty.cap_points if clause.penalty else Decimal(0),
        "tiers": tiers_of(clause.penalty),
        "points_over": points_over,
        "penalty": money_of(clause.penalty, points_off, currency),
        "bonus": money_of(clause.bonus, points_over, currency),
        "ids": {
            "met": _ids(met),
            "breached": _ids(breached),
            "running": _ids(running),
            "excluded": {reason: _ids(i for i in excluded if i.reason == reason) for reason in sorted(reasons)},
        },
    }


def points_apart(goal: Decimal, reached: Decimal) -> tuple[Decimal, Decimal]:
    """Percentage points below and above the goal, to the hundredth: what is shown is what is charged.

    Any shortfall is at least a hundredth, so that a missed goal never shows as kept.
    """
    apart = (abs(goal - reached) * 100).quantize(CENT_OF_POINT, ROUND_HALF_UP)
    return (NONE, apart) if reached >= goal else (max(CENT_OF_POINT, apart), NONE)


def money_of(price: Price | None, points: Decimal, currency: str) -> Decimal:
    return round_amount(price.of(points), currency) if price else NONE


def tiers_of(price: Price | None) -> list[dict[str, Decimal]]:
    return [{"points": tier.points, "amount": tier.amount} for tier in price.tiers] if price else []


def _ids(items: Iterable[Item]) -> list[str]:
    return [str(item.conversation) for item in items]
