"""Who wrote: the customer behind an address. An address names a customer; it grants nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from customers.models import Customer, Identity
from kernel import clock
from kernel.errors import invalid
from kernel.ids import new_id
from kernel.tenancy import require_entered

ADDRESS_MAX = 254
NAME_MAX = 200

_FIND = """
SELECT c.id, c.name, c.language
  FROM customers_identity i JOIN customers_customer c ON c.id = i.customer_id
 WHERE i.kind = %s AND i.address = %s
   FOR NO KEY UPDATE OF c
"""
# The identity decides the race: who comes second inserts neither row and finds the first one's customer.
_ADD = """
WITH identity AS (
  INSERT INTO customers_identity (customer_id, kind, address, verified, created_at)
  VALUES (%(customer)s, %(kind)s, %(address)s, %(verified)s, %(at)s)
  ON CONFLICT (kind, address) DO NOTHING
  RETURNING customer_id
)
INSERT INTO customers_customer (id, name, language, created_at)
SELECT customer_id, %(name)s, %(language)s, %(at)s FROM identity
RETURNING id, name, language
"""
_ADD_CUSTOMER = "INSERT INTO customers_customer (id, name, language, created_at) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A customer, locked until the transaction ends; ``is_new`` when this contact is their first."""

    id: UUID
    name: str
    language: str
    is_new: bool


def recognise(*, kind: str, address: str, name: str = "", language: str = "", verified: bool = False) -> Recognised:
    """The customer with this identity, made if there is none; inside a transaction, locked.

    ``kind`` is an ``Identity.Kind``. A sender without an address (a broken mail) is a customer without
    identities. Refusal invalid 400 when the address is too long.
    """
    require_entered()
    address, name = fold_address(kind, address), name.strip()[:NAME_MAX]
    with connection.cursor() as cursor:
        if not address:
            return _add_nameless(cursor, name, language)
        found = _find(cursor, kind, address)
        if found is None:
            values: dict[str, Any] = {
                "customer": new_id(), "kind": kind, "address": address, "verified": verified,
                "name": name, "language": language, "at": clock.now(),
            }  # fmt: skip
            cursor.execute(_ADD, values)
            row = cursor.fetchone()
            if row is not None:
                return Recognised(row[0], row[1], row[2], is_new=True)
            found = _find(cursor, kind, address)
            assert found is not None  # the row that won is committed: ON CONFLICT waited for it
        return found


def learn(customer_id: UUID, *, name: str = "", language: str = "") -> None:
    """Keep a first name for a nameless customer, and the last language they wrote in."""
    changes: dict[str, Any] = {}
    if name:
        changes["name"] = models.Case(
            models.When(name="", then=models.Value(name.strip()[:NAME_MAX])), default=models.F("name")
        )
    if language:
        changes["language"] = language
    if changes:
        Customer.objects.filter(pk=customer_id).update(**changes)


def add_identity(*, customer_id: UUID, kind: str, address: str) -> bool:
    """Note one more unproven address of a customer; False when it is somebody's already."""
    address = fold_address(kind, address)
    if not address:
        return False
    row = Identity(customer_id=customer_id, kind=kind, address=address, created_at=clock.now())
    Identity.objects.bulk_create([row], ignore_conflicts=True)
    return Identity.objects.filter(customer_id=customer_id, kind=kind, address=address).exists()


def address_of(customer_id: UUID, kind: str) -> str:
    """The latest address of a kind, or empty."""
    found = Identity.objects.filter(customer_id=customer_id, kind=kind).order_by("-id").first()
    return found.address if found else ""


def fold_address(kind: str, address: str) -> str:
    """Addresses compare without case or outer space (mail); other kinds as they are."""
    folded = address.strip()
    if kind == "email":
        folded = folded.lower()
    if len(folded) > ADDRESS_MAX:
        raise invalid("This address is too long; nothing was sent.", address=f"At most {ADDRESS_MAX} characters.")
    return folded


def _find(cursor: Any, kind: str, address: str) -> Recognised | None:
    cursor.execute(_FIND, [kind, address])
    row = cursor.fetchone()
    return None if row is None else Recognised(row[0], row[1], row[2], is_new=False)


def _add_nameless(cursor: Any, name: str, language: str) -> Recognised:
    customer_id = new_id()
    cursor.execute(_ADD_CUSTOMER, [customer_id, name, language, clock.now()])
    return Recognised(customer_id, name, language, is_new=True)
