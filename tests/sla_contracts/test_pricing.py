"""Prices and hours of queues, written from the contracts and the counts so far."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from people.models import Person
from routing import queue as work
from routing.models import Queue, WorkItem
from routing.queues import is_open
from sla_contracts import pricing
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.sla_contracts.months import answer, arrive, utc

pytestmark = pytest.mark.django_db
MONDAY = utc("2026-11-16 09:00")  # 10:00 in Rome


def chat(tenant: Tenant) -> Queue:
    return Queue.objects.get(tenant=tenant, code="chat")


def priced(tenant: Tenant, now: datetime = MONDAY) -> Decimal:
    pricing.price_queues(now)
    found = chat(tenant).price
    assert found is not None
    return found


def judged(tenant: Tenant, count: int, *, late: int) -> None:
    for number in range(count):
        at = MONDAY - timedelta(hours=2)
        one = arrive(tenant, at)
        answer(one, 10)
        if number < late:
            Clock.objects.filter(conversation=one.conversation, metric="first_response").update(breached_at=at)


def test_a_breach_costs_what_a_point_costs_by_the_volume_and_never_less_than_its_floor(acme: Tenant) -> None:
    # 50 € a point, 500 conversations at least: a breach is a fifth of a point, 10 €.
    nothing_counted = priced(acme)
    assert Decimal("1.5") <= nothing_counted <= Decimal(10)


def test_the_price_follows_the_counts(acme: Tenant, northlight: Tenant) -> None:
    pricing.price_queues(MONDAY)
    before, beside = chat(acme).price, chat(northlight).price
    judged(acme, 60, late=12)
    at_the_edge = priced(acme)
    Clock.objects.filter(tenant=acme).update(breached_at=None)
    safely_above = priced(acme)
    assert before is not None
    assert at_the_edge > safely_above >= Decimal("1.5")
    assert chat(northlight).price == beside


def test_what_did_not_change_is_not_written(acme: Tenant) -> None:
    assert pricing.price_queues(MONDAY) > 0
    assert pricing.price_queues(MONDAY) == 0


def test_hours_are_written_for_queues_that_keep_them(acme: Tenant, northlight: Tenant) -> None:
    Queue.objects.filter(tenant=acme, code="mail").update(keeps_hours=True)
    pricing.price_queues(MONDAY)
    mail = Queue.objects.get(tenant=acme, code="mail")
    # Working days 09–18 in Rome (UTC+1).
    asked = {
        "2026-11-16 08:59": True,
        "2026-11-16 16:59": True,
        "2026-11-16 17:00": False,
        "2026-11-17 07:59": False,
        "2026-11-17 08:00": True,
        "2026-11-21 10:00": False,
    }
    pricing.price_queues(utc("2026-11-16 08:30"))
    mail.refresh_from_db()
    assert {at: is_open(mail, utc(at)) for at in asked} == asked
    assert Queue.objects.get(tenant=northlight, code="mail").openings == []
    assert is_open(chat(acme), utc("2026-11-16 03:00"))


def test_work_that_waits_again_is_due_by_its_next_promise(acme: Tenant, lucia: Person) -> None:
    one = arrive(acme, MONDAY)
    item = WorkItem.objects.create(
        tenant=acme,
        conversation=one.conversation,
        queue=chat(acme),
        channel="webchat",
        language="it",
        entered_at=MONDAY,
        due_at=MONDAY + timedelta(seconds=60),
        first_reply_at=MONDAY + timedelta(seconds=10),
    )
    answer(one, 10)
    pricing.price_queues(MONDAY + timedelta(minutes=5))
    item.refresh_from_db()
    assert item.due_at == MONDAY + timedelta(hours=8)
    assert work.open_item(one.conversation) is not None
