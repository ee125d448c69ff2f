"""The committed schema is what the code says; the front end's types are generated from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from drf_spectacular.drainage import GENERATOR_STATS

from config.management.commands.write_openapi import FOLDER, URLS, schema_of


@pytest.fixture(autouse=True)
def complaints() -> Iterator[None]:
    """drf-spectacular prints what it cannot describe, and counts it."""
    GENERATOR_STATS.reset()
    yield
    GENERATOR_STATS.reset()


@pytest.mark.parametrize("door", URLS)
def test_the_committed_schema_is_fresh_and_complete(door: str) -> None:
    schema = schema_of(door)
    assert not GENERATOR_STATS, "drf-spectacular warns; see above"
    assert (FOLDER / f"{door}.json").read_text(encoding="utf-8") == schema, "run manage.py write_openapi"
