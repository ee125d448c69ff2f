"""A contract as it is read, on the desk and in the portal: its versions, and what each of them changes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kernel import clock
from sla_contracts import signing, terms
from sla_contracts.comparing import compare
from sla_contracts.doubts import doubts_about
from sla_contracts.models import ContractVersion
from sla_contracts.templates import TEMPLATES
from tenants.models import Tenant

Json = dict[str, Any]


def contract(tenant: Tenant, *, for_client: bool) -> Json:
    """The versions, the newest first, and what a draft may be made of."""
    now = clock.now()
    rows = signing.versions_of(tenant, for_client=for_client)
    return {
        "reference": rows[0].contract.reference if rows else "",
        "time_zone": tenant.time_zone,
        "versions": [_head(row, tenant, now) for row in rows],
        "templates": [] if for_client else list(TEMPLATES),
    }


def version(tenant: Tenant, row: ContractVersion, *, for_client: bool) -> Json:
    """One version wholly, against the one before it. Doubts are the BPO's own, and only while it can still act."""
    before = signing.version_before(row)
    is_open = row.signed_at is None and not for_client
    return {
        **_head(row, tenant, clock.now()),
        "currency": tenant.currency,
        "terms": row.terms,
        "terms_sha256": row.terms_sha256,
        "before": before.number if before else None,
        "changes": [asdict(change) for change in compare(before.terms if before else None, row.terms)],
        "doubts": [asdict(doubt) for doubt in doubts_about(tenant, terms.validate(row.terms), begins=row.valid_from)]
        if is_open
        else [],
    }


def _head(row: ContractVersion, tenant: Tenant, now: datetime) -> Json:
    zone = ZoneInfo(tenant.time_zone)
    return {
        "id": row.id,
        "number": row.number,
        "standing": signing.standing_of(row, now),
        "begins": row.valid_from.astimezone(zone).date(),
        "ends": row.valid_until.astimezone(zone).date() if row.valid_until else None,
        "drafted_at": row.drafted_at,
        "signed_at": row.signed_at,
        "by_bpo": _signature(row.signed_by_bpo, row.bpo_signed_at),
        "by_client": _signature(row.signed_by_client, row.client_signed_at),
    }


def _signature(name: str, at: datetime | None) -> Json | None:
    return {"name": name, "at": at} if name and at else None
