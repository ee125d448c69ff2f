"""A schema made from the template is the schema that the migrations would have made."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from kernel.tenancy import enter_as_owner
from tenants import schema_sql, template
from tenants.migrating import _applied_in
from tenants.models import Tenant

INTROSPECTION = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, udt_name, character_maximum_length,
               numeric_precision, numeric_scale, is_nullable, column_default, is_identity, identity_generation
        FROM information_schema.columns WHERE table_schema = %(schema)s ORDER BY 1, 3""",
    "constraints": """
        SELECT c.conrelid::regclass::text, c.conname, c.contype, c.condeferrable, c.condeferred,
               pg_get_constraintdef(c.oid)
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
        WHERE n.nspname = %(schema)s ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %(schema)s ORDER BY 1, 2",
    "sequences": """
        SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle
        FROM pg_sequences WHERE schemaname = %(schema)s ORDER BY 1""",
    "functions": """
        SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = %(schema)s ORDER BY 1""",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(schema)s AND NOT tgisinternal ORDER BY 1, 2""",
    "relations": """
        SELECT c.relname, c.relkind, c.relpersistence, c.reloptions::text FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %(schema)s ORDER BY 1""",
}


@pytest.fixture
def by_name(db: None, settings: Any) -> None:
    """django-tenants' own command enters a schema by its name, which only the owner could do.

    After ``db``: where this is a process's first test, its shops are built by then, with their roles.
    """
    settings.TENANT_ROLES = False


@pytest.mark.usefixtures("by_name")
def test_a_schema_from_the_template_equals_a_migrated_one(acme: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA shop_migrated")
    call_command("migrate_schemas", schema_name="shop_migrated", interactive=False, verbosity=0)
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    assert _introspect("shop_migrated") == _introspect(acme.schema_name)
    assert _applied_in("shop_migrated") == _applied_in(acme.schema_name)


@pytest.mark.usefixtures("by_name")
def test_django_finds_nothing_to_migrate_in_a_new_shop(acme: Tenant) -> None:
    call_command("migrate_schemas", schema_name=acme.schema_name, interactive=False, verbosity=0, check_unapplied=True)


def test_the_file_is_what_the_migrations_give(acme: Tenant) -> None:
    call_command("make_tenant_template", check=True)


def test_a_template_older_than_the_code_is_not_used(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    stale = tmp_path / "template.sql"
    stale.write_text("-- migrations sha256: 0\nCREATE TABLE nonsense ();\n", encoding="utf-8")
    monkeypatch.setattr(template, "PATH", stale)
    template.template_sql.cache_clear()
    try:
        assert "nonsense" not in template.template_sql()
        with pytest.raises(CommandError):
            call_command("make_tenant_template", check=True)
    finally:
        template.template_sql.cache_clear()


def test_the_template_names_no_schema() -> None:
    text = template.PATH.read_text(encoding="utf-8")
    assert "reference_" not in text
    assert "public." not in text
    assert '"shop_' not in text


def test_no_tenant_table_holds_a_key_into_public(acme: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.confrelid"
            " JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_namespace o ON o.oid = c.connamespace"
            " WHERE o.nspname = %s AND n.nspname <> o.nspname",
            [acme.schema_name],
        )
        assert cursor.fetchall() == []


def test_shared_apps_leave_nothing_in_a_shop(acme: Tenant) -> None:
    labels = {key[0] for key in _applied_in(acme.schema_name)}
    tenant_side = {label for label in labels if schema_sql.belongs_to_tenants(label)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [acme.schema_name])
        tables = {table for (table,) in cursor.fetchall()} - {"django_migrations"}
    assert {table.split("_")[0] for table in tables} == tenant_side


def _introspect(schema: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    with enter_as_owner(schema), connection.cursor() as cursor:
        for what, query in INTROSPECTION.items():
            cursor.execute(query, {"schema": schema})
            found[what] = [
                tuple(value.replace(schema, "X") if isinstance(value, str) else value for value in row)
                for row in cursor.fetchall()
            ]
    return found
