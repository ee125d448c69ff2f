"""Migrating the shops' schemas: once computed, replayed, recorded, resumable, and never waiting long for a lock."""

from __future__ import annotations

import time

import psycopg
import pytest
from django.core.management.base import CommandError
from django.db import connection, migrations, models

from kernel.tenancy import enter, enter_as_owner
from tenants import migrating, schema_sql
from tenants.management.commands import migrate_tenants as command
from tenants.models import Tenant
from tests.live_stack import LiveStack

TABLE = "customers_customer"


class TwoColumns(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        migrations.AddField("customer", "shoe_size", models.CharField(max_length=8, null=True)),
        migrations.AddField("customer", "visits", models.IntegerField(default=0, db_default=0)),
        migrations.RunSQL("CREATE INDEX customer_by_visits ON customers_customer (visits)", migrations.RunSQL.noop),
    ]


class GreetEach(migrations.Migration):
    dependencies = [("customers", "9001_two_columns")]

    @staticmethod
    def greet(apps: object, editor: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO conversations_category (code, labels, position, is_active)"
                           " VALUES (current_schema(), '{}', 0, true)")  # fmt: skip

    operations = [migrations.RunPython(greet, migrations.RunPython.noop)]


@pytest.fixture
def two_columns(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_plan(monkeypatch, TwoColumns("9001_two_columns", "customers"))


@pytest.fixture
def two_columns_and_python(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_plan(monkeypatch, TwoColumns("9001_two_columns", "customers"), GreetEach("9002_greet", "customers"))


@pytest.mark.usefixtures("two_columns")
def test_every_schema_gets_the_columns_and_its_own_record(acme: Tenant, northlight: Tenant) -> None:
    outcome = migrating.migrate_tenants()
    assert sorted(outcome.done) == [acme.schema_name, northlight.schema_name]
    assert not outcome.failed
    for tenant in (acme, northlight):
        assert {"shoe_size", "visits"} <= _columns(tenant)
        assert ("customers", "9001_two_columns") in _recorded(tenant)
    assert "visits" not in _columns_of("public")


@pytest.mark.usefixtures("two_columns", "acme")
def test_a_second_run_has_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    migrating.migrate_tenants()
    monkeypatch.setattr(schema_sql, "steps_from", _never)
    assert migrating.migrate_tenants() == migrating.Outcome()


@pytest.mark.usefixtures("acme")
def test_nothing_is_computed_when_all_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema_sql, "steps_from", _never)
    assert migrating.migrate_tenants().done == []


@pytest.mark.usefixtures("two_columns_and_python")
def test_python_runs_in_each_schema(acme: Tenant, northlight: Tenant) -> None:
    outcome = migrating.migrate_tenants()
    assert not outcome.failed
    for tenant in (acme, northlight):
        with enter(tenant), connection.cursor() as cursor:
            cursor.execute("SELECT code FROM conversations_category WHERE code LIKE 'shop%'")
            assert cursor.fetchall() == [(tenant.schema_name,)]
        assert {("customers", "9001_two_columns"), ("customers", "9002_greet")} <= _recorded(tenant)


@pytest.mark.usefixtures("two_columns")
def test_a_run_killed_in_the_middle_goes_on_where_it_stopped(
    acme: Tenant, northlight: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = migrating._migrate_one

    def dies_at_the_second(schema: str, steps: list[schema_sql.Step], timeout: int) -> str | None:
        if schema == northlight.schema_name:
            raise KeyboardInterrupt
        return real(schema, steps, timeout)

    with monkeypatch.context() as patch:
        patch.setattr(migrating, "_migrate_one", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            migrating.migrate_tenants()
    assert "visits" in _columns(acme)
    assert "visits" not in _columns(northlight)
    assert migrating.migrate_tenants().done == [northlight.schema_name]
    assert "visits" in _columns(northlight)


@pytest.mark.usefixtures("two_columns")
def test_a_schema_that_fails_half_way_keeps_nothing_and_stops_no_other(acme: Tenant, northlight: Tenant) -> None:
    with enter_as_owner(acme.schema_name), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE customer_by_visits ()")  # takes the name of the index
    outcome = migrating.migrate_tenants()
    assert outcome.done == [northlight.schema_name]
    assert "already exists" in outcome.failed[acme.schema_name]
    assert "visits" not in _columns(acme)
    assert ("customers", "9001_two_columns") not in _recorded(acme)


@pytest.mark.usefixtures("two_columns")
def test_a_held_lock_delays_its_own_schema_alone(acme: Tenant, northlight: Tenant) -> None:
    with _holding(acme) as release:
        outcome = migrating.migrate_tenants(
            say=lambda line: release() if "in use" in line else None, lock_timeout_ms=150
        )
    assert outcome.done == [northlight.schema_name, acme.schema_name]


@pytest.mark.usefixtures("two_columns")
def test_a_lock_that_is_never_released_is_reported(acme: Tenant, northlight: Tenant) -> None:
    started = time.monotonic()
    with _holding(acme):
        outcome = migrating.migrate_tenants(lock_timeout_ms=100, rounds=2)
    assert outcome.done == [northlight.schema_name]
    assert list(outcome.failed) == [acme.schema_name]
    assert time.monotonic() - started < 20


@pytest.mark.usefixtures("two_columns")
def test_two_runs_at_once_are_refused(acme: Tenant) -> None:
    with migrating._alone(), pytest.raises(migrating.AnotherRun):
        migrating.migrate_tenants()


def test_a_row_without_a_schema_is_named(acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(schema_name="shop_lost")
    assert list(migrating.migrate_tenants().failed) == ["shop_lost"]


def test_computing_leaves_no_reference_schema(acme: Tenant) -> None:
    schema_sql.steps_from(())
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'reference%'")
        assert cursor.fetchall() == []


def test_killed_process_is_resumed_on_real_commits(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, two_columns: None
) -> None:
    """The same with commits: what was committed for one schema is still there after the process is gone."""
    try:
        steps = schema_sql.steps_from(migrating._applied_in(acme.schema_name))
        assert migrating._migrate_one(acme.schema_name, steps, 2000) is None
        connection.close()
        assert migrating.migrate_tenants().done == [northlight.schema_name]
    finally:
        for tenant in (acme, northlight):
            with enter_as_owner(tenant.schema_name), connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS visits, DROP COLUMN IF EXISTS shoe_size")
                cursor.execute("DELETE FROM django_migrations WHERE name = '9001_two_columns'")


def test_the_command_ends_non_zero_when_a_schema_fails(acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(schema_name="shop_lost")
    with pytest.raises(CommandError, match="1 schemas were not migrated"):
        command.Command().handle(lock_timeout=100)


class _Held:
    def __init__(self, schema: str) -> None:
        db = connection.settings_dict
        self.other = psycopg.connect(
            host=db["HOST"], port=db["PORT"], user=db["USER"], password=db["PASSWORD"], dbname=db["NAME"]
        )
        self.other.execute(f'LOCK TABLE "{schema}".{TABLE} IN ACCESS SHARE MODE')

    def __call__(self) -> None:
        if not self.other.closed:
            self.other.rollback()

    def __enter__(self) -> _Held:
        return self

    def __exit__(self, *error: object) -> None:
        self.other.close()


def _holding(tenant: Tenant) -> _Held:
    return _Held(tenant.schema_name)


def _with_plan(monkeypatch: pytest.MonkeyPatch, *more: migrations.Migration) -> None:
    real = schema_sql.migration_plan
    monkeypatch.setattr(schema_sql, "migration_plan", lambda: [*real(), *more])


def _columns(tenant: Tenant) -> set[str]:
    return _columns_of(tenant.schema_name)


def _columns_of(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
            [schema, TABLE],
        )
        return {name for (name,) in cursor.fetchall()}


def _recorded(tenant: Tenant) -> frozenset[schema_sql.Key]:
    return migrating._applied_in(tenant.schema_name)


def _never(*_: object) -> list[schema_sql.Step]:
    raise AssertionError("nothing was to be computed")
