"""Work that enters its queue and waits there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from django.db import transaction

from kernel import clock, live, statements
from kernel.errors import Refusal
from kernel.events import MessageAdded
from kernel.ids import new_id
from routing import desks, feed
from routing.models import WorkItem
from routing.offering import withdraw
from routing.queues import is_there, queue_for

OPEN = ("waiting", "offered", "active")
HELD = ("offered", "active", "wrap_up")
_TOUCH = "SELECT * FROM public.ring_desks(%s::uuid, %s::timestamptz)"
_ENTER = "SELECT queue, takes, asks FROM public.enter_queue(%s::jsonb, %s::text, %s::boolean)"
# The states by name, as the index of open work has them.
_OPEN_OF = "WHERE t.conversation = %s AND t.state IN ('waiting', 'offered', 'active') ORDER BY t.id LIMIT 1"
_COLUMNS = {str(field.column): field.attname for field in WorkItem._meta.concrete_fields}


@dataclass(frozen=True, slots=True)
class Heard:
    """Who hears of a message. in_hand: the work is offered to, or with, somebody; open_item: the open work, if any."""

    in_hand: bool
    open_item: UUID | None = None
    state: str = ""
    is_put_off: bool = False


def enqueue(
    *,
    work_item_id: UUID | None = None,
    tenant_id: UUID,
    conversation_id: UUID,
    channel: str,
    channel_group: str,
    language: str,
    priority: str = "normal",
    due_at: datetime | None = None,
    preferred_agent: UUID | None = None,
    starts_at: datetime | None = None,
    is_first: bool = False,
) -> WorkItem:
    """Put a conversation in its tenant's queue; one that is open already is returned as it stands.

    starts_at: a callback or a follow-up, offered to nobody before. is_first: the conversation was opened in this
    transaction and has no work: nothing is waited for, and what the item has of its queue is in its row alone.
    """
    item = WorkItem(
        id=work_item_id or new_id(),
        tenant_id=tenant_id,
        conversation=conversation_id,
        channel=channel,
        language=language,
        priority=priority,
        entered_at=clock.now(),
        due_at=due_at,
        preferred_agent_id=preferred_agent,
        starts_at=starts_at,
    )
    with transaction.atomic(savepoint=False):
        if is_first and is_there(tenant_id, channel_group):
            statements.ask(_ENTER, [_document(item), channel_group, True])
            live.wake_dispatcher(f"w:{item.id}")
            feed.tell_floor(item.tenant_id)
            return item
        if _insert(item, channel_group):
            live.wake_dispatcher(f"w:{item.id}")
            feed.tell_floor(item.tenant_id)
            return item
        queue_for(tenant_id, channel_group)
        entered = open_item(conversation_id)
        if entered is None:
            raise Refusal("try_again", 409, "This conversation changed at the same moment; try again.")
    return entered


def wake(*, heard: Heard) -> None:
    """The customer wrote again on open work: what was put off starts now, and the dispatcher looks at it once more."""
    if heard.open_item is None or heard.state != WorkItem.State.WAITING:
        return
    if heard.is_put_off:
        WorkItem.objects.filter(pk=heard.open_item, starts_at__gt=clock.now()).update(starts_at=None)
    live.wake_dispatcher(f"w:{heard.open_item}")


def open_item(conversation_id: UUID) -> WorkItem | None:
    """The one spell of work now waiting, offered or active on this conversation."""
    found = statements.load(WorkItem, _OPEN_OF, [conversation_id])
    return found[0] if found else None


def touch(*, conversation_id: UUID, seq: int) -> Heard:
    """A message joined a conversation: ring the desk of whoever has it. One statement."""
    with transaction.atomic(savepoint=False):
        rows = statements.run(_TOUCH, [conversation_id, clock.now()])
        told = [row for row in rows if row[0] is not None]
        for person_id, n, tenant_id, may_hear, *_ in told:
            if may_hear:
                live.tell(
                    MessageAdded(tenant=str(tenant_id), conversation=str(conversation_id), seq=seq, n=n),
                    live.person_feed(person_id),
                )
    in_hand = any(row[4] in OPEN for row in told)
    return next((Heard(in_hand, row[5], row[4], row[6]) for row in rows if row[0] is None), Heard(in_hand))


def set_due(work_item_id: UUID, due_at: datetime | None) -> None:
    """When the earliest promise on this work falls due."""
    changed = WorkItem.objects.filter(pk=work_item_id).exclude(due_at=due_at).update(due_at=due_at)
    if changed:
        live.wake_dispatcher(f"w:{work_item_id}")


def abandon(work_item_id: UUID) -> bool:
    """The customer left: waiting work, or an offer not yet accepted, ends here; False if it is, or was, in hand."""
    with transaction.atomic():
        item = WorkItem.objects.select_for_update(no_key=True, of=("self",)).get(pk=work_item_id)
        if item.state == WorkItem.State.ABANDONED:
            return True
        if item.state == WorkItem.State.OFFERED:
            # With it those whom ``touch`` tells after this: all desks in one order.
            held = WorkItem.objects.filter(conversation=item.conversation, state__in=HELD, agent__isnull=False)
            desks.lock(held.values_list("agent_id", flat=True))
            item = withdraw(work_item_id=item.id)
        if item.state != WorkItem.State.WAITING:
            return False
        item.state = WorkItem.State.ABANDONED
        item.outcome = "abandoned"
        item.finished_at = clock.now()
        item.save(update_fields=["state", "outcome", "finished_at"])
        live.wake_dispatcher(f"w:{item.id}")
        feed.tell_floor(item.tenant_id)
    return True


def move(*, work_item_id: UUID, channel_group: str, starts_at: datetime | None = None) -> WorkItem | None:
    """Work that nobody has yet goes to the client's queue for another channel group, at its old place.

    starts_at: offered to nobody before. None if it is in hand, or over.
    """
    with transaction.atomic():
        item = WorkItem.objects.select_for_update(no_key=True, of=("self",)).get(pk=work_item_id)
        if item.state == WorkItem.State.OFFERED:
            item = withdraw(work_item_id=item.id)
        if item.state != WorkItem.State.WAITING:
            return None
        queue = queue_for(item.tenant_id, channel_group)
        item.queue, item.units, item.starts_at = queue, queue.units, starts_at
        item.needs = {**queue.needs, f"lang:{item.language}": queue.language_level}
        item.save(update_fields=["queue", "units", "starts_at", "needs"])
        live.wake_dispatcher(f"w:{item.id}")
        feed.tell_floor(item.tenant_id)
    return item


def _insert(item: WorkItem, channel_group: str) -> bool:
    """Write the item into the queue of its channel group, in one statement; False if one is open, or there is no queue.

    The partial unique index decides between two callers.
    """
    rows = statements.run(_ENTER, [_document(item), channel_group, False])
    if not rows:
        return False
    [row] = rows
    item.queue_id, item.units = row[0], row[1]
    item.needs = json.loads(row[2]) if isinstance(row[2], str) else row[2]
    item._state.adding = False
    return True


def _document(item: WorkItem) -> str:
    return orjson.dumps({name: getattr(item, attribute) for name, attribute in _COLUMNS.items()}).decode()
