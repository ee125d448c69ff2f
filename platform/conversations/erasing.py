"""Erase what a customer said and was told, in every form in which it is kept. Numbers, times and states stay."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q

from automation.replies import forget_words
from conversations import attachments, holding
from conversations.approval_models import Approval, ApprovalLetter
from conversations.composing_models import Draft, HeldReply, Peek
from conversations.models import Attachment, Conversation, ConversationLink, Message, Receipt, TagOnConversation
from conversations.naming import mentions
from kernel.errors import Refusal
from kernel.tenancy import TenantRow, require_entered

_ERASED = "erased:"
_SHORTEST = 5  # an address shorter than this is found in every payload


def lock_conversations(customer_id: UUID) -> list[Conversation]:
    """A customer's conversations, locked in the order of their ids."""
    require_entered()
    rows = Conversation.objects.select_for_update(no_key=True, of=("self",)).filter(customer=customer_id)
    return list(rows.order_by("id"))


def refuse_while_open(conversations: Sequence[Conversation]) -> None:
    """Refusal still_open 409: somebody would go on working on an empty page."""
    still = [row.case_number for row in conversations if row.status != Conversation.Status.CLOSED]
    if still:
        raise Refusal(
            "still_open",
            409,
            f"Close {', '.join(still[:10])} first; an agent may be at work on it. Nothing was erased.",
        )


def erase_conversations(
    *, tenant: TenantRow, conversations: Sequence[Conversation], addresses: Sequence[str]
) -> dict[str, int]:
    """Empty locked conversations: texts, files, raw payloads; how many of each. Repeating it changes nothing.

    The files go before the commit: if that fails, this is done again, and a file that outlived its row would stay for
    ever.
    """
    require_entered()
    ids = [row.pk for row in conversations]
    messages = Message.objects.filter(conversation__in=ids)
    files = list(Attachment.objects.filter(message__conversation__in=ids).values_list("pk", flat=True))
    for file_id in files:
        attachments.remove(tenant, file_id)
    counts = {
        "conversations": len(ids),
        "files": len(files),
        "messages": messages.count(),
        "raw_payloads": _empty_receipts(ids, addresses),
    }
    Attachment.objects.filter(pk__in=files).delete()
    waiting = messages.filter(delivery__in=(Message.Delivery.PENDING, Message.Delivery.SENDING))
    waiting.update(delivery=Message.Delivery.FAILED, next_attempt_at=None, leased_until=None)
    _keep_event_codes(ids)
    messages.update(text="", html="", headers={}, delivery_error="", external_id="", client_key=None)
    ConversationLink.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()
    TagOnConversation.objects.filter(conversation__in=ids).delete()
    _drop_unsent(tenant, ids)
    asked = Approval.objects.filter(conversation__in=ids)
    asked.update(asked="", note="", options=[], option="", comment="")
    ApprovalLetter.objects.filter(approval__in=asked).update(delivery_error="")
    forget_words(ids)
    Conversation.objects.filter(pk__in=ids).update(subject="", order_number="", promise={})
    return counts


def spent_id(line_id: UUID, external_id: str) -> str:
    """What stands for a carrier's id after its message was erased: a redelivery is still known, and says nothing."""
    name = f"{line_id}\n{external_id}".encode("utf-8", "replace")
    return _ERASED + blake2b(name, digest_size=24, key=settings.SECRET_KEY[:64].encode()).hexdigest()


def _drop_unsent(tenant: TenantRow, conversation_ids: Sequence[UUID]) -> None:
    """What was written, or typed, and never sent."""
    held = HeldReply.objects.filter(conversation__in=conversation_ids)
    for row in held:
        for file in holding.kept_files(row):
            attachments.remove(tenant, file.id)
    for rows in (held, Draft.objects.filter(conversation__in=conversation_ids)):
        rows.delete()
    Peek.objects.filter(conversation__in=conversation_ids).delete()


def _empty_receipts(conversation_ids: Sequence[UUID], addresses: Sequence[str]) -> int:
    """Raw payloads of these conversations, and those that belong to none (refused, quarantined) but name an address."""
    ids = list(Receipt.objects.filter(message__conversation__in=conversation_ids).values_list("id", flat=True))
    sought = [address for address in addresses if len(address) >= _SHORTEST]
    alone = Receipt.objects.filter(message__isnull=True).exclude(external_id__startswith=_ERASED)
    for row in alone.iterator(chunk_size=20) if sought else ():
        beside = f"\n{row.external_id}\n{row.error}\n{row.note}"
        if mentions(bytes(row.payload) + beside.encode("utf-8", "replace"), sought):
            ids.append(row.pk)
    found = list(Receipt.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("id").defer("payload"))
    for row in found:
        Receipt.objects.filter(pk=row.pk).update(
            payload=b"",
            error="",
            note="",
            sender="",
            external_id=spent_id(row.line_id, row.external_id),
            state=row.state if row.state == Receipt.State.DONE else Receipt.State.REFUSED,
            next_attempt_at=None,
        )
    return len(found)


def _keep_event_codes(conversation_ids: Sequence[UUID]) -> None:
    """Of an event its code stays ("closed", "transferred"); its parameters may hold what somebody wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_message SET event = CASE WHEN event ? 'code'"
            " THEN jsonb_build_object('code', event->'code') ELSE '{}'::jsonb END"
            " WHERE conversation_id = ANY(%s) AND event <> '{}'::jsonb",
            [list(conversation_ids)],
        )
