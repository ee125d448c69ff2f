"""The disputes of evaluations that wait for a decision, over all clients of a supervisor."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from kernel.errors import not_found
from kernel.tenancy import enter, require_entered
from people.access import clients_of
from people.models import AuditEntry, Person
from quality.contesting import DECIDED, RAISED
from quality.models import EvaluationDispute
from quality.reading import heads_of
from tenants.models import Tenant

MOST = 200


def open_disputes(person: Person) -> list[dict[str, Any]]:
    """The oldest first. The BPO's own book says which there are; only their clients are entered."""
    decided = AuditEntry.objects.filter(action=DECIDED, tenant=OuterRef("tenant"), object_id=OuterRef("object_id"))
    raised = AuditEntry.objects.filter(~Exists(decided), action=RAISED, tenant__in=[c.pk for c in clients_of(person)])
    by_tenant: dict[Tenant, list[str]] = defaultdict(list)
    for entry in raised.select_related("tenant").order_by("at", "id")[:MOST]:
        if entry.tenant is not None:
            by_tenant[entry.tenant].append(entry.object_id)
    found = []
    for tenant, ids in by_tenant.items():
        with enter(tenant):
            found += _of_one(person, tenant, ids)
    return sorted(found, key=lambda row: (row["raised_at"], str(row["id"])))


def require(dispute_id: UUID) -> None:
    """not_found unless there is one [inside the tenant]."""
    require_entered()
    if not EvaluationDispute.objects.filter(pk=dispute_id).exists():
        raise not_found()


def _of_one(person: Person, tenant: Tenant, ids: list[str]) -> list[dict[str, Any]]:
    rows = list(
        EvaluationDispute.objects.filter(pk__in=ids, state=EvaluationDispute.State.OPEN)
        .select_related("evaluation__conversation")
        .prefetch_related("evaluation__disputes")
    )
    heads = {head["id"]: head for head in heads_of([row.evaluation for row in rows], tenant)}
    return [
        {
            "id": row.pk,
            "side": row.side,
            "raised_at": row.raised_at,
            "questions": len(row.reasons),
            "may_decide": person.pk not in (row.evaluation.evaluator_id, row.evaluation.agent_id),
            "evaluation": heads[row.evaluation_id],
        }
        for row in rows
    ]
