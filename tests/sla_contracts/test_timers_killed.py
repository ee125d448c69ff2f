"""The sweep killed with -9 before and after each statement, commit and doorbell: no event is lost or given twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from kernel import clock
from sla_contracts import timers
from sla_contracts.checking import check_clocks
from sla_contracts.models import Clock, ClockEvent
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.routing.test_failpoints import ROUNDS, TOO_FAR, Mortal
from tests.sla_contracts.months import arrive


@pytest.fixture
def mortal(live_stack: LiveStack) -> Iterator[Mortal]:
    found = Mortal(live_stack)
    yield found
    found.process.kill()
    found.process.wait()


def test_killed_anywhere_it_claims_and_tells_each_event_once(mortal: Mortal, acme: Tenant, northlight: Tenant) -> None:
    def some_clocks() -> list[UUID]:
        """Three that ran out at noon yesterday, when both shops were there."""
        noon = (clock.now() - timedelta(days=1)).replace(hour=11, minute=0)
        arrivals = [arrive(tenant, noon, metrics=("first_response",)) for tenant in (acme, acme, northlight)]
        return [one.conversation for one in arrivals]

    some_clocks()
    points = mortal.points("sweep")
    assert points >= 8
    for point in range(points) if ROUNDS else range(points % 3, points, 3):
        made = some_clocks()
        assert mortal.do("sweep", point) == "killed", point
        claimed = dict(Clock.objects.filter(conversation__in=made).values_list("id", "warned"))
        assert mortal.do("sweep", TOO_FAR) != "killed"
        assert timers.sweep(clock.now()).claimed == [], "nothing that was claimed is claimed again"
        for one in Clock.objects.filter(conversation__in=made):
            assert claimed[one.id] in (0, 3)
            assert (one.warned, one.state) == (3, "breached")
            assert (one.told == 3) is (one.tell_at is None), "told now, or when they open"
            assert ClockEvent.objects.filter(clock=one, kind="breached").count() == 1
        assert check_clocks(conversation_ids=made).wrong == {}, point
