"""Erase a customer: everything that says who they are or what was said, over all channels; the books stay true.

What was asked for is written first, in the ledger of the public schema; the erasure itself is one transaction. Whoever
was stopped between the two is finished by the sweep, and a restored backup is taken through the same door again.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from conversations import erasing as said
from customers import certificate, erasing
from customers.models import Customer, ErasureCertificate
from desk import closing
from desk.customer_records import confirmation_of
from kernel import clock, live
from kernel.errors import Refusal, invalid, not_found
from kernel.events import ConversationChanged
from kernel.tenancy import enter
from people.access import audit, may_serve, roles_of
from people.models import Person
from quality import erasing as comments
from tenants import erasure_ledger
from tenants.models import ErasureEntry, Tenant

log = logging.getLogger(__name__)

MAY = frozenset({"supervisor", "operator"})
REASONS = (ErasureEntry.Reason.PERSON, ErasureEntry.Reason.CLIENT, ErasureEntry.Reason.RETENTION)
_GRACE = timedelta(seconds=60)


def erase_customer(*, person: Person, tenant: Tenant, customer_id: UUID, confirm: str, reason: str) -> dict[str, Any]:
    """Erase everything held about a customer; the certificate's head. A repeat answers the first certificate.

    confirm: ``confirmation_of`` the customer, as typed. Refuses with not_allowed, not_found, invalid or still_open;
    nothing is erased then.
    """
    require_may_erase(person, tenant)
    if reason not in REASONS:
        raise invalid("Say why the person is erased; nothing was erased.", reason="Choose one of the reasons.")
    with enter(tenant):
        customer = Customer.objects.filter(pk=customer_id).first()
        if customer is None:
            raise not_found()
        if customer.erased_at is not None:
            return head_of(certificate_of(customer_id))
        if customer.merged_into_id is not None:
            raise Refusal("merged", 409, "This record is part of another one; erase that one. Nothing was erased.")
        absorbed = erasing.absorbed_by(customer_id)
        if confirm.strip().casefold() != confirmation_of(customer).strip().casefold():
            raise invalid(
                "What was typed is not this customer; nothing was erased.", confirm="Type it exactly as it is shown."
            )
        with transaction.atomic():
            said.refuse_while_open(said.lock_conversations(customer_id))
    with transaction.atomic():
        # Each by its own number: a backup may be older than the merge.
        entries = [
            erasure_ledger.ask(
                kind=ErasureEntry.Kind.CUSTOMER, tenant_id=tenant.id, erased_id=each, reason=reason, by=person.pk
            )
            for each in (customer_id, *absorbed)
        ]
        audit(person, "customer.erasure_asked", tenant=tenant, object_id=customer_id, reason=reason)
    for entry in entries:
        finish(entry)
    with enter(tenant):
        return head_of(certificate_of(customer_id))


def require_may_erase(person: Person, tenant: Tenant) -> None:
    if not may_serve(person, tenant):
        raise not_found()
    if not roles_of(person, None) & MAY:
        raise Refusal("not_allowed", 403, "Only a supervisor or an operator may do this; nothing was changed.")


def finish(entry: ErasureEntry, *, reapplied: bool = False) -> bool:
    """Do what an entry asks for, in one transaction; False when there was nothing left to do."""
    with transaction.atomic():
        locked = ErasureEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if locked.done_at is not None:
            return False
        tenant = Tenant.objects.filter(pk=locked.tenant_id).exclude(status=Tenant.Status.DELETED).first()
        digest = _erase(tenant, locked, reapplied) if tenant is not None else ""
        erasure_ledger.settle(locked, certificate_sha256=digest)
        audit(_who(locked), "customer.erased", tenant=tenant, object_id=locked.erased_id, certificate=digest)
    return True


def finish_unfinished() -> int:
    """Take up what was asked for and not done: its process was stopped half-way. How many."""
    done = 0
    for entry in erasure_ledger.unfinished(asked_before=clock.now() - _GRACE):
        try:
            done += closing.finish(entry) if entry.kind == ErasureEntry.Kind.TENANT else finish(entry)
        except (DatabaseError, OSError):
            log.exception("erasure %s is not done; it is tried again", entry.pk)
    erasure_ledger.export()
    return done


def certificate_of(customer_id: UUID) -> ErasureCertificate:
    """The certificate of an erased customer [inside the tenant]; not_found 404."""
    found = ErasureCertificate.objects.filter(customer=customer_id).first()
    if found is None:
        raise not_found()
    return found


def head_of(row: ErasureCertificate) -> dict[str, Any]:
    return {
        "customer": row.customer_id,
        "erased_at": row.data["erased_at"],
        "reason": row.data["reason"],
        "by": row.data["by"],
        "sha256": row.sha256,
        "erased": row.data["erased"],
    }


def _erase(tenant: Tenant, entry: ErasureEntry, reapplied: bool) -> str:
    """Erase in the entered schema; the certificate's hash, or empty for a customer who is not here.

    Lock order: the customer, as a message that comes in takes it; then their conversations.
    """
    who = _who(entry)
    with enter(tenant):
        if not Customer.objects.filter(pk=entry.erased_id).exists():
            return ""
        customer = erasing.lock(entry.erased_id)
        conversations = said.lock_conversations(customer.pk)
        ids = [row.pk for row in conversations]
        counts = {
            **said.erase_conversations(
                tenant=tenant, conversations=conversations, addresses=erasing.addresses_of(customer.pk)
            ),
            **comments.erase_comments(ids),
            **erasing.erase_person(customer),
        }
        made = certificate.make(
            tenant=tenant,
            customer=customer,
            asked_at=entry.asked_at,
            by=who.name if who else "",
            reason=entry.reason,
            counts=counts,
            reapplied=reapplied,
        )
    for conversation_id in ids:
        live.tell(
            ConversationChanged(tenant=str(tenant.id), conversation=str(conversation_id)),
            live.conversation_feed(tenant.id, conversation_id),
            live.shopper_feed(tenant.id, conversation_id),
        )
    return made.sha256


def _who(entry: ErasureEntry) -> Person | None:
    return Person.objects.filter(pk=entry.by).first() if entry.by else None
