"""Find a customer of a client, and see what is held about them before it is exported or erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from conversations.models import Attachment, Conversation, Message
from customers.models import Customer, ErasureCertificate, Identity
from kernel.errors import not_found
from kernel.tenancy import require_entered
from people.models import Person
from quality.models import Evaluation
from tenants.models import ErasureEntry, Tenant

MOST = 30
PAGE_ROWS = 50
_SHORTEST = 2
Json = dict[str, Any]


def search(words: str) -> list[Json]:
    """Customers by a part of their name or address, by case number or by id; newest first [inside the tenant]."""
    require_entered()
    wanted = words.replace("\0", "").strip()
    if len(wanted) < _SHORTEST:
        return []
    theirs = Q(name__icontains=wanted) | Q(identities__address__icontains=wanted)
    theirs |= Q(conversations__case_number__iexact=wanted.lstrip("#"))
    if (customer_id := _as_id(wanted)) is not None:
        theirs |= Q(pk=customer_id)
    living = Customer.objects.filter(merged_into=None)
    found = living.filter(pk__in=Customer.objects.filter(theirs).values("pk")).order_by("-created_at", "pk")
    return [_head(row) for row in found.prefetch_related("identities")[:MOST]]


def card(customer_id: UUID) -> Json:
    """What is held about a customer, counted, and what has to be typed to erase them; not_found 404."""
    require_entered()
    row = Customer.objects.filter(pk=customer_id).prefetch_related("identities").first()
    if row is None:
        raise not_found()
    conversations = Conversation.objects.filter(customer=row)
    files = Attachment.objects.filter(message__conversation__customer=row)
    still_open = conversations.exclude(status=Conversation.Status.CLOSED).order_by("opened_at")
    proof = ErasureCertificate.objects.filter(customer=row).first()
    return {
        **_head(row),
        "language": row.language,
        "confirm_with": "" if row.erased_at else confirmation_of(row),
        "held": {
            "conversations": conversations.count(),
            "messages": Message.objects.filter(conversation__customer=row).count(),
            "files": files.count(),
            "evaluations": Evaluation.objects.filter(conversation__customer=row).count(),
        },
        "conversations": [_matter(each) for each in conversations.order_by("-opened_at", "pk")[:MOST]],
        "files": [_file(each) for each in files.select_related("message").order_by("-pk")[:MOST]],
        "still_open": list(still_open.values_list("case_number", flat=True)[:MOST]),
        "certificate_sha256": proof.sha256 if proof else None,
    }


def erasures(tenant: Tenant, page: int) -> Json:
    """Who was erased at a client, newest first, by number: nothing else is known of them."""
    rows = ErasureEntry.objects.filter(kind=ErasureEntry.Kind.CUSTOMER, tenant_id=tenant.id)
    start = (page - 1) * PAGE_ROWS
    found = list(rows.order_by("-asked_at", "-pk")[start : start + PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    names = dict(Person.objects.filter(pk__in={row.by for row in shown if row.by}).values_list("pk", "name"))
    return {
        "results": [_erasure(row, names) for row in shown],
        "next": page + 1 if len(found) > PAGE_ROWS else None,
    }


def confirmation_of(customer: Customer) -> str:
    """What is typed to say "this person": their mail address, else their name, else their number here."""
    mail = Identity.objects.filter(customer=customer, kind=Identity.Kind.EMAIL).order_by("id").first()
    return mail.address if mail else customer.name.strip() or str(customer.pk)


def _head(row: Customer) -> Json:
    shown = [each for each in row.identities.all() if each.kind != Identity.Kind.WIDGET]
    return {
        "id": row.pk,
        "name": row.name,
        "addresses": [each.address for each in sorted(shown, key=lambda each: each.pk)],
        "since": row.created_at,
        "erased_at": row.erased_at,
    }


def _matter(row: Conversation) -> Json:
    return {
        "id": row.pk,
        "case_number": row.case_number,
        "channel": row.channel,
        "status": row.status,
        "opened_at": row.opened_at,
    }


def _file(row: Attachment) -> Json:
    return {"id": row.pk, "name": row.name, "size": row.size, "conversation": row.message.conversation_id}


def _erasure(row: ErasureEntry, names: dict[UUID, str]) -> Json:
    return {
        "customer": row.erased_id,
        "reason": row.reason,
        "asked_at": row.asked_at,
        "done_at": row.done_at,
        "by": {"id": row.by, "name": names[row.by]} if row.by in names else None,
        "certificate_sha256": row.certificate_sha256,
    }


def _as_id(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None
