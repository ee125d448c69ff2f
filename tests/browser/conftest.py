"""Chromium for these tests; Playwright is stopped after each, so that its event loop meets no other test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from people.models import Person
from routing.models import AgentState
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage
from tests.live_stack import LiveStack
from tests.world import hire

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def stage(live_stack: LiveStack) -> Iterator[Stage]:
    """Windows onto the stack; when the test ends, nothing may have gone wrong in any of them."""
    if not (Path(settings.FRONTEND_DIST) / "console.html").exists():
        pytest.fail("frontend/dist is missing; `make build` makes it")
    made = Stage(live_stack)
    try:
        yield made
        assert made.faults == []
    finally:
        made.close()


@pytest.fixture
def nora(live_stack: LiveStack, acme: Tenant) -> Iterator[Person]:
    """Agent of Acme who speaks no Italian: en 5."""
    person = hire("nora", {"en": 5}, [acme])
    yield person
    with backstage():
        AgentState.objects.filter(person=person).delete()
        for rows in (person.memberships, person.accreditations, person.skills):
            rows.all().delete()
