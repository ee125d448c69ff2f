"""Hand a conversation on to a queue or a colleague, with a note and a mark in the conversation itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from conversations import asking, outbound, threads
from conversations.happenings import add_event
from conversations.models import Conversation
from conversations.ringing import tell_added
from kernel.ids import new_id
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from routing.models import WorkItem
from sla_contracts import clocks
from tenants.models import Tenant


def hand_on(
    *,
    person: Person,
    tenant: Tenant,
    item: WorkItem,
    queue_id: UUID | None = None,
    agent_id: UUID | None = None,
    skill: str | None = None,
    note: str = "",
    client_key: str = "",
) -> None:
    """Note, transfer and mark are one: refused together, kept together. A repeated ``client_key`` changes nothing.

    Refuses as ``routing.queue.transfer`` does.
    """
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(item.conversation)
        key = client_key or str(new_id())
        if threads.said_before(conversation.id, key) is not None:
            return
        _write_note(person, tenant, conversation, note, key)
        queue.transfer(person=person, work_item_id=item.id, queue_id=queue_id, agent_id=agent_id, skill=skill)
        asking.withdraw_open(tenant=tenant, conversation=conversation, person=person, why="handed_on")
        queue.set_due(item.id, clocks.earliest_due(conversation.id))
        tell_added(tenant, add_event(conversation, "transferred", person=person, client_key=key))


def put_off(
    *, person: Person, tenant: Tenant, item: WorkItem, until: datetime, note: str = "", client_key: str = ""
) -> None:
    """A call back, a look tomorrow: the work leaves the desk and comes back at that time. As ``hand_on`` otherwise."""
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(item.conversation)
        key = client_key or str(new_id())
        if threads.said_before(conversation.id, key) is not None:
            return
        _write_note(person, tenant, conversation, note, key)
        queue.put_off(person=person, work_item_id=item.id, until=until)
        queue.set_due(item.id, clocks.earliest_due(conversation.id))
        event = add_event(conversation, "put_off", person=person, client_key=key, until=until.isoformat())
        tell_added(tenant, event)


def _write_note(person: Person, tenant: Tenant, conversation: Conversation, text: str, key: str) -> None:
    if text.strip():
        outbound.note(person=person, tenant=tenant, conversation_id=conversation.id, text=text, client_key=f"{key}-n")
        conversation.refresh_from_db(fields=["last_seq"])
