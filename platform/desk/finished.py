"""Finished work, newest first: what a supervisor picks from to evaluate."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from conversations import reasons, tagging
from conversations.reading import contact_reasons, previews
from desk.work import mark_of
from kernel.errors import invalid
from kernel.tenancy import enter
from people.access import clients_of
from people.models import Person
from quality.models import Evaluation
from routing.models import WorkItem
from sla_contracts.reading import clocks_of
from tenants.models import Tenant

PAGE = 30
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters; ``after`` is the ``next`` of the page before."""

    tenant: UUID | None = None
    agent: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    evaluated: bool | None = None
    reason: str = ""
    tag: str = ""
    after: str = ""


def finished_page(wanted: Wanted, person: Person) -> dict[str, Any]:
    """``{results, next}`` of the clients that this person serves; ``next`` is null on the last page."""
    clients = [client.id for client in clients_of(person)]
    results: list[dict[str, Any]] = []
    after: str | None = wanted.after
    for _ in range(_ROUNDS):
        rows = list(_rows(wanted, clients, after or "")[: PAGE + 1])
        results += _show(rows[:PAGE], wanted, person.language)
        after = _mark(rows[PAGE - 1]) if len(rows) > PAGE else None
        if after is None or len(results) >= PAGE:
            break
    return {"results": results, "next": after}


def _rows(wanted: Wanted, clients: list[UUID], after: str) -> Any:
    found = WorkItem.objects.filter(state=WorkItem.State.DONE, finished_at__isnull=False, tenant__in=clients)
    if wanted.tenant:
        found = found.filter(tenant_id=wanted.tenant)
    if wanted.agent:
        found = found.filter(agent_id=wanted.agent)
    if wanted.reason:
        found = found.filter(contact_reason__in=_family(wanted))
    if wanted.start:
        found = found.filter(finished_at__gte=wanted.start)
    if wanted.end:
        found = found.filter(finished_at__lt=wanted.end)
    if after:
        at, last = _read_mark(after)
        found = found.filter(Q(finished_at__lt=at) | Q(finished_at=at, pk__lt=last))
    return found.select_related("tenant", "agent").order_by("-finished_at", "-pk")


def _family(wanted: Wanted) -> list[str]:
    """The reason and, where one client is asked for, those below it: each client has its own tree."""
    tenant = Tenant.objects.filter(pk=wanted.tenant).first() if wanted.tenant else None
    if tenant is None:
        return [wanted.reason]
    with enter(tenant):
        return reasons.family_of(wanted.reason)


def _show(rows: list[WorkItem], wanted: Wanted, language: str) -> list[dict[str, Any]]:
    clocks = clocks_of([row.conversation for row in rows], language=language) if rows else {}
    by_client: dict[Tenant, list[WorkItem]] = defaultdict(list)
    for row in rows:
        by_client[row.tenant].append(row)
    cases: dict[UUID, str] = {}
    marks: dict[UUID, dict[str, Any]] = {}
    labels: dict[tuple[UUID, str], str] = {}
    tagged: set[UUID] = set()
    for tenant, theirs in by_client.items():
        with enter(tenant):
            seen = previews({row.conversation: 0 for row in theirs})
            labels |= {(tenant.id, reason["code"]): reason["label"] for reason in contact_reasons(language)}
            if wanted.tag:
                tagged |= tagging.tagged_with(seen, wanted.tag)
            given = Evaluation.objects.filter(work_item__in=[row.id for row in theirs]).order_by("made_at")
            marks |= {each.work_item: {"id": each.id, "percent": float(each.percent)} for each in given}
        cases |= {row.id: seen[row.conversation]["case_number"] for row in theirs if row.conversation in seen}
    return [
        {
            **_row(row, cases.get(row.id, ""), clocks.get(row.conversation, []), marks.get(row.id)),
            "contact_reason_label": labels.get((row.tenant_id, row.contact_reason), row.contact_reason),
        }
        for row in rows
        if (wanted.evaluated is None or wanted.evaluated == (row.id in marks))
        and (not wanted.tag or row.conversation in tagged)
    ]


def _row(
    row: WorkItem, case_number: str, clocks: list[dict[str, Any]], evaluation: dict[str, Any] | None
) -> dict[str, Any]:
    began, ended = row.accepted_at, row.finished_at
    return {
        "work": row.id,
        "conversation": row.conversation,
        "tenant": mark_of(row.tenant),
        "case_number": case_number,
        "agent": {"id": row.agent.pk, "name": row.agent.name} if row.agent else None,
        "channel": row.channel,
        "language": row.language,
        "finished_at": ended,
        "contact_reason": row.contact_reason,
        "handle_seconds": int((ended - began).total_seconds()) if began and ended else 0,
        "clocks": clocks,
        "evaluation": evaluation,
    }


def _mark(row: WorkItem) -> str:
    assert row.finished_at is not None
    return f"{row.finished_at.isoformat()}_{row.pk}"


def _read_mark(mark: str) -> tuple[datetime, UUID]:
    at, _, last = mark.partition("_")
    try:
        return datetime.fromisoformat(at), UUID(last)
    except ValueError as error:
        raise invalid("That is not a page of this list.", after="Use the next of the page before.") from error
