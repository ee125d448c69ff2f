"""Contracts: terms that can be kept, versions that never overlap, signatures that hold."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError

from kernel.errors import Refusal
from sla_contracts import contracts, terms
from sla_contracts.default_terms import default_terms
from sla_contracts.models import ContractVersion
from sla_contracts.terms import TermsError
from tenants.models import Tenant
from tests.sla_contracts.months import utc

TERMS = default_terms(time_zone="Europe/Rome", country="IT", languages=["it", "en"])

CHAT = "calendars.chat_hours.weekly"


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The default terms with one place changed."""
    data = copy.deepcopy(TERMS)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return data


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ([], "terms"),
        (changed("surprise", to=1), "surprise"),
        (changed("calendars", to={}), "calendars"),
        (changed("calendars", "chat_hours", "weekly", "mon", to=[["09:00", "25:00"]]), f"{CHAT}.mon[0][1]"),
        (changed("hours", "chat", to="nowhere"), "hours.chat"),
        (changed("targets", 1, "seconds", to=0), "targets[1].seconds"),
        (changed("targets", 1, "seconds", to=True), "targets[1].seconds"),
        (changed("targets", 1, "seconds", to=3_000_000_000), "targets[1].seconds"),
        (changed("reopen_days", to=4_000), "reopen_days"),
        (changed("clauses", 0, "penalty", to={"eur_per_point": "1e400"}), "clauses[0].penalty.eur_per_point"),
        (changed("targets", 0, "calendar", to="nowhere"), "targets[0].calendar"),
        (changed("targets", 0, "metric", to="smiles"), "targets[0].metric"),
        (changed("targets", 1, "priority", to="normal"), "targets[1]"),
        (changed("clauses", 0, "goal", to=1.2), "clauses[0].goal"),
        (changed("clauses", 0, "goal", to="NaN"), "clauses[0].goal"),
        (changed("clauses", 0, "penalty", to={"eur_per_point": -1}), "clauses[0].penalty"),
        (changed("clauses", 1, "code", to="chat_first_response"), "clauses[1]"),
        (changed("languages", to=[]), "languages"),
        (changed("at_risk_share", to=0), "at_risk_share"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_kept_name_their_field(data: Any, field: str) -> None:
    with pytest.raises(TermsError) as refused:
        terms.validate(data)
    assert refused.value.field == field
    assert refused.value.status == 400


def test_the_most_specific_target_applies() -> None:
    italian = {**TERMS["targets"][0], "language": "it", "seconds": 45}
    agreed = terms.validate({**TERMS, "targets": [*TERMS["targets"], italian]})

    def seconds(priority: str, language: str) -> int | None:
        found = agreed.target(metric="first_response", channel_group="chat", priority=priority, language=language)
        return found.seconds if found else None

    assert seconds("normal", "en") == 60
    assert seconds("normal", "it") == 45
    assert seconds("high", "it") == 30
    assert seconds("urgent", "en") == 60
    assert agreed.target(metric="answer", channel_group="chat", priority="normal", language="it") is None


def test_canonical_terms_do_not_depend_on_the_order_of_keys() -> None:
    turned = dict(reversed(list(TERMS.items())))
    assert terms.canonical(turned) == terms.canonical(TERMS)
    assert terms.sha256(turned) == terms.sha256(TERMS)
    assert terms.sha256(changed("targets", 0, "seconds", to=61)) != terms.sha256(TERMS)


@pytest.mark.django_db
def test_signing_ends_the_version_before_and_each_instant_has_one(acme: Tenant, northlight: Tenant) -> None:
    start = utc("2026-12-01 00:00")
    old = contracts.version_in_force(acme.id, start - timedelta(seconds=1))
    new = contracts.draft(tenant=acme, terms=changed("targets", 0, "seconds", to=45), valid_from=start)
    assert contracts.version_in_force(acme.id, start) == old, "a draft is not in force"
    contracts.sign(version_id=new.id, by_bpo="Omar O.", by_client="Carla C.")
    assert old is not None
    assert contracts.version_in_force(acme.id, start - timedelta(microseconds=1)) == old
    assert contracts.version_in_force(acme.id, start) == new
    assert contracts.version_in_force(acme.id, utc("2020-01-01 00:00")) is None
    theirs = contracts.version_in_force(northlight.id, start)
    assert theirs is not None
    assert theirs.contract.tenant_id == northlight.id
    signed = ContractVersion.objects.get(pk=new.pk)
    assert (signed.number, signed.signed_by_bpo, signed.signed_by_client) == (2, "Omar O.", "Carla C.")
    assert signed.terms_sha256 == terms.sha256(signed.terms)


@pytest.mark.django_db
def test_versions_that_would_overlap_are_refused(acme: Tenant) -> None:
    early = contracts.draft(
        tenant=acme, terms=TERMS, valid_from=utc("2025-06-01 00:00"), valid_until=utc("2026-02-01 00:00")
    )
    with pytest.raises(Refusal) as refused:
        contracts.sign(version_id=early.id, by_bpo="a", by_client="b")
    assert refused.value.code == "versions_overlap"
    assert ContractVersion.objects.get(pk=early.pk).signed_at is None


@pytest.mark.django_db
def test_signing_twice_or_without_a_name_is_refused(acme: Tenant) -> None:
    version = contracts.draft(tenant=acme, terms=TERMS, valid_from=utc("2027-01-01 00:00"))
    with pytest.raises(Refusal) as unnamed:
        contracts.sign(version_id=version.id, by_bpo="a", by_client=" ")
    assert unnamed.value.code == "invalid"
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")
    with pytest.raises(Refusal) as again:
        contracts.sign(version_id=version.id, by_bpo="a", by_client="b")
    assert again.value.code == "already_signed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"terms": {}},
        {"terms_sha256": "0" * 64},
        {"valid_from": utc("2020-01-01 00:00")},
        {"signed_at": None},
    ],
)
def test_a_signed_version_is_final(change: dict[str, Any], acme: Tenant) -> None:
    version = contracts.version_in_force(acme.id, utc("2026-11-01 00:00"))
    assert version is not None
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        ContractVersion.objects.filter(pk=version.pk).update(**change)


@pytest.mark.django_db
def test_the_version_in_force_costs_one_query_and_then_none(
    acme: Tenant, django_assert_num_queries: Callable[[int], Any]
) -> None:
    at = utc("2026-11-01 00:00")
    with django_assert_num_queries(1):
        contracts.version_in_force(acme.id, at)
    with django_assert_num_queries(0):
        version = contracts.version_in_force(acme.id, at)
        assert version is not None
        contracts.terms_of(version.id, version)


@pytest.mark.django_db
def test_what_a_rolled_back_signature_promised_is_not_remembered(acme: Tenant) -> None:
    at = utc("2027-03-01 00:00")
    before = contracts.version_in_force(acme.id, at)
    save = transaction.savepoint()
    version = contracts.draft(tenant=acme, terms=TERMS, valid_from=utc("2027-02-01 00:00"))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")
    assert contracts.version_in_force(acme.id, at) == version
    transaction.savepoint_rollback(save)
    assert contracts.version_in_force(acme.id, at) == before
    assert connection.schema_name == "public"  # type: ignore[attr-defined]
