"""The database connection: who stands where. Role and search_path are told to the server together, when they differ.

Nothing is sent when a tenant is entered or left: the next statement sends what has changed since the last one, in one
round trip. What the server may have forgotten (a rollback takes back a SET of its transaction) is told again.

Statements whose answer nobody waits for yet are held, and travel in one round trip with the next one or the COMMIT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django_tenants.postgresql_backend import base
from psycopg import errors
from psycopg.pq import TransactionStatus

from kernel.wall import OWNER, NoRole, Schema, role_of

_ROLE = "SELECT set_config('role', $1, false)"
_ROLE_AND_PATH = "SELECT set_config('role', $1, false), set_config('search_path', $2, false)"
# A server process holds the catalogue of every schema that it has touched.
CLIENTS_PER_CONNECTION = 150
_met: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
Cursor = psycopg.RawCursor[tuple[Any, ...]]
_cursors: WeakKeyDictionary[Any, list[Cursor]] = WeakKeyDictionary()


def _cursors_of(raw: Any, count: int = 1) -> list[Cursor]:
    """Cursors for the life of a connection: a new one learns the types of all values again."""
    found = _cursors.get(raw)
    if found is None:
        found = _cursors.setdefault(raw, [])
    while len(found) < count:
        found.append(psycopg.RawCursor(raw))
    return found


@dataclass(slots=True)
class Asked:
    """A statement on its way, with the server's ``$1``; ``rows`` once it has been answered."""

    text: str
    values: Sequence[Any]
    is_kept: bool
    rows: list[tuple[Any, ...]] | None = None

    def execute(self, cursor: Cursor) -> None:
        cursor.execute(self.text, self.values, prepare=self.is_kept, binary=True)

    def fetch(self, cursor: Cursor) -> None:
        # Not ``cursor.description``, which builds an object for each column.
        self.rows = cursor.fetchall() if cursor.pgresult is not None and cursor.pgresult.nfields else []


class _Standing:
    """A cursor that outlives the shop in which it was opened stands where the connection stands with each statement."""

    def _execute(self, *given: Any) -> Any:
        cast(Any, self).db.send_held()
        cast(Any, self).db._handle_search_path()
        return cast(Any, super())._execute(*given)

    def _executemany(self, *given: Any) -> Any:
        cast(Any, self).db.send_held()
        cast(Any, self).db._handle_search_path()
        return cast(Any, super())._executemany(*given)


class _Cursor(_Standing, CursorWrapper):
    pass


class _DebugCursor(_Standing, CursorDebugWrapper):
    pass


