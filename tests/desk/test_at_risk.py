"""Promises at risk by forecast: who waits is shown before the warning comes, if the queue gets to them too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desk.at_risk import at_risk
from kernel import clock
from people.models import Person
from routing.models import AgentState, Queue, WorkItem, Workload
from routing.outlook import outlook
from sla_contracts import contracts
from sla_contracts.business_time import Calendar
from sla_contracts.default_terms import default_terms
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.routing.floor import arrive as enqueue
from tests.routing.floor import at_work
from tests.sla_contracts.months import arrive

pytestmark = pytest.mark.django_db
HANDLE, PROMISE = 300, 120


@pytest.fixture
def now() -> Iterator[datetime]:
    with clock.hold(clock.now()) as _:
        yield clock.now()


@pytest.fixture
def promised(acme: Tenant, northlight: Tenant, now: datetime) -> None:
    """Chats are answered within two minutes, day and night."""
    around = Calendar.always("UTC").to_json()
    for tenant in (acme, northlight):
        terms = default_terms(time_zone=tenant.time_zone, country=tenant.country, languages=tenant.languages)
        terms["calendars"] = {"chat_hours": around, "mail_hours": around}
        terms["targets"][0]["seconds"] = PROMISE
        version = contracts.draft(tenant=tenant, terms=terms, valid_from=now - timedelta(hours=9))
        contracts.sign(version_id=version.id, by_bpo="a", by_client="b")
        for queue in Queue.objects.filter(tenant=tenant, code__in=("chat", "mail")):
            channel = "webchat" if queue.code == "chat" else "email"
            spoken = tenant.default_language
            Workload.objects.create(queue=queue, channel=channel, language=spoken, handle_seconds=HANDLE, agents=1)


def wait(tenant: Tenant, at: datetime, language: str, channel: str = "webchat") -> WorkItem:
    one = arrive(tenant, at, channel=channel)
    group = "chat" if channel == "webchat" else "mail"
    return enqueue(tenant, language, group=group, conversation_id=one.conversation)


def full(person: Person) -> None:
    """At work, all four hands full: of those who wait one is taken each 75 s."""
    at_work(person)
    AgentState.objects.filter(pk=person.pk).update(load=4)


def shown(tenants: list[Tenant], now: datetime) -> list[tuple[object, str]]:
    return [(row["conversation"], row["event"]) for row in at_risk([one.id for one in tenants], now).shown]


def test_who_is_reached_too_late_is_at_risk_and_says_why(
    acme: Tenant,
    northlight: Tenant,
    paolo: Person,
    sofia: Person,
    lucia: Person,
    now: datetime,
    promised: None,
    desk_client: Callable[[Person], Client],
) -> None:
    full(paolo)
    first, second = wait(acme, now, "it"), wait(acme, now, "it")
    wait(northlight, now, "de")  # nobody at work can take it: no forecast
    floor = desk_client(sofia).get("/api/desk/floor").json()
    [row] = floor["risks"]
    assert (row["conversation"], row["event"], row["agent"]) == (str(second.conversation), "forecast", "")
    assert datetime.fromisoformat(row["expected_at"]) == now + timedelta(seconds=HANDLE / 4 * 2)
    assert datetime.fromisoformat(row["due_at"]) == now + timedelta(seconds=PROMISE)
    counted = {(each["tenant"]["id"], each["queue"]["channel_group"]): each["at_risk"] for each in floor["queues"]}
    assert (counted[str(acme.id), "chat"], counted[str(northlight.id), "chat"]) == (1, 0)
    assert str(first.conversation) not in {each["conversation"] for each in floor["risks"]}
    assert shown([northlight], now) == [], "of the clients asked for alone"
    assert desk_client(lucia).get("/api/desk/floor").status_code == 403


def test_once_its_warning_has_come_it_is_at_risk_by_that(
    acme: Tenant, northlight: Tenant, paolo: Person, now: datetime, promised: None
) -> None:
    full(paolo)
    soon = wait(acme, now - timedelta(seconds=91), "it")
    late = wait(acme, now - timedelta(seconds=20), "it")
    broken = wait(acme, now - timedelta(seconds=121), "it")
    assert shown([acme, northlight], now) == [
        (broken.conversation, "at_risk"),
        (soon.conversation, "at_risk"),
        (late.conversation, "forecast"),
    ]


def test_free_hands_and_what_is_in_hand_or_put_off_are_no_risk(
    acme: Tenant, northlight: Tenant, paolo: Person, now: datetime, promised: None
) -> None:
    full(paolo)
    items = [wait(acme, now, "it") for _ in range(3)]
    assert len(shown([acme], now)) == 2
    WorkItem.objects.filter(pk=items[2].pk).update(starts_at=now + timedelta(hours=1))
    assert shown([acme], now) == [(items[1].conversation, "forecast")]
    AgentState.objects.filter(pk=paolo.pk).update(load=0)
    assert shown([acme], now) == []


def test_mail_is_foreseen_as_well(
    acme: Tenant, northlight: Tenant, paolo: Person, now: datetime, promised: None
) -> None:
    full(paolo)
    Workload.objects.filter(channel="email").update(handle_seconds=4 * 3 * 3600)  # one each three hours
    first, second = (wait(acme, now, "it", "email") for _ in range(2))
    assert first.queue.channel_group == "mail"
    assert shown([acme], now) == [(second.conversation, "forecast")], "promised within four hours"


def test_calm_clocks_cost_nothing(
    acme: Tenant, northlight: Tenant, paolo: Person, now: datetime, promised: None
) -> None:
    full(paolo)
    for _ in range(2):
        wait(acme, now, "it")

    def statements() -> int:
        outlook.forget()
        with CaptureQueriesContext(connection) as asked:
            assert len(shown([acme, northlight], now)) == 1
        return len(asked)

    statements()
    few = statements()
    for _ in range(20):
        wait(northlight, now, "de")  # not one that anybody at work could take
        arrive(acme, now - timedelta(hours=2), metrics=("resolution",))
    assert statements() == few
    Clock.objects.update(timer_at=now + timedelta(days=1))
    with CaptureQueriesContext(connection) as asked:
        assert shown([acme, northlight], now) == []
    assert len(asked) == 3, "nothing is due soon: no queue is looked at"
