"""Disputes as they are read: by the client in its portal, and by operators at the desk."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from desk.portal_conversations import aliases_of, case_numbers
from desk.work import mark_of
from kernel import clock as time
from kernel.errors import not_found
from people.access import clients_of, require_client
from people.models import Person
from quality.disputing import words_of
from sla_contracts import disputes
from sla_contracts.explaining import explain, ledger_of
from sla_contracts.models import Clock, Dispute
from sla_contracts.period import Period
from tenants.models import Tenant

Json = dict[str, Any]
PAGE_ROWS = 50


def of_client(*, person: Person, tenant: Tenant, state: str = "", page: int = 1) -> Json:
    """A shop's own, the open ones by their term."""
    rows = _page(disputes.disputes_of(tenants=[tenant.id], state=state), page)
    numbers = case_numbers(tenant, {row.conversation for row in rows})
    return {
        "counts": disputes.counts([tenant.id]),
        "results": [head(row, person, numbers, for_client=True) for row in rows[:PAGE_ROWS]],
        "next": page + 1 if len(rows) > PAGE_ROWS else None,
    }


def of_all(*, person: Person, state: str = "open", client: UUID | None = None, page: int = 1) -> Json:
    """Those of all clients whom an operator serves, or of one; with how many are open at each."""
    shops = {shop.id: shop for shop in clients_of(person)}
    chosen = [client] if client in shops else [] if client else list(shops)
    rows = _page(disputes.disputes_of(tenants=chosen, state=state), page)
    numbers: dict[UUID, str] = {}
    for tenant_id in {row.tenant_id for row in rows}:
        theirs = {row.conversation for row in rows if row.tenant_id == tenant_id}
        numbers |= case_numbers(shops[tenant_id], theirs)
    waiting = Counter(disputes.disputes_of(tenants=list(shops), state="open").values_list("tenant_id", flat=True))
    return {
        "counts": disputes.counts(chosen),
        "clients": [
            {"client": mark_of(shops[tenant_id]), "open": number} for tenant_id, number in waiting.most_common()
        ],
        "results": [head(row, person, numbers, for_client=False) for row in rows[:PAGE_ROWS]],
        "next": page + 1 if len(rows) > PAGE_ROWS else None,
    }


def opened(*, person: Person, tenant_id: UUID, dispute_id: UUID) -> Json:
    """One for the operator who answers it: what was said, the ledger and its arithmetic beside it."""
    tenant = require_client(person, tenant_id)
    row = _row(tenant, dispute_id)
    ledger = ledger_of([row.clock_id])[row.clock_id]
    aliases = aliases_of(tenant, {event["by"] for event in ledger})
    return {
        **whole(row, person, tenant, for_client=False),
        "month_runs": time.now() < row.period_end,
        "events": [{**event, "by": aliases.get(event["by"], "")} for event in ledger],
        "arithmetic": explain(tenant=tenant, clock_id=row.clock_id),
    }


def shown(*, person: Person, tenant: Tenant, dispute_id: UUID) -> Json:
    """One for the client, with what both sides said."""
    return whole(_row(tenant, dispute_id), person, tenant, for_client=True)


def explained(*, person: Person, tenant: Tenant, clock_id: UUID) -> Json:
    """A clock's arithmetic, with the verdict of each clause that counts it and the dispute over it, if there is one."""
    now = time.now()
    arithmetic = explain(tenant=tenant, clock_id=clock_id, now=now)
    clock = Clock.objects.select_related("version").get(tenant=tenant, pk=clock_id)
    raised = {row.clause: row for row in disputes.disputes_of(tenants=[tenant.id], clocks=[clock_id])}
    verdicts = []
    for one in disputes.judged_by(tenant, clock, now=now):
        clause, dispute = one.counted.clause, raised.get(one.counted.clause.code)
        verdicts.append(
            {
                "code": clause.code,
                "title": clause.title(person.language),
                "goal": float(clause.goal),
                "outcome": one.item.outcome,
                "reason": one.item.reason,
                "claims": list(one.claims),
                "until": one.until,
                "is_open": dispute is None and bool(one.claims) and (one.until is None or now <= one.until),
                "dispute": whole(dispute, person, tenant, for_client=True) if dispute else None,
            }
        )
    return {**arithmetic, "version_id": str(clock.version_id), "verdicts": verdicts}


def whole(row: Dispute, person: Person, tenant: Tenant, *, for_client: bool) -> Json:
    numbers = case_numbers(tenant, [row.conversation])
    said = words_of(tenant, [row.id])[row.id]
    return {
        **head(row, person, numbers, for_client=for_client),
        "words": [{"side": word.side, "text": word.text, "at": word.at} for word in said],
    }


def head(row: Dispute, person: Person, numbers: dict[UUID, str], *, for_client: bool) -> Json:
    """The client learns that the service centre answered, not who of it."""
    answer, clause = disputes.answer_of(row), disputes.clause_of(row)
    return {
        "id": str(row.id),
        "client": mark_of(row.tenant),
        "conversation": str(row.conversation),
        "case_number": numbers.get(row.conversation, ""),
        "clock": str(row.clock_id),
        "clause": row.clause,
        "clause_title": clause.title(person.language) if clause else row.clause,
        "version": row.version.number,
        "month": Period.holding(row.period_start, row.tenant.time_zone).month,
        "outcome": row.outcome,
        "outcome_reason": row.outcome_reason,
        "claim": row.claim,
        "state": disputes.state_of(row),
        "is_overdue": answer is None and row.answer_by < time.now(),
        "raised_at": row.raised_at,
        "raised_by": row.raised_by.name,
        "answer_by": row.answer_by,
        "answered_at": answer.answered_at if answer else None,
        "answered_by": answer.answered_by.name if answer and not for_client else "",
        "effect": disputes.effect_of(row),
    }


def _row(tenant: Tenant, dispute_id: UUID) -> Dispute:
    row = disputes.disputes_of(tenants=[tenant.id]).filter(pk=dispute_id).first()
    if row is None:
        raise not_found()
    return row


def _page(rows: QuerySet[Dispute], page: int) -> list[Dispute]:
    start = (page - 1) * PAGE_ROWS
    return list(rows[start : start + PAGE_ROWS + 1])
