"""What routing needs of the contracts, written to its queues: the price of one more breach, and the opening hours.

Routing knows no contracts. Each minute the clause on first responses (else on resolutions) of a queue's channels is
priced as ``routing.engine.prices`` says, by the counts of the month so far.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel import statements
from kernel.errors import Refusal
from routing.engine.prices import Terms as PricedTerms
from routing.engine.prices import price_now
from routing.models import Queue
from routing.queues import Pricing, set_prices
from sla_contracts import contracts
from sla_contracts.business_time import Calendar
from sla_contracts.period import Period
from sla_contracts.terms import Clause, Terms
from tenants.models import Tenant

log = logging.getLogger(__name__)

METRICS = ("first_response", "resolution")
# A month's volume is taken to be at least this: a new shop's few cases are no reason to let all others wait.
LEAST_VOLUME = 500
MONTH = timedelta(days=30)
OPENINGS_KNOWN = timedelta(days=14)
OPENINGS_KEPT = 40
CENT_OF_CENT = Decimal("0.0001")

_COUNTS = """
SELECT c.tenant_id, c.channel_group, c.metric,
       count(*) FILTER (WHERE c.started_at >= m.start AND (c.met_at IS NOT NULL OR c.breached_at IS NOT NULL)),
       count(*) FILTER (WHERE c.started_at >= m.start AND c.met_at IS NOT NULL AND c.breached_at IS NULL),
       count(*) FILTER (WHERE c.started_at >= %s::timestamptz)
  FROM unnest(%s::uuid[], %s::timestamptz[]) AS m (tenant, start)
  JOIN public.sla_contracts_clock c ON c.tenant_id = m.tenant AND c.state <> 'voided'
   AND c.metric = ANY(%s::text[]) AND c.started_at >= least(m.start, %s::timestamptz)
 GROUP BY 1, 2, 3
"""
# What waits again after an answer is due by its next promise, whoever put it back.
_NEXT_DUE = """
UPDATE public.routing_workitem w SET due_at = n.due_at
  FROM public.routing_workitem o
  LEFT JOIN LATERAL (SELECT min(c.due_at) AS due_at FROM public.sla_contracts_clock c
                      WHERE c.conversation = o.conversation AND c.state = 'running'
                        AND c.metric <> 'client_answer') n ON true
 WHERE o.state = 'waiting' AND o.first_reply_at IS NOT NULL AND w.id = o.id AND w.state = 'waiting'
   AND w.due_at IS DISTINCT FROM n.due_at
"""
Key = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """This month: judged and in target; and all of the last thirty days."""

    judged: int = 0
    in_target: int = 0
    lately: int = 0


def price_queues(now: datetime) -> int:
    """Write price and opening hours of every queue under a contract in force; returns how many changed."""
    in_force = contracts.versions_in_force(now)
    tenants = Tenant.objects.in_bulk(list(in_force))
    counts = _counts(tenants.values(), now)
    pricings = []
    for queue in Queue.objects.filter(is_active=True):
        version = in_force.get(queue.tenant_id)
        try:
            terms = contracts.terms_of(version.id, version) if version else None
            price = _price(queue, terms, counts) if terms else None
            hours = terms.open_hours(queue.channel_group) if terms and queue.keeps_hours else None
            pricings.append(Pricing(queue.id, price, openings(hours, now)))
        except (ArithmeticError, ValueError, Refusal):  # one client's terms stop nobody else's prices and hours
            log.exception("queue %s keeps its price and hours", queue.id)
    statements.run(_NEXT_DUE)
    return set_prices(pricings)


def write_openings(queue: Queue, now: datetime) -> None:
    """The same of one queue's hours alone, at once."""
    hours = contracts.open_hours(queue.tenant_id, queue.channel_group, now) if queue.keeps_hours else None
    set_prices([Pricing(queue.id, queue.price, openings(hours, now))])


def _counts(tenants: Iterable[Tenant], now: datetime) -> dict[Key, Counts]:
    months = {tenant.id: Period.holding(now, tenant.time_zone).start for tenant in tenants}
    lately = now - MONTH
    rows = statements.run(_COUNTS, [lately, list(months), list(months.values()), list(METRICS), lately])
    return {(row[0], row[1], row[2]): Counts(*row[3:]) for row in rows}


def _price(queue: Queue, terms: Terms, counts: dict[Key, Counts]) -> Decimal | None:
    """None without a penalty: then the weight of the priority counts."""
    clause = _clause(queue, terms)
    if clause is None or clause.penalty is None or not clause.penalty.slope:
        return None
    counted = counts.get((queue.tenant_id, queue.channel_group, clause.metric), Counts())
    priced = PricedTerms(
        goal=float(clause.goal),
        credit_per_point=float(clause.penalty.slope),
        cap_points=float(clause.penalty.reach),
        expected_volume=float(max(LEAST_VOLUME, counted.lately, counted.judged)),
    )
    return Decimal(price_now(priced, counted.judged, counted.in_target)).quantize(CENT_OF_CENT)


def _clause(queue: Queue, terms: Terms) -> Clause | None:
    found = (terms.clause_of(metric=metric, channel_group=queue.channel_group) for metric in METRICS)
    return next((clause for clause in found if clause is not None), None)


def openings(hours: Calendar | None, now: datetime) -> list[Any]:
    """[[opens, closes], …] for the next days, the one that is running first; empty: always open."""
    if hours is None:
        return []
    spans: list[Any] = []
    at: datetime | None = now
    opened = now if hours.is_open(now) else None
    while at is not None and at < now + OPENINGS_KNOWN and len(spans) < OPENINGS_KEPT:
        at = hours.next_change(at)
        if opened is not None:
            spans.append([opened.isoformat(), at.isoformat() if at else (now + OPENINGS_KNOWN).isoformat()])
            opened = None
        else:
            opened = at
    return spans or [[(now + OPENINGS_KNOWN).isoformat()] * 2]
