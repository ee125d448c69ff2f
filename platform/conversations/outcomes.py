"""A person decides about a message whose sending failed, or of which nobody knows whether it arrived."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from conversations import answering, threads
from conversations.happenings import add_event
from conversations.models import Conversation, Message
from conversations.parts import require_part_in
from conversations.ringing import ring_delivery, tell_added, tell_state
from kernel import clock
from kernel.errors import Refusal, not_found
from kernel.tenancy import require_entered
from people.access import audit
from people.models import Person
from tenants.models import Tenant

Delivery = Message.Delivery
ARRIVED, SEND_AGAIN = "arrived", "send_again"
DECISIONS = (ARRIVED, SEND_AGAIN)


def decide(
    *, person: Person, tenant: Tenant, conversation_id: UUID, message_id: UUID, decision: str, client_key: str
) -> Message:
    """``arrived``: an unknown one counts as sent. ``send_again``: an unknown or failed one leaves once more.

    By who has the conversation, had it last, or supervises. A repeated ``client_key`` answers the message as it stands.
    Refuses with not_in_doubt.
    """
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        message = conversation.messages.filter(pk=message_id, direction=Message.Direction.OUT).first()
        if message is None:
            raise not_found()
        if threads.said_before(conversation_id, client_key) is not None:
            return message
        require_part_in(person, conversation)
        if decision == ARRIVED:
            _count_as_sent(message)
        else:
            _send_again(tenant, message)
        audit(person, f"message.{decision}", tenant=tenant, object_id=message.id)
        _write_down(person, tenant, conversation, message, decision, client_key)
        tell_state(tenant, message)
    return message


def _count_as_sent(message: Message) -> None:
    if message.delivery != Delivery.UNKNOWN:
        raise _not_in_doubt(message)
    message.delivery, message.delivery_error = Delivery.SENT, ""
    message.save(update_fields=["delivery", "delivery_error"])
    answering.meet_answers(message, at=message.attempted_at or message.created_at)


def _send_again(tenant: Tenant, message: Message) -> None:
    if message.delivery not in (Delivery.UNKNOWN, Delivery.FAILED):
        raise _not_in_doubt(message)
    message.delivery, message.delivery_error = Delivery.PENDING, ""
    message.attempts, message.next_attempt_at = 0, clock.now()
    message.lease = message.leased_until = None
    message.save(update_fields=["delivery", "delivery_error", "attempts", "next_attempt_at", "lease", "leased_until"])
    ring_delivery(tenant, message)


def _write_down(
    person: Person, tenant: Tenant, conversation: Conversation, message: Message, decision: str, client_key: str
) -> None:
    """In the conversation itself, where everybody who reads it sees who decided what."""
    event = add_event(conversation, f"message_{decision}", person=person, client_key=client_key, about=message.seq)
    tell_added(tenant, event)


def _not_in_doubt(message: Message) -> Refusal:
    return Refusal(
        "not_in_doubt", 409, f"This message is {message.delivery} by now; there is nothing to decide. Nothing changed."
    )
