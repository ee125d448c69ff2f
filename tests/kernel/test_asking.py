"""Statements that nobody waits for leave in order, in one round trip with the next one or with the COMMIT."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from psycopg.pq import TransactionStatus

from conversations.models import Category
from kernel import statements
from kernel.tenancy import connection, enter, entered
from kernel.wall import role_of
from tenants.models import Tenant

_INSERT = "INSERT INTO pg_temp.noted VALUES (%s::int) RETURNING n"


def test_they_are_done_in_order_before_what_is_waited_for(own_thread: Callable[[Callable[[], object]], None]) -> None:
    def work() -> None:
        with transaction.atomic():
            asked = [statements.ask(_INSERT, [n]) for n in range(5)]
            assert _status() == TransactionStatus.IDLE, "nothing has left yet, not even the BEGIN"
            assert statements.run("SELECT n FROM pg_temp.noted ORDER BY ctid") == [(n,) for n in range(5)]
            assert _status() == TransactionStatus.INTRANS
            assert [one.rows() for one in asked] == [[(n,)] for n in range(5)]
            later = statements.ask(_INSERT, [9])
            assert later.rows() == [(9,)]
        assert _noted() == [*range(5), 9]

    own_thread(work)


def test_outside_a_transaction_they_leave_at_once(own_thread: Callable[[Callable[[], object]], None]) -> None:
    def work() -> None:
        asked = statements.ask(_INSERT, [1])
        assert _noted() == [1] and asked.rows() == [(1,)]

    own_thread(work)


def test_the_commit_takes_them_along(own_thread: Callable[[Callable[[], object]], None]) -> None:
    def work() -> None:
        told: list[int] = []
        for n in (1, 2):
            with transaction.atomic():
                asked = statements.ask(_INSERT, [n])
                transaction.on_commit(lambda: told.append(len(_noted())))
            assert asked.rows() == [(n,)]
            assert _status() == TransactionStatus.IDLE
        assert told == [1, 2]

    own_thread(work)


def test_a_commit_after_one_that_failed_keeps_and_tells_nothing(
    own_thread: Callable[[Callable[[], object]], None],
) -> None:
    def work() -> None:
        statements.run(_INSERT, [1])
        told: list[int] = []
        for first in (False, True):
            with pytest.raises(IntegrityError), transaction.atomic():
                if first:
                    statements.run(_INSERT, [2])
                transaction.on_commit(lambda: told.append(1))
                lost = statements.ask(_INSERT, [1])
                statements.ask(_INSERT, [3])
            assert told == [] and _noted() == [1]
            with pytest.raises(RuntimeError, match="given up"):
                lost.rows()
        with transaction.atomic():
            statements.ask(_INSERT, [4])
        assert _noted() == [1, 4]

    own_thread(work)


def test_what_is_rolled_back_never_leaves(own_thread: Callable[[Callable[[], object]], None]) -> None:
    def work() -> None:
        with pytest.raises(LookupError), transaction.atomic():
            statements.ask(_INSERT, [1])
            raise LookupError
        with transaction.atomic():
            statements.ask(_INSERT, [2])
            with pytest.raises(LookupError), transaction.atomic():
                statements.ask(_INSERT, [3])
                raise LookupError
            with transaction.atomic():
                statements.ask(_INSERT, [4])
            with pytest.raises(IntegrityError), transaction.atomic():
                statements.ask(_INSERT, [4])
        assert _noted() == [2, 4]

    own_thread(work)


def test_the_orm_waits_for_them(acme: Tenant, northlight: Tenant) -> None:
    for tenant in (acme, northlight):
        with enter(tenant):
            Category.objects.create(code="asked", labels={})
            statements.ask_in_shop("UPDATE {shop}.conversations_category SET code = 'told' WHERE code = %s", ["asked"])
            assert Category.objects.filter(code="told").count() == 1


def test_they_are_asked_by_whoever_was_inside(acme: Tenant, northlight: Tenant) -> None:
    who = "SELECT current_user::text"
    asked = []
    for tenant in (acme, northlight):
        with enter(tenant):
            asked.append(statements.ask(who))
        asked.append(statements.ask(who))
    owner = str(connection.settings_dict["USER"])
    assert [one.rows() for one in asked] == [[(role_of(acme.id),)], [(owner,)], [(role_of(northlight.id),)], [(owner,)]]
    with enter(acme), pytest.raises(DatabaseError), transaction.atomic():
        statements.ask(f"SELECT 1 FROM {northlight.schema_name}.conversations_category")
        statements.run(who)
    with pytest.raises(DatabaseError), transaction.atomic(), enter(acme):
        statements.ask(f"SELECT 1 FROM {northlight.schema_name}.conversations_category")
    assert not entered() and statements.run(who) == [(owner,)]


@pytest.fixture
def own_thread(rows: None) -> Callable[[Callable[[], object]], None]:
    """Runs in a thread, whose connection is outside of the test's transaction and has a table of its own."""

    def run(work: Callable[[], object]) -> None:
        failed: list[BaseException] = []

        def inside() -> None:
            with contextlib.closing(connection):
                try:
                    statements.run("CREATE TEMPORARY TABLE noted (n int PRIMARY KEY)")
                    work()
                except BaseException as error:
                    failed.append(error)

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if failed:
            raise failed[0]

    return run


def _noted() -> list[int]:
    return [row[0] for row in statements.run("SELECT n FROM pg_temp.noted ORDER BY n")]


def _status() -> Any:
    return connection.connection.info.transaction_status
