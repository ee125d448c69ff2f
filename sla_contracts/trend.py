"""The shares of the months that lead up to a period, clause by clause."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.fields.json import KT

from sla_contracts import contracts
from sla_contracts.attainment import attainments
from sla_contracts.attainment_math import share
from sla_contracts.models import ContractVersion, SlaReport
from sla_contracts.period import Period
from tenants.models import Tenant

MONTHS = 6


def trend(
    tenant: Tenant, period: Period, *, now: datetime, current: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Six months, oldest first: ``{"month", "shares": {clause code: share or None}}``.

    current: the attainment of ``period``, if the caller has it. A month before it is as its last final report has it,
    else as the ledger has it. Versions of one month are added up by clause.
    """
    months = [period.before(n) for n in range(MONTHS - 1, 0, -1)]
    reported = _reported(tenant, months, now)
    versions = contracts.versions_between(tenant.id, months[0].start, period.end)
    asked = _from_the_first_missing(months, reported, versions)
    if current is None:
        asked = [*asked, period]
    counted = attainments(tenant, asked, now=now, versions=versions) if asked else []
    return _side_by_side(months, reported, [*counted, current] if current else counted)


def figures_and_trend(
    tenant: Tenant, period: Period, *, now: datetime, versions: Sequence[ContractVersion]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """``attainment`` of the period and ``trend``, in one query each. versions: the signed ones of the tenant."""
    months = [period.before(n) for n in range(MONTHS - 1, 0, -1)]
    reported = _reported(tenant, months, now)
    asked = [*_from_the_first_missing(months, reported, versions), period]
    counted = attainments(tenant, asked, now=now, versions=versions)
    return counted[-1], _side_by_side(months, reported, counted)


Shares = dict[str, Decimal | None]


def _from_the_first_missing(
    months: list[Period], reported: dict[datetime, Shares], versions: Sequence[ContractVersion]
) -> list[Period]:
    """Months follow each other where they are counted together; before the first contract there is nothing to count."""
    begun = min((version.valid_from for version in versions), default=None)
    missing = [
        place
        for place, month in enumerate(months)
        if begun is not None and begun < month.end and not reported.get(month.start)
    ]
    return months[missing[0] :] if missing else []


def _side_by_side(
    months: list[Period], reported: dict[datetime, Shares], counted: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    by_month: dict[str, Shares] = {month.month: {} for month in months}
    by_month |= {figures["period"]["month"]: shares_of(figures) for figures in counted}
    by_month |= {month.month: reported[month.start] for month in months if reported.get(month.start)}
    return [{"month": month, "shares": by_month[month]} for month in sorted(by_month)]


def _reported(tenant: Tenant, months: list[Period], now: datetime) -> dict[datetime, Shares]:
    """The shares of the months whose final report was issued by ``now``; the latest of each counts."""
    rows = SlaReport.objects.filter(
        tenant=tenant,
        period_start__in=[month.start for month in months],
        cut_off__gte=F("period_end"),
        issued_at__lte=now,
    )
    issued = rows.order_by("issued_at").values_list("period_start", KT("data__clauses"))
    return {start: shares_of({"clauses": json.loads(clauses)}) for start, clauses in issued if clauses}


def shares_of(figures: dict[str, Any]) -> Shares:
    sums: dict[str, tuple[int, int]] = {}
    for clause in figures["clauses"]:
        met, counted = sums.get(clause["code"], (0, 0))
        sums[clause["code"]] = (met + clause["met"], counted + clause["counted"])
    return {code: share(met, counted) for code, (met, counted) in sums.items()}
