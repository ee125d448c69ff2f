"""What a message of an agent does to the answers that the shopper was promised."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from conversations import threads
from conversations.happenings import add_event
from conversations.models import Message
from conversations.ringing import tell_added, tell_changed
from kernel.errors import Refusal
from kernel.tenancy import require_entered
from people.models import Person
from routing import queue
from sla_contracts import answers, clocks
from tenants.models import Tenant

LEFT = (Message.Delivery.SENT, Message.Delivery.DELIVERED, Message.Delivery.READ)


def meet_answers(message: Message, *, at: datetime) -> None:
    """A person's message left at ``at``: it meets the answers owed by then (an automatic one meets nothing)."""
    if message.author == Message.Author.AGENT:
        answers.answered(
            conversation_id=message.conversation_id,
            at=at,
            cause_id=message.id,
            seq=message.seq,
            by=message.person_id,
        )


def owe_again(message: Message) -> None:
    """It never left, or came back: an answer counted on its strength runs on as if it had not been stopped.

    An answer that did leave stops it where that one left. Inside a transaction, with the conversation locked.
    """
    if message.author != Message.Author.AGENT:
        return
    sent = Message.objects.filter(
        conversation=message.conversation_id, author=Message.Author.AGENT, direction=Message.Direction.OUT
    )
    others = list(sent.filter(delivery__in=LEFT).exclude(pk=message.id).order_by("attempted_at", "seq"))
    for metric in answers.stopped_by(message.conversation_id, message.id):
        clock = answers.run_on(
            conversation_id=message.conversation_id, metric=metric, cause_id=message.id, seq=message.seq
        )
        other = next((one for one in others if clock is not None and _left_at(one) >= clock.started_at), None)
        if other is not None:
            clocks.meet(
                conversation_id=message.conversation_id,
                metric=metric,
                at=_left_at(other),
                cause_id=other.id,
                seq=other.seq,
                by=other.person_id,
            )


def need_no_reply(*, person: Person, tenant: Tenant, conversation_id: UUID, client_key: str) -> Message:
    """The shopper's last words want no answer, says the agent who has the conversation in hand: none is owed.

    Written into the conversation and the ledger under the agent's name, since it takes a promise out of the count. A
    repeated ``client_key`` changes nothing. Refuses with not_in_hand or nothing_owed.
    """
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        earlier = threads.said_before(conversation_id, client_key)
        if earlier is not None:
            return earlier
        queue.require_in_hand(person, conversation_id)
        message = add_event(conversation, answers.NO_REPLY_NEEDED, person=person, client_key=client_key)
        queue.touch(conversation_id=conversation_id, seq=message.seq)
        if not answers.need_no_reply(
            conversation_id=conversation_id, at=message.created_at, by=person, cause_id=message.id, seq=message.seq
        ):
            raise Refusal("nothing_owed", 409, "No next answer is owed here; nothing was changed.")
        tell_added(tenant, message)
        tell_changed(tenant, message)
    return message


def _left_at(message: Message) -> datetime:
    return message.attempted_at or message.created_at
