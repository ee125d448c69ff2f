"""Onboarding: everything or nothing, safely named, ready for the first message."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from conversations.models import Category, Conversation
from desk.onboarding import open_shop
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from routing.models import Queue
from sla_contracts.contracts import version_in_force
from tenants import onboarding
from tenants.directory import line_by_token, lines_of, mail_line
from tenants.models import Domain, Line, Tenant

pytestmark = pytest.mark.django_db

TERMS: dict[str, Any] = {
    "name": "Búho & Söhne",
    "slug": "buho-sons",
    "country": "ES",
    "languages": ["es", "en"],
    "time_zone": "Atlantic/Canary",
    "mark": "BS",
    "color": "#112233",
}


def test_a_new_shop_is_ready_for_its_first_message(rows: None) -> None:
    tenant = open_shop(**TERMS)
    assert tenant.schema_name == "shop_buho_sons"
    assert Domain.objects.get(tenant=tenant).domain == "buho-sons.localhost"
    assert [line.carrier for line in lines_of(tenant)] == ["webchat", "form", "email"]
    assert set(Queue.objects.filter(tenant=tenant).values_list("channel_group", flat=True)) == {"chat", "mail"}
    assert version_in_force(tenant.id, clock.now()) is not None
    with enter(tenant):
        assert Category.objects.exists()
        assert not Conversation.objects.exists()


def test_opening_a_shop_takes_at_most_a_second(rows: None) -> None:
    open_shop(**TERMS)  # reads the template from its file
    started = time.perf_counter()
    open_shop(**{**TERMS, "slug": "second", "mark": ""})
    assert time.perf_counter() - started <= 1.0


def test_only_an_operator_may(omar: Person, sofia: Person) -> None:
    with pytest.raises(Refusal) as refused:
        open_shop(person=sofia, **TERMS)
    assert refused.value.status == 403
    assert not Tenant.objects.filter(slug=TERMS["slug"]).exists()
    tenant = open_shop(person=omar, **TERMS)
    entry = AuditEntry.objects.get(action="shop.opened", tenant=tenant)
    assert entry.person == omar


def test_a_contract_may_begin_in_the_past(rows: None) -> None:
    tenant = open_shop(contract_from=datetime(2026, 2, 1, tzinfo=UTC), **TERMS)
    assert version_in_force(tenant.id, datetime(2026, 2, 2, tzinfo=UTC)) is not None
    assert version_in_force(tenant.id, datetime(2026, 1, 31, tzinfo=UTC)) is None


@pytest.mark.parametrize("slug", ["desk", "www", "api", "admin", "public", "localhost"])
def test_our_own_names_are_reserved(slug: str) -> None:
    assert "own use" in _refused(slug=slug).fields["slug"]


@pytest.mark.parametrize(
    "slug",
    ["", "a", "A", "-a", "a-", "a--b", "a_b", "1a", "a.b", "a b", 'a"; DROP SCHEMA public; --', "pg_x", "é", "x" * 41],
)
def test_what_is_no_host_label_is_refused(slug: str) -> None:
    assert _refused(slug=slug).fields.keys() == {"slug"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("country", "Italy"),
        ("languages", []),
        ("languages", ["it", "it"]),
        ("languages", ["italian"]),
        ("time_zone", "Europe/Atlantis"),
        ("mark", "A"),
        ("color", "red"),
        ("currency", "euro"),
    ],
)
def test_each_wrong_field_is_named(field: str, value: Any) -> None:
    refusal = _refused(**{field: value})
    assert refusal.status == 400
    assert refusal.fields.keys() == {field}


def test_a_taken_mark_is_refused_with_one_that_is_free(acme: Tenant, northlight: Tenant) -> None:
    refusal = _refused(name="Acorn", mark=acme.mark)
    assert (refusal.code, refusal.status) == ("taken", 409)
    assert "“AO” is free" in refusal.fields["mark"]  # AC begins Acme's cases
    assert open_shop(**{**TERMS, "mark": "AO"}).mark == "AO"


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Ñandú Libros", "NA"), ("Nord Lys", "NO"), ("Acme", "AM"), ("Büro", "BU"), ("寿司", "XA"), ("4 Seasons", "4S")],
)
def test_a_shop_without_a_mark_gets_a_free_one_like_its_name(
    acme: Tenant, northlight: Tenant, name: str, mark: str
) -> None:
    assert (acme.mark, northlight.mark) == ("AC", "NL")
    assert open_shop(**{**TERMS, "name": name, "mark": ""}).mark == mark


def test_the_marks_of_shops_that_are_gone_are_free(acme: Tenant, northlight: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.DELETED)
    assert open_shop(**{**TERMS, "mark": acme.mark}).mark == acme.mark


def test_a_taken_slug_is_refused_and_nothing_is_left(acme: Tenant) -> None:
    before = Line.objects.count()
    refusal = _refused(slug="acme")
    assert (refusal.code, refusal.status) == ("taken", 409)
    assert "slug" in refusal.fields
    assert Line.objects.count() == before


def test_a_taken_mail_address_is_refused(acme: Tenant) -> None:
    assert "email" in _refused(email="HELP@acme.example").fields


def test_a_schema_left_behind_is_never_taken_over(rows: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA shop_buho_sons")
    assert _refused().code == "taken"
    assert not Tenant.objects.filter(slug=TERMS["slug"]).exists()


def test_a_failure_in_the_middle_leaves_nothing(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onboarding, "template_sql", lambda: "CREATE TABLE half (); SELECT 1/0;")
    with pytest.raises(Exception, match="division by zero"):
        onboarding.onboard(**TERMS)
    assert connection.schema_name == "public"  # type: ignore[attr-defined]
    assert not Tenant.objects.filter(slug=TERMS["slug"]).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'shop_buho_sons'")
        assert cursor.fetchone() is None


def test_hyphens_never_meet_in_one_schema() -> None:
    slugs = ["a-b", "ab", "a-b-c", "ab-c", "a-bc"]
    assert len({onboarding.schema_name(slug) for slug in slugs}) == len(slugs)


def test_a_line_is_found_by_its_token_and_the_mail_line_by_its_address(acme: Tenant, northlight: Tenant) -> None:
    for tenant in (acme, northlight):
        for line in lines_of(tenant):
            assert line_by_token(line.token).tenant == tenant
        found = mail_line(f" Help@{tenant.slug}.EXAMPLE ")
        assert found is not None
        assert found.tenant == tenant
    assert mail_line("help@nowhere.example") is None


def test_an_unknown_or_closed_line_is_not_there(acme: Tenant) -> None:
    line = lines_of(acme)[0]
    Line.objects.filter(pk=line.pk).update(is_active=False)
    for token in (line.token, "nothing", "", "'"):
        with pytest.raises(Refusal) as refused:
            line_by_token(token)
        assert (refused.value.code, refused.value.status) == ("unknown_line", 404)


def test_a_suspended_shop_is_gone(acme: Tenant, northlight: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)
    with pytest.raises(Refusal) as refused:
        line_by_token(lines_of(acme)[0].token)
    assert refused.value.status == 410
    assert mail_line("help@acme.example") is None
    assert line_by_token(lines_of(northlight)[0].token).tenant == northlight


def _refused(**changes: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        onboarding.onboard(**{**TERMS, **changes})
    return refused.value
