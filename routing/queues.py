"""The queues of a tenant and the desks of agents: set up once, changed rarely."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel import clock, live, statements
from kernel.errors import Refusal, not_found
from people.models import Person
from routing.models import AgentState, AgentStateSpell, Queue
from tenants.models import Tenant

_FRESH_SECONDS = 5.0
_hours: dict[UUID, tuple[float, dict[str, Queue]]] = {}

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


@dataclass(frozen=True, slots=True)
class Closed:
    """A client's chats are not answered now; ``opens``: when they will be, None if nobody knows."""

    opens: datetime | None


def closed_chats(tenant_id: UUID, at: datetime) -> Closed | None:
    """Whether a chat that comes now is for later, and there is a queue for mail to keep it; None while chats are open.

    Remembered for some seconds, since every new conversation asks.
    """
    queues = _remembered(tenant_id)
    chat = queues.get("chat")
    if chat is None or "mail" not in queues or is_open(chat, at):
        return None
    return Closed(min((opens for opens, closes in openings_of(chat) if opens > at and closes > opens), default=None))


def is_there(tenant_id: UUID, channel_group: str) -> bool:
    """Whether there was an active queue for a channel group some seconds ago."""
    return channel_group in _remembered(tenant_id)


def _remembered(tenant_id: UUID) -> dict[str, Queue]:
    read_at, queues = _hours.get(tenant_id, (float("-inf"), {}))
    if time.monotonic() - read_at >= _FRESH_SECONDS:
        found = Queue.objects.filter(tenant_id=tenant_id, channel_group__in=("chat", "mail"), is_active=True)
        queues = {each.channel_group: each for each in found.order_by("-id")}
        _hours[tenant_id] = time.monotonic(), queues
    return queues


@dataclass(frozen=True, slots=True)
class QueueTerms:
    """What an operator sets of a queue; seconds."""

    keeps_hours: bool
    preferred_seconds: int
    offer_seconds: int
    long_wait_seconds: int


def set_terms(*, tenant_id: UUID, code: str, terms: QueueTerms) -> Queue:
    """Write them; not_found 404. The dispatcher looks at everything anew."""
    queue = Queue.objects.select_for_update(no_key=True).filter(tenant_id=tenant_id, code=code, is_active=True).first()
    if queue is None:
        raise not_found()
    for name, value in asdict(terms).items():
        setattr(queue, name, value)
    queue.save(update_fields=list(asdict(terms)))
    forget_hours()
    live.wake_dispatcher()
    return queue


def forget_hours() -> None:
    """Drop what this process remembers of hours (in tests, and when an operator changes them)."""
    _hours.clear()


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
