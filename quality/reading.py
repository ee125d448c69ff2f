"""What screens show of evaluations. An agent sees their own once they are released; supervisors and operators see all.

The list goes over many clients: the audit entries of the public schema say which evaluations there are (ids and codes),
and only the clients on the page are entered for what the evaluations hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Exists, OuterRef, Q

from kernel.errors import not_found
from kernel.tenancy import enter, require_entered
from people.access import clients_of, roles_of
from people.models import AuditEntry, Person
from quality import contesting
from quality.evaluating import MADE, READ
from quality.models import Evaluation, EvaluationDispute, Scorecard
from quality.releasing import RELEASED
from quality.scoring import score
from tenants.models import Tenant

PAGE = 50
ORIGINS = ("sample", "rule", "manual")
# Entries of evaluations that their agent may see: what was held back is made first and released later.
_VISIBLE = Q(action=MADE) & ~Q(detail__has_key="held") | Q(action=RELEASED)


def evaluation(*, person: Person, tenant: Tenant, evaluation_id: UUID) -> dict[str, Any]:
    """One evaluation with its scorecard and its sections' scores [inside the tenant]."""
    require_entered()
    found = Evaluation.objects.select_related("scorecard", "conversation").filter(pk=evaluation_id).first()
    if found is None or not _may_see(person, found):
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
    clients = [client.pk for client in clients_of(person)]
    if _sees_all(person):
        made = AuditEntry.objects.filter(action=MADE, tenant__in=clients)
    else:
        made = AuditEntry.objects.filter(_VISIBLE, detail__agent=str(person.pk), tenant__in=clients)
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
    heads = [head for head in _heads(entries[:PAGE]) if head["released_at"] or head["agent"]["id"] != person.pk]
    return {"results": heads, "next": page + 1 if len(entries) > PAGE else None}


def unread_by(person: Person, clients: Collection[UUID]) -> int:
    """How many evaluations this agent has not opened yet at these clients; one query of the public schema."""
    opened = AuditEntry.objects.filter(action=READ, object_id=OuterRef("object_id"), person=person)
    made = AuditEntry.objects.filter(_VISIBLE, detail__agent=str(person.pk), tenant__in=clients)
    return made.filter(~Exists(opened)).count()


def averages(*, start: datetime, end: datetime, agent_id: UUID | None = None) -> dict[str, dict[str, Any]]:
    """Origin → ``{count, percent}`` of what was released in the span, never mixed: only the random sample stands for
    all work, what a rule or a hand picked does not [inside the tenant]. percent is None where there is none."""
    require_entered()
    rows = Evaluation.objects.filter(released_at__gte=start, released_at__lt=end)
    if agent_id is not None:
        rows = rows.filter(agent=agent_id)
    found = {
        row["origin"]: row for row in rows.order_by().values("origin").annotate(n=Count("pk"), mean=Avg("percent"))
    }
    return {
        origin: {
            "count": found[origin]["n"] if origin in found else 0,
            "percent": round(float(found[origin]["mean"]), 2) if origin in found else None,
        }
        for origin in ORIGINS
    }


def show(shown: Evaluation, tenant: Tenant) -> dict[str, Any]:
    """The whole evaluation, its sections scored anew from the answers [inside the tenant]."""
    disputes = list(shown.disputes.all())
    names = _names([shown], disputes)
    result = score(shown.scorecard.definition, shown.answers, shown.conversation.channel)
    return {
        **_head(shown, tenant, names),
        "scorecard": show_scorecard(shown.scorecard),
        "answers": shown.answers,
        "comments": shown.comments,
        "summary": shown.summary,
        "coaching": shown.coaching,
        "pins": shown.pins,
        "seconds": shown.seconds,
        "failed_critical": list(result.failed_critical),
        "sections": [
            {"code": section["code"], "title": section["title"], "percent": _share(result.per_section[section["code"]])}
            for section in shown.scorecard.definition["sections"]
        ],
        "dispute_until": contesting.until(shown, tenant, contesting.terms()),
        "disputes": [show_dispute(row, names) for row in disputes],
    }


def show_dispute(row: EvaluationDispute, names: dict[UUID, str]) -> dict[str, Any]:
    """What was said and decided; ``names``: person → the name that the reader may see."""
    return {
        "id": row.pk,
        "side": row.side,
        "reasons": row.reasons,
        "raised_by": names.get(row.raised_by_id, ""),
        "raised_at": row.raised_at,
        "state": row.state,
        "decided_by": names.get(row.decided_by_id, "") if row.decided_by_id else "",
        "decided_at": row.decided_at,
        "verdicts": row.verdicts,
        "before": _standing(row.before),
        "after": _standing(row.after),
    }


def _standing(kept: dict[str, Any]) -> dict[str, Any] | None:
    if not kept.get("percent"):
        return None
    return {"answers": kept["answers"], "percent": float(kept["percent"]), "fatal": kept["fatal"]}


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
            rows = list(
                Evaluation.objects.select_related("conversation").prefetch_related("disputes").filter(pk__in=ids)
            )
        heads |= {str(head["id"]): head for head in heads_of(rows, tenant)}
    return [heads[entry.object_id] for entry in entries if entry.object_id in heads]


def heads_of(rows: Sequence[Evaluation], tenant: Tenant) -> list[dict[str, Any]]:
    """The heads of these evaluations of one client, in their order."""
    names = _names(rows)
    return [_head(row, tenant, names) for row in rows]


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
        "origin": row.origin,
        "picked_by": row.picked_by,
        "released_at": row.released_at,
        "release_on": None if row.released_at else row.release_on,
        "acknowledged_at": row.acknowledged_at,
        "dispute_state": state_of_disputes(row),
    }


def state_of_disputes(row: Evaluation) -> str:
    """open if any is, else how the last one ended; empty without any."""
    states = [dispute.state for dispute in row.disputes.all()]
    return "open" if "open" in states else states[-1] if states else ""


def _names(rows: Iterable[Evaluation], disputes: Iterable[EvaluationDispute] = ()) -> dict[UUID, str]:
    ids = {person_id for row in rows for person_id in (row.agent_id, row.evaluator_id)}
    ids |= {one for row in disputes for one in (row.raised_by_id, row.decided_by_id) if one is not None}
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


def _share(percent: Any) -> float | None:
    return None if percent is None else float(percent)


def _may_see(person: Person, row: Evaluation) -> bool:
    return (row.agent_id == person.pk and row.released_at is not None) or (
        row.agent_id != person.pk and _sees_all(person)
    )


def _sees_all(person: Person) -> bool:
    return bool(roles_of(person, None) & {"supervisor", "operator"})
