"""Erase who a customer is: name, language and addresses. The row stays, as a number that the books may point at."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from customers.models import Customer, CustomerMerge, CustomerNote, Identity, TagOnCustomer
from kernel import clock
from kernel.errors import not_found
from kernel.tenancy import require_entered


def lock(customer_id: UUID) -> Customer:
    """The customer, locked as ``recognise`` locks them: nothing of theirs comes in meanwhile; not_found 404."""
    require_entered()
    found = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).first()
    if found is None:
        raise not_found()
    return found


def addresses_of(customer_id: UUID) -> list[str]:
    return list(Identity.objects.filter(customer=customer_id).order_by("id").values_list("address", flat=True))


def erase_person(customer: Customer) -> dict[str, int]:
    """Take name, language, marks, tags and addresses off the locked row; how many there were."""
    addresses, _ = Identity.objects.filter(customer=customer).delete()
    names = 1 if customer.name else 0
    notes, _ = CustomerNote.objects.filter(customer=customer).delete()
    CustomerMerge.objects.filter(Q(kept=customer) | Q(absorbed=customer)).update(moved={})
    TagOnCustomer.objects.filter(customer=customer).delete()
    customer.name = customer.language = customer.legal_priority = ""
    customer.is_vip, customer.fields = False, {}
    customer.erased_at = clock.now()
    customer.save(update_fields=["name", "language", "legal_priority", "is_vip", "fields", "erased_at"])
    return {"names": names, "addresses": addresses, "customer_notes": notes}


def absorbed_by(customer_id: UUID) -> list[UUID]:
    """Records that became part of this one, or of one that did: the same person's."""
    found: list[UUID] = []
    ahead = [customer_id]
    while ahead:
        ahead = list(Customer.objects.filter(merged_into__in=ahead).order_by("id").values_list("pk", flat=True))
        found += ahead
    return found
