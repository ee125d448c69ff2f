"""A closed matter opens again because somebody here says so: its promises run on, and the work is theirs to take."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from carriers.registry import carrier_for
from conversations import goes_first, threads
from conversations.happenings import add_event
from conversations.models import Conversation
from conversations.parts import require_part_in
from conversations.ringing import tell_added, tell_changed
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from sla_contracts import clocks
from tenants.models import Tenant

Status = Conversation.Status


def reopen(*, person: Person, tenant: Tenant, conversation_id: UUID) -> Conversation:
    """Whoever closed it or had it last, or a supervisor; on an open one it changes nothing.

    Refuses with not_in_hand or erased.

    Lock order: the conversation, then its work. The new spell prefers who reopened it.
    """
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        if conversation.status != Status.CLOSED:
            return conversation
        if conversation.closed_by_id != person.pk:
            require_part_in(person, conversation)
        if conversation.customer.erased_at is not None:
            raise Refusal("erased", 409, "Who wrote this was erased; there is nobody to answer.")
        conversation.status, conversation.closed_at = Status.OPEN, None
        conversation.closed_by, conversation.contact_reason = None, ""
        if conversation.merged_into_id is not None:
            conversation.merged_into = None
            conversation.save(update_fields=["merged_into"])
        message = add_event(conversation, "reopened", person=person)
        at = message.created_at
        clocks.reopen(
            conversation_id=conversation_id, at=at, cause="person", cause_id=message.id, seq=message.seq, by=person
        )
        if queue.open_item(conversation_id) is None:
            queue.enqueue(
                tenant_id=tenant.id,
                conversation_id=conversation_id,
                channel=conversation.channel,
                channel_group=carrier_for(conversation.channel).channel_group,
                language=conversation.language,
                priority=goes_first.priority_of(conversation),
                due_at=clocks.earliest_due(conversation_id) or clock.now(),
                preferred_agent=person.pk,
            )
        tell_added(tenant, message)
        tell_changed(tenant, message)
    return conversation
