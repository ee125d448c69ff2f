"""Who wrote: the customer behind an address. An address names a customer; it grants nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from customers.models import Customer, Identity
from kernel import clock, statements
from kernel.errors import invalid
from kernel.ids import new_id
from kernel.tenancy import require_entered

ADDRESS_MAX = 254
NAME_MAX = 200

# The identity decides the race: who comes second inserts neither row, and finds the first one's customer the next time.
_RECOGNISE = """
WITH found AS (
  SELECT c.id, c.name, c.language, c.is_vip, c.legal_priority
    FROM {shop}.customers_identity i JOIN {shop}.customers_customer c ON c.id = i.customer_id
   WHERE i.kind = %(kind)s AND i.address = %(address)s
     FOR NO KEY UPDATE OF c
), identity AS (
  INSERT INTO {shop}.customers_identity (customer_id, kind, address, verified, created_at)
  SELECT %(customer)s::uuid, %(kind)s, %(address)s, %(verified)s::boolean, %(at)s::timestamptz
   WHERE NOT EXISTS (SELECT FROM found)
  ON CONFLICT (kind, address) DO NOTHING
  RETURNING customer_id
), customer AS (
  INSERT INTO {shop}.customers_customer (id, name, language, created_at)
  SELECT customer_id, %(name)s::text, %(language)s::text, %(at)s::timestamptz FROM identity
  RETURNING id, name, language
)
SELECT id, name, language, false, is_vip, legal_priority FROM found
UNION ALL SELECT id, name, language, true, false, '' FROM customer
"""
_ADD_CUSTOMER = "INSERT INTO {shop}.customers_customer (id, name, language, created_at) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A customer, locked until the transaction ends; ``is_new`` when this contact is their first."""

    id: UUID
    name: str
    language: str
    is_new: bool
    is_vip: bool = False
    legal_priority: str = ""


def recognise(*, kind: str, address: str, name: str = "", language: str = "", verified: bool = False) -> Recognised:
    """The customer with this identity, made if there is none; inside a transaction, locked.

    ``kind`` is an ``Identity.Kind``. A sender without an address (a broken mail) is a customer without
    identities. Refusal invalid 400 when the address is too long.
    """
    require_entered()
    address, name = fold_address(kind, address), name.strip()[:NAME_MAX]
    if not address:
        return _add_nameless(name, language)
    values: dict[str, Any] = {
        "customer": new_id(), "kind": kind, "address": address, "verified": verified,
        "name": name, "language": language, "at": clock.now(),
    }  # fmt: skip
    rows = statements.run_in_shop(_RECOGNISE, values)
    # Without a row another hand wrote this identity a moment ago: it is committed, ON CONFLICT waited for it.
    [row] = rows or statements.run_in_shop(_RECOGNISE, values)
    return Recognised(*row)


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


def _add_nameless(name: str, language: str) -> Recognised:
    customer_id = new_id()
    statements.run_in_shop(_ADD_CUSTOMER, [customer_id, name, language, clock.now()])
    return Recognised(customer_id, name, language, is_new=True)
