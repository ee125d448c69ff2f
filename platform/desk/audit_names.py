"""What the ids of the audit stand for: names of today. The entries hold ids alone, and keep them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Model

from billing.models import Invoice
from people.models import ApiKey, AuditEntry, Person
from tenants.models import Tenant

# Of the BPO's own books: people, shops, invoices and keys. What lies in a shop keeps its id.
_NAMED: tuple[tuple[type[Model], str], ...] = (
    (Person, "name"),
    (Tenant, "name"),
    (Invoice, "number"),
    (ApiKey, "name"),
)


def names_of(rows: Iterable[AuditEntry]) -> dict[str, str]:
    """Id → name, for each id in these entries that has a name."""
    ids = {found for row in rows for text in (row.object_id, *row.detail.values()) if (found := _as_id(text))}
    names: dict[str, str] = {}
    for model, field in _NAMED:
        known = model._default_manager.filter(pk__in=ids).values_list("pk", field) if ids else []
        names |= {str(pk): str(name) for pk, name in known if name}
    return names


def named_in(row: AuditEntry, names: dict[str, str]) -> dict[str, str]:
    """Those of the names that this entry needs."""
    texts = {str(text) for text in (row.object_id, *row.detail.values())}
    return {text: names[text] for text in texts & names.keys()}


def _as_id(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) and len(text) == 36 else None
    except ValueError:
        return None
