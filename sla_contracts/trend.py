"""The shares of the months that lead up to a period, clause by clause."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.fields.json import KT

from sla_contracts.attainment import attainment
from sla_contracts.attainment_math import share
from sla_contracts.models import SlaReport
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
    found = [
        (month.month, reported.get(month.start) or shares_of(attainment(tenant, month, now=now))) for month in months
    ]
    found.append((period.month, shares_of(current or attainment(tenant, period, now=now))))
    return [{"month": month, "shares": shares} for month, shares in found]


def _reported(tenant: Tenant, months: list[Period], now: datetime) -> dict[datetime, dict[str, Decimal | None]]:
    """The shares of the months whose final report was issued by ``now``; the latest of each counts."""
    rows = SlaReport.objects.filter(
        tenant=tenant,
        period_start__in=[month.start for month in months],
        cut_off__gte=F("period_end"),
        issued_at__lte=now,
    )
    issued = rows.order_by("issued_at").values_list("period_start", KT("data__clauses"))
    return {start: shares_of({"clauses": json.loads(clauses)}) for start, clauses in issued if clauses}


def shares_of(figures: dict[str, Any]) -> dict[str, Decimal | None]:
    sums: dict[str, tuple[int, int]] = {}
    for clause in figures["clauses"]:
        met, counted = sums.get(clause["code"], (0, 0))
        sums[clause["code"]] = (met + clause["met"], counted + clause["counted"])
    return {code: share(met, counted) for code, (met, counted) in sums.items()}
