"""What accepted disputes over earlier months owe, as the report of the month of their answer says it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sla_contracts.disputes import corrections
from sla_contracts.period import Period
from sla_contracts.speech import Speech
from tenants.models import Tenant


def data_of(
    tenant: Tenant,
    period: Period,
    language: str,
    now: datetime,
    case_numbers: Callable[[Collection[UUID]], Mapping[UUID, str]],
) -> dict[str, Any]:
    """``{"corrections": rows}`` for the report's data; nothing where nothing is owed, as in reports before."""
    found = corrections(tenant, period, now=now)
    if not found:
        return {}
    numbers = case_numbers({dispute.conversation for row in found for dispute in row["disputes"]})
    rows = [
        {
            "month": row["month"],
            "clause": row["code"],
            "title": row["titles"].get(language) or row["titles"].get("en") or row["code"],
            "version": row["version"],
            "cases": sorted(numbers.get(dispute.conversation, "") for dispute in row["disputes"]),
            "disputes": [dispute.id for dispute in row["disputes"]],
            "before": row["before"]["share"],
            "after": row["after"]["share"],
            "penalty": row["penalty"],
            "bonus": row["bonus"],
        }
        for row in found
    ]
    return {"corrections": rows}


def page_of(data: Mapping[str, Any], speech: Speech) -> list[dict[str, Any]]:
    """The rows of the report's table. What the client is owed more is positive."""
    return [
        {
            "month": speech.month(row["month"]),
            "title": row["title"],
            "cases": ", ".join(row["cases"]),
            "before": _share(row["before"], speech),
            "after": _share(row["after"], speech),
            "owed": speech.money(Decimal(row["penalty"]) - Decimal(row["bonus"]), data["currency"]),
        }
        for row in data.get("corrections", ())
    ]


def _share(share: str | None, speech: Speech) -> str:
    return "–" if share is None else speech.percent(Decimal(share))
