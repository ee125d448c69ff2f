"""The database connection: who stands where. Role and search_path are told to the server together, when they differ.

Nothing is sent when a tenant is entered or left: the next statement sends what has changed since the last one, in one
round trip. What the server may have forgotten (a rollback takes back a SET of its transaction) is told again.
"""

from __future__ import annotations

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
_cursors: WeakKeyDictionary[Any, psycopg.RawCursor[tuple[Any, ...]]] = WeakKeyDictionary()


def cursor_of(raw: Any) -> psycopg.RawCursor[tuple[Any, ...]]:
    """One cursor for the life of a connection: a new one learns the types of all values again."""
    found = _cursors.get(raw)
    return found if found is not None else _cursors.setdefault(raw, psycopg.RawCursor(raw))


class _Standing:
    """A cursor that outlives the shop in which it was opened stands where the connection stands with each statement."""

    def _execute(self, *given: Any) -> Any:
        cast(Any, self).db._handle_search_path()
        return cast(Any, super())._execute(*given)

    def _executemany(self, *given: Any) -> Any:
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

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        role = _role_for(tenant)
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
                cursor_of(self.connection).execute(sql, values, prepare=True)
            except errors.InFailedSqlTransaction:
                return  # whatever comes next, but a rollback, fails as well
        self._told, self._told_to = (self.role, path), self.connection

    def _forget(self) -> None:
        self._told = self._told_to = None

    def close(self) -> None:
        self._forget()
        super().close()

    def commit(self) -> None:
        # The COMMIT of a transaction that failed is a rollback, and nobody is told.
        if self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR:
            self._forget()
        super().commit()

    def rollback(self) -> None:
        self._forget()
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
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
