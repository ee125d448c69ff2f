"""The portal's drill-down: from a clause to its conversations, and to the ledger of one; no notes, no legal names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from conversations import reading
from conversations.models import ContactReason, Conversation
from desk.portal_narrowing import EVERYTHING, Narrowing, narrow
from desk.portal_overview import in_language, period_of
from kernel import clock
from kernel.errors import invalid, not_found
from kernel.tenancy import enter
from people.access import audit
from people.models import Accreditation, Person
from sla_contracts.attainment import count_clauses
from sla_contracts.attainment_math import Outcome
from sla_contracts.explaining import ledger_of
from sla_contracts.models import SlaReport
from sla_contracts.period import Period
from sla_contracts.reading import clocks_of
from sla_contracts.report import report as report_by_id
from tenants.models import Tenant

PAGE = 50
OUTCOMES: tuple[Outcome, ...] = ("met", "breached", "running", "excluded")


def list_conversations(
    *,
    person: Person,
    tenant: Tenant,
    month: str,
    clause: str = "",
    outcome: str = "",
    narrowing: Narrowing = EVERYTHING,
    report: str = "",
    page: int = 1,
) -> dict[str, Any]:
    """A page of the month's conversations, newest first.

    With a clause or an outcome: those behind that figure of ``attainment``; with another filter: those behind that
    figure of the overview; without: those opened in the month. report: behind a figure of that report, as it counted.
    """
    frozen = _report(tenant, report) if report else None
    period = Period.holding(frozen.period_start, tenant.time_zone) if frozen else period_of(tenant, month)
    if outcome and outcome not in OUTCOMES:
        raise invalid(f"An outcome is one of {', '.join(OUTCOMES)}.", outcome="is not known")
    chosen = narrow(tenant, period, narrowing)
    if clause or outcome or frozen:
        as_of = frozen.cut_off if frozen else clock.now()
        chosen = (chosen or Q()) & Q(pk__in=_behind(tenant, period, as_of, clause, outcome))
    rows = Conversation.objects.filter(chosen or Q(opened_at__gte=period.start, opened_at__lt=period.end))
    if narrowing.status:
        rows = rows.filter(status=narrowing.status)
    start = (max(page, 1) - 1) * PAGE
    with enter(tenant):
        found = list(rows.order_by("-opened_at", "-id")[start : start + PAGE + 1])
        labels = _labels({row.contact_reason for row in found})
    shown = found[:PAGE]
    clocks = clocks_of([row.id for row in shown], language=person.language, tenant_id=tenant.id)
    aliases = aliases_of(tenant, {row.last_agent_id for row in shown})
    return {
        "results": [{**_head(row, labels, aliases, person.language), "clocks": clocks[row.id]} for row in shown],
        "next": max(page, 1) + 1 if len(found) > PAGE else None,
    }


def open_conversation(
    *, person: Person, tenant: Tenant, conversation_id: UUID, link: reading.FileLink
) -> dict[str, Any]:
    """What was said to and fro, and every clock with its ledger."""
    with enter(tenant):
        row = Conversation.objects.select_related("customer").filter(pk=conversation_id).first()
        if row is None:
            raise not_found()
        labels = _labels({row.contact_reason})
        messages = reading.shown_to_shopper(row.id, link=link)
    clocks = clocks_of([row.id], language=person.language, tenant_id=tenant.id)[row.id]
    ledgers = ledger_of([UUID(each["id"]) for each in clocks])
    people = {event["by"] for events in ledgers.values() for event in events} | {row.last_agent_id}
    aliases = aliases_of(tenant, people)
    audit(person, "portal.conversation_opened", tenant=tenant, object_id=row.id)
    return {
        "conversation": {
            **_head(row, labels, aliases, person.language),
            "subject": row.subject,
            "category": row.category,
            "order_number": row.order_number,
            "customer_name": row.customer.name,
            "last_seq": row.last_seq,
        },
        "messages": messages,
        "clocks": [
            {**each, "events": [_event(event, aliases) for event in ledgers[UUID(each["id"])]]} for each in clocks
        ],
    }


def case_numbers(tenant: Tenant, conversation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """For papers: conversations → case numbers. Enters the tenant."""
    with enter(tenant):
        rows = Conversation.objects.filter(pk__in=list(conversation_ids))
        return dict(rows.values_list("id", "case_number"))


def aliases_of(tenant: Tenant, people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Person → the name under which this shop knows them; whoever has none is left out."""
    rows = Accreditation.objects.filter(tenant=tenant, person__in=[one for one in people if one is not None])
    return {row.person_id: row.alias for row in rows.order_by("valid_from")}


def _report(tenant: Tenant, report_id: str) -> SlaReport:
    try:
        return report_by_id(tenant, UUID(report_id))
    except ValueError:
        raise invalid("This report is not known; leave it out.", report="is not known") from None


def _behind(tenant: Tenant, period: Period, as_of: datetime, clause: str, outcome: str) -> set[UUID]:
    counted = count_clauses(tenant, period, now=as_of, code=clause)
    return {item.conversation for one in counted for item in one.items if outcome in ("", item.outcome)}


def _labels(codes: set[str]) -> dict[str, dict[str, str]]:
    return dict(ContactReason.objects.filter(code__in=codes - {""}).values_list("code", "labels"))


def _head(
    row: Conversation, labels: dict[str, dict[str, str]], aliases: dict[UUID, str], language: str
) -> dict[str, Any]:
    reason = row.contact_reason
    return {
        "id": str(row.id),
        "case_number": row.case_number,
        "channel": row.channel,
        "language": row.language,
        "status": row.status,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
        "contact_reason": in_language(labels.get(reason, {}), language, reason) if reason else "",
        "agent_alias": aliases.get(row.last_agent_id, "") if row.last_agent_id else "",
    }


def _event(event: dict[str, Any], aliases: dict[UUID, str]) -> dict[str, Any]:
    return {**event, "by": aliases.get(event["by"], "")}
