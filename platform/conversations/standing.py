"""What is held up, over all shops: counts only, one query for a hundred of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import redis
from django.db import connection
from psycopg import sql

from conversations.models import Message
from conversations.ringing import SHOWN_TO_SHOPPER
from kernel import clock, live
from kernel.access import names_key, system
from kernel.tenancy import require_entered
from tenants.models import Tenant

log = logging.getLogger(__name__)

BATCH = 100
LATE = timedelta(seconds=20)
FAILED_FOR = timedelta(days=14)
KINDS = ("quarantined", "waiting", "to_send", "unknown", "failed")
SWEPT = ("receipts", "sends", "silent")
_KEPT_SECONDS = 3 * 24 * 3600

# Failed, and nothing that left after it says that somebody has seen to it.
_FAILED = """m.delivery = 'failed' AND m.created_at > {since} AND NOT EXISTS (
   SELECT 1 FROM {schema}.conversations_message o WHERE o.conversation_id = m.conversation_id AND o.seq > m.seq
      AND o.direction = 'out' AND o.author = 'agent' AND o.delivery IN ('sent', 'delivered', 'read'))"""
_COUNTS = (
    """(SELECT {number}::int,
 (SELECT count(*) FROM {schema}.conversations_receipt WHERE state = 'quarantined'),
 (SELECT count(*) FROM {schema}.conversations_receipt WHERE state = 'new' AND received_at < {late}),
 (SELECT count(*) FROM {schema}.conversations_message WHERE delivery = 'pending' AND next_attempt_at < {late}),
 (SELECT count(*) FROM {schema}.conversations_message WHERE delivery = 'unknown'),
 (SELECT count(*) FROM {schema}.conversations_message m WHERE """
    + _FAILED
    + "))"
)


def held_up(tenants: Iterable[Tenant]) -> dict[UUID, dict[str, int]]:
    """Tenant → how many of each kind; a tenant with nothing held up is left out."""
    listed, found = list(tenants), {}
    for start in range(0, len(listed), BATCH):
        batch = listed[start : start + BATCH]
        with connection.cursor() as cursor:
            cursor.execute(_union(batch, clock.now()))
            for number, *counts in cursor.fetchall():
                if any(counts):
                    found[batch[number].id] = dict(zip(KINDS, counts, strict=True))
    return found


def in_doubt(limit: int = 100) -> list[dict[str, Any]]:
    """Messages of the entered tenant that failed or may not have arrived, oldest first; not what they say."""
    require_entered()
    rows = Message.objects.filter(direction__in=SHOWN_TO_SHOPPER, delivery__in=("unknown", "failed"))
    rows = rows.exclude(delivery="failed", created_at__lt=clock.now() - FAILED_FOR)
    return [
        {
            "id": row.id,
            "conversation": row.conversation_id,
            "case_number": row.conversation.case_number,
            "channel": row.channel,
            "author": row.author,
            "delivery": row.delivery,
            "created_at": row.created_at,
            "attempts": row.attempts,
        }
        for row in rows.select_related("conversation").order_by("created_at")[:limit]
    ]


def note_swept(kind: str, count: int) -> None:
    """Count what a sweep found that a doorbell had missed; a Valkey that is away counts nothing."""
    if not count:
        return
    try:
        pipeline = live.valkey().pipeline(transaction=False)
        pipeline.hincrby(_swept_key(clock.now()), kind, count)
        pipeline.expire(_swept_key(clock.now()), _KEPT_SECONDS)
        pipeline.execute()
    except redis.RedisError:
        log.warning("what the sweep found could not be counted")


def swept_today() -> dict[str, int] | None:
    """What the sweeps found since midnight UTC, by kind; None while that cannot be read."""
    try:
        counted: Any = live.valkey().hgetall(_swept_key(clock.now()))
    except redis.RedisError:
        return None
    return {kind: int(counted.get(kind.encode(), 0)) for kind in SWEPT}


@names_key(system(opens="counts of what sweeps found", by="rows"))
def _swept_key(at: datetime) -> str:
    return f"swept:{at:%Y-%m-%d}"


def _union(tenants: list[Tenant], now: datetime) -> str:
    parts = [
        sql.SQL(_COUNTS).format(
            number=sql.Literal(number),
            schema=sql.Identifier(tenant.schema_name),
            late=sql.Literal(now - LATE),
            since=sql.Literal(now - FAILED_FOR),
        )
        for number, tenant in enumerate(tenants)
    ]
    return sql.SQL(" UNION ALL ").join(parts).as_string(None)
