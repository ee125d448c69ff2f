"""One sender's messages are taken in in the order in which they came, however many processes take them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from carriers.contract import Incoming, Refused
from carriers.registry import carrier_for
from kernel import clock, statements
from tenants.models import Line

# To say whose a payload is it must be read; what is larger is read by the worker alone.
_READ_MAX = 256 * 1024

_BEFORE = """
SELECT e.id, e.attempts = 0 OR e.next_attempt_at <= %s AS is_due, e.next_attempt_at
  FROM {shop}.conversations_receipt r JOIN {shop}.conversations_receipt e
    ON e.line_id = r.line_id AND e.sender = r.sender AND e.state = 'new'
   AND (e.received_at, e.id) < (r.received_at, r.id)
 WHERE r.id = %s AND r.sender <> ''
 ORDER BY e.received_at, e.id LIMIT 50
"""

_AFTER = """
SELECT e.id FROM {shop}.conversations_receipt r JOIN {shop}.conversations_receipt e
    ON e.line_id = r.line_id AND e.sender = r.sender AND e.state = 'new'
   AND (e.received_at, e.id) > (r.received_at, r.id)
 WHERE r.id = %s AND r.sender <> ''
 ORDER BY e.received_at, e.id LIMIT 1
"""

# Held to the end of the transaction, across all processes: one sender's messages are taken in one after the other.
_TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A receipt of the same sender that came before; ``is_due``: it may be tried now."""

    id: UUID
    is_due: bool
    next_attempt_at: datetime | None


def sender_of(parsed: Sequence[Incoming] | Refused) -> str:
    """Tells the senders of one line apart, and names none; empty where there is not exactly one message."""
    if isinstance(parsed, Refused) or len(parsed) != 1:
        return ""
    known = f"{parsed[0].sender_kind}\n{parsed[0].sender_address.lower()}"
    return blake2b(known.encode("utf-8", "replace"), digest_size=16).hexdigest()


def sender_of_payload(line: Line, payload: bytes) -> str:
    """The same for a payload not read yet; empty for one that cannot be read."""
    if len(payload) > _READ_MAX:
        return ""
    try:
        return sender_of(carrier_for(line).parse(line, payload))
    except Exception:  # it is stored all the same, and fails where failures are counted
        return ""


def take(line: Line, sender: str) -> None:
    """Wait until no other transaction, of any process, takes in a message of this sender. Ends with the transaction."""
    if sender:
        statements.run(_TAKE_TURN, [f"{line.id}:{sender}"])


def before(receipt_id: UUID) -> list[Earlier]:
    """What of the same sender came before a receipt and waits still, oldest first."""
    return [Earlier(*row) for row in statements.run_in_shop(_BEFORE, [clock.now(), receipt_id])]


def after(receipt_id: UUID) -> UUID | None:
    """The next of the same sender that waits."""
    rows = statements.run_in_shop(_AFTER, [receipt_id])
    return rows[0][0] if rows else None
