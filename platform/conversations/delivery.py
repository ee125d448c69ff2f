"""Sending: claimed with a lease, sent outside any lock, settled. What may have been sent is never sent again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from carriers.contract import CarrierDown, CarrierRefused, OutcomeUnknown, Outgoing, OutgoingFile, Sent
from carriers.registry import carrier_for
from conversations import answering, attachments, threads
from conversations.models import Attachment, Message
from conversations.ringing import tell_state
from customers.recognise import address_of
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import require_entered
from tenants.models import Line, Tenant

log = logging.getLogger(__name__)

Delivery = Message.Delivery
# Until it is handed over nothing has left, and another may take it soon; a carrier is given longer to answer.
PREPARING = timedelta(seconds=30)
LEASE = timedelta(minutes=3)
ATTEMPTS_MAX = 8
_BACK_OFF = (5, 20, 60, 180, 600, 1800, 3600)
REFERENCES_MAX = 20


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: str
    error: str = ""
    external_id: str = ""


def deliver(tenant: Tenant, message_id: UUID) -> str | None:
    """Send one pending message; its new state, or None when there was nothing to claim, or the claim was lost.

    Must not run inside a transaction of the caller: the claim is committed before anything leaves.
    """
    require_entered()
    message = claim(message_id)
    if message is None:
        return None
    try:
        line, outgoing = _prepare(tenant, message)
        name = carrier_for(line).name_of(line, outgoing)
    except Exception as error:  # nothing has left yet: it can be tried again
        outcome = _again(message, f"not prepared: {type(error).__name__}: {error}")
    else:
        if not hand_over(message, name):
            return None
        outcome = _send(line, outgoing, message)
    return outcome.state if _settle(tenant, message, outcome) else None


def postpone(message_ids: list[UUID], until: datetime) -> None:
    """The sweep rang for these: it looks again only after ``until``. When they may be sent stays as it is."""
    Message.objects.filter(pk__in=message_ids, delivery=Delivery.PENDING).update(leased_until=until)


def give_up_on(tenant: Tenant, message_id: UUID, now: datetime) -> None:
    """Whoever was sending this fell silent past the lease, and the lease is taken away.

    What was not handed over yet is sent by another. What was may have arrived: it is said so, and never repeated.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update(no_key=True, of=("self",)).get(pk=message_id)
        if message.delivery != Delivery.SENDING or message.leased_until is None or message.leased_until >= now:
            return
        message.lease = message.leased_until = None
        if message.attempted_at is None:
            message.delivery, message.next_attempt_at = Delivery.PENDING, now
            message.delivery_error = "The sender stopped before sending."
        else:
            message.delivery = Delivery.UNKNOWN
            message.delivery_error = "The sender stopped while sending; it may or may not have arrived."
        message.save(update_fields=["delivery", "lease", "leased_until", "next_attempt_at", "delivery_error"])
        tell_state(tenant, message)


def claim(message_id: UUID) -> Message | None:
    """Take a pending message under a lease of one's own; None when it is not there to be taken."""
    now = clock.now()
    # A doorbell that comes late, or twice, does not shorten the wait after a failure.
    may_go = Q(attempts=0) | Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    claimed = Message.objects.filter(may_go, pk=message_id, delivery=Delivery.PENDING).update(
        delivery=Delivery.SENDING,
        lease=new_id(),
        leased_until=now + PREPARING,
        attempted_at=None,
        attempts=F("attempts") + 1,
        next_attempt_at=None,
    )
    if not claimed:
        return None
    return Message.objects.select_related("conversation", "conversation__line").get(pk=message_id)


def hand_over(message: Message, name: str) -> bool:
    """The last step before the network: renew the lease, and write down that it may leave from now on.

    False for a sender that slept past its lease: somebody else decides about the message by now. name: the id under
    which the carrier will know it, so that a report of it finds its message however early it comes.
    """
    now = clock.now()
    changes: dict[str, Any] = {"leased_until": now + LEASE, "attempted_at": now}
    if name:
        changes["external_id"] = name[:400]
    held = Message.objects.filter(
        pk=message.id, lease=message.lease, delivery=Delivery.SENDING, leased_until__gt=now
    ).update(**changes)
    if not held:
        log.warning("message %s: this sender lost its lease; nothing was sent", message.id)
        return False
    message.attempted_at = now
    return True


