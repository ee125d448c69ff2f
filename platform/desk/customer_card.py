"""The customer beside the conversation: who they are, what is kept about them, and what of it is masked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from conversations.merging_customers import merges_of
from conversations.models import Conversation
from customers import carding, custom_fields, tags
from customers.masking import HIDDEN, mask_headers, mask_identities
from customers.models import Customer, Identity
from kernel.errors import not_found
from kernel.tenancy import require_entered
from tenants.models import Tenant

CANDIDATES = 10
REASONS = ("verify", "contact", "order", "request")
Json = dict[str, Any]


def show(tenant: Tenant, customer_id: UUID, *, is_revealed: bool = False) -> Json:
    """Everything the side of the console shows [inside the tenant]; not_found 404."""
    require_entered()
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None:
        raise not_found()
    is_masked = tenant.masks_customers and not is_revealed
    identities = _identities(row)
    theirs = Conversation.objects.filter(customer=row)
    return {
        "id": row.pk,
        "name": row.name,
        "language": row.language,
        "since": row.created_at,
        "is_vip": row.is_vip,
        "legal_priority": row.legal_priority,
        "is_masked": is_masked,
        "identities": mask_identities(identities) if is_masked else identities,
        "tags": tags.of_customer(customer_id),
        "fields": _fields(row, is_masked=is_masked),
        "notes": carding.notes_of(customer_id),
        "merges": merges_of(customer_id),
        "open_cases": theirs.exclude(status=Conversation.Status.CLOSED).count(),
        "cases": theirs.count(),
    }


def candidates(tenant: Tenant, customer_id: UUID, words: str) -> list[Json]:
    """Who could be the same person: by a part of a name or address; without words, of the same name."""
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None:
        raise not_found()
    others = Customer.objects.filter(merged_into=None, erased_at=None).exclude(pk=customer_id)
    if words.strip():
        sought = words.strip()
        others = others.filter(
            pk__in=Customer.objects.filter(Q(name__icontains=sought) | Q(identities__address__icontains=sought)).values(
                "pk"
            )
        )
    elif row.name:
        others = others.annotate(folded=Lower("name")).filter(folded=row.name.lower())
    else:
        return []
    return [_candidate(each, tenant) for each in others.order_by("-created_at", "pk")[:CANDIDATES]]


def hide(tenant: Tenant, conversation: Json) -> Json:
    """An opened conversation's row without what this client wants masked."""
    if not tenant.masks_customers:
        return conversation
    customer = conversation["customer"]
    return {**conversation, "customer": {**customer, "identities": mask_identities(customer["identities"])}}


def hide_headers(tenant: Tenant, messages: list[Json]) -> list[Json]:
    return mask_headers(messages) if tenant.masks_customers else messages


def _identities(row: Customer) -> list[Json]:
    found = Identity.objects.filter(customer=row).exclude(kind=Identity.Kind.WIDGET).order_by("id")
    return [dict(each) for each in found.values("kind", "address", "verified")]


def _fields(row: Customer, *, is_masked: bool) -> list[Json]:
    shown = []
    for each in custom_fields.defined():
        value = row.fields.get(each["code"])
        hidden = is_masked and each["is_personal"] and value is not None
        shown.append({**each, "value": HIDDEN if hidden else value, "is_hidden": hidden})
    return shown


def _candidate(row: Customer, tenant: Tenant) -> Json:
    identities = _identities(row)
    shown = mask_identities(identities) if tenant.masks_customers else identities
    return {
        "id": row.pk,
        "name": row.name,
        "addresses": [each["address"] for each in shown],
        "since": row.created_at,
        "cases": Conversation.objects.filter(customer=row).count(),
    }
