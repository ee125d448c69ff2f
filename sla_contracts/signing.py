"""From a draft to a version in force: the BPO signs and so offers it, the client reads and signs, and it is final.

Neither side signs terms that begin in the past: an amendment never reaches back to what was measured already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from people.access import audit
from people.models import Person
from sla_contracts import contracts
from sla_contracts import terms as agreed
from sla_contracts.models import ContractVersion
from tenants.models import Tenant

Standing = Literal["draft", "offered", "upcoming", "in_force", "ended"]


FIRST_YEAR, LAST_YEAR = 2000, 2200


def standing_of(version: ContractVersion, at: datetime) -> Standing:
    """Where a version is on its way, at this instant."""
    if version.signed_at is None:
        return "draft" if version.bpo_signed_at is None else "offered"
    if at < version.valid_from:
        return "upcoming"
    return "in_force" if version.valid_until is None or at < version.valid_until else "ended"


def versions_of(tenant: Tenant, *, for_client: bool = False) -> list[ContractVersion]:
    """Every version, the newest first; for the client those that the BPO has signed."""
    rows = ContractVersion.objects.filter(contract__tenant=tenant)
    if for_client:
        rows = rows.exclude(bpo_signed_at=None)
    return list(rows.select_related("contract").order_by("-number"))


def version_of(tenant: Tenant, version_id: UUID, *, for_client: bool = False) -> ContractVersion:
    """One version of this client; not_found 404 for others', and for a draft that the client has not been offered."""
    found = next((row for row in versions_of(tenant, for_client=for_client) if row.pk == version_id), None)
    if found is None:
        raise not_found()
    return found


def version_before(version: ContractVersion) -> ContractVersion | None:
    """The signed version that this one takes the place of, or took."""
    earlier = ContractVersion.objects.filter(
        contract=version.contract_id, signed_at__isnull=False, valid_from__lt=version.valid_from
    )
    return earlier.exclude(pk=version.pk).order_by("-valid_from").first()


def draft_from(
    *, person: Person, tenant: Tenant, terms: Mapping[str, Any], begins: date, ends: date | None = None
) -> ContractVersion:
    """A draft in force from local midnight of ``begins`` up to local midnight of ``ends`` (None: until further notice).

    Raises TermsError for terms that cannot be kept, Refusal back_dated 409.
    """
    valid_from, valid_until = _span(tenant, begins, ends)
    with transaction.atomic():
        version = contracts.draft(tenant=tenant, terms=terms, valid_from=valid_from, valid_until=valid_until)
        _refuse_back_dating(version)
        audit(person, "contract.drafted", tenant=tenant, object_id=version.id, number=version.number)
    return version


def redraft(
    *,
    person: Person,
    tenant: Tenant,
    version_id: UUID,
    terms: Mapping[str, Any],
    begins: date,
    ends: date | None = None,
) -> ContractVersion:
    """Other terms or dates for a draft that nobody has signed; Refusal offered 409 once the BPO has."""
    agreed.validate(terms)
    with transaction.atomic():
        version = _lock(tenant, version_id)
        _require_draft(version)
        version.terms, version.terms_sha256 = dict(terms), agreed.sha256(terms)
        version.valid_from, version.valid_until = _span(tenant, begins, ends)
        if version.valid_until is not None and version.valid_until <= version.valid_from:
            raise invalid("The version would end before it begins; nothing was saved.", ends="must lie after its begin")
        _refuse_back_dating(version)
        version.save()
        audit(person, "contract.redrafted", tenant=tenant, object_id=version.id, number=version.number)
    return version


def discard(*, person: Person, tenant: Tenant, version_id: UUID) -> None:
    """Throw a draft away; Refusal offered 409 for one that the client has been shown."""
    with transaction.atomic():
        version = _lock(tenant, version_id)
        _require_draft(version)
        audit(person, "contract.discarded", tenant=tenant, object_id=version.id, number=version.number)
        version.delete()


def offer_to_client(*, person: Person, tenant: Tenant, version_id: UUID, name: str) -> ContractVersion:
    """The BPO signs: from here on the client sees the terms, and they stand. Repeating it changes nothing."""
    signer = _signature(name)
    with transaction.atomic():
        version = _lock(tenant, version_id)
        if version.bpo_signed_at is not None:
            return version
        _refuse_back_dating(version)
        version.bpo_signed_at, version.bpo_signer, version.signed_by_bpo = clock.now(), person, signer
        version.save()
        audit(person, "contract.offered", tenant=tenant, object_id=version.id, number=version.number)
    return version


def take_back(*, person: Person, tenant: Tenant, version_id: UUID) -> ContractVersion:
    """The BPO takes its signature back while the client has not signed: a draft again."""
    with transaction.atomic():
        version = _lock(tenant, version_id)
        if version.bpo_signed_at is not None:
            version.bpo_signed_at, version.bpo_signer, version.signed_by_bpo = None, None, ""
            version.save()
            audit(person, "contract.taken_back", tenant=tenant, object_id=version.id, number=version.number)
    return version


def sign_for_client(
    *, person: Person, tenant: Tenant, version_id: UUID, name: str, terms_sha256: str
) -> ContractVersion:
    """The client signs what it read, named by its hash: final from now, in force from its date.

    Refusal not_offered 409, terms_changed 409 (other terms than those that were read), back_dated 409.
    """
    signer = _signature(name)
    with transaction.atomic():
        version = _lock(tenant, version_id)
        if version.bpo_signed_at is None:
            raise Refusal("not_offered", 409, "These terms were taken back; nothing was signed.")
        if version.terms_sha256 != terms_sha256:
            raise Refusal(
                "terms_changed", 409, "The terms changed after you read them; read them again. Nothing was signed."
            )
        _refuse_back_dating(version)
        version.client_signed_at, version.client_signer = clock.now(), person
        version.signed_by_client = signer
        contracts.make_final(version)
        audit(person, "contract.signed", tenant=tenant, object_id=version.id, number=version.number)
    return version


def _lock(tenant: Tenant, version_id: UUID) -> ContractVersion:
    if not ContractVersion.objects.filter(pk=version_id, contract__tenant=tenant).exists():
        raise not_found()
    return contracts.lock_unsigned(version_id)


def _require_draft(version: ContractVersion) -> None:
    if version.bpo_signed_at is not None:
        raise Refusal("offered", 409, "The client has been shown these terms; take them back first. Nothing changed.")


def _signature(name: str) -> str:
    signer = " ".join(name.split())[: contracts.NAME_MAX]
    if not signer:
        raise invalid("Sign with your name; nothing was signed.", name="needs a name")
    return signer


def _refuse_back_dating(version: ContractVersion) -> None:
    """Only a first contract may begin before it is signed: nothing was measured under another one."""
    has_past = ContractVersion.objects.filter(contract=version.contract_id, signed_at__isnull=False).exists()
    if has_past and version.valid_from <= clock.now():
        raise Refusal(
            "back_dated",
            409,
            "An amendment cannot begin in the past: what was measured stays under the terms of its time."
            " Choose a later day; nothing was saved.",
            fields={"begins": "must lie in the future"},
        )


def _span(tenant: Tenant, begins: date, ends: date | None) -> tuple[datetime, datetime | None]:
    zone = ZoneInfo(tenant.time_zone)
    for field, day in (("begins", begins), ("ends", ends)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise invalid("No contract is of that year; nothing was saved.", **{field: f"{FIRST_YEAR} to {LAST_YEAR}"})
    return datetime.combine(begins, time(), zone), datetime.combine(ends, time(), zone) if ends else None
