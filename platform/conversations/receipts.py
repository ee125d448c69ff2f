"""The inbox: raw payloads, stored before they are acknowledged, handled once, quarantined when they cannot be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from carriers.contract import Incoming, Refused
from carriers.registry import carrier_for
from conversations import card_numbers, doorbells, mail_limits, statuses, turns
from conversations.cleaning import clean
from conversations.models import Message, Receipt
from conversations.receiving import receive
from conversations.storing import AlreadyTaken, line_and_sender, lock_waiting, settle, store
from kernel import away, cards, clock
from kernel.contention import despite_deadlocks
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.tenancy import enter, require_entered
from tenants.models import Line, Tenant

log = logging.getLogger(__name__)

ATTEMPTS_MAX = 5
_BACK_OFF = (2, 10, 30, 60)
# Of one sender, by one ring; and by whoever stands at the door and waits for an answer.
IN_A_ROW = 50
IN_A_ROW_AT_THE_DOOR = 3


def accept(*, line: Line, external_id: str, payload: bytes) -> Receipt:
    """Store a raw payload once and ring for it on commit, unless an earlier one of its sender waits; a repeat answers
    the receipt that is there.

    Enters the tenant itself; ``line.tenant`` must be loaded. Once this returned (and the caller's transaction, if
    there is one, committed), the message may be acknowledged.
    """
    tenant = line.tenant
    with enter(tenant), transaction.atomic():
        sender = turns.sender_of_payload(line, payload)
        turns.take(line, sender)
        # Whoever takes in the earlier one goes on with this: a bell for each would be most of what a backlog costs.
        is_behind = bool(sender) and turns.oldest(line, sender) is not None
        receipt, is_new = store(line=line, external_id=external_id, payload=payload, sender=sender)
        if is_new and not is_behind:
            transaction.on_commit(lambda: _ring(tenant, receipt.id))
    return receipt


def accept_and_take_in(*, line: Line, external_id: str, payload: bytes) -> Receipt:
    """Store a payload and handle it in one transaction; a payload that cannot be handled is stored alone.

    Enters the tenant itself. What this returned may be acknowledged: a repeat answers the receipt that is there, and a
    stored failure is tried again by the sweep. What the same sender says meanwhile waits behind it.
    """
    with enter(line.tenant):
        try:
            receipt = despite_deadlocks(lambda: _store_and_handle(line, external_id, payload))
        except Exception as error:  # a poison message must not stop the others, whatever it raises
            if away.is_cut_off(error):
                raise  # the database went away: the carrier is asked to come again
            return _store_alone(line, external_id, payload, error)
        if receipt.state == Receipt.State.NEW:
            _ring(line.tenant, receipt.id)
        return receipt


def _store_alone(line: Line, external_id: str, payload: bytes, error: Exception) -> Receipt:
    with transaction.atomic():
        sender = turns.sender_of_payload(line, payload)
        turns.take(line, sender)
        receipt, is_new = store(line=line, external_id=external_id, payload=payload, sender=sender)
    if is_new and not isinstance(error, (OperationalError, InterfaceError)):
        note_failure(receipt.id, error)
    return receipt


def quarantine(*, line: Line, external_id: str, payload: bytes, error: str) -> None:
    """Keep what no way in could accept, where a person sees it and can have it handled again."""
    with enter(line.tenant), transaction.atomic():
        receipt, is_new = store(line=line, external_id=external_id, payload=payload, state=Receipt.State.QUARANTINED)
        if is_new:
            Receipt.objects.filter(pk=receipt.id).update(
                attempts=ATTEMPTS_MAX, error=cards.redact(clean(error)).text[:4000]
            )


def take_in(tenant: Tenant, receipt_id: UUID, *, in_a_row: int = IN_A_ROW) -> Message | None:
    """Handle one receipt, whoever rang, after those of its sender that came before; its (first) message, or None when
    there is nothing to do or to show, or its turn has not come.

    What the same sender said next is handled as well, ``in_a_row`` receipts at most, and rung for beyond: the bells of
    those find nothing to do, which costs far less than each coming to its turn. A failure is written down and tried
    again later; after ``ATTEMPTS_MAX`` it is quarantined. A database that is down counts against nobody: the error
    goes up, and the sweep comes back.
    """
    require_entered()
    found = line_and_sender(receipt_id)
    if found is None:
        return None
    line, sender = found
    line.tenant = tenant
    if not sender:
        return _take_in(tenant, line, sender, receipt_id).message
    message, tried = None, None
    for _ in range(in_a_row):
        oldest = turns.oldest(line, sender)
        if oldest is None or oldest.id == tried:
            return message
        if not oldest.is_due and oldest.id != receipt_id:
            postpone([receipt_id], oldest.next_attempt_at or clock.now())
            return message
        tried = oldest.id
        step = _take_in(tenant, line, sender, tried)
        if not step.is_mine:
            return message
        message = step.message if tried == receipt_id else message
    _ring_for_the_rest(tenant, line, sender)
    return message


def _ring_for_the_rest(tenant: Tenant, line: Line, sender: str) -> None:
    following = turns.oldest(line, sender)
    if following is not None:
        transaction.on_commit(lambda: doorbells.ring("conversations.take_in", tenant.id, following.id))


class _Step(NamedTuple):
    is_mine: bool
    message: Message | None


def _take_in(tenant: Tenant, line: Line, sender: str, receipt_id: UUID) -> _Step:
    try:
        with transaction.atomic():
            if not turns.take_in_hand(line, sender):
                return _Step(is_mine=False, message=None)
            receipt = lock_waiting(receipt_id)
            return _Step(is_mine=True, message=None if receipt is None else handle(tenant, line, receipt))
    except (OperationalError, InterfaceError, AlreadyTaken):
        raise
    except Exception as error:  # a poison message must not stop the others, whatever it raises
        note_failure(receipt_id, error)
        return _Step(is_mine=True, message=None)


def receive_once(*, tenant: Tenant, line: Line, incoming: Incoming, key: str) -> Message:
    """The same for a door without raw payloads whose every message opens a conversation (the form).

    key: names the submission; a repeat answers the first one's message and writes nothing.
    """
    require_entered()
    with transaction.atomic():
        receipt, is_new = store(line=line, external_id=key, payload=b"", state=Receipt.State.DONE)
        if not is_new and receipt.message is not None:
            return receipt.message
        message = receive(tenant=tenant, line=line, incoming=incoming)
        Receipt.objects.filter(pk=receipt.id).update(message=message, handled_at=clock.now())
    return message


def handle(tenant: Tenant, line: Line, receipt: Receipt) -> Message | None:
    """Parse and receive inside the caller's transaction, and settle the receipt; AlreadyTaken if it was settled."""
    return _handle(tenant, line, receipt, _parse(line, bytes(receipt.payload)))


