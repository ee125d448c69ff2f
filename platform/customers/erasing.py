"""Erase who a customer is: name, language and addresses. The row stays, as a number that the books may point at."""

from __future__ import annotations

from uuid import UUID

from customers.models import Customer, Identity
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
    """Take name, language and addresses off the locked row; how many of each."""
    addresses, _ = Identity.objects.filter(customer=customer).delete()
    names = 1 if customer.name else 0
    customer.name = customer.language = ""
    customer.erased_at = clock.now()
    customer.save(update_fields=["name", "language", "erased_at"])
    return {"names": names, "addresses": addresses}
