"""The queues of a tenant and the desks of agents: set up once, changed rarely."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel import clock, statements
from kernel.errors import Refusal
from people.models import Person
from routing.models import AgentState, AgentStateSpell, Queue
from tenants.models import Tenant

CHAT = {"name": "Chat", "offer_seconds": 15, "wrap_up_seconds": 30, "units": 1}
MAIL = {"name": "Mail", "offer_seconds": 60, "wrap_up_seconds": 0, "units": 1}
CHANNELS = ("webchat", "email", "form", "relay")


def create_defaults(tenant: Tenant) -> list[Queue]:
    """One queue for chats and one for mails; calling again changes nothing."""
    return [
        Queue.objects.get_or_create(tenant=tenant, code=group, defaults={**terms, "channel_group": group})[0]
        for group, terms in (("chat", CHAT), ("mail", MAIL))
    ]


def queue_for(tenant_id: UUID, channel_group: str) -> Queue:
    """The tenant's active queue for a channel group; the oldest where there are several."""
    queues = Queue.objects.filter(tenant_id=tenant_id, channel_group=channel_group, is_active=True)
    queue = queues.order_by("id").first()
    if queue is None:
        raise Refusal("no_queue", 409, f"This client has no queue for {channel_group}; an operator must open one.")
    return queue


@dataclass(frozen=True, slots=True)
class Pricing:
    """What a queue's contract says now: the price of one more breach, and [[opens, closes], …] of the next days."""

    queue_id: UUID
    price: Decimal | None
    openings: list[Any]


_PRICE = """
UPDATE public.routing_queue q SET price = g.price, openings = g.openings::jsonb
  FROM unnest(%s::uuid[], %s::numeric[], %s::text[]) AS g (id, price, openings)
 WHERE q.id = g.id AND (q.price IS DISTINCT FROM g.price OR q.openings IS DISTINCT FROM g.openings::jsonb)
RETURNING q.id
"""


def set_prices(pricings: Sequence[Pricing]) -> int:
    """Write what changed; the dispatcher reads it within half a minute. Returns the number of queues changed."""
    ids, prices = [each.queue_id for each in pricings], [each.price for each in pricings]
    return len(statements.run(_PRICE, [ids, prices, [json.dumps(each.openings) for each in pricings]]))


def is_open(queue: Queue, at: datetime) -> bool:
    """Whether work of the queue may be offered now; one whose hours nobody has written yet is open."""
    if not queue.keeps_hours or not queue.openings:
        return True
    return any(opens <= at < closes for opens, closes in openings_of(queue))


def openings_of(queue: Queue) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(opens), datetime.fromisoformat(closes)) for opens, closes in queue.openings]


def open_desk(*, person: Person, channels: Sequence[str] | None = None, capacity: int | None = None) -> AgentState:
    """Give a person a desk: without this row they are closed to all work. Starts offline.

    Of a desk that is open already only what is named changes.
    """
    now = clock.now()
    state, created = AgentState.objects.get_or_create(
        person=person,
        defaults={
            "since": now,
            "channels": list(channels or CHANNELS),
            "capacity": 4 if capacity is None else capacity,
        },
    )
    if created:
        AgentStateSpell.objects.create(person=person, status=state.status, started_at=now)
        return state
    if channels is not None:
        state.channels = list(channels)
    if capacity is not None:
        state.capacity = capacity
    if channels is not None or capacity is not None:
        state.save(update_fields=["channels", "capacity"])
    return state
