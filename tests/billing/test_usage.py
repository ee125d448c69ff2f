"""Finished work is booked once, whoever collects and however often."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection

from billing import usage
from billing.models import Usage
from billing.tasks import collect_usage
from conversations.models import Conversation
from kernel import clock
from kernel.tenancy import WrongTenant, enter, entered
from people.models import Person
from routing import queue
from tenants.models import Tenant
from tests.billing.finished import MARCH, finish, finish_many
from tests.desk.shop import give, write
from tests.live_stack import LiveStack

D = Decimal


def test_each_finished_item_is_booked_once_per_kind(acme: Tenant, northlight: Tenant) -> None:
    item = finish(acme, seconds=90.5)
    theirs = finish(northlight)
    assert usage.collect(acme) == 1
    rows = {row.kind: row for row in Usage.objects.filter(tenant=acme)}
    assert {kind: row.quantity for kind, row in rows.items()} == {"conversation": D(1), "handle": D("90.5")}
    assert {row.at for row in rows.values()} == {MARCH}
    with enter(acme):
        number = Conversation.objects.get(pk=item.conversation).case_number
    assert {row.case_number for row in rows.values()} == {number}
    assert not Usage.objects.filter(work_item=theirs.id).exists()


def test_collecting_again_books_nothing_more(acme: Tenant) -> None:
    finish_many(acme, 3)
    assert (usage.collect(acme), usage.collect(acme)) == (3, 0)
    assert Usage.objects.filter(tenant=acme).count() == 6


def test_what_is_abandoned_spam_or_still_open_is_not_booked(acme: Tenant, lucia: Person) -> None:
    finish(acme, outcome="spam")
    finish(acme, state="abandoned", outcome="abandoned")
    finish(acme, state="wrap_up", agent=lucia)
    assert usage.collect(acme) == 0
    finish(acme)
    assert usage.collect(acme) == 1


def test_more_than_a_batch_is_booked(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "BATCH", 2)
    finish_many(acme, 5)
    assert usage.collect(acme) == 5
    assert Usage.objects.count() == 10


def test_collecting_for_one_client_inside_another_is_refused(acme: Tenant, northlight: Tenant) -> None:
    finish(acme)
    with enter(northlight), pytest.raises(WrongTenant):
        usage.collect(acme)
    with enter(acme):
        usage.collect(acme)
        assert entered()
    assert not entered()


def test_the_sweep_finds_the_clients_with_something_to_book(acme: Tenant, northlight: Tenant) -> None:
    with clock.hold(MARCH + timedelta(hours=1)):
        finish(acme)
        finish(northlight)
        usage.collect(northlight)
        assert usage.tenants_with_unbooked(MARCH - timedelta(days=1)) == [acme]
        collect_usage()
        assert usage.tenants_with_unbooked(MARCH - timedelta(days=1)) == []
    assert Usage.objects.filter(tenant=acme).count() == Usage.objects.filter(tenant=northlight).count() == 2


def test_work_done_through_the_desk_is_booked_with_its_handling_time(acme: Tenant, lucia: Person) -> None:
    with clock.hold(MARCH):
        item = give(write(acme), lucia)
    with clock.hold(MARCH + timedelta(minutes=4)):
        queue.finish(person=lucia, work_item_id=item.id, contact_reason="refund")
    with clock.hold(MARCH + timedelta(minutes=4, seconds=12)):
        queue.end_wrap_up(person=lucia, work_item_id=item.id)
    usage.collect(acme)
    booked = dict(Usage.objects.filter(work_item=item.id).values_list("kind", "quantity"))
    assert booked == {"conversation": D(1), "handle": D(252)}


def test_parallel_collectors_book_each_item_once(live_stack: LiveStack, acme: Tenant) -> None:
    items = finish_many(acme, 40)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            usage.collect(acme)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Usage.objects.count() == 2 * len(items)
    assert set(Usage.objects.values_list("work_item", flat=True)) == {item.id for item in items}