class StandingWrapper(base.DatabaseWrapper):
    """django-tenants' connection, with a role beside the schema."""

    role = OWNER
    _path = "public"
    _told: tuple[str, str | None] | None = None  # role and search_path; the path is not known before the first of both
    _told_to: Any = None

    def __init__(self, *given: Any, **named: Any) -> None:
        self._held: list[Asked] = []
        super().__init__(*given, **named)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        role = _role_for(tenant)
        try:
            if self._held and role != self.role:
                self._send_as_who_asked()
        finally:
            super().set_tenant(tenant, include_public)
            self.role = role
            self._path = ",".join(base.quote_schema_name(name) for name in self._get_cursor_search_paths())

    def make_cursor(self, cursor: Any) -> Any:
        return _Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> Any:
        return _DebugCursor(cursor, self)

    def take_role(self) -> None:
        """Stand as who was entered, whatever the search_path: for statements that name their schemas."""
        role, path = self._known()
        if role != self.role:
            self._tell(_ROLE, [self.role], path)

    def hold(self, asked: Asked) -> None:
        """Let it travel with the next statement that is waited for, or the COMMIT; outside a transaction it waits."""
        self._held.append(asked)
        if not self.in_atomic_block:
            self.send_held()

    def send_held(self) -> None:
        """Send what was held, and wait for all answers."""
        if not self._held:
            return
        held, self._held = self._held, []
        raw = self.connection
        begins = not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE
        with self.wrap_database_errors:
            if len(held) == 1 and not begins and self._known()[0] == self.role:
                [cursor, *_] = _cursors_of(raw)
                held[0].execute(cursor)
                held[0].fetch(cursor)
            else:
                self._send_together(held, begins=begins)

    def _send_together(self, held: Sequence[Asked], *, begins: bool, commits: bool = False) -> None:
        """In one round trip. Once one has failed the server does none of those after it, a COMMIT least of all."""
        raw = self.connection
        _, last, *cursors = _cursors_of(raw, 2 + len(held))
        try:
            with raw.pipeline():
                if begins:
                    # By itself psycopg would wait for the answer to its BEGIN.
                    raw._autocommit = True
                    try:
                        last.execute("BEGIN", prepare=True)
                    finally:
                        raw._autocommit = False
                self.take_role()
                for asked, cursor in zip(held, cursors, strict=False):
                    asked.execute(cursor)
                if commits:
                    last.execute("COMMIT", prepare=True)
        except BaseException:
            self._forget()
            raise
        for asked, cursor in zip(held, cursors, strict=False):
            asked.fetch(cursor)

    def _send_as_who_asked(self) -> None:
        """Before the role changes. What a failed transaction held is dropped with it."""
        if self.needs_rollback or self.connection.pgconn.transaction_status == TransactionStatus.INERROR:
            self._held.clear()
        self.send_held()

    def _commit(self) -> None:
        if not self._held:
            super()._commit()
            return
        held, self._held = self._held, []
        begins = self.connection.pgconn.transaction_status == TransactionStatus.IDLE
        with self.wrap_database_errors:
            self._send_together(held, begins=begins, commits=True)

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self.connection is None:
            return  # a cursor that outlived its connection fails by itself
        role, path = self._known()
        if path != self._path:
            self._tell(_ROLE_AND_PATH, [self.role, self._path], self._path)
        elif role != self.role:
            self._tell(_ROLE, [self.role], path)

    def _known(self) -> tuple[str | None, str | None]:
        """What this very connection was told last; a new one, or one out of the pool, was told nothing."""
        return self._told if self._told is not None and self._told_to is self.connection else (None, None)

    def _tell(self, sql: str, values: list[str], path: str | None) -> None:
        self._forget()
        with self.wrap_database_errors:
            try:
                _cursors_of(self.connection)[0].execute(sql, values, prepare=True)
            except errors.InFailedSqlTransaction:
                return  # whatever comes next, but a rollback, fails as well
        self._told, self._told_to = (self.role, path), self.connection
        if self.role != OWNER:
            _met.setdefault(self.connection, set()).add(self.role)

    def _forget(self) -> None:
        self._told = self._told_to = None

    def close(self) -> None:
        self._held.clear()
        self._forget()
        if self._has_met_many() and self.pool:
            self.connection._expire_at = 0.0  # given back, it is replaced by a new one
        super().close()

    def close_if_unusable_or_obsolete(self) -> None:
        if self._has_met_many() and not self.in_atomic_block:
            self.close()
        super().close_if_unusable_or_obsolete()

    def _has_met_many(self) -> bool:
        return self.connection is not None and len(_met.get(self.connection, ())) > CLIENTS_PER_CONNECTION

    def commit(self) -> None:
        # The COMMIT of a transaction that failed is a rollback, and nobody is told.
        if self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR:
            self._forget()
        super().commit()

    def rollback(self) -> None:
        self._held.clear()
        self._forget()
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        # Whatever was asked before the savepoint left with it.
        self._held.clear()
        try:
            super().savepoint_rollback(sid)
        finally:
            self._forget()


def _role_for(tenant: Any) -> str:
    if tenant.schema_name == settings.PUBLIC_SCHEMA_NAME or isinstance(tenant, Schema) or not settings.TENANT_ROLES:
        return OWNER
    tenant_id = getattr(tenant, "id", None)
    if tenant_id is None:
        raise NoRole(f"{tenant.schema_name} was asked for by its name alone; enter it with its tenant")
    return role_of(tenant_id)
