"""What is kept about a customer beside what they said: marks, notes, fields of the client's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from customers import custom_fields
from customers.models import Customer, CustomerNote
from kernel import cards, clock
from kernel.errors import invalid, not_found
from kernel.tenancy import require_entered
from people.access import alias_for, roles_of
from people.models import Person
from tenants.models import Tenant

NOTE_MAX, NOTES_MAX = 2_000, 200
Json = dict[str, Any]


def lock_living(customer_id: UUID) -> Customer:
    """The customer, locked; not_found for who was erased, or is part of another record by now."""
    require_entered()
    rows = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id, erased_at=None, merged_into=None)
    found = rows.first()
    if found is None:
        raise not_found()
    return found


def set_marks(*, customer_id: UUID, is_vip: bool, legal_priority: str) -> Customer:
    """legal_priority: "", ``age`` or ``disability``, as the person stated it."""
    if legal_priority not in ("", *Customer.LegalPriority.values):
        raise invalid("A legal priority is age or disability.", legal_priority="Not known.")
    with transaction.atomic():
        customer = lock_living(customer_id)
        customer.is_vip, customer.legal_priority = is_vip, legal_priority
        customer.save(update_fields=["is_vip", "legal_priority"])
    return customer


def set_fields(*, customer_id: UUID, values: Mapping[str, Any]) -> Customer:
    """Change these fields and leave the others; an empty value takes one away. Refusal invalid."""
    with transaction.atomic():
        customer = lock_living(customer_id)
        kept = custom_fields.checked(values)
        customer.fields = {**{code: each for code, each in customer.fields.items() if code not in values}, **kept}
        customer.save(update_fields=["fields"])
    return customer


def write_note(*, person: Person, tenant: Tenant, customer_id: UUID, text: str) -> CustomerNote:
    text = cards.redact(text.strip()).text
    if not text or len(text) > NOTE_MAX:
        raise invalid(f"A note has 1 to {NOTE_MAX} characters; nothing was kept.", text="Empty, or too long.")
    with transaction.atomic():
        customer = lock_living(customer_id)
        if customer.notes.count() >= NOTES_MAX:
            raise invalid("There are too many notes on this customer; delete one first.", text="Full.")
        return CustomerNote.objects.create(
            customer=customer, text=text, person=person, alias=alias_for(person, tenant), created_at=clock.now()
        )


def drop_note(*, person: Person, customer_id: UUID, note_id: UUID) -> None:
    """One's own; a supervisor anyone's."""
    with transaction.atomic():
        lock_living(customer_id)
        note = CustomerNote.objects.filter(pk=note_id, customer=customer_id).first()
        if note is None or (note.person_id != person.pk and "supervisor" not in roles_of(person, None)):
            raise not_found()
        note.delete()


def notes_of(customer_id: UUID) -> list[Json]:
    """Newest first."""
    rows = CustomerNote.objects.filter(customer=customer_id).order_by("-created_at", "-pk")
    return [
        {"id": row.pk, "text": row.text, "alias": row.alias, "person": row.person_id, "created_at": row.created_at}
        for row in rows
    ]
