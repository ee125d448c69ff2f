"""Disputes between a client and the BPO over judged items: who may raise and answer, what each said, and who is told.

Rows and their effect are ``sla_contracts.disputes``; the words stand in the client's schema, since they may name its
customers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kernel import clock, live
from kernel.errors import Refusal, invalid
from kernel.events import DisputeChanged
from kernel.tenancy import enter
from people.access import audit, require_client, roles_of
from people.models import Person
from quality.models import DisputeWord
from sla_contracts import disputes
from sla_contracts.models import Dispute
from tenants.models import Tenant

WORDS_MAX = 2000


@dataclass(frozen=True, slots=True)
class Word:
    """What one side said; empty once the customer it spoke of was erased."""

    side: str
    text: str
    at: datetime


def dispute(*, person: Person, tenant: Tenant, clock_id: UUID, clause: str, claim: str, reason: str) -> Dispute:
    """A client's manager disputes how an item was judged. Refuses with not_allowed, or as ``disputes.raise_one``."""
    if "client" not in roles_of(person, tenant):
        raise Refusal("not_allowed", 403, "Only a manager of the shop may dispute; nothing was saved.")
    words = _words(reason)
    with transaction.atomic():
        row = disputes.raise_one(person=person, tenant=tenant, clock_id=clock_id, clause=clause, claim=claim)
        _say(tenant, row, DisputeWord.Side.CLIENT, words, person)
        audit(person, "dispute.raised", tenant=tenant, object_id=row.id, clock=str(clock_id), claim=claim)
        _tell(row)
    return row


def answer(*, person: Person, tenant_id: UUID, dispute_id: UUID, accept: bool, reason: str) -> Dispute:
    """An operator accepts or rejects, once, with a reason. Refuses with not_allowed, or as ``disputes.answer_one``."""
    tenant = require_client(person, tenant_id, to_work=True)
    if "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may answer a dispute; nothing was saved.")
    words = _words(reason)
    with transaction.atomic():
        row = disputes.answer_one(person=person, tenant=tenant, dispute_id=dispute_id, accept=accept)
        _say(tenant, row, DisputeWord.Side.BPO, words, person)
        action = "dispute.accepted" if accept else "dispute.rejected"
        audit(person, action, tenant=tenant, object_id=row.id, clock=str(row.clock_id), claim=row.claim)
        _tell(row)
    return row


def words_of(tenant: Tenant, dispute_ids: Iterable[UUID]) -> dict[UUID, list[Word]]:
    """Dispute → what was said, in its order. Enters the tenant."""
    found: dict[UUID, list[Word]] = {one: [] for one in dispute_ids}
    if found:
        with enter(tenant):
            for row in DisputeWord.objects.filter(dispute__in=list(found)):
                found[row.dispute].append(Word(row.side, row.text, row.said_at))
    return found


def _words(reason: str) -> str:
    words = reason.strip()
    if not words or len(words) > WORDS_MAX or "\0" in words:
        raise invalid(f"Say why, in {WORDS_MAX} characters at most; nothing was saved.", reason="is needed")
    return words


def _say(tenant: Tenant, row: Dispute, side: str, words: str, person: Person) -> None:
    with enter(tenant):
        DisputeWord.objects.create(
            dispute=row.id,
            conversation_id=row.conversation,
            side=side,
            text=words,
            said_by=person,
            said_at=clock.now(),
        )


def _tell(row: Dispute) -> None:
    live.tell(
        DisputeChanged(tenant=str(row.tenant_id), dispute=str(row.id)),
        live.portal_feed(row.tenant_id),
        live.floor_feed(),
    )
