"""The ends of a conversation: closed by who handled it, or left by the shopper."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from conversations import asking, holding, outbound, reasons, threads
from conversations.happenings import add_event
from conversations.models import Conversation, Message
from conversations.ringing import tell_added, tell_changed
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from sla_contracts import answers, clocks
from tenants.models import Tenant

Status = Conversation.Status


def close(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    contact_reason: str,
    note: str = "",
    client_key: str = "",
) -> Conversation:
    """The matter is dealt with, says the agent who has it in hand; closing again changes nothing.

    client_key: a repeat of it changes nothing either, also after the shopper has opened the matter again.

    Meets the resolution clock and finishes the work. Refuses with contact_reason_missing, not_in_hand or
    still_scheduled.
    """
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        if conversation.status == Status.CLOSED and conversation.closed_by_id == person.id:
            return conversation
        if client_key and threads.said_before(conversation_id, client_key) is not None:
            return conversation
        item = queue.require_in_hand(person, conversation_id)
        reasons.require_choice(contact_reason)
        holding.settle_before_closing(tenant, conversation)
        if note.strip():
            outbound.note(
                person=person, tenant=tenant, conversation_id=conversation_id, text=note, client_key=f"close-{new_id()}"
            )
            conversation.refresh_from_db(fields=["last_seq"])
        asking.withdraw_open(tenant=tenant, conversation=conversation, person=person, why="closed")
        conversation.status, conversation.closed_at = Status.CLOSED, clock.now()
        conversation.closed_by, conversation.contact_reason = person, contact_reason
        message = add_event(
            conversation, "closed", person=person, client_key=client_key or None, contact_reason=contact_reason
        )
        queue.finish(person=person, work_item_id=item.id, outcome="resolved", contact_reason=contact_reason)
        tell_added(tenant, message)
        tell_changed(tenant, message)
        _meet_clocks(conversation, message, person)
    return conversation


def leave(*, tenant: Tenant, conversation_id: UUID) -> None:
    """The shopper ends the chat: unanswered work is abandoned; work in hand stays, and its agent is told."""
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        if conversation.status == Status.CLOSED:
            return
        last = conversation.messages.order_by("-seq").first()
        if last is not None and last.event.get("code") == "shopper_left":
            return
        item = queue.open_item(conversation_id)
        # Decided under the item's lock: an agent may accept at this very moment.
        abandons = item is not None and queue.abandon(item.id)
        if abandons:
            asking.withdraw_open(tenant=tenant, conversation=conversation, person=None, why="closed")
            conversation.status, conversation.closed_at = Status.CLOSED, clock.now()
        message = add_event(conversation, "shopper_left")
        queue.touch(conversation_id=conversation_id, seq=message.seq)
        answers.leave_queue(
            conversation_id=conversation_id, at=message.created_at, cause_id=message.id, seq=message.seq
        )
        tell_added(tenant, message)
        if abandons:
            tell_changed(tenant, message)
            _void_unbroken(conversation_id, message)


def _meet_clocks(conversation: Conversation, closing: Message, person: Person) -> None:
    assert conversation.closed_at is not None
    _meet_by_what_is_leaving(conversation.id, conversation.closed_at)
    clocks.meet(
        conversation_id=conversation.id,
        metric="resolution",
        at=conversation.closed_at,
        cause="person",
        cause_id=closing.id,
        seq=closing.seq,
        by=person,
    )


def _meet_by_what_is_leaving(conversation_id: UUID, closed_at: datetime) -> None:
    """An answer on its way counts from when it was written; if it never leaves, ``delivery`` lets the clock run on.

    So does one that may have left: nobody can say that the shopper got no answer. A promise that was broken before it
    left stays broken, whether the sweep has noted it or not.
    """
    leaving = Message.objects.filter(
        conversation=conversation_id,
        author=Message.Author.AGENT,
        direction=Message.Direction.OUT,
        delivery__in=(Message.Delivery.PENDING, Message.Delivery.SENDING, Message.Delivery.UNKNOWN),
    )
    for one in leaving.order_by("seq"):
        answers.answered(
            conversation_id=conversation_id,
            at=one.created_at,
            cause_id=one.id,
            seq=one.seq,
            by=one.person_id,
            unless_late_at=closed_at,
        )


def _void_unbroken(conversation_id: UUID, message: Message) -> None:
    """Nobody is owed an answer who left within the promise; a promise broken before stays broken."""
    at, seq = message.created_at, message.seq
    clocks.void_unbroken(conversation_id=conversation_id, reason=answers.ABANDONED, at=at, cause_id=message.id, seq=seq)
    clocks.end_unanswered(conversation_id=conversation_id, at=at, cause="message", cause_id=message.id, seq=seq)
