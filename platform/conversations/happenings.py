"""What happened to a conversation beside what was said: a message of its own, with the next number."""

from __future__ import annotations

from typing import Any

from conversations import threads
from conversations.models import Conversation, Message
from kernel import clock
from people.models import Person


def add_event(
    conversation: Conversation, code: str, *, person: Person | None = None, client_key: str | None = None, **params: Any
) -> Message:
    """Write an event into a locked conversation; a repeated ``client_key`` answers the one that is there."""
    return threads.add_message(
        conversation,
        Message(
            direction=Message.Direction.EVENT,
            author=Message.Author.AGENT if person else Message.Author.SYSTEM,
            person=person,
            channel=conversation.channel,
            event={"code": code, **params},
            created_at=clock.now(),
            delivery=Message.Delivery.SENT,
            client_key=client_key,
        ),
    )
