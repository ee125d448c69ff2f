"""Everything that is held about one customer's conversations, as plain JSON values, for the person themself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from conversations import tagging
from conversations.approval_models import Approval
from conversations.composing_models import Draft, HeldReply
from conversations.models import Attachment, Conversation, Message, Receipt
from kernel.tenancy import require_entered

Json = dict[str, Any]


def conversations_of(customer_id: UUID) -> list[Json]:
    """Oldest first, each with its messages, notes and files; agents by the names the shop's customers see."""
    require_entered()
    rows = Conversation.objects.filter(customer=customer_id).order_by("opened_at", "id")
    return [
        {
            "id": row.id,
            "case_number": row.case_number,
            "channel": row.channel,
            "subject": row.subject,
            "language": row.language,
            "category": row.category,
            "order_number": row.order_number,
            "status": row.status,
            "contact_reason": row.contact_reason,
            "promise": row.promise,
            "tags": [tag["name"] for tag in tagging.of(row.id)],
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "messages": [_message(message) for message in _messages(row.id)],
            "asked_of_shop": [_asked(approval) for approval in row.approvals.order_by("asked_at", "id")],
            "unsent": _unsent(row.id),
        }
        for row in rows
    ]


def raw_payloads_of(conversation_ids: Sequence[UUID]) -> Iterator[tuple[Json, bytes]]:
    """What carriers delivered, byte for byte."""
    require_entered()
    rows = Receipt.objects.filter(message__conversation__in=conversation_ids).order_by("received_at", "id")
    for row in rows.iterator(chunk_size=20):
        if payload := bytes(row.payload):
            about = {
                "id": row.id,
                "carrier": row.carrier,
                "carrier_id": row.external_id,
                "received_at": row.received_at,
            }
            yield about, payload


def files_of(conversation_ids: Sequence[UUID]) -> list[Attachment]:
    require_entered()
    return list(Attachment.objects.filter(message__conversation__in=conversation_ids).order_by("id"))


def _messages(conversation_id: UUID) -> list[Message]:
    rows = Message.objects.filter(conversation=conversation_id).order_by("seq")
    return list(rows.prefetch_related("attachments"))


def _unsent(conversation_id: UUID) -> list[Json]:
    """What was written to them, or about them, and has not left."""
    drafts = Draft.objects.filter(conversation=conversation_id).exclude(text="", envelope={}).order_by("saved_at")
    held = HeldReply.objects.filter(conversation=conversation_id).exclude(text="", envelope={}).order_by("written_at")
    return [
        *({"at": row.saved_at, "kind": row.mode, "text": row.text, "headers": row.envelope} for row in drafts),
        *({"at": row.written_at, "kind": row.state, "text": row.text, "headers": row.envelope} for row in held),
    ]


def _asked(row: Approval) -> Json:
    return {
        "at": row.asked_at,
        "asked": row.asked,
        "note": row.note,
        "amount": row.amount,
        "options": row.options,
        "name": row.alias,
        "state": row.state,
        "answer": row.answer,
        "option": row.option,
        "comment": row.comment,
        "ended_at": row.ended_at,
    }


def _message(row: Message) -> Json:
    return {
        "number": row.seq,
        "at": row.created_at,
        "direction": row.direction,
        "author": row.author,
        "name": row.alias,
        "channel": row.channel,
        "text": row.text,
        "html": row.html,
        "language": row.language,
        "delivery": row.delivery,
        "event": row.event,
        "headers": row.headers,
        "files": [
            {
                "id": file.id,
                "name": file.name,
                "content_type": file.content_type,
                "size": file.size,
                "sha256": file.sha256,
            }
            for file in row.attachments.all()
        ],
    }
