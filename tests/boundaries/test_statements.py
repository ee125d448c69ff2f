"""Statements past the ORM keep to the wall between shops, and to the ORM's own answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from conversations.models import Category
from kernel import clock, statements
from kernel.tenancy import WrongTenant, enter
from people.access import accredited_now
from people.models import Accreditation, Person, PersonSkill
from routing.able import leave_of
from tenants.models import Tenant

_COUNT = "SELECT count(*) FROM {shop}.conversations_category WHERE code = %s"


def _has(code: str) -> bool:
    [(count,)] = statements.run_in_shop(_COUNT, [code])
    return bool(count)


def test_a_statement_reads_the_shop_that_was_entered(acme: Tenant, northlight: Tenant) -> None:
    for kept in (False, True):
        for tenant in (acme, northlight):
            if kept:
                statements.keep_plans()
            with enter(tenant):
                Category.objects.get_or_create(code=f"of-{tenant.slug}", defaults={"labels": {}})
                assert _has(f"of-{tenant.slug}")
        for tenant, other in ((acme, northlight), (northlight, acme)) * 3:
            with enter(tenant):
                assert _has(f"of-{tenant.slug}")
                assert not _has(f"of-{other.slug}")


def test_outside_a_shop_it_is_refused(acme: Tenant) -> None:
    with pytest.raises(WrongTenant):
        statements.run_in_shop(_COUNT, ["x"])


def test_a_name_cannot_leave_its_quotes() -> None:
    assert statements._quoted('shop"; DROP SCHEMA public; --') == '"shop""; DROP SCHEMA public; --"'


def test_names_positions_and_errors(acme: Tenant) -> None:
    assert statements.run("SELECT %(a)s::int + %(b)s::int * %(a)s::int", {"a": 2, "b": 3}) == [(8,)]
    assert statements.run("SELECT %s::text, %s::text", ["a", "b"]) == [("a", "b")]
    assert statements.run("UPDATE public.tenants_tenant SET name = name WHERE false") == []
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.run("INSERT INTO public.tenants_domain (domain, tenant_id, is_primary) SELECT 'a', NULL, true")
    assert connection.is_usable()


def test_rows_become_the_instances_that_the_orm_makes(acme: Tenant, northlight: Tenant) -> None:
    found = statements.load(Tenant, "WHERE t.slug = ANY(%s::text[]) ORDER BY t.slug", [["acme", "northlight"]])
    orm = list(Tenant.objects.filter(slug__in=["acme", "northlight"]).order_by("slug"))
    assert [[getattr(row, field.attname) for field in Tenant._meta.concrete_fields] for row in found] == [
        [getattr(row, field.attname) for field in Tenant._meta.concrete_fields] for row in orm
    ]


def test_leave_is_what_accredited_now_says(acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person) -> None:
    people = [lucia.pk, paolo.pk]

    def asked() -> set[tuple[object, object]]:
        rows = Accreditation.objects.filter(
            accredited_now(), person_id__in=people, person__is_active=True, tenant__status="active"
        )
        return set(rows.values_list("person_id", "tenant_id"))

    def told() -> set[tuple[object, object]]:
        leave = leave_of(people, None)
        return {(person, tenant) for person in people for tenant in leave.tenants_of(person)}

    assert told() == asked() != set()
    leave = leave_of(people, [northlight.id])
    assert leave.tenants_of(lucia.pk) == {northlight.id}
    assert not leave.tenants_of(paolo.pk)
    skills = PersonSkill.objects.filter(person=lucia).values_list("skill__code", "level")
    assert leave.levels[lucia.pk] == dict(skills)
    Accreditation.objects.filter(person=paolo).update(valid_until=clock.now() - timedelta(seconds=1))
    Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_from=clock.now() + timedelta(hours=1))
    assert told() == asked() == {(lucia.pk, northlight.id)}
    Person.objects.filter(pk=lucia.pk).update(is_active=False)
    assert told() == asked() == set()