def _store_and_handle(line: Line, external_id: str, payload: bytes) -> Receipt:
    """A payload of one message is written as handled at once; every other takes the long way, in this transaction."""
    parsed = _parse(line, payload)
    sender = turns.sender_of(parsed)
    turns.take(line, sender)
    if isinstance(parsed, Refused) or len(parsed) != 1:
        receipt, is_new = store(line=line, external_id=external_id, payload=payload)
        if is_new:
            _handle(line.tenant, line, receipt, parsed)
        return receipt
    message_id = new_id()
    receipt, is_new = store(
        line=line,
        external_id=external_id,
        payload=payload,
        sender=sender,
        state=Receipt.State.DONE,
        message_id=message_id,
    )
    if is_new and receipt.state == Receipt.State.DONE:
        message = receive(tenant=line.tenant, line=line, incoming=parsed[0], message_id=message_id)
        card_numbers.redact_receipt(receipt.id, message)
        if message.id != message_id:  # a repeat under another carrier id
            Receipt.objects.filter(pk=receipt.id).update(message=message)
    return receipt


def _parse(line: Line, payload: bytes) -> Sequence[Incoming] | Refused:
    parsed = carrier_for(line).parse(line, payload)
    if isinstance(parsed, Refused):
        return parsed
    reasons = (mail_limits.reason_against(line, incoming) for incoming in parsed)
    return next((Refused(reason=reason) for reason in reasons if reason), parsed)


def _handle(tenant: Tenant, line: Line, receipt: Receipt, parsed: Sequence[Incoming] | Refused) -> Message | None:
    if isinstance(parsed, Refused):
        if parsed.failed_external_id:
            statuses.report(
                tenant,
                external_id=parsed.failed_external_id,
                state=Message.Delivery.FAILED,
                reason=clean(parsed.reason),
            )
        settle(receipt.id, Receipt.State.REFUSED, None, clean(parsed.reason))
        return None
    messages = [receive(tenant=tenant, line=line, incoming=incoming) for incoming in parsed]
    first = messages[0] if messages else None
    for message in messages:
        card_numbers.redact_receipt(receipt.id, message)
    settle(receipt.id, Receipt.State.DONE, first, "" if first else "held no message")
    return first


def note_failure(receipt_id: UUID, error: Exception) -> None:
    """Count a failed attempt; the payload stays, and can be handled again."""
    reason = error.code if isinstance(error, Refusal) else type(error).__name__
    # The exception's words may repeat what the customer wrote: they go to the tenant's own table, not to the log.
    log.warning("receipt %s was not taken in: %s", receipt_id, reason)
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update(no_key=True).filter(pk=receipt_id, state="new").first()
        if receipt is None:
            return
        receipt.attempts += 1
        receipt.error = cards.redact(clean(f"{reason}: {error}")).text[:4000]
        if receipt.attempts >= ATTEMPTS_MAX:
            receipt.state, receipt.next_attempt_at = Receipt.State.QUARANTINED, None
        else:
            receipt.next_attempt_at = clock.now() + timedelta(seconds=_BACK_OFF[receipt.attempts - 1])
        receipt.save(update_fields=["attempts", "error", "state", "next_attempt_at"])


def postpone(receipt_ids: list[UUID], until: datetime) -> None:
    """The sweep rang for these: it looks again only after ``until``."""
    Receipt.objects.filter(pk__in=receipt_ids, state=Receipt.State.NEW).update(next_attempt_at=until)


def _ring(tenant: Tenant, receipt_id: UUID) -> None:
    """After the commit: take in at once where that is set, else ring the worker. The sweep is the net below both."""
    if not settings.INBOUND_INLINE:
        doorbells.ring("conversations.take_in", tenant.id, receipt_id)
        return
    try:
        with enter(tenant):
            # The others of the line wait behind this: after a backlog the rest is the worker's.
            take_in(tenant, receipt_id, in_a_row=IN_A_ROW_AT_THE_DOOR)
    except Exception as error:  # the message is stored and may be acknowledged; the sweep takes it in
        if away.is_passing(error):
            log.warning("receipt %s waits for the sweep: the database is away", receipt_id)
        else:
            log.exception("receipt %s waits for the sweep", receipt_id)
