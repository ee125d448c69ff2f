"""The rows of the inbox: written once per carrier id, settled once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from carriers.redacting import redact_payload
from conversations.cleaning import clean
from conversations.erasing import spent_id
from conversations.models import Message, Receipt
from kernel import clock, statements
from kernel.ids import new_id
from tenants.models import Line

# The doorbell has this long before the sweep looks.
GRACE = timedelta(seconds=15)

# What comes later of a sender waits for what is still to be handled of the same one: it is stored as new, too.
_STORE = """
INSERT INTO {shop}.conversations_receipt
  (id, line_id, carrier, external_id, sender, payload, received_at, attempts, error, note, state, next_attempt_at,
   message_id, handled_at)
SELECT %(id)s::uuid, %(line)s::uuid, %(carrier)s::text, %(external_id)s::text, %(sender)s::text, %(payload)s::bytea,
       %(now)s::timestamptz, 0, '', '',
       CASE WHEN w.waits THEN 'new' ELSE %(state)s::text END,
       CASE WHEN w.waits THEN %(later)s::timestamptz ELSE %(next_attempt_at)s::timestamptz END,
       CASE WHEN NOT w.waits THEN %(message)s::uuid END, CASE WHEN NOT w.waits THEN %(handled_at)s::timestamptz END
  FROM (SELECT %(sender)s::text <> '' AND EXISTS (
          SELECT 1 FROM {shop}.conversations_receipt e
           WHERE e.state = 'new' AND e.line_id = %(line)s::uuid AND e.sender = %(sender)s::text) AS waits) w
 WHERE NOT EXISTS (
         SELECT FROM {shop}.conversations_receipt WHERE line_id = %(line)s::uuid AND external_id = %(spent)s::text)
ON CONFLICT (line_id, external_id) DO NOTHING
RETURNING state
"""

_SETTLE = """
UPDATE {shop}.conversations_receipt
   SET state = %s, message_id = %s, error = %s, handled_at = %s, next_attempt_at = NULL
 WHERE id = %s AND state = 'new'
RETURNING id
"""

_WAITING = f"""
SELECT r.sender, {statements.columns(Line)}
  FROM {{shop}}.conversations_receipt r JOIN public.tenants_line t ON t.id = r.line_id
 WHERE r.id = %s AND r.state = 'new'
"""
_LOCK = f"""
SELECT {statements.columns(Receipt)} FROM {{shop}}.conversations_receipt t WHERE t.id = %s AND t.state = 'new'
   FOR NO KEY UPDATE SKIP LOCKED
"""

_FIRST = """
SELECT DISTINCT ON (line_id, CASE WHEN sender = '' THEN id::text ELSE sender END) id
  FROM {shop}.conversations_receipt WHERE id = ANY(%s)
 ORDER BY line_id, CASE WHEN sender = '' THEN id::text ELSE sender END, received_at, id
"""


class AlreadyTaken(Exception):
    """Another hand took this receipt in at the same moment; everything done here is rolled back."""


def store(
    *,
    line: Line,
    external_id: str,
    payload: bytes,
    sender: str = "",
    state: str = Receipt.State.NEW,
    message_id: UUID | None = None,
) -> tuple[Receipt, bool]:
    """Write a receipt in the entered tenant; ``(receipt, whether it is new)``. One statement when it is.

    Of card numbers in the payload only the last four digits are written.

    sender: as ``turns`` names it; while an earlier receipt of the same sender waits, this one is stored as new,
    whatever ``state`` says. message_id: the message that the caller writes in the same transaction.
    """
    receipt = _new(line, clean(external_id)[:400], payload, sender, state, message_id)
    spent = spent_id(line.id, receipt.external_id)
    if rows := statements.run_in_shop(_STORE, _values(receipt, spent)):
        receipt.state = rows[0][0]
        receipt._state.adding = False
        return receipt, True
    known = Receipt.objects.select_related("message").filter(line=line.id, external_id__in=(receipt.external_id, spent))
    return known.get(), False


def line_and_sender(receipt_id: UUID) -> tuple[Line, str] | None:
    """Where a receipt that waits came in, and whose it is; None for one that does not wait (any more)."""
    rows = statements.run_in_shop(_WAITING, [receipt_id])
    return (statements.build(Line, [rows[0][1:]])[0], rows[0][0]) if rows else None


def lock_waiting(receipt_id: UUID) -> Receipt | None:
    """The receipt, locked until the transaction ends; None if it does not wait, or another hand has it."""
    rows = statements.run_in_shop(_LOCK, [receipt_id])
    return statements.build(Receipt, rows)[0] if rows else None


def first_of_each_sender(receipt_ids: list[UUID]) -> list[UUID]:
    """Of several receipts those to ring for: whoever takes one in goes on with what its sender said next."""
    return [row[0] for row in statements.run_in_shop(_FIRST, [receipt_ids])]


def settle(receipt_id: UUID, state: str, message: Message | None, error: str) -> None:
    """A waiting receipt is dealt with; AlreadyTaken if it was."""
    values = [state, message.id if message else None, error[:4000], clock.now(), receipt_id]
    if not statements.run_in_shop(_SETTLE, values):
        raise AlreadyTaken


def _new(line: Line, external_id: str, payload: bytes, sender: str, state: str, message_id: UUID | None) -> Receipt:
    now = clock.now()
    return Receipt(
        id=new_id(),
        line=line,
        carrier=line.carrier,
        external_id=external_id,
        sender=sender,
        payload=redact_payload(line.carrier, payload),
        received_at=now,
        state=state,
        next_attempt_at=now + GRACE if state == Receipt.State.NEW else None,
        message_id=message_id,
        handled_at=now if message_id else None,
    )


def _values(row: Receipt, spent: str) -> dict[str, Any]:
    """What ``_STORE`` asks for. later: when the sweep looks, should it have to wait."""
    return {
        "id": row.id,
        "line": row.line_id,
        "carrier": row.carrier,
        "external_id": row.external_id,
        "sender": row.sender,
        "payload": row.payload,
        "now": row.received_at,
        "state": row.state,
        "later": row.received_at + GRACE,
        "next_attempt_at": row.next_attempt_at,
        "message": row.message_id,
        "handled_at": row.handled_at,
        "spent": spent,
    }
