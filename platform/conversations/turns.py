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

_OLDEST = """
SELECT e.id, e.attempts = 0 OR e.next_attempt_at <= %s AS is_due, e.next_attempt_at
  FROM {shop}.conversations_receipt e
 WHERE e.line_id = %s AND e.sender = %s AND e.state = 'new'
 ORDER BY e.received_at, e.id LIMIT 1
"""

# Held to the end of the transaction, across all processes: one sender's messages are taken in one after the other.
_TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"

# Those who take in what waits do not queue for one sender: whoever has the sender goes on with what follows.
_TAKE_IN_HAND = """
SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended(%s, 1))
            THEN pg_advisory_xact_lock(hashtextextended(%s, 0)) IS NOT NULL ELSE false END
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A receipt that waits; ``is_due``: it may be tried now."""

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
    """Whatever is asked after this waits until no other transaction, of any process, takes in a message of this sender.

    Ends with the transaction.
    """
    if sender:
        statements.ask(_TAKE_TURN, [f"{line.id}:{sender}"])


def take_in_hand(line: Line, sender: str) -> bool:
    """The same, unless another process takes in what this sender said: then False, and it goes on by itself."""
    name = f"{line.id}:{sender}"
    return not sender or bool(statements.run(_TAKE_IN_HAND, [name, name])[0][0])


def oldest(line: Line, sender: str) -> Waiting | None:
    """What of one sender waits longest."""
    rows = statements.run_in_shop(_OLDEST, [clock.now(), line.id, sender])
    return Waiting(*rows[0]) if rows else None
