"""What lost to another transaction is done over; two real transactions that wait for each other."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection

from kernel.contention import despite_deadlocks

pytestmark = pytest.mark.usefixtures("rows")


def lock(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contention'), %s)", [number])


def two_that_cross() -> tuple[list[int], list[BaseException]]:
    """Each takes one lock, waits until the other has the other, and asks for that; who did it, and how often."""
    both_hold, tried, failed = threading.Barrier(2, timeout=10), [0, 0], []

    def cross(mine: int) -> None:
        def work() -> None:
            tried[mine] += 1
            lock(mine)
            if tried[mine] == 1:
                both_hold.wait()
            lock(1 - mine)

        try:
            despite_deadlocks(work)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=cross, args=(mine,)) for mine in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return tried, failed


def test_who_lost_comes_again_and_both_get_there() -> None:
    tried, failed = two_that_cross()
    assert failed == []
    assert sorted(tried) == [1, 2]


def test_the_last_loss_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lost: list[int] = []

    def work() -> None:
        lost.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(OperationalError, match="lost"):
        despite_deadlocks(work, times=4)
    assert len(lost) == 4


@pytest.mark.parametrize("code", ["23505", "55P03", "42P01"])
def test_what_failed_for_another_reason_is_not_repeated(code: str) -> None:
    tried: list[Any] = []

    def work() -> None:
        tried.append(1)
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$")

    with pytest.raises(Exception, match="no"):
        despite_deadlocks(work)
    assert len(tried) == 1
