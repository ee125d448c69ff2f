"""A transaction that stands idle is ended, with the locks it holds; work that is long says so, and is left alone."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import InternalError, connection, connections, transaction

from config import settings as declared
from kernel.pauses import allow_pauses
from tenants.exporting import export_tenant
from tenants.models import Tenant

IDLE_MS = 200


@pytest.fixture
def other(db: None) -> Iterator[Any]:
    """A connection as the application makes one, but less patient."""
    made = connections.create_connection("default")
    # A dictionary of its own, and no pool: neither may be what the other connections of this process get.
    options = {name: value for name, value in made.settings_dict["OPTIONS"].items() if name != "pool"}
    options["options"] += f" -c idle_in_transaction_session_timeout={IDLE_MS}"
    made.settings_dict = {**made.settings_dict, "OPTIONS": options}
    yield made
    made.close()


def patience(connection: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        return str(cursor.fetchone()[0])


def test_every_connection_of_the_application_is_told() -> None:
    told = declared.DATABASES["default"]["OPTIONS"]["options"]
    assert "-c idle_in_transaction_session_timeout=60000" in told


def test_a_transaction_left_alone_is_ended_and_its_locks_are_free(acme: Tenant, other: Any) -> None:
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(4711)")
    assert not _lock_is_free()
    time.sleep(IDLE_MS / 1000 * 2)
    with pytest.raises(InternalError), other.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert _lock_is_free()


def test_a_long_statement_is_no_idleness(other: Any) -> None:
    """Migrations, and whatever else PostgreSQL is busy with."""
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [IDLE_MS / 1000 * 2])
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


class Watched(io.BytesIO):
    """Notes with each write how long this transaction may stand idle."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def write(self, content: Any) -> int:
        self.seen.add(patience(connection))
        return super().write(content)


def test_an_export_of_a_shop_may_take_its_time(acme: Tenant, northlight: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1min'")
    out = Watched()
    export_tenant(acme, out)
    assert out.seen == {"0"}


def test_what_was_allowed_is_over_with_the_transaction(acme: Tenant) -> None:
    before = patience(connection)
    with transaction.atomic():
        allow_pauses()
        assert patience(connection) == "0"
        transaction.set_rollback(True)
    assert patience(connection) == before != "0"


def _lock_is_free() -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(4711)")
        is_free = bool(cursor.fetchone()[0])
        transaction.set_rollback(True)
    return is_free
