"""What every test finds: a database with two shops, the people, and clients signed in at either door.

Ordinary tests run in a transaction that is rolled back. Tests that need real commits (other processes,
threads, races) ask for ``live_stack``; the same fixtures (``acme``, ``lucia`` …) then read its database.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker

from automation.brands import forget_brands
from config.hosts import forget_hosts
from desk import month_figures
from people.access import forget_entries
from people.models import Person
from routing.outlook import outlook
from routing.queues import forget_hours
from sla_contracts.checking import check_clocks
from sla_contracts.contracts import forget_versions
from tenants import roles
from tenants.models import Tenant
from tests.debris import drop_unused_roles
from tests.live_stack import LiveStack, using_database
from tests.world import build_world, person_named

pytest_plugins = ["tests.canary_plugin"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "live_stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("live_stack"))
            item.add_marker(pytest.mark.live)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure over the live stack shows what its processes said."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("live_stack")
    if report.failed and isinstance(stack, LiveStack):
        report.sections += [(f"{name} said", stack.log(name)) for name in ("web", *stack.extras)]
    return report


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Migrate ``public`` once per worker and open both shops once."""
    keep = bool(request.config.getvalue("reuse_db")) and not request.config.getvalue("create_db")
    with django_db_blocker.unblock():
        configured = setup_databases(verbosity=0, interactive=False, keepdb=keep, serialized_aliases=set())
        roles.wall_in_public()
        if not Tenant.objects.exists():
            build_world()
    yield
    with django_db_blocker.unblock():
        if not keep:
            connection.set_schema_to_public()  # type: ignore[attr-defined]
            teardown_databases(configured, verbosity=0)
            drop_unused_roles()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test reads what another left in the process's memory."""
    _forget_all()
    yield
    _forget_all()


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> None:
    """The database of this test: the live stack's if it asked for one, else a transaction that is rolled back."""
    request.getfixturevalue("live_stack" if "live_stack" in request.fixturenames else "db")


@pytest.fixture(scope="session")
def _running_stack(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveStack]:
    with django_db_blocker.unblock():
        stack = LiveStack.bring_up(tmp_path_factory.mktemp("live_stack"))
    yield stack
    with django_db_blocker.unblock():
        stack.bring_down()


@pytest.fixture
def live_stack(
    _running_stack: LiveStack, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest
) -> Iterator[LiveStack]:
    """Daphne on a free port over a committed database of its own; emptied of work before each test."""
    if request.node.get_closest_marker("django_db"):
        raise pytest.UsageError("live_stack commits for real: a test takes it or django_db, not both")
    with django_db_blocker.unblock(), using_database(_running_stack.database):
        _running_stack.empty()
        yield _running_stack
        _running_stack.stop_extras()
        # However the day went: each clock is what its ledger makes of it.
        assert check_clocks().wrong == {}


@pytest.fixture
def acme(rows: None) -> Tenant:
    """Italy, Rome; it, en."""
    return Tenant.objects.get(slug="acme")


@pytest.fixture
def northlight(rows: None) -> Tenant:
    """Germany, Berlin; de, en."""
    return Tenant.objects.get(slug="northlight")


@pytest.fixture
def lucia(rows: None) -> Person:
    """Agent of both shops: es 5, it 4, en 4."""
    return person_named("lucia")


@pytest.fixture
def paolo(rows: None) -> Person:
    """Agent of Acme alone: it 5, en 3."""
    return person_named("paolo")


@pytest.fixture
def jens(rows: None) -> Person:
    """Agent of Northlight alone: de 5, en 4."""
    return person_named("jens")


@pytest.fixture
def sofia(rows: None) -> Person:
    """Supervisor."""
    return person_named("sofia")


@pytest.fixture
def omar(rows: None) -> Person:
    """Operator."""
    return person_named("omar")


@pytest.fixture
def carla(rows: None) -> Person:
    """Client user of Acme."""
    return person_named("carla")


@pytest.fixture
def dieter(rows: None) -> Person:
    """Client user of Northlight."""
    return person_named("dieter")


@pytest.fixture
def desk_client(rows: None) -> Callable[..., Client]:
    """``desk_client(person)``: Django's test client at the desk host, signed in (``desk_client()``: nobody)."""
    return lambda person=None, **options: _client(settings.DESK_HOST, person, options)


@pytest.fixture
def shop_client(rows: None) -> Callable[..., Client]:
    """``shop_client(tenant, person=None)``: the same at the shop's host."""
    return lambda tenant, person=None, **options: _client(f"{tenant.slug}.{settings.DOMAIN}", person, options)


@pytest.fixture
def committed(rows: None, django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """``with committed() as calls:`` — run what would run on commit at the end of the block, as a commit would."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def mailbox() -> list[Any]:
    """Mail sent by this process in this test."""
    mail.outbox = []
    return mail.outbox


def _forget_all() -> None:
    forget_hosts()
    forget_versions()
    forget_brands()
    forget_entries()
    outlook.forget()
    month_figures.forget()
    forget_hours()
    cache.clear()


def _client(host: str, person: Person | None, options: dict[str, Any]) -> Client:
    client = Client(headers={"host": host}, **options)
    if person is not None:
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client
