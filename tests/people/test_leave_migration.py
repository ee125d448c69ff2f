"""Accreditations that overlap, from before the database forbade it, are merged by the migration that forbids it."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from people.models import Accreditation, Person
from tenants.models import Tenant

migration = import_module("people.migrations.0007_leave_on_record")


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spells", "expected"),
    [
        ([(1, 5, "A", False), (3, 9, "A", False)], [(1, 9, "A", False)]),
        ([(1, None, "A", False), (3, 9, "A", False)], [(1, None, "A", False)]),
        ([(1, 3, "A", False), (5, 9, "A", False)], [(1, 3, "A", False), (5, 9, "A", False)]),
        ([(1, 9, "A", True), (3, 5, "A", False)], [(1, 3, "A", True), (3, 5, "A", False), (5, 9, "A", True)]),
        ([(1, 9, "A", False), (3, 5, "B", True)], [(1, 3, "A", False), (3, 5, "B", False), (5, 9, "A", False)]),
        ([(1, 5, "A", False), (1, 5, "A", False)], [(1, 5, "A", False)]),
    ],
)
def test_of_two_that_hold_the_fuller_one_does(spells: list[tuple], expected: list[tuple]) -> None:  # type: ignore[type-arg]
    def dated(rows: list[tuple]) -> list[tuple]:  # type: ignore[type-arg]
        return [(day(start), end and day(end), alias, only) for start, end, alias, only in rows]

    assert migration.merged(dated(spells)) == dated(expected)
    assert migration.merged(reversed(dated(spells))) == dated(expected) or spells[0][0] == spells[1][0]


@pytest.mark.django_db
def test_a_database_with_overlaps_is_migrated(acme: Tenant, northlight: Tenant, lucia: Person, jens: Person) -> None:
    Accreditation.objects.filter(person__in=[lucia, jens]).delete()
    for person, tenant, start, end in (
        (lucia, acme, 1, 5), (lucia, acme, 3, None), (lucia, northlight, 1, 5), (jens, acme, 6, 9),
    ):  # fmt: skip
        terms = {"person": person, "tenant": tenant, "alias": "L", "valid_from": day(start)}
        if (person, tenant, start) == (lucia, acme, 3):
            with pytest.raises(IntegrityError), transaction.atomic():
                Accreditation.objects.create(**terms)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("ALTER TABLE public.people_accreditation DROP CONSTRAINT accreditations_never_overlap")
        Accreditation.objects.create(**terms, valid_until=day(end) if end else None)
    untouched = set(Accreditation.objects.exclude(person=lucia, tenant=acme).values_list("pk", flat=True))
    [constraint] = [each for each in Accreditation._meta.constraints if each.name == "accreditations_never_overlap"]
    with connection.schema_editor(atomic=False) as editor:
        migration.merge_overlapping(apps, editor)
        editor.add_constraint(Accreditation, constraint)
    [merged] = Accreditation.objects.filter(person=lucia, tenant=acme)
    assert (merged.valid_from, merged.valid_until, merged.alias) == (day(1), None, "L")
    assert set(Accreditation.objects.exclude(person=lucia, tenant=acme).values_list("pk", flat=True)) == untouched
    with pytest.raises(IntegrityError), transaction.atomic():
        Accreditation.objects.create(person=lucia, tenant=acme, alias="L", valid_from=day(7))
