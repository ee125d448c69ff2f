"""Hand a conversation on to a queue or a colleague, with a note and a mark in the conversation itself."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from conversations import outbound, threads
from conversations.happenings import add_event
from conversations.ringing import tell_added
from kernel.ids import new_id
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from routing.models import WorkItem
from tenants.models import Tenant


def hand_on(
    *,
    person: Person,
    tenant: Tenant,
    item: WorkItem,
    queue_id: UUID | None = None,
    agent_id: UUID | None = None,
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
        if note.strip():
            outbound.note(
                person=person, tenant=tenant, conversation_id=conversation.id, text=note, client_key=f"{key}-n"
            )
            conversation.refresh_from_db(fields=["last_seq"])
        queue.transfer(person=person, work_item_id=item.id, queue_id=queue_id, agent_id=agent_id)
        tell_added(tenant, add_event(conversation, "transferred", person=person, client_key=key))
