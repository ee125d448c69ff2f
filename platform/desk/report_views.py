"""The operator's API for a client's SLA reports: calendar, recipients, issuing, deliveries, sending again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import report_page as page
from desk import report_shapes as shapes
from desk.console_views import signed_in
from desk.portal_papers import show_report
from desk.shop_settings import require_shop
from people.access import audit, staff
from sla_contracts import report as issued
from sla_contracts import report_plans


class ReportsOfClientView(APIView):
    access = staff("operator", opens="report", by="role")

    @extend_schema(operation_id="show_reports", responses=shapes.ClientReports)
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response(page.reports(require_shop(tenant)))

    @extend_schema(
        operation_id="issue_client_report", request=shapes.ReportMonth, responses={201: shapes.ClientReports}
    )
    def post(self, request: Request, tenant: UUID) -> Response:
        shop = require_shop(tenant)
        asked = shapes.ReportMonth(data=request.data)
        asked.is_valid(raise_exception=True)
        page.issue(person=signed_in(request), tenant=shop, **asked.validated_data)
        return Response(page.reports(shop), status=201)


class ReportPlanView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="choose_report_plan", request=shapes.ReportPlanChoice, responses=shapes.ClientReports)
    def put(self, request: Request, tenant: UUID) -> Response:
        shop = require_shop(tenant)
        asked = shapes.ReportPlanChoice(data=request.data)
        asked.is_valid(raise_exception=True)
        page.choose(person=signed_in(request), tenant=shop, asked=asked.validated_data)
        return Response(page.reports(shop))

    @extend_schema(operation_id="drop_report_plan", responses=shapes.ClientReports)
    def delete(self, request: Request, tenant: UUID) -> Response:
        shop = require_shop(tenant)
        report_plans.drop(person=signed_in(request), tenant=shop)
        return Response(page.reports(shop))


class SendReportView(APIView):
    access = staff("operator", opens="report", by="role")

    @extend_schema(operation_id="send_report_again", request=shapes.SendReport, responses=shapes.ClientReports)
    def post(self, request: Request, tenant: UUID, report: UUID) -> Response:
        shop = require_shop(tenant)
        asked = shapes.SendReport(data=request.data)
        asked.is_valid(raise_exception=True)
        page.send_again(person=signed_in(request), tenant=shop, report_id=report, **asked.validated_data)
        return Response(page.reports(shop))


class ClientReportPdfView(APIView):
    access = staff("operator", opens="report", by="role")

    @extend_schema(operation_id="download_client_report", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, tenant: UUID, report: UUID) -> HttpResponse:
        shop = require_shop(tenant)
        row = issued.report(shop, report)
        audit(signed_in(request), "sla_report.downloaded", tenant=shop, object_id=report, form="pdf")
        answer = HttpResponse(bytes(row.pdf), content_type="application/pdf")
        name = f"SLA-{shop.slug}-{show_report(row)['month']}-{row.language}.pdf"
        answer["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or "inline"
        answer["Cache-Control"] = "private, no-store"
        return answer
