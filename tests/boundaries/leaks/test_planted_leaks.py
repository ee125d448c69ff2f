"""The detectors detect: each planted leak is caught by those that should catch it, and nothing is said without it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kernel import live, tenancy
from tenants.models import Tenant
from tests import canaries
from tests.boundaries.leaks import desks, doors, outward, papers, schemas, sockets
from tests.boundaries.leaks.harness import LEAKS, Leak, World, findings_of
from tests.live_stack import LiveStack

pytestmark = [
    pytest.mark.planted_leak,
    pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning"),
]
CATALOGUE = (papers, desks, doors, outward, schemas, sockets)
AT_LEAST = 30


@pytest.fixture
def world(
    acme: Tenant,
    northlight: Tenant,
    desk_client: Callable[..., Client],
    shop_client: Callable[..., Client],
    committed: Callable[[], Any],
    settings: Any,
    tmp_path: Path,
) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path / "media"
    yield World(acme, northlight, desk_client, shop_client, committed)
    live.valkey().delete(outward.VALKEY_KEY)
    for left in Path(tempfile.gettempdir()).glob(f"{outward.LEFT_BEHIND}*"):
        left.unlink()


@pytest.mark.parametrize("one", [one for one in LEAKS if not one.live], ids=lambda one: one.name)
def test_a_planted_leak_is_caught(one: Leak, world: World) -> None:
    for shop in (world.acme, world.northlight):
        world.planted[shop.slug] = canaries.plant(shop)
    _catch(one, world)


@pytest.mark.parametrize("one", [one for one in LEAKS if one.live], ids=lambda one: one.name)
def test_a_planted_leak_of_sockets_is_caught(one: Leak, live_stack: LiveStack, world: World) -> None:
    _catch(one, world)


def test_there_are_thirty_of_them_and_each_is_another() -> None:
    assert len(LEAKS) >= AT_LEAST
    assert len({one.name for one in LEAKS}) == len({one.plant for one in LEAKS}) == len(LEAKS)
    assert all(one.caught_by <= {"scanner", "cell", "rows", "door", "database"} for one in LEAKS)


def _catch(one: Leak, world: World) -> None:
    assert findings_of(one, world) == [], "the detectors speak without a leak"
    with pytest.MonkeyPatch.context() as patch:
        one.plant(patch, world)
        found = findings_of(one, world)
    tenancy.connection.set_schema_to_public()  # the leak may have planted itself there too
    assert found, f"nobody noticed: {one.name}"
    spoke = {line.partition(":")[0] for line in found}
    # The second wall may stop a leak before anything left; that is caught as well, and said.
    assert spoke & (one.caught_by | {"database"}), found
    print(f"{one.name}: {', '.join(sorted(spoke))}")
