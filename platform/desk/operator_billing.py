"""The operator's billing: the month's table, drafts, issuing, and what stands behind each line."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing import document, invoicing, pdf, reading
from desk import operator_shapes as shapes
from desk.console_views import signed_in
from desk.pages import PAGE, page_number
from kernel.errors import not_found
from people.access import audit, staff
from sla_contracts.period import Period
from tenants.models import Tenant

MONTH = OpenApiParameter("month", str, description="YYYY-MM; the month before this one if absent.")


class BillingView(APIView):
    access = staff("operator", opens="invoice", by="role")

    @extend_schema(operation_id="show_billing", parameters=[MONTH], responses=shapes.BillingRow(many=True))
    def get(self, request: Request) -> Response:
        return Response(reading.month_table(request.query_params.get("month") or _month_before()))


class DraftView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="draft_invoice", request=shapes.Month, responses=shapes.Invoice)
    def post(self, request: Request, tenant: UUID) -> Response:
        asked = shapes.Month(data=request.data)
        asked.is_valid(raise_exception=True)
        person = signed_in(request)
        found = Tenant.objects.filter(pk=tenant).first()
        if found is None:
            raise not_found()
        period = Period.of_month(asked.validated_data["month"], found.time_zone)
        draft = invoicing.draft(person=person, tenant=found, period=period)
        return Response(reading.detail(reading.invoice(draft.pk), person.language))


class InvoiceView(APIView):
    access = staff("operator", opens="invoice", by="role")

    @extend_schema(operation_id="show_invoice", responses=shapes.Invoice)
    def get(self, request: Request, invoice: UUID) -> Response:
        return Response(reading.detail(reading.invoice(invoice), signed_in(request).language))


class LineConversationsView(APIView):
    access = staff("operator", opens="invoice", by="role")

    @extend_schema(operation_id="show_line_conversations", parameters=[PAGE], responses=shapes.BilledConversations)
    def get(self, request: Request, invoice: UUID, line: UUID) -> Response:
        return Response(reading.conversations_behind(reading.invoice(invoice), line, page_number(request)))


class IssueView(APIView):
    access = staff("operator", opens="invoice", by="role")

    @extend_schema(operation_id="issue_invoice", request=None, responses=shapes.Invoice)
    def post(self, request: Request, invoice: UUID) -> Response:
        person = signed_in(request)
        issued = invoicing.issue(person=person, invoice_id=invoice)
        return Response(reading.detail(reading.invoice(issued.pk), person.language))


class PdfView(APIView):
    access = staff("operator", opens="invoice", by="role")

    @extend_schema(operation_id="download_invoice", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, invoice: UUID) -> HttpResponse:
        found = reading.invoice(invoice)
        answer = HttpResponse(pdf.of_invoice(found), content_type="application/pdf")
        audit(signed_in(request), "invoice.downloaded", tenant=found.tenant, object_id=invoice)
        name = f"invoice-{found.number or 'draft'}-{found.tenant.slug}.pdf"
        answer["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
        answer["Cache-Control"] = "no-store"
        return answer


def _month_before() -> str:
    today = document.today()
    return f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02}"
