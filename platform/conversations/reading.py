"""Conversations as screens read them: plain dicts of JSON values, a fixed number of queries whatever their length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from conversations.card_numbers import HEADER as CARDS_REMOVED
from conversations.defaults import label
from conversations.models import Attachment, Category, ContactReason, Conversation, Message
from conversations.promising import shown as shown_promise
from conversations.ringing import SHOWN_TO_SHOPPER
from customers.models import Customer, Identity
from kernel.errors import not_found
from kernel.tenancy import require_entered
from people.models import Person

PAGE = 500
# What a screen opens with; whoever scrolls up asks for more.
LATEST = 100
_HISTORY = 20
_PREVIEW_CHARS = 140
Json = dict[str, Any]
FileLink = Callable[[UUID], str]


def conversation(conversation_id: UUID) -> Json:
    """Everything about one conversation but its messages, with its customer's card; not_found 404."""
    require_entered()
    row = Conversation.objects.filter(pk=conversation_id).first()
    if row is None:
        raise not_found()
    return {
        "id": str(row.id),
        "case_number": row.case_number,
        "subject": row.subject,
        "channel": row.channel,
        "language": row.language,
        "status": row.status,
        "category": row.category,
        "order_number": row.order_number,
        "priority": row.priority,
        "opened_at": _time(row.opened_at),
        "closed_at": _time(row.closed_at),
        "contact_reason": row.contact_reason,
        "promise": shown_promise(row.promise),
        "last_seq": row.last_seq,
        "last_message_at": _time(row.last_message_at),
        "customer": customer_card(row.customer_id),
    }


def last_seq(conversation_id: UUID) -> int:
    """The number of its latest message; not_found 404. One query, where no more than this is asked."""
    require_entered()
    found = Conversation.objects.filter(pk=conversation_id).values_list("last_seq", flat=True).first()
    if found is None:
        raise not_found()
    return found


def customer_card(customer_id: UUID) -> Json:
    """A customer with their addresses and latest conversations."""
    customer = Customer.objects.get(pk=customer_id)
    identities = Identity.objects.filter(customer=customer_id).order_by("id")
    history = Conversation.objects.filter(customer=customer_id).order_by("-last_message_at")[:_HISTORY]
    return {
        "id": str(customer.id),
        "name": customer.name,
        "language": customer.language,
        "since": _time(customer.created_at),
        "is_vip": customer.is_vip,
        "legal_priority": customer.legal_priority,
        "identities": [
            {"kind": row.kind, "address": row.address, "verified": row.verified}
            for row in identities
            if row.kind != Identity.Kind.WIDGET  # a random key of a browser tells an agent nothing
        ],
        "conversations": [
            {
                "id": str(row.id),
                "case_number": row.case_number,
                "subject": row.subject,
                "status": row.status,
                "opened_at": _time(row.opened_at),
                "channel": row.channel,
            }
            for row in history
        ],
    }


def messages_since(conversation_id: UUID, after: int = 0, *, link: FileLink, limit: int = PAGE) -> list[Json]:
    """For staff: messages, notes and events numbered above ``after``, in order.

    link: what gives this reader's address of a file (``file_links.links_for``).
    """
    require_entered()
    rows = Message.objects.filter(conversation=conversation_id, seq__gt=after).order_by("seq")
    return _shown_to_staff(list(rows.prefetch_related("attachments")[:limit]), link)


def messages_before(
    conversation_id: UUID, before: int | None = None, *, link: FileLink, limit: int = PAGE
) -> list[Json]:
    """For staff: the last ``limit`` that are numbered below ``before`` (None: of all), in order."""
    require_entered()
    rows = Message.objects.filter(conversation=conversation_id)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return _shown_to_staff(list(rows.order_by("-seq").prefetch_related("attachments")[:limit])[::-1], link)


def _shown_to_staff(found: list[Message], link: FileLink) -> list[Json]:
    names = dict(Person.objects.filter(pk__in={row.person_id for row in found}).values_list("pk", "name"))
    return [
        {
            **_shown(row, link),
            "channel": row.channel,
            "event": row.event,
            "person_name": names.get(row.person_id) if row.person_id else None,
            "delivery_error": row.delivery_error,
            "headers": {name: row.headers[name] for name in _HEADERS if name in row.headers},
        }
        for row in found
    ]


def shown_to_shopper(conversation_id: UUID, after: int = 0, *, link: FileLink, limit: int = PAGE) -> list[Json]:
    """For the shopper and the shop: what was said to and fro; no notes, no events, no one's legal name."""
    require_entered()
    rows = Message.objects.filter(conversation=conversation_id, seq__gt=after, direction__in=SHOWN_TO_SHOPPER)
    found = list(rows.order_by("seq").prefetch_related("attachments")[:limit])
    return [_shown(row, link) for row in found]


