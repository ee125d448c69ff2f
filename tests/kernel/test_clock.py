"""The database's clock decides where machines differ; the two are compared when a connection is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from kernel import clock
from kernel.postgres.base import compare_clocks
from people.models import Person
from routing import queue
from routing.models import WorkItem
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, row

pytestmark = pytest.mark.django_db
# Less than what a clock is wrong by, and more than a slow machine takes.
NEAR = timedelta(seconds=1.5)


@contextmanager
def machine(wrong_by: float) -> Iterator[None]:
    """A machine of which the clock is wrong, and that has connected."""
    with clock.wrong_by(wrong_by):
        made = connections.create_connection("default")
        made.ensure_connection()
        made.close()
        yield


def right() -> datetime:
    """Database and tests run on one machine."""
    return datetime.now(UTC)


@pytest.mark.parametrize("seconds", [2.0, -2.0, 86_400.0])
def test_a_machine_whose_clock_is_wrong_goes_by_the_database(db: None, seconds: float) -> None:
    with machine(seconds):
        assert abs(clock.now() - right()) < NEAR
    with clock.wrong_by(seconds):  # it has not asked yet
        assert abs(clock.now() - right() - timedelta(seconds=seconds)) < NEAR
    assert abs(clock.now() - right()) < NEAR


def test_a_process_that_keeps_its_connection_asks_again(db: None) -> None:
    with clock.wrong_by(2):
        compare_clocks()
        assert abs(clock.now() - right()) < NEAR
        assert not clock.is_to_be_compared()


def test_what_the_way_may_explain_is_no_difference() -> None:
    told = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with clock.wrong_by(0):
        for asked_ago, answered_after, differs in ((0.0, 0.0, False), (3.0, 0.1, False), (3.01, -2.99, True)):
            asked_at, answered_at = (told + timedelta(seconds=each) for each in (-asked_ago, answered_after))
            clock.compare(told, asked_at, answered_at)
            assert (clock.now() != clock.machine_now() and abs(clock.now() - clock.machine_now()) > NEAR) is differs
        assert not clock.is_to_be_compared()


def test_an_offer_made_on_one_machine_runs_out_on_another_at_its_time(
    acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    at_work(lucia)
    item = arrive(acme)
    with machine(2):
        assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == queue.Outcome.MADE
    ends_at = row(item).offer_expires_at
    assert ends_at is not None and abs(ends_at - right() - timedelta(seconds=15)) < NEAR
    with machine(-2):
        assert queue.expire() == []
        WorkItem.objects.filter(pk=item.pk).update(offer_expires_at=right() - timedelta(seconds=1))
        assert queue.expire() == [item.id]
