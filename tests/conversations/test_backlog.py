"""What one message costs does not grow with what waits, however few rows there were when its plans were made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from conversations import receipts, sweeping
from conversations.models import Message, Receipt
from kernel import clock, statements
from kernel.tenancy import enter, enter_as_owner
from tenants.models import Tenant
from tests.conversations.doorbells import rung, rung_for
from tests.conversations.shoppers import line_of, relay_body

MANY = 4000
# Rows of the inbox read for one message: its own, and what stands beside it of the same sender.
FEW = 30
_FILL = """
INSERT INTO {shop}.conversations_receipt
  (id, line_id, carrier, external_id, sender, payload, received_at, attempts, error, note, state, next_attempt_at)
SELECT gen_random_uuid(), %s::uuid, 'relay', 'old-' || n, 'sender-' || n / 20, '{}'::bytea, %s::timestamptz
         - n * interval '1 second', 0, '', '', CASE WHEN n %% 2 = 0 THEN 'new' ELSE 'done' END,
       CASE WHEN n %% 2 = 0 THEN %s::timestamptz + interval '1 hour' END
  FROM generate_series(1, %s::int) n
"""
_READ = """
SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables
 WHERE schemaname = %s AND relname = 'conversations_receipt'
"""


@contextmanager
def reading(tenant: Tenant, at_most: int) -> Iterator[None]:
    before = _rows_read(tenant)
    yield
    assert _rows_read(tenant) - before <= at_most


def _rows_read(tenant: Tenant) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [tenant.schema_name])
        return int(cursor.fetchone()[0])


def _analyse(tenant: Tenant) -> None:
    with enter_as_owner(tenant.schema_name), connection.cursor() as cursor:
        cursor.execute("ANALYZE conversations_receipt")


def _analyse_where_looking_up_is_dear(tenant: Tenant) -> None:
    """As on a server with PostgreSQL's own settings: to read the whole of a small table is the cheapest plan."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 4")
    _analyse(tenant)


def _pile_up(tenant: Tenant) -> None:
    now, line = clock.now(), line_of(tenant, "relay")
    with enter(tenant), connection.cursor() as cursor:
        statement = _FILL.replace("{shop}", f'"{tenant.schema_name}"')
        cursor.execute(statement, [line.id, now, now, MANY])


def _work(tenant: Tenant, sender: str) -> None:
    """Accepted to wait, taken in from there, and taken in at the door."""
    line = line_of(tenant, "relay")
    waiting = [
        receipts.accept(
            line=line, external_id=f"{sender}{n}", payload=relay_body(f"{n}", sender=sender, id=f"{sender}{n}")
        )
        for n in range(3)
    ]
    with enter(tenant):
        assert receipts.take_in(tenant, waiting[0].id) is not None
        assert Receipt.objects.filter(pk__in=[each.id for each in waiting], state="done").count() == 3
    body = relay_body("4", sender=sender, id=f"{sender}4")
    assert receipts.accept_and_take_in(line=line, external_id=f"{sender}4", payload=body).state == "done"


def _never(tenant: Tenant) -> None:
    pass


@pytest.mark.parametrize(
    "prepare",
    [_never, _analyse, _analyse_where_looking_up_is_dear],
    ids=["never-analysed", "analysed-while-empty", "analysed-where-looking-up-is-dear"],
)
def test_a_message_reads_its_own_rows_whatever_waits(
    acme: Tenant, northlight: Tenant, prepare: Callable[[Tenant], None]
) -> None:
    statements.keep_plans()
    for tenant in (acme, northlight):
        prepare(tenant)
        for number in range(3):
            _work(tenant, f"@early{number}")
        prepare(tenant)
        for number in range(3):  # the plan that is kept is chosen by now
            _work(tenant, f"@then{number}")
        _pile_up(tenant)
        with reading(tenant, at_most=4 * FEW):
            _work(tenant, "@late")


def test_the_sweep_reads_what_is_due_and_no_more(acme: Tenant, northlight: Tenant) -> None:
    for tenant in (acme, northlight):
        _pile_up(tenant)
    later = clock.now() + timedelta(minutes=5)
    with reading(acme, at_most=FEW), reading(northlight, at_most=FEW):
        assert sweeping.sweep_receipts(later) == 0


def test_a_ring_goes_on_with_what_the_same_sender_said_next(acme: Tenant, northlight: Tenant) -> None:
    line = line_of(acme, "relay")
    kept = [
        receipts.accept(line=line, external_id=f"{n}", payload=relay_body(f"{n}", id=f"{n}"))
        for n in range(receipts.IN_A_ROW + 5)
    ]
    with enter(acme):
        assert receipts.take_in(acme, kept[3].id) is not None
        states = list(Receipt.objects.order_by("received_at", "id").values_list("state", flat=True))
    assert states == ["done"] * receipts.IN_A_ROW + ["new"] * 5
    with enter(northlight):
        assert not Receipt.objects.exists()


def test_whoever_stands_at_the_door_is_not_kept_by_what_waits(
    acme: Tenant, northlight: Tenant, settings: Any, committed: Callable[[], AbstractContextManager[Any]]
) -> None:
    """Workers were away, and are back: the door takes in a little of it, and rings for the rest."""
    line, most = line_of(acme, "relay"), receipts.IN_A_ROW_AT_THE_DOOR
    for n in range(most + 5):
        receipts.accept(line=line, external_id=f"{n}", payload=relay_body(f"{n}", id=f"{n}"))
    settings.INBOUND_INLINE = True
    with committed():
        receipts.accept_and_take_in(line=line, external_id="last", payload=relay_body("last", id="last"))
    with enter(acme):
        states = list(Receipt.objects.order_by("received_at", "id").values_list("state", flat=True))
        assert states == ["done"] * most + ["new"] * 6
        following = Receipt.objects.order_by("received_at", "id")[most]
    assert rung_for("conversations.take_in", following.id) == 1
    with enter(acme):
        receipts.take_in(acme, following.id)
        assert list(Message.objects.order_by("seq").values_list("text", flat=True)) == [
            *(f"{n}" for n in range(most + 5)), "last"
        ]  # fmt: skip


def test_what_one_sender_said_is_rung_for_once(
    acme: Tenant, northlight: Tenant, committed: Callable[[], AbstractContextManager[Any]]
) -> None:
    def rings() -> int:
        return len([ring for ring in rung() if ring[0] == "conversations.take_in"])

    line, before = line_of(acme, "relay"), rings()
    for n in range(3):
        for sender in ("@anna", "@bruno"):
            with committed():
                body = relay_body(f"{n}", sender=sender, id=f"{sender}{n}")
                receipts.accept(line=line, external_id=f"{sender}{n}", payload=body)
    assert rings() - before == 2
    assert sweeping.sweep_receipts(clock.now() + timedelta(minutes=1)) == 6
    assert rings() - before == 4
    with enter(acme):
        first = Receipt.objects.filter(sender__isnull=False).order_by("received_at", "id")[0]
        receipts.take_in(acme, first.id)
        assert Receipt.objects.filter(state="done").count() == 3
