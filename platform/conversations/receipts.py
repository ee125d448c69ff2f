"""The inbox: raw payloads, stored before they are acknowledged, handled once, quarantined when they cannot be."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from psycopg import errors

from carriers.contract import Incoming, Refused
from carriers.redacting import redact_payload
from carriers.registry import carrier_for
from conversations import card_numbers, doorbells, mail_limits
from conversations.cleaning import clean
from conversations.erasing import spent_id
from conversations.models import Message, Receipt
from conversations.receiving import receive
from kernel import cards, clock, statements
from kernel.errors import Refusal, not_found
from kernel.ids import new_id
from kernel.tenancy import enter, require_entered
from tenants.models import Line, Tenant

log = logging.getLogger(__name__)

ATTEMPTS_MAX = 5
# The doorbell has this long before the sweep looks.
GRACE = timedelta(seconds=15)
_BACK_OFF = (5, 30, 120, 600)
# A transaction that lost to another one may well win the next time.
_LOST = (errors.DeadlockDetected, errors.SerializationFailure)
_TIMES_MORE = 2

_STORE = """
INSERT INTO {shop}.conversations_receipt
  (id, line_id, carrier, external_id, payload, received_at, state, attempts, next_attempt_at, error, message_id,
   handled_at)
SELECT %s::uuid, %s::uuid, %s::text, %s::text, %s::bytea, %s::timestamptz, %s::text, 0, %s::timestamptz, '', %s::uuid,
       %s::timestamptz
 WHERE NOT EXISTS (SELECT FROM {shop}.conversations_receipt WHERE line_id = %s::uuid AND external_id = %s::text)
ON CONFLICT (line_id, external_id) DO NOTHING
RETURNING id
"""

_SETTLE = """
UPDATE {shop}.conversations_receipt
   SET state = %s, message_id = %s, error = %s, handled_at = %s, next_attempt_at = NULL
 WHERE id = %s AND state = 'new'
