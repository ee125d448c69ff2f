"""Which conversation a message belongs to: found and locked, or opened together with its first message."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from carriers.contract import Incoming
from conversations.models import Conversation, Message
from kernel import statements
from kernel.errors import not_found
from sla_contracts import contracts
from sla_contracts.models import ContractVersion
from tenants.models import Line, Tenant

Status = Conversation.Status
REOPEN_DAYS = 14
THREAD_REFS_MAX = 30
_OPENING = "opening"

_MESSAGE_COLUMNS = (
    "id", "conversation_id", "seq", "direction", "author", "person_id", "alias", "channel", "text", "html", "event",
    "language", "created_at", "delivery", "delivery_error", "attempts", "leased_until", "next_attempt_at", "client_key",
    "external_id", "headers",
)  # fmt: skip
_JSON = ("event", "headers")
_PLACES = ", ".join(["%s"] * len(_MESSAGE_COLUMNS))
_COLUMN_NAMES = ", ".join(_MESSAGE_COLUMNS)

_FIND = f"""
SELECT {statements.columns(Conversation)} FROM {{shop}}.conversations_conversation t WHERE %CONDITION%
 ORDER BY t.status = 'closed', t.last_message_at DESC LIMIT 1 FOR NO KEY UPDATE OF t
"""
# Whoever writes to a conversation that was erased is somebody new.
_PROVEN = """t.id = %s AND NOT EXISTS
  (SELECT FROM {shop}.customers_customer c WHERE c.id = t.customer_id AND c.erased_at IS NOT NULL)"""
_ON_LINE = "t.customer_id = %s AND t.line_id = %s"
_OF_THREAD = f"""{_ON_LINE} AND EXISTS (SELECT 1 FROM {{shop}}.conversations_message m
  WHERE m.conversation_id = t.id AND m.seq = 1 AND m.headers->>'thread' = %s)"""
_NAMED = """t.customer_id = %s AND (t.case_number = %s OR t.id IN
  (SELECT m.conversation_id FROM {shop}.conversations_message m
    WHERE m.external_id = ANY(%s::text[]) AND m.external_id <> ''))"""
# The foreign keys are checked at commit, so a conversation and its first message are one statement.
_OPEN = f"""
WITH message AS (
  INSERT INTO {{shop}}.conversations_message ({_COLUMN_NAMES}) VALUES ({_PLACES})
)
INSERT INTO {{shop}}.conversations_conversation (id, case_number, customer_id, line_id, channel, subject, language,
  category, order_number, priority, status, contact_reason, contract_version, last_seq, opened_at, last_message_at,
  last_agent_id)
VALUES (%s, %s::text || '-' || nextval('{{shop}}.case_number_seq'), %s, %s, %s, %s, %s, %s, %s, %s, 'open', '', %s, 1,
  %s, %s, NULL)
RETURNING case_number
"""
# A repeated client_key inserts nothing, and then the conversation's number does not move either.
_ADD = f"""
WITH message AS (
  INSERT INTO {{shop}}.conversations_message ({_COLUMN_NAMES}) VALUES ({_PLACES})
  ON CONFLICT (conversation_id, client_key) DO NOTHING
  RETURNING seq
)
UPDATE {{shop}}.conversations_conversation
   SET last_seq = %s, last_message_at = %s, status = %s, closed_at = %s, closed_by_id = %s, contact_reason = %s
 WHERE id = %s AND EXISTS (SELECT 1 FROM message)
