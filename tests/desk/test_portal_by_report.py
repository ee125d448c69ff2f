"""A figure of an issued report opens onto the items as they counted then, whatever became of them since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from desk.portal_papers import issue_report
from kernel import clock
from people.models import Person
from sla_contracts import clocks
from sla_contracts.models import SlaReport
from tenants.models import Tenant
from tests.desk.test_portal import converse
from tests.sla_contracts.months import Arrival, answer, utc

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
CLAUSE = "clause=chat_first_response"
NOW = utc("2026-11-10 09:00")


@pytest.fixture(autouse=True)
def _november() -> Any:
    with clock.hold(NOW):
        yield


@pytest.fixture
def october(acme: Tenant, northlight: Tenant) -> dict[str, Arrival]:
    """One chat of Acme's that was answered in time, one that was late; one late one at the other shop."""
    found: dict[str, Arrival] = {}
    for name, shop, seconds in (("kept", acme, 20), ("late", acme, 600), ("theirs", northlight, 600)):
        found[name] = converse(shop, utc("2026-10-06 10:00") + timedelta(minutes=len(found)))
        answer(found[name], seconds)
    return found


def issued(tenant: Tenant) -> SlaReport:
    return issue_report(person=None, tenant=tenant, month="2026-10")


def behind(door: Client, row: SlaReport | UUID | str, more: str = "") -> set[str]:
    told = door.get(f"/api/portal/conversations?report={getattr(row, 'id', row)}{more}")
    assert told.status_code == 200, told.content
    return {each["id"] for each in told.json()["results"]}


def test_each_figure_of_the_report_opens_onto_its_items(
    acme: Tenant, carla: Person, october: dict[str, Arrival], shop_client: Door
) -> None:
    row, door = issued(acme), shop_client(acme, carla)
    assert behind(door, row, f"&{CLAUSE}&outcome=breached") == {str(october["late"].conversation)}
    assert behind(door, row, f"&{CLAUSE}&outcome=met") == {str(october["kept"].conversation)}
    assert behind(door, row) == {str(october[name].conversation) for name in ("kept", "late")}
    # The report says of which month it is; another one that is asked for besides does not matter.
    assert behind(door, row, "&month=2026-11") == behind(door, row)


def test_what_changed_after_it_was_issued_is_seen_in_the_month_and_not_in_the_report(
    acme: Tenant, carla: Person, october: dict[str, Arrival], shop_client: Door
) -> None:
    row, door, late = issued(acme), shop_client(acme, carla), str(october["late"].conversation)
    with clock.hold(NOW + timedelta(hours=1)):
        clocks.void(conversation_id=october["late"].conversation, reason="spam", at=clock.now())
        assert behind(door, row, f"&{CLAUSE}&outcome=breached") == {late}
        month = door.get(f"/api/portal/conversations?month=2026-10&{CLAUSE}&outcome=breached").json()
        assert month["results"] == []
        again = issued(acme)
        assert again.id != row.id
        assert behind(door, again, f"&{CLAUSE}&outcome=breached") == set()
        assert behind(door, again, f"&{CLAUSE}&outcome=excluded") == {late}


def test_another_shops_report_and_none_at_all_are_refused_alike(
    acme: Tenant, northlight: Tenant, carla: Person, dieter: Person, october: dict[str, Arrival], shop_client: Door
) -> None:
    theirs, door = issued(northlight), shop_client(acme, carla)
    asked = [theirs.id, UUID(int=1), "no-id", "x" * 300]
    told = [door.get(f"/api/portal/conversations?report={one}") for one in asked]
    assert {one.status_code for one in told} <= {400, 404}
    assert len({one.content for one in told[:2]}) == 1, "a report of another shop is as one that never was"
    assert behind(shop_client(northlight, dieter), theirs) == {str(october["theirs"].conversation)}
