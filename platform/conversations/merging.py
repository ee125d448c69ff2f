"""Two cases of one customer that are one matter: the first is closed, and what comes to it goes to the second."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from conversations import handling, threads
from conversations.happenings import add_event
from conversations.models import Conversation, ConversationLink
from conversations.parts import require_part_in
from conversations.ringing import tell_added, tell_changed
from kernel import clock
from kernel.errors import Refusal, invalid
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from tenants.models import Tenant

Status = Conversation.Status


def merge(
    *, person: Person, tenant: Tenant, conversation_id: UUID, into_id: UUID, contact_reason: str = ""
) -> Conversation:
    """Close the one as a close does, unless it is closed already, and lead it into the other; the other.

    Opening it again takes them apart. Refuses with not_found, invalid, not_in_hand, other_customer, closed or is_chat.
    Both are locked in the order of their ids.
    """
    require_entered()
    if conversation_id == into_id:
        raise invalid("That is this conversation itself.", into="The same.")
    with transaction.atomic():
        both = {each: threads.lock(each) for each in sorted((conversation_id, into_id))}
        source, target = both[conversation_id], both[into_id]
        require_part_in(person, source)
        _require_fit(source, target)
        if source.status != Status.CLOSED:
            source = handling.close(
                person=person, tenant=tenant, conversation_id=source.pk, contact_reason=contact_reason
            )
        source.refresh_from_db()
        source.merged_into = target
        source.save(update_fields=["merged_into"])
        first, second = sorted((source.pk, target.pk))
        ConversationLink.objects.get_or_create(
            first_id=first, second_id=second, defaults={"person": person, "at": clock.now()}
        )
        for here, code, there in ((source, "merged_into", target), (target, "merged_from", source)):
            message = add_event(here, code, person=person, case_number=there.case_number)
            queue.touch(conversation_id=here.pk, seq=message.seq)
            tell_added(tenant, message)
            tell_changed(tenant, message)
    return target


def _require_fit(source: Conversation, target: Conversation) -> None:
    if source.customer_id != target.customer_id:
        raise Refusal("other_customer", 409, "They are of two customers; if those are one person, merge them first.")
    if target.status == Status.CLOSED:
        raise Refusal("closed", 409, f"{target.case_number} is closed; open it again first.")
    if source.status != Status.CLOSED and source.channel == "webchat":
        # Their window shows this conversation, and would stay silent.
        raise Refusal("is_chat", 409, "The shopper may be in the chat still; close it first, or link the two.")
