"""The wall between shops, on the connection itself."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from conversations.models import Category
from kernel.tenancy import WrongTenant, enter, entered, hop, require_entered, tenant_task
from tenants.models import Tenant
from tests.live_stack import LiveStack


def _search_path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0]).replace('"', "")


def test_the_search_path_is_the_shop_inside_and_public_outside(acme: Tenant, northlight: Tenant) -> None:
    assert _search_path() == "public"
    for tenant in (acme, northlight):
        with enter(tenant):
            assert _search_path() == f"{tenant.schema_name},public"
        assert _search_path() == "public"


def test_after_a_rolled_back_savepoint_the_search_path_is_right(acme: Tenant, northlight: Tenant) -> None:
    """django-tenants before 4.0.1 read the wrong shop here."""
    for first, second in ((acme, northlight), (northlight, acme)):
        with enter(first):
            assert Category.objects.count()
        with enter(second):
            with pytest.raises(IntegrityError), transaction.atomic():
                Category.objects.create(code="twice", labels={})
                Category.objects.create(code="twice", labels={})
            assert _search_path() == f"{second.schema_name},public"
            Category.objects.create(code=f"of-{second.slug}", labels={})
        assert _search_path() == "public"
    with enter(acme):
        assert not Category.objects.filter(code="of-northlight").exists()
    with enter(northlight):
        assert not Category.objects.filter(code="of-acme").exists()


def test_a_savepoint_rolled_back_around_the_door_leaves_public(acme: Tenant) -> None:
    with pytest.raises(RuntimeError, match="boom"), transaction.atomic():
        with enter(acme):
            Category.objects.create(code="gone", labels={})
            raise RuntimeError("boom")
    assert _search_path() == "public"
    with enter(acme):
        assert not Category.objects.filter(code="gone").exists()


def test_a_second_shop_inside_a_first_is_refused(acme: Tenant, northlight: Tenant) -> None:
    with enter(acme):
        with pytest.raises(WrongTenant), enter(northlight):
            pass
        assert _search_path() == f"{acme.schema_name},public"
        with enter(acme):
            pass
        assert _search_path() == f"{acme.schema_name},public"
    assert not entered()


def test_work_of_a_shop_outside_of_it_is_refused(acme: Tenant) -> None:
    with pytest.raises(WrongTenant):
        require_entered()
    with enter(acme):
        require_entered()


def test_a_shop_s_tables_are_not_in_public(acme: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.tablename FROM pg_tables p JOIN pg_tables t ON t.tablename = p.tablename AND t.schemaname = %s"
            " WHERE p.schemaname = 'public'",
            [acme.schema_name],
        )
        assert cursor.fetchall() == [("django_migrations",)]


def test_a_task_enters_by_id_and_leaves(acme: Tenant, northlight: Tenant) -> None:
    @tenant_task
    def count(tenant: object) -> str:
        return _search_path()

    assert count(acme.id) == f"{acme.schema_name},public"
    assert count(str(northlight.id)) == f"{northlight.schema_name},public"
    assert _search_path() == "public"
    with pytest.raises(Tenant.DoesNotExist):
        count(uuid4())


def test_hops_of_many_sockets_never_read_another_shop(live_stack: LiveStack, acme: Tenant, northlight: Tenant) -> None:
    async def all_of_them() -> list[str]:
        jobs = [hop((acme, northlight, None)[number % 3], _search_path) for number in range(120)]
        return list(await asyncio.gather(*jobs))

    paths = asyncio.run(all_of_them())
    expected = [f"{acme.schema_name},public", f"{northlight.schema_name},public", "public"]
    assert paths == [expected[number % 3] for number in range(120)]
