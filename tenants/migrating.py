"""Every client's schema to this version of the code: SQL computed once a group, replayed in a transaction a schema.

Each schema records its own migrations, so a run that was killed goes on where it stopped. A schema whose tables
are held by someone is tried again after the others, so that nobody waits longer than the lock time-out.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.migrations.state import ProjectState

from kernel.tenancy import enter_as_owner
from tenants import schema_sql
from tenants.models import Tenant
from tenants.schema_sql import Key, Step, key_of, record_sql, run_migration

LOCK_TIMEOUT_MS = 2_000
ROUNDS = 8
_SCHEMAS_A_QUERY = 250  # each table read takes locks of PostgreSQL's shared table
_SCHEMAS_A_CONNECTION = 150  # a backend keeps what it learnt of every table it touched
_ONE_RUN_AT_A_TIME = 7_203_117
_TRY_AGAIN = {"55P03", "40P01"}  # lock not available, deadlock

Say = Callable[[str], object]


@dataclass
class Outcome:
    """Schemas brought up to date, and those that were not, each with its reason."""

    done: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class AnotherRun(RuntimeError):
    """Somebody else migrates the schemas of this database now."""


def migrate_tenants(
    *, say: Say = lambda line: None, lock_timeout_ms: int = LOCK_TIMEOUT_MS, rounds: int = ROUNDS
) -> Outcome:
    """Bring every schema up to date; raises AnotherRun, and otherwise reports failures without stopping."""
    outcome = Outcome()
    with _alone():
        wanted = [key_of(migration) for migration in schema_sql.migration_plan()]
        for applied, schemas in schemas_by_applied().items():
            if applied is None:
                outcome.failed.update(dict.fromkeys(schemas, "the schema or its django_migrations is missing"))
            elif not applied.issuperset(wanted):
                steps = schema_sql.steps_from(applied)
                say(f"{len(schemas)} schemas lack {', '.join('.'.join(step.key) for step in steps)}")
                _bring_up(schemas, steps, outcome, say, lock_timeout_ms, rounds)
    return outcome


def schemas_by_applied() -> dict[frozenset[Key] | None, list[str]]:
    """Which schemas have the same migrations; None for those which have no record at all. A deleted client has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.schema_name, m.tablename IS NOT NULL FROM public.tenants_tenant t LEFT JOIN pg_tables m"
            " ON m.schemaname = t.schema_name AND m.tablename = 'django_migrations' WHERE t.status <> %s ORDER BY 1",
            [Tenant.Status.DELETED],
        )
        rows: list[tuple[str, bool]] = cursor.fetchall()
    groups: dict[frozenset[Key] | None, list[str]] = {}
    for schemas in _by_fingerprint([schema for schema, recorded in rows if recorded]).values():
        groups.setdefault(_applied_in(schemas[0]), []).extend(schemas)
    if missing := [schema for schema, recorded in rows if not recorded]:
        groups[None] = missing
    return groups


def _by_fingerprint(schemas: Sequence[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for first in range(0, len(schemas), _SCHEMAS_A_QUERY):
        query = " UNION ALL ".join(
            f"SELECT '{schema}', md5(string_agg(app || '.' || name, ',' ORDER BY app, name))"
            f' FROM "{schema}".django_migrations'
            for schema in schemas[first : first + _SCHEMAS_A_QUERY]
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            for schema, print_of_it in cursor.fetchall():
                groups[print_of_it].append(schema)
    return groups


def _applied_in(schema: str) -> frozenset[Key]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations')
        return frozenset((app, name) for app, name in cursor.fetchall())


def _bring_up(
    schemas: Sequence[str], steps: Sequence[Step], outcome: Outcome, say: Say, lock_timeout_ms: int, rounds: int
) -> None:
    waiting = list(schemas)
    for attempt in range(rounds):
        held: list[str] = []
        for count, schema in enumerate(waiting, start=1):
            reason = _migrate_one(schema, steps, lock_timeout_ms)
            if reason is None:
                outcome.done.append(schema)
            elif reason in _TRY_AGAIN:
                held.append(schema)
            else:
                outcome.failed[schema] = reason
            if count % _SCHEMAS_A_CONNECTION == 0:
                say(f"{len(outcome.done)} schemas done")
                _recycle()
        if not held:
            return
        waiting = held
        if attempt < rounds - 1:
            say(f"{len(held)} schemas are in use; again in a moment")
            time.sleep(min(0.1 * 2**attempt, 2.0))
    outcome.failed.update(dict.fromkeys(waiting, "its tables were in use all the time; run again"))


def _migrate_one(schema: str, steps: Sequence[Step], lock_timeout_ms: int) -> str | None:
    """None when done; else the code of a lock that could not be had, or what went wrong."""
    try:
        with transaction.atomic(), enter_as_owner(schema), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {lock_timeout_ms:d}")
            for text, python in _texts(steps):
                if python is not None:
                    run_migration(*_with_state_before(python))
                cursor.execute(text)
    except OperationalError as error:
        code = getattr(error.__cause__, "sqlstate", None)
        return code if code in _TRY_AGAIN else str(error)
    except Exception as error:
        # One bad schema must not keep the others from this version; the command ends non-zero.
        return f"{type(error).__name__}: {error}".strip()
    return None


def _texts(steps: Sequence[Step]) -> Iterator[tuple[str, Key | None]]:
    """SQL to send in one go, each time with the migration that has to run as Python before it."""
    text, keys = "", list[Key]()
    for step in steps:
        if step.runs_python:
            if text:
                yield text + record_sql(keys), None
            yield record_sql([step.key]), step.key
            text, keys = "", []
        else:
            text += step.sql
            keys.append(step.key)
    if keys:
        yield text + record_sql(keys), None


def _with_state_before(key: Key) -> tuple[Any, ProjectState]:
    state = ProjectState()
    for migration in schema_sql.migration_plan():
        if key_of(migration) == key:
            return migration, state
        state = migration.mutate_state(state, preserve=False)
    raise LookupError(key)


def _recycle() -> None:
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def _alone() -> Iterator[None]:
    guard = connection.copy()
    try:
        with guard.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ONE_RUN_AT_A_TIME])
            if not cursor.fetchone()[0]:
                raise AnotherRun("Another run migrates the shops' schemas now; wait for it and run again.")
        yield
    finally:
        guard.close()
