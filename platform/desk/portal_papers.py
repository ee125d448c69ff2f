"""Reports and invoices on the portal: issued ones only, each with the bytes it was issued with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from billing.models import Invoice, InvoiceLine, Usage
from desk.portal_conversations import case_numbers
from desk.portal_overview import contact_reasons, in_language, period_of
from kernel.errors import not_found
from people.models import Person
from sla_contracts import report
from sla_contracts.models import SlaReport
from sla_contracts.period import Period
from sla_contracts.speech import LANGUAGES
from tenants.models import Tenant

PAGE = 100


def issue_report(*, person: Person | None, tenant: Tenant, month: str, language: str = "") -> SlaReport:
    """The month's SLA report in the language asked for, else the shop's own (English where there is none)."""
    period = period_of(tenant, month)
    spoken = language or (tenant.default_language if tenant.default_language in LANGUAGES else "en")
    return report.issue(
        tenant=tenant,
        period=period,
        language=spoken,
        person=person,
        case_numbers=lambda conversations: case_numbers(tenant, conversations),
        contact_reasons=contact_reasons(tenant, period, spoken),
    )


def list_reports(tenant: Tenant) -> list[dict[str, Any]]:
    return [show_report(row) for row in report.reports_of(tenant)]


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
    }


def check_report(tenant: Tenant, report_id: UUID) -> dict[str, Any]:
    """The report's head, and whether its stored data still gives the hash on its first page."""
    row = report.report(tenant, report_id)
    return {**show_report(row), "holds": report.holds(row)}


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
            }
            for line in row.lines.all()
        ],
    }
