"""Statements of the hot path: written by hand, bound and prepared by the server, past the ORM and its search_path.

A statement names the schema of each table: ``public.``, or ``{shop}.`` for the client whose schema was entered. It
therefore reads the same rows whatever the connection's search_path, and its plan can be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakSet

import orjson
import psycopg
import psycopg.sql
from django.db import models
from django.db.models.base import ModelState

from kernel.postgres.standing import Asked
from kernel.tenancy import connection, entered_schema
from kernel.wall import OWNER

M = TypeVar("M", bound=models.Model)
Row = tuple[Any, ...]
PLANS_MAX = 4000
_keeping: WeakSet[Any] = WeakSet()
_TABLE = re.compile(r"public\.\w+\b(?!\()")
_PLACEHOLDER = re.compile(r"%s|%\((\w+)\)s")


def run(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
    """Run a statement on tables of ``public``; its rows (none for one that returns nothing).

    Inside ``enter`` it runs as the client's role, and its plan is kept as that of ``run_in_shop`` is.
    """
    return _execute(sql, values, schema=None)


def run_in_shop(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
    """Run a statement whose ``{shop}`` is the client entered now; WrongTenant outside ``enter``.

    Its text differs with each client, so a plan is kept only on a connection that was told to (``keep_plans``).
    """
    return _execute(sql, values, schema=entered_schema())


class Answer:
    """What a statement returned that left without being waited for."""

    __slots__ = ("_asked",)

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def rows(self) -> list[Row]:
        """Waits, if need be, for this and all that was asked before it."""
        if self._asked.rows is None:
            connection.send_held()
        if self._asked.rows is None:
            raise RuntimeError("the statement was given up: its transaction was rolled back")
        return self._asked.rows


def ask(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Answer:
    """As ``run``, without waiting: inside a transaction it leaves with the next statement that is waited for, or with
    the COMMIT, in one round trip. An error shows there. Statements are done in the order in which they were asked.
    """
    return _ask(sql, values, schema=None)


def ask_in_shop(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Answer:
    """As ``run_in_shop``, without waiting."""
    return _ask(sql, values, schema=entered_schema())


def array(ids: Iterable[UUID]) -> str:
    """Ids as the server reads them for ``%s::uuid[]``: one text instead of a list of objects to write out."""
    return "{" + ",".join(map(str, ids)) + "}"


def load(model: type[M], tail: str, values: Sequence[Any]) -> list[M]:
    """Rows of a model whose table ``t`` is in ``public``; ``tail`` is what follows FROM (``WHERE t.id = %s``)."""
    return build(model, run(f"SELECT {columns(model)} FROM public.{model._meta.db_table} t {tail}", values))


@lru_cache(maxsize=64)
def columns(model: type[models.Model], table: str = "t") -> str:
    """The model's columns in the order in which ``build`` wants them, of a table called ``t`` unless said.

    Documents come as text: of rows that say the same (the queue behind many items) one alone is then read.
    """
    return ", ".join(
        f"{table}.{field.column}{'::text' if isinstance(field, models.JSONField) else ''}"
        for field in model._meta.concrete_fields
    )


def build(model: type[M], rows: Sequence[Row]) -> list[M]:
    """Instances from rows of ``columns(model)``."""
    names, documents = _shape(model)
    if documents:
        rows = [_read_documents(row, documents) for row in rows]
    return [_instance(model, names, row) for row in rows]


def _instance(model: type[M], names: list[str], row: Row) -> M:
    """As ``from_db`` makes it, without signals and descriptors: they cost five times the rest and serve nobody here."""
    instance = model.__new__(model)
    instance.__dict__.update(zip(names, row, strict=True))
    instance._state = ModelState()
    instance._state.adding, instance._state.db = False, "default"
    return instance


def keep_plans() -> None:
    """Let this thread's connection keep plans of ``run_in_shop`` too: it serves few enough clients."""
    connection.ensure_connection()
    raw = connection.connection
    # A plan that is kept was made when there were few rows, and must not bet on that: each statement has its index.
    raw.execute("SET enable_seqscan = off")
    raw.prepared_max = PLANS_MAX
    _keeping.add(raw)


@contextmanager
def plans_kept() -> Iterator[None]:
    """Keep them for this block alone; those of an earlier block are used again. For work that comes in heaps."""
    keep_plans()
    raw = connection.connection
    try:
        yield
    finally:
        _keeping.discard(raw)
        with suppress(psycopg.Error):
            raw.execute("RESET enable_seqscan")


def _execute(sql: str, values: Sequence[Any] | dict[str, Any], *, schema: str | None) -> list[Row]:
    asked = _prepare(sql, values, schema)
    connection.hold(asked)
    return Answer(asked).rows()


def _ask(sql: str, values: Sequence[Any] | dict[str, Any], *, schema: str | None) -> Answer:
    asked = _prepare(sql, values, schema)
    connection.hold(asked)
    return Answer(asked)


def _prepare(sql: str, values: Sequence[Any] | dict[str, Any], schema: str | None) -> Asked:
    text, names, is_for_all = _numbered(sql)
    if schema is not None:
        text = text.replace("{shop}", _quoted(schema))
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    given = [values[name] for name in names] if isinstance(values, dict) else values
    kept = connection.role == OWNER or connection.connection in _keeping
    if schema is None and kept and not is_for_all and connection.role != OWNER:
        # A plan on tables with policies holds for one role: another one would have it made anew, each time.
        text = f"{text}\n-- {connection.role}"
    if connection.queries_logged:
        connection.queries_log.append({"sql": text, "time": "0"})
    return Asked(text, given, kept)


@lru_cache(maxsize=256)
def _numbered(sql: str) -> tuple[str, tuple[str, ...], bool]:
    """The text with the server's own ``$1``, the names behind the numbers, and whether one plan holds for all roles
    (it names no table, but functions of the owner). Done once, not with each call.
    """
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found.group(1)
        if name is None:
            names.append("")
            return f"${len(names)}"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PLACEHOLDER.sub(number, sql), tuple(names), not _TABLE.search(sql)


@lru_cache(maxsize=10_000)
def _quoted(schema: str) -> str:
    return psycopg.sql.Identifier(schema).as_string(None)


@lru_cache(maxsize=64)
def _shape(model: type[models.Model]) -> tuple[list[str], tuple[int, ...]]:
    fields = model._meta.concrete_fields
    documents = tuple(n for n, field in enumerate(fields) if isinstance(field, models.JSONField))
    return [field.attname for field in fields], documents


def _read_documents(row: Row, documents: tuple[int, ...]) -> Row:
    read = list(row)
    for n in documents:
        if isinstance(read[n], str):
            read[n] = orjson.loads(read[n])
    return tuple(read)
