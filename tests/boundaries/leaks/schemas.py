"""Mistakes with the schema itself: a door that does not close, a search path that outlives its block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kernel import tenancy
from kernel.ids import new_id
from kernel.tenancy import enter
from people import access
from tests.boundaries.leaks.harness import World, leak
from tests.desk.shop import place, write


def _door_left_open(patch: pytest.MonkeyPatch, world: World) -> None:
    @contextmanager
    def leaky(tenant: Any) -> Iterator[None]:
        tenancy.connection.set_tenant(tenant)
        yield
        tenancy.connection.set_schema_to_public()

    patch.setattr(access, "enter", leaky)


@leak("shop not left after an exception", broke="django-tenants' own examples", caught_by="door", plant=_door_left_open)
def fail_inside(world: World) -> Iterator[str]:
    answer = world.desk("paolo").get(place(world.acme, new_id(), "/messages"))
    if answer.status_code != 404:
        yield f"what is not there gets {answer.status_code}"


def _path_left_behind(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky() -> None:
        tenancy.connection.schema_name = "public"

    patch.setattr(tenancy.connection, "set_schema_to_public", leaky, raising=False)


@leak(
    "pooled connection with its search path",
    broke="transaction-mode poolers",
    caught_by="door",
    plant=_path_left_behind,
)
def leave_and_be_reused(world: World) -> Iterator[str]:
    message = write(world.acme)
    with enter(world.acme):
        message.refresh_from_db()
    if tenancy.entered():
        yield "the shop was not left"
