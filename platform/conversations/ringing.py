"""Who is told of a message, once its transaction has committed."""

from __future__ import annotations

from django.db import transaction

from conversations import doorbells
from conversations.models import Message
from kernel import live
from kernel.events import ConversationChanged, MessageAdded, MessageState
from routing import queue
from tenants.models import Tenant

# What a shopper may see: never a note, never an internal event.
SHOWN_TO_SHOPPER = (Message.Direction.IN, Message.Direction.OUT)


def tell_added(tenant: Tenant, message: Message) -> None:
    """Readers of the conversation, the shopper where it is theirs to see, and the desk that has it in hand."""
    event = MessageAdded(tenant=str(tenant.id), conversation=str(message.conversation_id), seq=message.seq)
    live.tell(event, *audiences(tenant, message))


def tell_state(tenant: Tenant, message: Message) -> None:
    """The delivery state of a message changed."""
    event = MessageState(tenant=str(tenant.id), conversation=str(message.conversation_id), seq=message.seq)
    live.tell(event, *audiences(tenant, message))
    queue.touch(conversation_id=message.conversation_id, seq=message.seq)


def tell_changed(tenant: Tenant, message: Message) -> None:
    """Status or agent of the conversation changed."""
    live.tell(
        ConversationChanged(tenant=str(tenant.id), conversation=str(message.conversation_id)),
        live.conversation_feed(tenant.id, message.conversation_id),
    )


def ring_delivery(tenant: Tenant, message: Message) -> None:
    """On commit, ask the worker to send it."""
    transaction.on_commit(lambda: doorbells.ring("conversations.deliver", tenant.id, message.id))


def audiences(tenant: Tenant, message: Message) -> list[str]:
    """The feeds that hear of this message."""
    feeds: list[str] = [live.conversation_feed(tenant.id, message.conversation_id)]
    if message.direction in SHOWN_TO_SHOPPER:
        feeds.append(live.shopper_feed(tenant.id, message.conversation_id))
    return feeds