RETURNING id
"""


class AlreadyTaken(Exception):
    """Another hand took this receipt in at the same moment; everything done here is rolled back."""


def accept(*, line: Line, external_id: str, payload: bytes) -> Receipt:
    """Store a raw payload once and ring for it on commit; a repeat answers the receipt that is there.

    Enters the tenant itself; ``line.tenant`` must be loaded. Once this returned (and the caller's transaction, if
    there is one, committed), the message may be acknowledged.
    """
    tenant = line.tenant
    with enter(tenant), transaction.atomic():
        receipt, is_new = store(line=line, external_id=external_id, payload=payload)
        if is_new:
            transaction.on_commit(lambda: _ring(tenant, receipt.id))
    return receipt


def store(
    *,
    line: Line,
    external_id: str,
    payload: bytes,
    state: str = Receipt.State.NEW,
    message_id: UUID | None = None,
) -> tuple[Receipt, bool]:
    """Write a receipt in the entered tenant; ``(receipt, whether it is new)``. One statement when it is.

    Of card numbers in the payload only the last four digits are written.

    message_id: the message that the caller writes in the same transaction.
    """
    now = clock.now()
    payload = redact_payload(line.carrier, payload)
    external_id = clean(external_id)[:400]
    spent = spent_id(line.id, external_id)
    receipt = Receipt(
        id=new_id(),
        line=line,
        carrier=line.carrier,
        external_id=external_id,
        payload=payload,
        received_at=now,
        state=state,
        next_attempt_at=now + GRACE if state == Receipt.State.NEW else None,
        message_id=message_id,
        handled_at=now if message_id else None,
    )
    is_new = statements.run_in_shop(
        _STORE,
        [
            receipt.id,
            line.id,
            receipt.carrier,
            receipt.external_id,
            payload,
            now,
            state,
            receipt.next_attempt_at,
            message_id,
            receipt.handled_at,
            line.id,
            spent,
        ],
    )
    if is_new:
        receipt._state.adding = False
        return receipt, True
    known = Receipt.objects.select_related("message").filter(line=line.id, external_id__in=(external_id, spent))
    there = known.get()
    return there, False


def accept_and_take_in(*, line: Line, external_id: str, payload: bytes) -> Receipt:
    """Store a payload and handle it in one transaction; a payload that cannot be handled is stored alone.

    Enters the tenant itself. What this returned may be acknowledged: a repeat answers the receipt that is there, and a
    stored failure is tried again by the sweep. A deadlock is tried again at once: stored alone, the payload would be
    overtaken by the shopper's next message.
    """
    with enter(line.tenant):
        try:
            return _despite_deadlocks(line, external_id, payload)
        except Exception as error:  # a poison message must not stop the others, whatever it raises
            if _is_cut_off(error):
                raise  # the database went away: stored on a new connection it would be overtaken by what comes next
            receipt, is_new = store(line=line, external_id=external_id, payload=payload)
            if is_new and not isinstance(error, (OperationalError, InterfaceError)):
                note_failure(receipt.id, error)
            return receipt


def _is_cut_off(error: Exception) -> bool:
    """Whether the connection is gone, as opposed to a statement that failed: class 08, 57P, or no answer."""
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, (OperationalError, InterfaceError)) and (state is None or state[:3] in ("57P", "080"))


def quarantine(*, line: Line, external_id: str, payload: bytes, error: str) -> None:
    """Keep what no way in could accept, where a person sees it and can have it handled again."""
    with enter(line.tenant), transaction.atomic():
        receipt, is_new = store(line=line, external_id=external_id, payload=payload, state=Receipt.State.QUARANTINED)
        if is_new:
            Receipt.objects.filter(pk=receipt.id).update(
                attempts=ATTEMPTS_MAX, error=cards.redact(clean(error)).text[:4000]
            )


def take_in(tenant: Tenant, receipt_id: UUID) -> Message | None:
    """Handle one receipt, whoever rang; its (first) message, or None when there is nothing to do or to show.

    A failure is written down and tried again later; after ``ATTEMPTS_MAX`` it is quarantined. A database that is down
    counts against nobody: the error goes up, and the sweep comes back.
    """
    require_entered()
    try:
        with transaction.atomic():
            waiting = Receipt.objects.filter(pk=receipt_id, state=Receipt.State.NEW)
            receipt = waiting.select_for_update(no_key=True, skip_locked=True).first()
            if receipt is None:
                return None
            line = Line.objects.select_related("tenant").get(pk=receipt.line_id)
            return handle(tenant, line, receipt)
    except (OperationalError, InterfaceError, AlreadyTaken):
        raise
    except Exception as error:  # a poison message must not stop the others, whatever it raises
        note_failure(receipt_id, error)
        return None


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


def _despite_deadlocks(line: Line, external_id: str, payload: bytes) -> Receipt:
    for _ in range(_TIMES_MORE):
        try:
            with transaction.atomic():
                return _store_and_handle(line, external_id, payload)
        except OperationalError as error:
            if not isinstance(error.__cause__, _LOST):
                raise
    with transaction.atomic():
        return _store_and_handle(line, external_id, payload)


def _store_and_handle(line: Line, external_id: str, payload: bytes) -> Receipt:
    """A payload of one message is written as handled at once; every other takes the long way, in this transaction."""
    parsed = _parse(line, payload)
    if isinstance(parsed, Refused) or len(parsed) != 1:
        receipt, is_new = store(line=line, external_id=external_id, payload=payload)
        if is_new:
            _handle(line.tenant, line, receipt, parsed)
        return receipt
    message_id = new_id()
    receipt, is_new = store(
        line=line, external_id=external_id, payload=payload, state=Receipt.State.DONE, message_id=message_id
    )
    if is_new:
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
            mail_limits.mark_undelivered(tenant, parsed.failed_external_id, clean(parsed.reason))
        _settle(receipt.id, Receipt.State.REFUSED, None, clean(parsed.reason))
        return None
    messages = [receive(tenant=tenant, line=line, incoming=incoming) for incoming in parsed]
    first = messages[0] if messages else None
    for message in messages:
        card_numbers.redact_receipt(receipt.id, message)
    _settle(receipt.id, Receipt.State.DONE, first, "" if first else "held no message")
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


def retry_quarantined(*, receipt_id: UUID) -> None:
    """Let a quarantined receipt be handled once more, from its first attempt."""
    require_entered()
    changed = Receipt.objects.filter(pk=receipt_id, state=Receipt.State.QUARANTINED).update(
        state=Receipt.State.NEW, attempts=0, next_attempt_at=clock.now()
    )
    if not changed:
        raise not_found()


def postpone(receipt_ids: list[UUID], until: datetime) -> None:
    """The sweep rang for these: it looks again only after ``until``."""
    Receipt.objects.filter(pk__in=receipt_ids, state=Receipt.State.NEW).update(next_attempt_at=until)


def _settle(receipt_id: UUID, state: str, message: Message | None, error: str) -> None:
    values = [state, message.id if message else None, error[:4000], clock.now(), receipt_id]
    if not statements.run_in_shop(_SETTLE, values):
        raise AlreadyTaken


def _ring(tenant: Tenant, receipt_id: UUID) -> None:
    """After the commit: take in at once where that is set, else ring the worker. The sweep is the net below both."""
    if not settings.INBOUND_INLINE:
        doorbells.ring("conversations.take_in", tenant.id, receipt_id)
        return
    try:
        with enter(tenant):
            take_in(tenant, receipt_id)
    except Exception:  # the message is stored and may be acknowledged; the sweep takes it in
        log.exception("receipt %s waits for the sweep", receipt_id)
