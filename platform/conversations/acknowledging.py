"""What the platform says by itself. It is said by nobody: it meets no promise and is counted apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from carriers.registry import carrier_for
from conversations import threads
from conversations.case_links import link_to
from conversations.models import Conversation, Message
from conversations.ringing import ring_delivery, tell_added
from conversations.sayings import saying
from kernel import cards, clock
from sla_contracts.speech import Speech
from tenants.models import Tenant

# Two robots that answer each other stop here.
_MOST_PER_HOUR = 5


def acknowledge(*, tenant: Tenant, conversation: Conversation) -> Message | None:
    """Tell the shopper the case number, once for a new conversation; None for a sender who has had enough of them."""
    if _was_told_enough(conversation):
        return None
    return say_automatically(tenant=tenant, conversation=conversation, code="received", params={})


def say_closed(*, tenant: Tenant, conversation: Conversation, opens: datetime | None) -> Message | None:
    """Tell who wrote to a closed chat when somebody will be there, in the shop's zone; None as above."""
    if _was_told_enough(conversation):
        return None
    if opens is None:
        return say_automatically(tenant=tenant, conversation=conversation, code="closed_now", params={})
    speech = Speech(conversation.language[:2], country=tenant.country, time_zone=tenant.time_zone)
    return say_automatically(
        tenant=tenant, conversation=conversation, code="outside_hours", params={"opens": speech.moment(opens)}
    )


def say_automatically(*, tenant: Tenant, conversation: Conversation, code: str, params: Mapping[str, str]) -> Message:
    """Add an automatic message to a locked (or just opened) conversation, in its language.

    code: one of ``sayings``; the case number, the shop's name and the case's address are there for every one.
    """
    everywhere = {
        "case_number": threads.case_number(conversation),
        "shop": tenant.name,
        "status_url": link_to(tenant, conversation.id),
    }
    told = {name: cards.redact(value).text for name, value in params.items()}
    subject, text = saying(code, conversation.language, {**everywhere, **told}, fallback=tenant.default_language)
    is_delivered = carrier_for(conversation.line).row_is_delivery
    now = clock.now()
    message = threads.add_message(
        conversation,
        Message(
            direction=Message.Direction.OUT,
            author=Message.Author.SYSTEM,
            channel=conversation.channel,
            text=text,
            event={"code": code},
            language=conversation.language,
            created_at=now,
            delivery=Message.Delivery.SENT if is_delivered else Message.Delivery.PENDING,
            next_attempt_at=None if is_delivered else now,
            headers={"subject": subject},
        ),
    )
    tell_added(tenant, message)
    if not is_delivered:
        ring_delivery(tenant, message)
    return message


def _was_told_enough(conversation: Conversation) -> bool:
    said = Message.objects.filter(
        conversation__customer=conversation.customer_id,
        author=Message.Author.SYSTEM,
        direction=Message.Direction.OUT,
        created_at__gt=clock.now() - timedelta(hours=1),
    )
    return said.count() >= _MOST_PER_HOUR