def _prepare(tenant: Tenant, message: Message) -> tuple[Line, Outgoing]:
    conversation = message.conversation
    line = _line_out(tenant, message)
    last_in, references = _thread_of(message)
    return line, Outgoing(
        message_id=message.id,
        conversation_id=conversation.id,
        tenant_id=tenant.id,
        case_number=conversation.case_number,
        channel=str(carrier_for(line).channel),
        line_address=line.address,
        # What the agent chose, the address that they were promised an answer at, else of their identity; never one that
        # a header of theirs offered.
        to=_chosen(message, "to") or _promised(message) or address_of(conversation.customer_id, "email"),
        cc=tuple(one for one in _chosen(message, "cc").split(", ") if one),
        # Mail programs keep a thread together by its subject: what answers a mail takes that mail's.
        subject=_chosen(message, "subject")
        or str((last_in and conversation.subject) or message.headers.get("subject") or conversation.subject),
        text=message.text,
        html=message.html,
        language=message.language or conversation.language,
        in_reply_to=last_in.external_id if last_in else "",
        references=references,
        alias=message.alias,
        shop_name=tenant.name,
        files=_files(tenant, message),
        is_automatic=message.author == Message.Author.SYSTEM,
    )


def _chosen(message: Message, field: str) -> str:
    """What the agent wrote over the mail."""
    is_agents = message.author == Message.Author.AGENT and message.direction == Message.Direction.OUT
    return str(message.headers.get(field, "")) if is_agents else ""


def _promised(message: Message) -> str:
    """Written by ourselves on an answer that leaves a chat by mail."""
    is_mail = message.conversation.line.carrier in (Line.Carrier.EMAIL, Line.Carrier.FORM)
    return "" if is_mail or message.channel != "email" else str(message.headers.get("to", ""))


def _line_out(tenant: Tenant, message: Message) -> Line:
    """A form, and a chat that is to be answered by mail, from the shop's mail line; all else the way it came."""
    conversation = message.conversation
    if conversation.line.carrier != Line.Carrier.FORM and not _promised(message):
        return conversation.line
    mail = Line.objects.filter(tenant=tenant, carrier=Line.Carrier.EMAIL, is_active=True).order_by("created_at").first()
    return mail or conversation.line


def _thread_of(message: Message) -> tuple[Message | None, tuple[str, ...]]:
    """The shopper's latest message with an id, and the ids of what came or may have left, oldest first."""
    rows = list(
        message.conversation.messages.exclude(external_id="")
        .exclude(delivery__in=(Delivery.PENDING, Delivery.SENDING, Delivery.FAILED))
        .filter(direction__in=(Message.Direction.IN, Message.Direction.OUT), channel="email")
        .order_by("-seq")
        .only("external_id", "direction", "seq")[:REFERENCES_MAX]
    )
    last_in = next((row for row in rows if row.direction == Message.Direction.IN), None)
    return last_in, tuple(row.external_id for row in reversed(rows))


def _files(tenant: Tenant, message: Message) -> tuple[OutgoingFile, ...]:
    return tuple(
        OutgoingFile(name=row.name, content_type=row.content_type, content=attachments.content_of(tenant, row.id))
        for row in Attachment.objects.filter(message=message).order_by("id")
    )


def _send(line: Line, outgoing: Outgoing, message: Message) -> _Outcome:
    try:
        sent: Sent = carrier_for(line).send(line, outgoing)
    except CarrierDown as error:
        return _again(message, str(error)) if error.retry else _Outcome(Delivery.FAILED, str(error))
    except CarrierRefused as error:
        return _Outcome(Delivery.FAILED, str(error))
    except OutcomeUnknown as error:
        return _Outcome(Delivery.UNKNOWN, str(error))
    except Exception as error:  # no carrier said so, but it may have left: a person decides
        log.exception("message %s: the carrier broke", message.id)
        return _Outcome(Delivery.UNKNOWN, f"{type(error).__name__}: {error}")
    return _Outcome(sent.state, external_id=sent.external_id)


def _again(message: Message, reason: str) -> _Outcome:
    return _Outcome(Delivery.FAILED if message.attempts >= ATTEMPTS_MAX else Delivery.PENDING, reason)


def _settle(tenant: Tenant, message: Message, outcome: _Outcome) -> bool:
    """Write down what became of it, unless the lease is gone: then the sweep, a report or a person knows better."""
    now = clock.now()
    changes: dict[str, Any] = {
        "delivery": outcome.state,
        "delivery_error": outcome.error[:2000],
        "lease": None,
        "leased_until": None,
    }
    if outcome.state == Delivery.PENDING:
        changes["next_attempt_at"] = now + timedelta(seconds=_BACK_OFF[min(message.attempts, len(_BACK_OFF)) - 1])
    if outcome.external_id:
        changes["external_id"] = outcome.external_id[:400]
    with transaction.atomic():
        threads.lock(message.conversation_id)
        held = Message.objects.filter(pk=message.id, lease=message.lease, delivery=Delivery.SENDING)
        if not held.update(**changes):
            log.warning("message %s: this sender lost its lease; its outcome is not written", message.id)
            return False
        tell_state(tenant, message)
        if outcome.state in answering.LEFT:
            answering.meet_answers(message, at=now)
        elif outcome.state == Delivery.FAILED:
            answering.owe_again(message)
    return True
