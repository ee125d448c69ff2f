"""Planted leaks: a real mistake each, put in by replacing one name of the product, and what has to notice it.

A leak is caught when its detectors are silent without it and speak with it. Five detectors are asked each time:

- ``scanner``: what left holds a token or a mark of another shop (``tests.canary_watch``);
- ``cell``: an answer that must be the same as for what does not exist, or must not move with another shop, differs;
- ``rows``: rows of a shop that was not acting have changed;
- ``door``: the connection stands in a shop afterwards, or ``kernel.tenancy`` refused;
- ``database``: PostgreSQL refused with 42501, because the role of the entered shop has no right there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kernel.access import Undeclared
from kernel.tenancy import WrongTenant
from people.models import Person
from tenants.models import Tenant
from tests import canary_plugin
from tests.canaries_planting import Planted, tenant_models
from tests.canary_watch import Watch
from tests.world import person_named

Plant = Callable[[pytest.MonkeyPatch, "World"], None]
Probe = Callable[["World"], Iterable[str] | None]
LEAKS: list[Leak] = []


@dataclass(frozen=True)
class Leak:
    """``broke``: where this mistake was made before. ``caught_by``: the detectors that have to speak."""

    name: str
    broke: str
    caught_by: frozenset[str]
    plant: Plant
    probe: Probe
    live: bool = False


@dataclass
class World:
    """Two shops with canaries, and clients at their doors. ``acme`` acts; nothing may come from ``northlight``."""

    acme: Tenant
    northlight: Tenant
    desk_client: Callable[..., Client]
    shop_client: Callable[..., Client]
    committed: Callable[[], Any]
    planted: dict[str, Planted] = field(default_factory=dict)
    baseline: dict[str, Any] = field(default_factory=dict)

    def bystander_changes_from_here(self) -> None:
        """northlight has done its own part; from now on only acme acts."""
        self.baseline = rows_of(self.northlight)

    def person(self, name: str) -> Person:
        return person_named(name)

    def desk(self, name: str | None = None) -> Client:
        return self.desk_client(self.person(name) if name else None, raise_request_exception=True)

    def shop(self, tenant: Tenant, name: str | None = None) -> Client:
        return self.shop_client(tenant, self.person(name) if name else None)

    def theirs(self, label: str) -> Any:
        """The key of a planted row of northlight's."""
        return self.planted["northlight"].id_of(label)

    def own(self, label: str) -> Any:
        return self.planted["acme"].id_of(label)


def leak(name: str, *, broke: str, caught_by: str, plant: Plant, live: bool = False) -> Callable[[Probe], Probe]:
    """Declare a leak by what tries it out: ``probe`` acts as people do, and may name differences that it saw."""

    def declare(probe: Probe) -> Probe:
        LEAKS.append(Leak(name, broke, frozenset(caught_by.split()), plant, probe, live))
        return probe

    return declare


def findings_of(one: Leak, world: World) -> list[str]:
    """What the detectors say of one try, each line with the detector's name; rolled back unless the leak is live."""
    found: list[str] = []
    with _watching() as watch:
        if one.live:
            found += _tried(one, world)
            found += [f"scanner: {line}" for line in watch.judge()]
        else:
            try:
                with transaction.atomic():
                    world.bystander_changes_from_here()
                    found += _tried(one, world)
                    if not connection.needs_rollback:
                        found += [f"scanner: {line}" for line in watch.judge()]
                        if "rows" in one.caught_by and rows_of(world.northlight) != world.baseline:
                            found.append("rows: northlight's rows changed")
                    raise _Undo
            except _Undo:
                pass
    return found


def nothing_like(answer: Any, nothing: Any) -> list[str]:
    """Differences between an answer and the one for what does not exist."""
    seen, wanted = _bare(answer), _bare(nothing)
    return [] if seen == wanted else [f"cell: {seen[0]} {seen[1][:80]!r} instead of {wanted[0]} {wanted[1][:80]!r}"]


def rows_of(tenant: Tenant) -> dict[str, Any]:
    """A digest of every table of the shop, and of its reports and invoices."""
    tables = [f'"{tenant.schema_name}"."{model._meta.db_table}"' for model in tenant_models()]
    parts = [
        f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t" for table in tables
    ]
    for table in ("sla_contracts_slareport", "billing_invoice", "routing_workitem"):
        parts.append(f"SELECT '{table}', count(*), '' FROM public.{table} WHERE tenant_id = '{tenant.pk}'")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {row[0]: row[1:] for row in cursor.fetchall()}


class _Undo(Exception):
    pass


def _tried(one: Leak, world: World) -> Iterator[str]:
    """The probe's own findings, what stopped it, and where the connection stands afterwards."""
    try:
        for line in one.probe(world) or ():
            yield line if re.match(r"(cell|rows|door|scanner|database): ", line) else f"cell: {line}"
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42501":
            raise
        yield f"database: 42501 {str(error).splitlines()[0]}"
    except (WrongTenant, Undeclared) as error:
        yield f"door: {error}"
    yield from _standing()


def _standing() -> Iterator[str]:
    schema = connection.schema_name  # type: ignore[attr-defined]
    if schema != "public":
        yield f"door: the connection still stands in {schema}"
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SHOW search_path")
            path = str(cursor.fetchone()[0])
        if schema == "public" and "shop_" in path:
            yield f"door: the search path is still {path}"
    connection.schema_name = "nowhere"  # type: ignore[attr-defined]
    connection.set_schema_to_public()  # type: ignore[attr-defined]


@contextmanager
def _watching() -> Iterator[Watch]:
    """A watch of its own for one try."""
    watch = Watch()
    outer = canary_plugin._now[:]
    if outer:
        watch.sessions = outer[-1].sessions
    canary_plugin._now[:] = [watch]
    try:
        yield watch
    finally:
        canary_plugin._now[:] = outer


def _bare(answer: Any) -> tuple[int, bytes, tuple[str, ...]]:
    """Status, body and names of headers; ids and lengths are the question's own."""
    body = re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"-", bytes(answer.content))
    return answer.status_code, body, tuple(sorted(answer.headers))
