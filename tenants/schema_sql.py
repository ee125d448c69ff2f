"""The SQL that takes a client's schema from one set of migrations to the next, computed once.

The migrations are really run, on a reference schema inside a transaction that is rolled back, and what
they send to the database is written down. The text names no schema, so it can be replayed in any.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.utils import ProgrammingError

from kernel.tenancy import enter_as_owner

Key = tuple[str, str]  # app label, migration name

_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET SEARCH_PATH", "SET CONSTRAINTS")


@dataclass(frozen=True)
class Step:
    """One migration: its SQL (empty for the public apps), or none if it holds Python and runs per schema."""

    key: Key
    sql: str
    runs_python: bool


def migration_plan() -> list[Migration]:
    """Every migration on disk, in the order of running."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    return [migration for migration, _ in plan]


def key_of(migration: Migration) -> Key:
    return migration.app_label, migration.name


def steps_from(applied: Iterable[Key]) -> list[Step]:
    """The steps that a schema which has ``applied`` still lacks, in order. Leaves the database as it was."""
    already = frozenset(applied)
    plan = migration_plan()
    steps: list[Step] = []
    with _reference_schema():
        state = ProjectState()
        for migration in plan:
            key = key_of(migration)
            recorded: list[str] = []
            with _writing_down(recorded):
                state = run_migration(migration, state)
            if key not in already:
                runs_python = holds_python(migration)
                steps.append(Step(key, "" if runs_python and already else _join(recorded), runs_python))
    return steps


def run_migration(migration: Migration, state: ProjectState) -> ProjectState:
    """Apply one migration to the schema entered now; returns the state after it."""
    with connection.schema_editor(atomic=False) as editor:
        return migration.apply(state, editor)


def holds_python(migration: Migration) -> bool:
    """Whether a migration of a tenant app runs Python, whose effect differs from schema to schema."""
    if not belongs_to_tenants(migration.app_label):
        return False
    return any(
        isinstance(operation, RunPython) and operation.code is not RunPython.noop for operation in migration.operations
    )


def belongs_to_tenants(app_label: str) -> bool:
    return apps.get_app_config(app_label).name in settings.TENANT_APPS


def table_of_migrations_sql() -> str:
    """CREATE TABLE django_migrations, as Django makes it."""
    recorded: list[str] = []
    with _reference_schema(), _writing_down(recorded):
        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(MigrationRecorder.Migration)
    return _join(recorded)


def record_sql(keys: Iterable[Key]) -> str:
    """INSERT of the rows by which Django knows that ``keys`` are applied; empty for none."""
    rows = ", ".join(f"({_literal(app)}, {_literal(name)}, now())" for app, name in keys)
    return f"INSERT INTO django_migrations (app, name, applied) VALUES {rows};\n" if rows else ""


class _Undo(Exception):
    pass


@contextmanager
def _reference_schema() -> Iterator[None]:
    name = f"reference_{uuid.uuid4().hex[:16]}"
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE SCHEMA "{name}"')
            with enter_as_owner(name):
                yield
            raise _Undo
    except _Undo:
        pass


@contextmanager
def _writing_down(into: list[str]) -> Iterator[None]:
    def note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(context["connection"].connection)
        if not text.lstrip().upper().startswith(_READS):
            if many:
                raise ProgrammingError("a migration that writes many rows at once cannot be replayed; use RunSQL")
            into.append(context["cursor"].cursor.mogrify(text, params) if params else text)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def _join(statements: list[str]) -> str:
    return "".join(f"{statement.strip().rstrip(';')};\n" for statement in statements)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