def whole_up_to(messages: list[Json], last_seq: int, *, limit: int = PAGE) -> int:
    """The number up to which a page of messages is all there is: a shopper sees no notes, hence gaps that are none.

    last_seq: of the conversation, read before the messages.
    """
    last = int(messages[-1]["seq"]) if messages else 0
    return last if len(messages) >= limit else max(last, last_seq)


def spoke_last(conversation_id: UUID) -> str:
    """The alias of the agent who spoke last, or empty."""
    said = Message.objects.filter(
        conversation=conversation_id, direction=Message.Direction.OUT, author=Message.Author.AGENT
    )
    return said.order_by("-seq").values_list("alias", flat=True).first() or ""


def previews(read: Mapping[UUID, int]) -> dict[UUID, Json]:
    """What a list of work shows of each conversation: conversation → number read up to. Two queries for any number.

    ``unread`` counts what the shopper, and the client who was asked, said above that number; ``preview`` is what a
    person said last.
    """
    require_entered()
    said = Message.objects.filter(conversation=OuterRef("pk"), direction__in=SHOWN_TO_SHOPPER)
    latest = said.exclude(author=Message.Author.SYSTEM).order_by("-seq")
    rows = Conversation.objects.filter(pk__in=list(read)).annotate(
        customer_name=F("customer__name"), preview=Subquery(latest.values("text")[:1])
    )
    unread = _unread(read)
    return {
        row.id: {
            "conversation": str(row.id),
            "case_number": row.case_number,
            "customer_name": row.customer_name,
            "channel": row.channel,
            "language": row.language,
            "subject": row.subject,
            "preview": " ".join((row.preview or "")[: _PREVIEW_CHARS * 2].split())[:_PREVIEW_CHARS],
            "unread": unread.get(row.id, 0),
            "last_seq": row.last_seq,
            "last_message_at": _time(row.last_message_at),
            "status": row.status,
            "opened_at": _time(row.opened_at),
        }
        for row in rows
    }


def contact_reasons(language: str, *, fallback: str = "en") -> list[Json]:
    """The shop's contact reasons, in the order it chose; ``parent`` is the one of the first level, or null."""
    rows = list(ContactReason.objects.filter(is_active=True).order_by("position", "code"))
    codes = {row.pk: row.code for row in rows}
    # What is below a reason that is out of use is out of use, too.
    shown = [row for row in rows if row.parent_id is None or row.parent_id in codes]
    return [
        {**label_, "parent": codes.get(row.parent_id) if row.parent_id else None}
        for row, label_ in zip(shown, _labelled(shown, language, fallback), strict=True)
    ]


def categories(language: str, *, fallback: str = "en") -> list[Json]:
    """What a shopper can choose on the form."""
    return _labelled(Category.objects.filter(is_active=True).order_by("position", "code"), language, fallback)


def attachment(attachment_id: UUID) -> Attachment:
    """The row of a file; not_found 404."""
    require_entered()
    return _only(Attachment.objects.filter(pk=attachment_id).select_related("message"))


def shown_attachment(attachment_id: UUID, *, within: QuerySet[Conversation] | None = None) -> Attachment:
    """The same for the shopper and the shop: of what was said to and fro, in one of these conversations if given."""
    require_entered()
    rows = Attachment.objects.filter(pk=attachment_id, message__direction__in=SHOWN_TO_SHOPPER)
    rows = rows.select_related("message")
    return _only(rows if within is None else rows.filter(message__conversation__in=within.values("pk")))


def _only(rows: QuerySet[Attachment]) -> Attachment:
    row = rows.first()
    if row is None:
        raise not_found()
    return row


_HEADERS = ("subject", "from", "to", "cc", "email", "refused_files")


def _shown(row: Message, link: FileLink) -> Json:
    return {
        "id": str(row.id),
        "seq": row.seq,
        "direction": row.direction,
        "author": row.author,
        "alias": row.alias,
        "text": row.text,
        "html": row.html,
        "language": row.language,
        "created_at": _time(row.created_at),
        "delivery": row.delivery,
        "cards_removed": int(row.headers.get(CARDS_REMOVED, 0)),
        "attachments": [
            {
                "id": str(file.id),
                "name": file.name,
                "content_type": file.content_type,
                "size": file.size,
                "url": link(file.id),
            }
            for file in row.attachments.all()
        ],
    }


def _unread(read: Mapping[UUID, int]) -> dict[UUID, int]:
    above = Q()
    for conversation_id, seq in read.items():
        above |= Q(conversation=conversation_id, seq__gt=seq)
    if not read:
        return {}
    spoken = Q(direction=Message.Direction.IN) | Q(event__code="client_answered")
    rows = Message.objects.filter(above & spoken).values("conversation").annotate(n=Count("id"))
    return {row["conversation"]: row["n"] for row in rows}


def _labelled(rows: Iterable[Category | ContactReason], language: str, fallback: str) -> list[Json]:
    return [{"code": row.code, "label": label(row.labels, language, fallback)} for row in rows]


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
