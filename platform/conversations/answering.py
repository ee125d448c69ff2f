"""What a message of an agent does to the first response that the shopper was promised."""

from __future__ import annotations

from datetime import datetime

from conversations.models import Message
from sla_contracts import clocks
from sla_contracts.models import ClockEvent

METRIC = "first_response"
LEFT = (Message.Delivery.SENT, Message.Delivery.DELIVERED, Message.Delivery.READ)


def meet_first_response(message: Message, *, at: datetime) -> None:
    """A person's message left at ``at``: it meets the first response (an automatic one meets nothing)."""
    if message.author == Message.Author.AGENT:
        clocks.meet(
            conversation_id=message.conversation_id,
            metric=METRIC,
            at=at,
            cause="message",
            cause_id=message.id,
            seq=message.seq,
            by=message.person_id,
        )


def owe_again(message: Message) -> None:
    """It never left, or came back: a first response counted on its strength runs on as if it had not been stopped.

    An answer that did leave stops it where that one left. Inside a transaction, with the conversation locked.
    """
    if message.author != Message.Author.AGENT:
        return
    answers = Message.objects.filter(
        conversation=message.conversation_id, author=Message.Author.AGENT, direction=Message.Direction.OUT
    )
    others = answers.filter(delivery__in=LEFT).exclude(pk=message.id).order_by("attempted_at", "seq")
    other = others.first()
    if other is not None and not _counts_on(message):
        return
    clocks.run_on(conversation_id=message.conversation_id, cause_id=message.id, seq=message.seq)
    if other is not None:
        meet_first_response(other, at=other.attempted_at or other.created_at)


def _counts_on(message: Message) -> bool:
    """Whether this very message stopped the clock last."""
    events = ClockEvent.objects.filter(clock__conversation=message.conversation_id, clock__metric=METRIC)
    last = events.filter(kind="met").order_by("-id").first()
    return last is not None and last.cause_id == message.id
