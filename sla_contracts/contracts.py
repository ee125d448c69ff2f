"""Contracts: draft dated terms, sign them, and find the version in force at an instant."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from kernel import clock, statements
from kernel.errors import Refusal, invalid
from sla_contracts import terms as agreed
from sla_contracts.business_time import Calendar
from sla_contracts.default_terms import default_terms
from sla_contracts.models import Contract, ContractVersion
from sla_contracts.terms import Terms
from tenants.models import Tenant

NAME_MAX = 120
_FRESH_SECONDS = 5.0
_SIGNED = """
WHERE t.contract_id IN (SELECT id FROM public.sla_contracts_contract WHERE tenant_id = %s)
  AND t.signed_at IS NOT NULL
ORDER BY t.valid_from DESC
"""
_versions: dict[UUID, tuple[float, tuple[ContractVersion, ...]]] = {}
_terms: dict[UUID, Terms] = {}
# Tenants signed for in a transaction that has not committed here: what it reads must not outlive its rollback.
_unsettled: set[UUID] = set()


def draft(
    *, tenant: Tenant, terms: Mapping[str, Any], valid_from: datetime, valid_until: datetime | None = None
) -> ContractVersion:
    """A new unsigned version. Raises TermsError for terms that cannot be kept."""
    agreed.validate(terms)
    if valid_from.utcoffset() is None or (valid_until is not None and valid_until.utcoffset() is None):
        raise invalid("A contract's dates need a time zone; nothing was saved.", valid_from="needs a time zone")
    if valid_until is not None and valid_until <= valid_from:
        raise invalid(
            "The version would end before it begins; nothing was saved.", valid_until="must lie after valid_from"
        )
    with transaction.atomic():
        Contract.objects.get_or_create(tenant=tenant, defaults={"reference": f"SLA-{tenant.mark}-{tenant.slug}"[:40]})
        contract = Contract.objects.select_for_update(no_key=True).get(tenant=tenant)
        last = contract.versions.aggregate(last=Max("number"))["last"] or 0
        return ContractVersion.objects.create(
            contract=contract,
            number=last + 1,
            valid_from=valid_from,
            valid_until=valid_until,
            terms=dict(terms),
            terms_sha256=agreed.sha256(terms),
            drafted_at=clock.now(),
        )


def sign(*, version_id: UUID, by_bpo: str, by_client: str) -> ContractVersion:
    """Both sides sign the canonical terms; from then on they are final.

    A signed version that runs on without an end is ended where this one begins; any other overlap is refused.
    """
    if not by_bpo.strip() or not by_client.strip():
        raise invalid(
            "Both sides sign with a name; nothing was signed.", by_client="needs a name", by_bpo="needs a name"
        )
    with transaction.atomic():
        version = lock_unsigned(version_id)
        version.signed_by_bpo, version.signed_by_client = by_bpo.strip(), by_client.strip()
        version.bpo_signed_at = version.client_signed_at = clock.now()
        make_final(version)
    return version


def lock_unsigned(version_id: UUID) -> ContractVersion:
    """A version that is not final, its contract locked before it; Refusal already_signed 409, terms_changed 409."""
    contract_id = ContractVersion.objects.values_list("contract_id", flat=True).get(pk=version_id)
    Contract.objects.select_for_update(no_key=True).get(pk=contract_id)
    locked = ContractVersion.objects.select_for_update(no_key=True, of=("self",))
    version = locked.select_related("contract").get(pk=version_id)
    if version.signed_at is not None:
        raise Refusal("already_signed", 409, "This version is signed already; draft a new one to change the terms.")
    if agreed.sha256(version.terms) != version.terms_sha256:
        raise Refusal("terms_changed", 409, "The terms are not the ones that were drafted; draft them again.")
    return version


def make_final(version: ContractVersion) -> None:
    """Both sides have signed the locked version: it takes effect at its date, and the one before ends there."""
    version.contract.versions.filter(
        signed_at__isnull=False, valid_until=None, valid_from__lt=version.valid_from
    ).update(valid_until=version.valid_from)
    version.signed_at = clock.now()
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        raise Refusal(
            "versions_overlap",
            409,
            "Another signed version is in force in that time; choose other dates. Nothing was signed.",
        ) from error
    _forget(version.contract.tenant_id)


def sign_default(
    tenant: Tenant,
    *,
    valid_from: datetime | None = None,
    terms: Mapping[str, Any] | None = None,
    by_bpo: str = "Centralita",
    by_client: str = "",
) -> ContractVersion:
    """Draft and sign the terms a new shop starts with, from local midnight today unless said."""
    start = valid_from or clock.now().astimezone(ZoneInfo(tenant.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    chosen = terms or default_terms(time_zone=tenant.time_zone, country=tenant.country, languages=tenant.languages)
    with transaction.atomic():
        version = draft(tenant=tenant, terms=chosen, valid_from=start)
        return sign(
            version_id=version.id, by_bpo=by_bpo, by_client=(by_client or tenant.legal_name or tenant.name)[:NAME_MAX]
        )


def signed_versions(tenant_id: UUID) -> list[ContractVersion]:
    """Every signed version, oldest first; remembered for some seconds."""
    return sorted(_signed(tenant_id), key=lambda version: version.valid_from)


def version_in_force(tenant_id: UUID, at: datetime) -> ContractVersion | None:
    """The signed version whose dates hold ``at``; remembered for some seconds, since every arrival asks."""
    for version in _signed(tenant_id):
        if version.valid_from <= at and (version.valid_until is None or at < version.valid_until):
            return version
    return None


def versions_in_force(at: datetime) -> dict[UUID, ContractVersion]:
    """Tenant → the signed version whose dates hold ``at``, of all tenants in one query."""
    rows = ContractVersion.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=at), signed_at__isnull=False, valid_from__lte=at
    )
    return {row.contract.tenant_id: row for row in rows.select_related("contract")}


def versions_between(tenant_id: UUID, start: datetime, end: datetime) -> list[ContractVersion]:
    """Signed versions in force at some instant of [start, end), oldest first; read afresh."""
    rows = ContractVersion.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=start),
        contract__tenant=tenant_id,
        signed_at__isnull=False,
        valid_from__lt=end,
    )
    return list(rows.select_related("contract").order_by("valid_from"))


def terms_of(version_id: UUID, version: ContractVersion | None = None) -> Terms:
    """The parsed terms of a signed version, kept for the life of the process: they never change."""
    found = _terms.get(version_id)
    if found is None:
        row = version or ContractVersion.objects.get(pk=version_id)
        found = agreed.validate(row.terms)
        if row.signed_at is not None:
            _terms[version_id] = found
    return found


def open_hours(tenant_id: UUID, channel_group: str, at: datetime) -> Calendar | None:
    """The promised hours of a channel group under the version in force; None without a contract."""
    version = version_in_force(tenant_id, at)
    return terms_of(version.id, version).open_hours(channel_group) if version else None


def forget_versions() -> None:
    """Drop what was remembered about versions in force (in tests, and after restoring a backup)."""
    _versions.clear()
    _unsettled.clear()


def _signed(tenant_id: UUID) -> tuple[ContractVersion, ...]:
    found = _versions.get(tenant_id)
    if found is not None and time.monotonic() - found[0] < _FRESH_SECONDS:
        return found[1]
    rows = tuple(statements.load(ContractVersion, _SIGNED, [tenant_id]))
    if tenant_id not in _unsettled:
        _versions[tenant_id] = (time.monotonic(), rows)
    return rows


def _forget(tenant_id: UUID) -> None:
    _unsettled.add(tenant_id)
    _versions.pop(tenant_id, None)
    transaction.on_commit(partial(_settle, tenant_id))


def _settle(tenant_id: UUID) -> None:
    _unsettled.discard(tenant_id)
    _versions.pop(tenant_id, None)
