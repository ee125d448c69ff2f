"""The client's portal: each view parses, calls one function, answers. The tenant is the host's, never the caller's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import reading
from conversations.file_links import client_viewer, link_to, links_for
from conversations.models import Conversation
from desk import portal_conversations, portal_overview, portal_papers
from desk import portal_shapes as shapes
from desk.portal_asking import LANG, MONTH, reader, shop_of
from desk.portal_narrowing import Narrowing
from desk.tables import as_download
from kernel.errors import invalid
from kernel.tenancy import enter
from people.access import audit, client
from people.api_keys import ReadByKeys
from sla_contracts import report
from sla_contracts.report_data import canonical

_PAGE = OpenApiParameter("page", int)
_FILTERS = ("clause", "outcome", "channel", "language", "day", "status", "reason", "queue", "report")


class OverviewView(ReadByKeys):
    access = client(opens="client")

    @extend_schema(operation_id="portal_overview", parameters=[MONTH, LANG], responses=shapes.PortalOverview)
    def get(self, request: Request) -> Response:
        month = request.query_params.get("month", "")
        return Response(portal_overview.overview(person=reader(request), tenant=shop_of(request), month=month))


class ConversationsView(ReadByKeys):
    access = client(opens="conversation")

    @extend_schema(
        operation_id="portal_list_conversations",
        parameters=[MONTH, *(OpenApiParameter(name, str) for name in _FILTERS), _PAGE, LANG],
        responses=shapes.PortalConversations,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        found = portal_conversations.list_conversations(
            person=reader(request),
            tenant=shop_of(request),
            month=asked.get("month", ""),
            clause=asked.get("clause", ""),
            outcome=asked.get("outcome", ""),
            narrowing=Narrowing.of(asked),
            report=asked.get("report", ""),
            page=_page(request),
        )
        return Response(found)


class ConversationView(ReadByKeys):
    access = client(opens="conversation")

    @extend_schema(operation_id="portal_open_conversation", parameters=[LANG], responses=shapes.PortalConversation)
    def get(self, request: Request, conversation: UUID) -> Response:
        tenant = shop_of(request)
        found = portal_conversations.open_conversation(
            person=reader(request),
            tenant=tenant,
            conversation_id=conversation,
            link=links_for(tenant, client_viewer(request)),
        )
        return Response(found)


class AttachmentView(ReadByKeys):
    access = client(opens="attachment")

    @extend_schema(operation_id="portal_download_attachment", responses={302: None})
    def get(self, request: Request, conversation: UUID, attachment: UUID) -> HttpResponseRedirect:
        """To a fresh link at the host of files: those that came with the messages are good for minutes only."""
        tenant = shop_of(request)
        with enter(tenant):
            row = reading.shown_attachment(attachment, within=Conversation.objects.filter(pk=conversation))
        return HttpResponseRedirect(link_to(tenant, row.id, client_viewer(request)))


class ReportsView(ReadByKeys):
    access = client(opens="report").but(POST=client("client", opens="report"))

    @extend_schema(operation_id="portal_list_reports", responses=shapes.ListedReport(many=True))
    def get(self, request: Request) -> Response:
        return Response(portal_papers.list_reports(shop_of(request)))

    @extend_schema(operation_id="portal_issue_report", request=shapes.NewReport, responses={201: shapes.ReportHead})
    def post(self, request: Request) -> Response:
        asked = shapes.NewReport(data=request.data)
        asked.is_valid(raise_exception=True)
        row = portal_papers.issue_report(
            person=reader(request),
            tenant=shop_of(request),
            month=asked.validated_data["month"],
            language=asked.validated_data.get("language", ""),
        )
        return Response(portal_papers.show_report(row), status=201)


class ReportView(ReadByKeys):
    access = client(opens="report")

    @extend_schema(operation_id="portal_check_report", responses=shapes.ReportCheck)
    def get(self, request: Request, report: UUID) -> Response:
        return Response(portal_papers.check_report(shop_of(request), report))


class ReportPreviewView(ReadByKeys):
    access = client(opens="report")

    @extend_schema(operation_id="portal_preview_report", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """The running month as it stands, marked so on every page; nothing is issued."""
        tenant = shop_of(request)
        content = portal_papers.preview_report(person=reader(request), tenant=tenant)
        audit(reader(request), "sla_report.previewed", tenant=tenant, object_id=tenant.id)
        return _file(content, "application/pdf", f"SLA-{tenant.slug}-preview.pdf")


class ReportPdfView(ReadByKeys):
    access = client(opens="report")

    @extend_schema(operation_id="portal_download_report", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, report: UUID) -> HttpResponse:
        tenant = shop_of(request)
        row = _report(tenant, report)
        month = portal_papers.show_report(row)["month"]
        audit(reader(request), "sla_report.downloaded", tenant=tenant, object_id=report, form="pdf")
        return _file(bytes(row.pdf), "application/pdf", f"SLA-{tenant.slug}-{month}-{row.language}.pdf")


class ReportDataView(ReadByKeys):
    access = client(opens="report")

    @extend_schema(operation_id="portal_download_report_data", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, report: UUID) -> HttpResponse:
        row = _report(shop_of(request), report)
        name = f"{row.data_sha256}.json"
        audit(reader(request), "sla_report.downloaded", tenant=shop_of(request), object_id=report, form="json")
        return _file(canonical(row.data).encode(), "application/json", name, as_attachment=True)


class ReportLateView(ReadByKeys):
    access = client(opens="report")

    @extend_schema(operation_id="portal_download_report_late", responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, report: UUID) -> HttpResponse:
        tenant = shop_of(request)
        row = _report(tenant, report)
        audit(reader(request), "sla_report.downloaded", tenant=tenant, object_id=report, form="csv")
        month = portal_papers.show_report(row)["month"]
        return as_download(portal_papers.late_items(tenant, row), f"late-{tenant.slug}-{month}.csv")


class InvoicesView(ReadByKeys):
    access = client("client", opens="invoice")

    @extend_schema(operation_id="portal_list_invoices", parameters=[LANG], responses=shapes.PortalInvoice(many=True))
    def get(self, request: Request) -> Response:
        return Response(portal_papers.list_invoices(shop_of(request), reader(request).language))


class InvoicePdfView(ReadByKeys):
    access = client("client", opens="invoice")

    @extend_schema(operation_id="portal_download_invoice", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, invoice: UUID) -> HttpResponse:
        number, content = portal_papers.invoice_pdf(shop_of(request), invoice)
        audit(reader(request), "invoice.downloaded", tenant=shop_of(request), object_id=invoice)
        return _file(content, "application/pdf", f"{number}.pdf")


class LineConversationsView(ReadByKeys):
    access = client("client", opens="invoice")

    @extend_schema(
        operation_id="portal_list_line_conversations", parameters=[_PAGE], responses=shapes.LineConversations
    )
    def get(self, request: Request, invoice: UUID, line: UUID) -> Response:
        return Response(portal_papers.line_conversations(shop_of(request), invoice, line, _page(request)))


_report = report.report


def _page(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100_000:
        raise invalid("A page is a number from 1 on.", page="must be a number")
    return int(text)


def _file(content: bytes, content_type: str, name: str, *, as_attachment: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