RETURNING last_seq
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A locked conversation, and whether its closing is so recent that this message opens it again."""

    conversation: Conversation
    reopens: bool


def find(*, line: Line, incoming: Incoming, customer_id: uuid.UUID | None, at: datetime) -> Found | None:
    """The conversation that a message continues, locked; None when it opens a new one.

    customer_id: whose it must be, unless the carrier proved the conversation (``incoming.conversation_id``).
    """
    where = _where(line, incoming, customer_id)
    if where is None:
        return None
    condition, values = where
    rows = statements.run_in_shop(_FIND.replace("%CONDITION%", condition), values)
    if not rows:
        return None
    [conversation] = statements.build(Conversation, rows)
    while conversation.merged_into_id is not None:
        conversation = lock(conversation.merged_into_id)
    if conversation.status != Status.CLOSED:
        return Found(conversation, reopens=False)
    if conversation.closed_at is not None and at - conversation.closed_at <= _window(conversation):
        return Found(conversation, reopens=True)
    return None


def lock(conversation_id: uuid.UUID) -> Conversation:
    """The conversation, locked until the transaction ends; Refusal not_found 404."""
    found = Conversation.objects.select_for_update(no_key=True, of=("self",)).filter(pk=conversation_id).first()
    if found is None:
        raise not_found()
    return found


def open_new(
    *,
    tenant: Tenant,
    line: Line,
    incoming: Incoming,
    customer_id: uuid.UUID,
    language: str,
    version: ContractVersion | None,
    message: Message,
) -> Conversation:
    """Write a conversation with its first message (``seq`` 1), without waiting for the row.

    The case number comes from the shop's own count: ask ``case_number`` for it.
    """
    conversation = Conversation(
        id=message.conversation_id,
        customer_id=customer_id,
        line=line,
        channel=incoming.channel,
        subject=incoming.subject,
        language=language,
        category=incoming.category,
        order_number=incoming.order_number,
        contract_version=version.id if version else None,
        last_seq=1,
        opened_at=message.created_at,
        last_message_at=message.created_at,
    )
    conversation.__dict__[_OPENING] = statements.ask_in_shop(
        _OPEN,
        [
            *_values(message),
            conversation.id,
            tenant.mark,
            customer_id,
            line.id,
            conversation.channel,
            conversation.subject,
            language,
            conversation.category,
            conversation.order_number,
            conversation.priority,
            conversation.contract_version,
            conversation.opened_at,
            conversation.last_message_at,
        ],
    )
    conversation._state.adding = message._state.adding = False
    return conversation


def case_number(conversation: Conversation) -> str:
    """Known with the row; of one that was opened just now it is waited for."""
    opening = conversation.__dict__.pop(_OPENING, None)
    if opening is not None:
        [(conversation.case_number,)] = opening.rows()
    return conversation.case_number


def add_message(conversation: Conversation, message: Message) -> Message:
    """Give a message the next number of its locked conversation, and write both.

    The conversation's status, closing and contact reason are written as they stand on the instance. A repeat of a
    ``client_key`` changes nothing and answers the message that is already there.
    """
    message.conversation_id = conversation.id
    message.seq = conversation.last_seq + 1
    written = statements.ask_in_shop(
        _ADD,
        [
            *_values(message),
            message.seq,
            message.created_at,
            conversation.status,
            conversation.closed_at,
            conversation.closed_by_id,
            conversation.contact_reason,
            conversation.id,
        ],
    )
    if message.client_key is not None and not written.rows():
        return Message.objects.get(conversation=conversation.id, client_key=message.client_key)
    message._state.adding = False
    conversation.last_seq, conversation.last_message_at = message.seq, message.created_at
    return message


def said_before(conversation_id: uuid.UUID, client_key: str | None) -> Message | None:
    """The message that carries this key already."""
    if client_key is None:
        return None
    return Message.objects.filter(conversation=conversation_id, client_key=client_key).first()


def _where(line: Line, incoming: Incoming, customer_id: uuid.UUID | None) -> tuple[str, list[Any]] | None:
    """Which conversations a message may continue, as a condition and its values; None if none."""
    if incoming.conversation_id is not None:
        return _PROVEN, [incoming.conversation_id]
    if customer_id is None:
        return None
    case_number = incoming.headers.get("case_number")
    if incoming.thread_refs or case_number:
        # Both are known to anyone who saw a mail: they lead to the sender's own conversations only.
        return _NAMED, [customer_id, case_number, list(incoming.thread_refs[:THREAD_REFS_MAX])]
    thread = incoming.headers.get("thread")
    if thread:
        return _OF_THREAD, [customer_id, line.id, thread]
    # A chat goes on where it is; a mail or a form that names no earlier one is a matter of its own.
    return (_ON_LINE, [customer_id, line.id]) if line.carrier in ("webchat", "relay") else None


def _window(conversation: Conversation) -> timedelta:
    if conversation.contract_version is None:
        return timedelta(days=REOPEN_DAYS)
    return timedelta(days=contracts.terms_of(conversation.contract_version).reopen_days)


def _values(message: Message) -> list[Any]:
    return [Jsonb(getattr(message, name)) if name in _JSON else getattr(message, name) for name in _MESSAGE_COLUMNS]
