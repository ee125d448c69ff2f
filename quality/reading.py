"""What screens show of evaluations. An agent sees their own; supervisors and operators see all.

The list goes over many clients: the audit entries of the public schema say which evaluations there are (ids and codes),
and only the clients on the page are entered for what the evaluations hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from kernel.errors import not_found
from kernel.tenancy import enter, require_entered
from people.access import clients_of, roles_of
from people.models import AuditEntry, Person
from quality.evaluating import MADE, READ
from quality.models import Evaluation, Scorecard
from quality.scoring import score
from tenants.models import Tenant

PAGE = 50


def evaluation(*, person: Person, tenant: Tenant, evaluation_id: UUID) -> dict[str, Any]:
    """One evaluation with its scorecard and its sections' scores [inside the tenant]."""
    require_entered()
    found = Evaluation.objects.select_related("scorecard", "conversation").filter(pk=evaluation_id).first()
    if found is None or not _may_see(person, found.agent_id):
        raise not_found()
    return show(found, tenant)


def evaluations(
    *,
    person: Person,
    tenant_id: UUID | None = None,
    agent_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    page: int = 1,
) -> dict[str, Any]:
    """A page of evaluations, newest first, of the clients that this person serves."""
    made = AuditEntry.objects.filter(action=MADE, tenant__in=[client.pk for client in clients_of(person)])
    if not _sees_all(person):
        made = made.filter(detail__agent=str(person.pk))
    if agent_id is not None:
        made = made.filter(detail__agent=str(agent_id))
    if tenant_id is not None:
        made = made.filter(tenant=tenant_id)
    if since is not None:
        made = made.filter(at__gte=since)
    if until is not None:
        made = made.filter(at__lt=until)
    start = (page - 1) * PAGE
    entries = list(made.select_related("tenant").order_by("-at", "-id")[start : start + PAGE + 1])
    return {"results": _heads(entries[:PAGE]), "next": page + 1 if len(entries) > PAGE else None}


def unread_by(person: Person, clients: Collection[UUID]) -> int:
    """How many evaluations this agent has not opened yet at these clients; one query of the public schema."""
    opened = AuditEntry.objects.filter(action=READ, object_id=OuterRef("object_id"), person=person)
    made = AuditEntry.objects.filter(action=MADE, detail__agent=str(person.pk), tenant__in=clients)
    return made.filter(~Exists(opened)).count()


def show(shown: Evaluation, tenant: Tenant) -> dict[str, Any]:
    """The whole evaluation, its sections scored anew from the answers [inside the tenant]."""
    names = _names([shown])
    result = score(shown.scorecard.definition, shown.answers)
    return {
        **_head(shown, tenant, names),
        "scorecard": show_scorecard(shown.scorecard),
        "answers": shown.answers,
        "comments": shown.comments,
        "summary": shown.summary,
        "failed_critical": list(result.failed_critical),
        "sections": [
            {"code": section["code"], "title": section["title"], "percent": _share(result.per_section[section["code"]])}
            for section in shown.scorecard.definition["sections"]
        ],
    }


def show_scorecard(card: Scorecard) -> dict[str, Any]:
    return {"id": card.id, "name": card.name, "version": card.version, "definition": card.definition}


def _heads(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """Heads in the entries' order; an evaluation that is gone with its conversation is left out."""
    by_tenant: dict[Tenant, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.tenant is not None:
            by_tenant[entry.tenant].append(entry.object_id)
    heads: dict[str, dict[str, Any]] = {}
    for tenant, ids in by_tenant.items():
        with enter(tenant):
            rows = list(Evaluation.objects.select_related("conversation").filter(pk__in=ids))
        names = _names(rows)
        heads |= {str(row.pk): _head(row, tenant, names) for row in rows}
    return [heads[entry.object_id] for entry in entries if entry.object_id in heads]


def _head(row: Evaluation, tenant: Tenant, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "tenant": {"id": tenant.id, "name": tenant.name, "mark": tenant.mark, "color": tenant.color},
        "conversation": row.conversation_id,
        "case_number": row.conversation.case_number,
        "channel": row.conversation.channel,
        "work_item": row.work_item,
        "agent": {"id": row.agent_id, "name": names.get(row.agent_id, "")},
        "evaluator": {"id": row.evaluator_id, "name": names.get(row.evaluator_id, "")},
        "percent": float(row.percent),
        "fatal": row.fatal,
        "made_at": row.made_at,
        "read_at": row.read_at,
    }


def _names(rows: Iterable[Evaluation]) -> dict[UUID, str]:
    ids = {person_id for row in rows for person_id in (row.agent_id, row.evaluator_id)}
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


def _share(percent: Any) -> float | None:
    return None if percent is None else float(percent)


def _may_see(person: Person, agent_id: UUID) -> bool:
    return agent_id == person.pk or _sees_all(person)


def _sees_all(person: Person) -> bool:
    return bool(roles_of(person, None) & {"supervisor", "operator"})
