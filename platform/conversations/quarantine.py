"""Payloads that could not be taken in: an operator reads why, has them handled again, or sets them aside."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Length

from conversations import doorbells
from conversations.cleaning import clean
from conversations.models import Receipt
from kernel import cards, clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.access import audit, roles_of
from people.models import Person
from tenants.models import Tenant

NOTE_MAX = 500
PAGE = 100
Json = dict[str, Any]


def listed(limit: int = PAGE) -> list[Json]:
    """What lies in quarantine in the entered tenant, oldest first: nothing that a customer wrote."""
    require_entered()
    return [_show(row) for row in _rows().order_by("received_at", "id")[:limit]]


def opened(*, person: Person, tenant: Tenant, receipt_id: UUID) -> Json:
    """One of them with the whole reason, which may repeat words of the payload. Written down."""
    require_entered()
    row = _rows().filter(pk=receipt_id).first()
    if row is None:
        raise not_found()
    audit(person, "receipt.opened", tenant=tenant, object_id=row.id)
    return {**_show(row), "error": row.error, "sha256": hashlib.sha256(bytes(row.payload)).hexdigest()}


def handle_again(*, person: Person, tenant: Tenant, receipt_id: UUID) -> None:
    """Let it be handled once more, from its first attempt; repeating it while it waits changes nothing."""
    _require_operator(person)
    require_entered()
    with transaction.atomic():
        row = _locked(receipt_id)
        if row.state == Receipt.State.NEW:
            return
        _require_in_quarantine(row)
        row.state, row.attempts, row.next_attempt_at = Receipt.State.NEW, 0, clock.now()
        row.save(update_fields=["state", "attempts", "next_attempt_at"])
        audit(person, "receipt.handled_again", tenant=tenant, object_id=row.id)
        transaction.on_commit(lambda: doorbells.ring("conversations.take_in", tenant.id, row.id))


def set_aside(*, person: Person, tenant: Tenant, receipt_id: UUID, reason: str) -> None:
    """It is dealt with, says a person, and why; payload and reason stay. Repeating it changes nothing."""
    _require_operator(person)
    require_entered()
    reason = cards.redact(clean(reason).strip()).text[:NOTE_MAX]
    if not reason:
        raise invalid("Say why it may be set aside; nothing was changed.", reason="Empty.")
    with transaction.atomic():
        row = _locked(receipt_id)
        if row.state == Receipt.State.SET_ASIDE:
            return
        _require_in_quarantine(row)
        row.state, row.note, row.handled_at = Receipt.State.SET_ASIDE, reason, clock.now()
        row.save(update_fields=["state", "note", "handled_at"])
        audit(person, "receipt.set_aside", tenant=tenant, object_id=row.id)


def _rows() -> Any:
    rows = Receipt.objects.filter(state=Receipt.State.QUARANTINED).select_related("line")
    return rows.annotate(size=Length("payload"))


def _locked(receipt_id: UUID) -> Receipt:
    row = Receipt.objects.select_for_update(no_key=True).filter(pk=receipt_id).first()
    if row is None:
        raise not_found()
    return row


def _require_in_quarantine(row: Receipt) -> None:
    if row.state != Receipt.State.QUARANTINED:
        raise Refusal("not_quarantined", 409, f"This payload is {row.state} by now; nothing was changed.")


def _require_operator(person: Person) -> None:
    if "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may decide about it; nothing was changed.")


def _show(row: Any) -> Json:
    return {
        "id": row.id,
        "carrier": row.carrier,
        "line": row.line.address,
        "received_at": row.received_at,
        "attempts": row.attempts,
        # The name of the failure: what follows the colon may be the customer's.
        "failure": row.error.partition(":")[0][:80],
        "size": row.size,
    }
