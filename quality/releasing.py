"""Release evaluations at once, on their day (found by beat), or before it by hand; then the agent sees them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from kernel import clock, live
from kernel.errors import Refusal, invalid, not_found
from kernel.events import EvaluationShared
from kernel.tenancy import enter, require_entered
from people.access import audit, may_serve, roles_of
from people.models import AuditEntry, Person
from quality.models import Evaluation
from routing import feed
from tenants.models import Tenant

HELD, RELEASED = "evaluation.held", "evaluation.released"
LONGEST = timedelta(days=92)


def day(release_on: datetime | None) -> datetime | None:
    """The moment of a release to come; refuses with invalid."""
    if release_on is None:
        return None
    if not clock.now() < release_on <= clock.now() + LONGEST:
        raise invalid(
            f"A release is at once or within {LONGEST.days} days; nothing was kept.", release_on="must be to come"
        )
    return release_on


def release(*, person: Person, tenant: Tenant, evaluation_id: UUID) -> Evaluation:
    """Release before its day; a repeat changes nothing. Refuses with not_found or not_allowed."""
    require_entered()
    if not may_serve(person, tenant):
        raise not_found()
    if "supervisor" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only a supervisor may release an evaluation; nothing was changed.")
    if not Evaluation.objects.filter(pk=evaluation_id).exists():
        raise not_found()
    _release(person, tenant, evaluation_id)
    return Evaluation.objects.get(pk=evaluation_id)


def release_due(now: datetime | None = None) -> int:
    """Release every evaluation whose day has come, over all clients; how many. Repeating changes nothing."""
    at = now or clock.now()
    count = 0
    for tenant, ids in _held().items():
        with enter(tenant):
            due = Evaluation.objects.filter(pk__in=ids, released_at__isnull=True, release_on__lte=at)
            for evaluation_id in due.values_list("pk", flat=True):
                count += _release(None, tenant, evaluation_id)
    return count


def tell_agent(tenant: Tenant, evaluation: Evaluation) -> None:
    n = feed.bump(evaluation.agent_id)
    live.tell(
        EvaluationShared(n=n, tenant=str(tenant.id), evaluation=str(evaluation.id)),
        live.person_feed(evaluation.agent_id),
    )


def _release(person: Person | None, tenant: Tenant, evaluation_id: UUID) -> bool:
    """Whether this call released it: of two at once, the second waits at the row and finds it done."""
    with transaction.atomic():
        row = Evaluation.objects.select_for_update(no_key=True, of=("self",)).filter(pk=evaluation_id).first()
        if row is None or row.released_at is not None:
            return False
        row.released_at = clock.now()
        row.save(update_fields=["released_at"])
        audit(person, RELEASED, tenant=tenant, object_id=row.pk, agent=str(row.agent_id))
        tell_agent(tenant, row)
    return True


def _held() -> dict[Tenant, list[str]]:
    """Client → its evaluations that are held back; by the BPO's own book, which knows ids only."""
    out = AuditEntry.objects.filter(action=RELEASED, object_id=OuterRef("object_id"), tenant=OuterRef("tenant"))
    since = clock.now() - LONGEST - timedelta(days=8)
    entries = AuditEntry.objects.filter(~Exists(out), action=HELD, at__gte=since).select_related("tenant")
    found: dict[Tenant, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.tenant is not None and entry.tenant.status == Tenant.Status.ACTIVE:
            found[entry.tenant].append(entry.object_id)
    return found
