"""The shares of the months that lead up to a period, clause by clause."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sla_contracts.attainment import attainment
from sla_contracts.attainment_math import share
from sla_contracts.period import Period
from tenants.models import Tenant

MONTHS = 6


def trend(
    tenant: Tenant, period: Period, *, now: datetime, current: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Six months, oldest first: ``{"month", "shares": {clause code: share or None}}``.

    current: the attainment of ``period``, if the caller has it. Versions of one month are added up by clause.
    """
    months = [period.before(n) for n in range(MONTHS - 1, 0, -1)]
    found = [(month.month, attainment(tenant, month, now=now)) for month in months]
    found.append((period.month, current or attainment(tenant, period, now=now)))
    return [{"month": month, "shares": shares_of(figures)} for month, figures in found]


def shares_of(figures: dict[str, Any]) -> dict[str, Decimal | None]:
    sums: dict[str, tuple[int, int]] = {}
    for clause in figures["clauses"]:
        met, counted = sums.get(clause["code"], (0, 0))
        sums[clause["code"]] = (met + clause["met"], counted + clause["counted"])
    return {code: share(met, counted) for code, (met, counted) in sums.items()}
