"""What mail may do to a shop: machines that write in circles are stopped; bounces reach the message they are about."""

from __future__ import annotations

from datetime import timedelta

from carriers.contract import Incoming
from conversations import threads
from conversations.models import Message
from conversations.ringing import tell_state
from kernel import clock
from tenants.models import Line, Tenant

WITHIN = timedelta(minutes=10)
AUTOMATIC_MAX = 5
# A person in distress writes often; nobody writes this often.
PERSON_MAX = 30


def reason_against(line: Line, incoming: Incoming) -> str:
    """Why a mail is refused for coming too often from one sender to one line, or empty."""
    if line.carrier != Line.Carrier.EMAIL or not incoming.sender_address:
        return ""
    most = AUTOMATIC_MAX if incoming.is_automatic else PERSON_MAX
    earlier = Message.objects.filter(
        direction=Message.Direction.IN,
        channel=incoming.channel,
        created_at__gt=clock.now() - WITHIN,
        conversation__line=line.id,
        conversation__customer__identities__kind=incoming.sender_kind,
        conversation__customer__identities__address=incoming.sender_address,
    )
    if earlier[:most].count() < most:
        return ""
    minutes = int(WITHIN.total_seconds() // 60)
    return f"mail_loop: {most} mails of this sender came within {minutes} minutes"


def mark_undelivered(tenant: Tenant, external_id: str, reason: str) -> None:
    """A mail server reports that a message of ours did not arrive; inside a transaction."""
    left = (Message.Delivery.SENT, Message.Delivery.DELIVERED, Message.Delivery.UNKNOWN)
    bounced = Message.objects.filter(external_id=external_id, direction=Message.Direction.OUT, delivery__in=left)
    for conversation_id in set(bounced.values_list("conversation_id", flat=True)):
        threads.lock(conversation_id)
        for message in bounced.filter(conversation=conversation_id):
            message.delivery, message.delivery_error = Message.Delivery.FAILED, reason[:2000]
            message.save(update_fields=["delivery", "delivery_error"])
            tell_state(tenant, message)
