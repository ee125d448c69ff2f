"""What carriers report of a message later: taken by its rank, not by when it arrives."""

from __future__ import annotations

from conversations import answering, threads
from conversations.models import Message
from conversations.ringing import tell_state
from tenants.models import Tenant

Delivery = Message.Delivery
# A mail that came back was not delivered whatever was said before; nobody reads what did not arrive.
RANKS: dict[str, int] = {
    Delivery.PENDING: 0,
    Delivery.SENDING: 0,
    Delivery.UNKNOWN: 1,
    Delivery.SENT: 2,
    Delivery.DELIVERED: 3,
    Delivery.FAILED: 4,
    Delivery.READ: 5,
}


def report(tenant: Tenant, *, external_id: str, state: str, reason: str = "") -> None:
    """A carrier reports a state of our message; what ranks no higher than what is known changes nothing.

    Inside the caller's transaction and tenant. It may come before the sender knows that it has sent.
    """
    ours = Message.objects.filter(external_id=external_id, direction=Message.Direction.OUT)
    for conversation_id in set(ours.values_list("conversation_id", flat=True)):
        threads.lock(conversation_id)
        for message in ours.filter(conversation=conversation_id):
            if RANKS[state] > RANKS[message.delivery]:
                _take(tenant, message, state, reason)


def _take(tenant: Tenant, message: Message, state: str, reason: str) -> None:
    had_left = message.delivery in answering.LEFT
    message.delivery, message.delivery_error = state, reason[:2000]
    # Whoever is sending it now, or was about to, is too late.
    message.lease = message.leased_until = message.next_attempt_at = None
    message.save(update_fields=["delivery", "delivery_error", "lease", "leased_until", "next_attempt_at"])
    tell_state(tenant, message)
    if state == Delivery.FAILED:
        answering.owe_again(message)
    elif not had_left:
        answering.meet_answers(message, at=message.attempted_at or message.created_at)
