"""What a doorbell missed, over all shops: one query for a hundred of them, on indexes that hold open work only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import connection
from psycopg import sql

from conversations import approval_letters, delivery, doorbells, holding, receipts, standing, storing
from kernel import clock
from kernel.tenancy import enter
from tenants.models import Tenant

# A statement locks every index it names; a hundred schemas stay far below PostgreSQL's default of 6,400 locks.
BATCH = 100
MOST_PER_TENANT = 50
_RING_AGAIN = timedelta(seconds=60)

_RECEIPTS = """(SELECT {number}, id FROM {schema}.conversations_receipt
 WHERE state = 'new' AND next_attempt_at <= {now} ORDER BY next_attempt_at LIMIT {most})"""
_TO_SEND = """(SELECT {number}, id FROM {schema}.conversations_message
 WHERE delivery = 'pending' AND next_attempt_at <= {now} AND (leased_until IS NULL OR leased_until <= {now})
 ORDER BY next_attempt_at LIMIT {most})"""
_HELD = """(SELECT {number}, id FROM {schema}.conversations_heldreply
 WHERE state = 'held' AND next_attempt_at <= {now} ORDER BY next_attempt_at LIMIT {most})"""
_LETTERS = """(SELECT {number}, id FROM {schema}.conversations_approvalletter
 WHERE delivery = 'pending' AND next_attempt_at <= {now} AND (leased_until IS NULL OR leased_until <= {now})
 ORDER BY next_attempt_at LIMIT {most})"""
_SILENT_LETTERS = """(SELECT {number}, id FROM {schema}.conversations_approvalletter
 WHERE delivery = 'sending' AND leased_until < {now} ORDER BY leased_until LIMIT {most})"""
_TO_REMIND = """(SELECT {number}, id FROM {schema}.conversations_approval
 WHERE state = 'open' AND remind_at <= {now} ORDER BY remind_at LIMIT {most})"""
_SILENT = """(SELECT {number}, id FROM {schema}.conversations_message
 WHERE delivery = 'sending' AND leased_until < {now} ORDER BY leased_until LIMIT {most})"""


def sweep_receipts(now: datetime | None = None) -> int:
    """Ring for every sender of receipts that wait past their time, at most once a minute; how many receipts."""
    at = now or clock.now()
    count = 0
    for tenant, ids in _due(_RECEIPTS, at):
        with enter(tenant):
            receipts.postpone(ids, at + _RING_AGAIN)
            first = storing.first_of_each_sender(ids)
        for receipt_id in first:
            doorbells.ring("conversations.take_in", tenant.id, receipt_id)
        count += len(ids)
    standing.note_swept("receipts", count)
    return count


def sweep_outbound(now: datetime | None = None) -> int:
    """Ring for every message that waits to be sent, and every reply held back till now.

    What was being sent when its sender fell silent is flagged as unknown.
    """
    at = now or clock.now()
    count = silent = 0
    for tenant, ids in _due(_TO_SEND, at):
        with enter(tenant):
            delivery.postpone(ids, at + _RING_AGAIN)
        for message_id in ids:
            doorbells.ring("conversations.deliver", tenant.id, message_id)
        count += len(ids)
    for tenant, ids in _due(_HELD, at):
        with enter(tenant):
            holding.postpone(ids, at + _RING_AGAIN)
        for held_id in ids:
            doorbells.ring(holding.RELEASE, tenant.id, held_id)
        count += len(ids)
    for tenant, ids in _due(_SILENT, at):
        with enter(tenant):
            for message_id in ids:
                delivery.give_up_on(tenant, message_id, at)
        silent += len(ids)
    standing.note_swept("sends", count)
    standing.note_swept("silent", silent)
    return count + silent


def sweep_approvals(now: datetime | None = None) -> int:
    """Remind of what the client has not answered; ring for letters whose doorbell was lost or whose time has come."""
    at = now or clock.now()
    count = 0
    for tenant, ids in _due(_TO_REMIND, at):
        with enter(tenant):
            count += sum(approval_letters.remind(tenant, approval_id) for approval_id in ids)
    for tenant, ids in _due(_SILENT_LETTERS, at):
        with enter(tenant):
            for letter_id in ids:
                approval_letters.give_up_on(letter_id, at)
        count += len(ids)
    for tenant, ids in _due(_LETTERS, at):
        with enter(tenant):
            approval_letters.postpone(ids, at + _RING_AGAIN)
        for letter_id in ids:
            doorbells.ring("conversations.post_letter", tenant.id, letter_id)
        count += len(ids)
    return count


def _due(template: str, now: datetime) -> Iterator[tuple[Tenant, list[UUID]]]:
    """Each active tenant with rows due, and their ids."""
    tenants = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("id").iterator(chunk_size=2000)
    while batch := list(islice(tenants, BATCH)):
        found: dict[int, list[UUID]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(_union(template, batch, now))
            for number, row_id in cursor.fetchall():
                found[number].append(row_id)
        for number, ids in found.items():
            yield batch[number], ids


def _union(template: str, tenants: Sequence[Tenant], now: datetime) -> str:
    parts = [
        sql.SQL(template).format(
            number=sql.Literal(number),
            schema=sql.Identifier(tenant.schema_name),
            now=sql.Literal(now),
            most=sql.Literal(MOST_PER_TENANT),
        )
        for number, tenant in enumerate(tenants)
    ]
    return sql.SQL(" UNION ALL ").join(parts).as_string(None)
