"""Reports and invoices on the portal: issued ones only, each with the bytes it was issued with."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from billing.clause_lines import clause_behind
from billing.models import Invoice, InvoiceLine, Usage
from desk.portal_conversations import case_numbers
from desk.portal_overview import contact_reasons, in_language, period_of
from kernel import clock
from kernel.errors import not_found
from people.models import Person
from quality.results import scores
from sla_contracts import report
from sla_contracts.models import ReportDelivery, SlaReport
from sla_contracts.period import Period
from sla_contracts.report_late import late_csv
from sla_contracts.report_plans import language_for, plan_of
from tenants.models import Tenant

PAGE = 100


def issue_report(*, person: Person | None, tenant: Tenant, month: str, language: str = "") -> SlaReport:
    """The month's SLA report in the language asked for, else the shop's own (English where there is none)."""
    spoken = language or language_for(tenant, plan_of(tenant, clock.now()))
    return issue_of(tenant=tenant, period=period_of(tenant, month), language=spoken, person=person)


def issue_of(*, tenant: Tenant, period: Period, language: str, person: Person | None) -> SlaReport:
    return report.issue(
        tenant=tenant,
        period=period,
        language=language,
        person=person,
        case_numbers=lambda conversations: case_numbers(tenant, conversations),
        contact_reasons=contact_reasons(tenant, period, language),
        scored=scores(tenant, period),
    )


def preview_report(*, person: Person, tenant: Tenant) -> bytes:
    """The PDF of the running month so far, in the language of the shop's reports."""
    period, language = period_of(tenant, ""), language_for(tenant, plan_of(tenant, clock.now()))
    return report.preview(
        tenant=tenant,
        period=period,
        language=language,
        person=person,
        case_numbers=lambda conversations: case_numbers(tenant, conversations),
        contact_reasons=contact_reasons(tenant, period, language),
        scored=scores(tenant, period),
    )


def list_reports(tenant: Tenant) -> list[dict[str, Any]]:
    """The newest first, each with whom it was sent to."""
    ways = deliveries_of(tenant)
    return [{**show_report(row), "deliveries": ways.get(row.id, [])} for row in report.reports_of(tenant)]


def deliveries_of(tenant: Tenant) -> dict[UUID, list[dict[str, Any]]]:
    """By report: each recipient with what became of it, in the order in which they were asked for."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in ReportDelivery.objects.filter(tenant=tenant):
        found[row.report_id].append(
            {
                "id": row.id,
                "recipient": row.recipient,
                "form": row.form,
                "state": ReportDelivery.State.PENDING if row.state == ReportDelivery.State.SENDING else row.state,
                "tries": row.tries,
                "asked_at": row.asked_at,
                "sent_at": row.sent_at,
                "tried_at": row.tried_at,
                "next_try_at": row.next_try_at,
                "error": row.error,
            }
        )
    return found


def show_report(row: SlaReport) -> dict[str, Any]:
    period = Period.holding(row.period_start, row.tenant.time_zone)
    return {
        "id": str(row.id),
        "month": period.month,
        "language": row.language,
        "cut_off": row.cut_off,
        "issued_at": row.issued_at,
        "is_final": row.cut_off >= row.period_end,
        "data_sha256": row.data_sha256,
        "pdf_url": f"/api/portal/reports/{row.id}/pdf",
        "data_url": f"/api/portal/reports/{row.id}/data",
        "late_url": f"/api/portal/reports/{row.id}/late.csv",
    }


def check_report(tenant: Tenant, report_id: UUID) -> dict[str, Any]:
    """The report's head, and whether its stored data still gives the hash on its first page."""
    row = report.report(tenant, report_id)
    return {**show_report(row), "holds": report.holds(row)}


def late_items(tenant: Tenant, row: SlaReport) -> bytes:
    """All that was late under a report, as CSV."""
    return late_csv(row, tenant, lambda conversations: case_numbers(tenant, conversations))


def list_invoices(tenant: Tenant, language: str) -> list[dict[str, Any]]:
    rows = Invoice.objects.filter(tenant=tenant, status=Invoice.Status.ISSUED).defer("pdf", "frozen")
    return [_show_invoice(row, tenant, language) for row in rows.prefetch_related("lines")]


def invoice_pdf(tenant: Tenant, invoice_id: UUID) -> tuple[str, bytes]:
    """(number, bytes) of an issued invoice of this tenant."""
    row = Invoice.objects.filter(tenant=tenant, status=Invoice.Status.ISSUED, pk=invoice_id).first()
    if row is None or row.pdf is None:
        raise not_found()
    return str(row.number), bytes(row.pdf)


def line_conversations(tenant: Tenant, invoice_id: UUID, line_id: UUID, page: int) -> dict[str, Any]:
    """The conversations behind an invoice line, oldest first."""
    line = InvoiceLine.objects.filter(
        pk=line_id, invoice=invoice_id, invoice__tenant=tenant, invoice__status=Invoice.Status.ISSUED
    ).first()
    if line is None:
        raise not_found()
    start = (max(page, 1) - 1) * PAGE
    rows = list(Usage.objects.filter(tenant=tenant, line=line).order_by("at", "id")[start : start + PAGE + 1])
    return {
        "results": [
            {
                "conversation": str(row.conversation),
                "case_number": row.case_number,
                "channel": row.channel,
                "finished_at": row.at,
                "quantity": row.quantity,
            }
            for row in rows[:PAGE]
        ],
        "next": max(page, 1) + 1 if len(rows) > PAGE else None,
    }


def _show_invoice(row: Invoice, tenant: Tenant, language: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "number": row.number,
        "month": Period.holding(row.period_start, tenant.time_zone).month,
        "currency": row.currency,
        "net": row.net,
        "vat_percent": row.vat_percent,
        "vat": row.vat,
        "total": row.total,
        "issued_at": row.issued_at,
        "due_on": row.due_on,
        "pdf_url": f"/api/portal/invoices/{row.id}/pdf",
        "lines": [
            {
                "id": str(line.id),
                "position": line.position,
                "description": in_language(line.description, language, line.rate_code),
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": line.unit_price,
                "amount": line.amount,
                "clause": clause_behind(line.rate_code),
                "report": line.report_id,
            }
            for line in row.lines.all()
        ],
    }
