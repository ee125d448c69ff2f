"""Conversations of one client that belong together: linked, shown beside each other, taken apart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from conversations import threads
from conversations.happenings import add_event
from conversations.models import Conversation, ConversationLink
from conversations.parts import require_part_in
from conversations.ringing import tell_added, tell_changed
from kernel import clock
from kernel.errors import invalid, not_found
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from tenants.models import Tenant

MOST = 20
Json = dict[str, Any]


def link(*, person: Person, tenant: Tenant, conversation_id: UUID, case_number: str) -> list[Json]:
    """Link it with the conversation of this case number; again changes nothing. Refuses with not_in_hand or invalid."""
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        require_part_in(person, conversation)
        other = Conversation.objects.filter(case_number=case_number.strip().lstrip("#").upper()).first()
        if other is None:
            raise invalid("This client has no such case; nothing was linked.", case_number="Not known.")
        if other.pk == conversation.pk:
            raise invalid("That is this conversation itself.", case_number="The same.")
        if _of(conversation_id).count() >= MOST:
            raise invalid(f"At most {MOST} conversations are linked with one.", case_number="Full.")
        first, second = sorted((conversation.pk, other.pk))
        _, is_new = ConversationLink.objects.get_or_create(
            first_id=first, second_id=second, defaults={"person": person, "at": clock.now()}
        )
        if is_new:
            message = add_event(conversation, "linked", person=person, case_number=other.case_number)
            queue.touch(conversation_id=conversation.pk, seq=message.seq)
            tell_added(tenant, message)
            tell_changed(tenant, message)
    return linked_with(conversation_id)


def unlink(*, person: Person, conversation_id: UUID, other_id: UUID) -> list[Json]:
    """not_found where they are not linked."""
    require_entered()
    with transaction.atomic():
        require_part_in(person, threads.lock(conversation_id))
        first, second = sorted((conversation_id, other_id))
        gone, _ = ConversationLink.objects.filter(first=first, second=second).delete()
        if not gone:
            raise not_found()
    return linked_with(conversation_id)


def linked_with(conversation_id: UUID) -> list[Json]:
    """The others, newest first."""
    rows = _of(conversation_id).select_related("first", "second").order_by("-at", "-pk")
    others = [row.second if row.first_id == conversation_id else row.first for row in rows]
    return [
        {
            "id": other.pk,
            "case_number": other.case_number,
            "subject": other.subject,
            "status": other.status,
            "channel": other.channel,
            "opened_at": other.opened_at,
        }
        for other in others
    ]


def require(conversation_id: UUID) -> Conversation:
    """The conversation; not_found 404."""
    found = Conversation.objects.filter(pk=conversation_id).first()
    if found is None:
        raise not_found()
    return found


def _of(conversation_id: UUID) -> Any:
    return ConversationLink.objects.filter(Q(first=conversation_id) | Q(second=conversation_id))
