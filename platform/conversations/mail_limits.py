"""What mail may do to a shop: machines that write in circles are stopped."""

from __future__ import annotations

from datetime import timedelta

from carriers.contract import Incoming
from conversations.models import Message
from kernel import clock
from tenants.models import Line

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
