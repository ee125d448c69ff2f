"""Records of a client's customers: find, look, export, erase. For those who answer to the person and to the law.

A search travels in a body, not in an address: addresses of requests are written to logs, and people are named there.
"""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import customer_records as records
from desk import customer_shapes as shapes
from desk import erasing
from desk.console_views import signed_in
from desk.customer_export import export_customer
from desk.pages import PAGE, page_number
from people.access import audit, enter_client, require_client, staff

WHO = ("supervisor", "operator")


class CustomerSearchView(APIView):
    access = staff(*WHO, opens="customer", by="accreditation")

    @extend_schema(operation_id="search_customers", request=shapes.CustomerSearch, responses=shapes.CustomersFound)
    def post(self, request: Request, tenant: UUID) -> Response:
        asked = shapes.CustomerSearch(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(signed_in(request), tenant):
            return Response({"results": records.search(asked.validated_data["words"])})


class CustomerView(APIView):
    access = staff(*WHO, opens="customer", by="accreditation")

    @extend_schema(operation_id="customer_record", responses=shapes.CustomerRecord)
    def get(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            shown = records.card(customer)
        audit(person, "customer.opened", tenant=client, object_id=customer)
        return Response(shown)


class CustomerExportView(APIView):
    access = staff(*WHO, opens="customer", by="accreditation")

    @extend_schema(operation_id="export_customer", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, tenant: UUID, customer: UUID) -> FileResponse:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            pass
        archive = export_customer(person=person, tenant=client, customer_id=customer)
        answer = FileResponse(archive, as_attachment=True, filename=f"customer-{customer}.zip")
        answer["Cache-Control"] = "private, no-store"
        return answer


class EraseCustomerView(APIView):
    access = staff(*WHO, opens="customer", by="accreditation")

    @extend_schema(operation_id="erase_customer", request=shapes.EraseCustomer, responses=shapes.ErasureCertificate)
    def post(self, request: Request, tenant: UUID, customer: UUID) -> Response:
        asked = shapes.EraseCustomer(data=request.data)
        asked.is_valid(raise_exception=True)
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            pass
        return Response(
            erasing.erase_customer(person=person, tenant=client, customer_id=customer, **asked.validated_data)
        )


class ErasuresView(APIView):
    access = staff(*WHO, opens="erasure", by="accreditation")

    @extend_schema(operation_id="list_erasures", parameters=[PAGE], responses=shapes.Erasures)
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response(records.erasures(require_client(signed_in(request), tenant), page_number(request)))


class CertificateView(APIView):
    access = staff(*WHO, opens="customer", by="accreditation")

    @extend_schema(operation_id="erasure_certificate", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, tenant: UUID, customer: UUID) -> HttpResponse:
        with enter_client(signed_in(request), tenant):
            paper = bytes(erasing.certificate_of(customer).pdf)
        answer = HttpResponse(paper, content_type="application/pdf")
        name = content_disposition_header(True, f"erasure-{customer}.pdf")
        answer["Content-Disposition"] = name or "attachment"
        answer["Cache-Control"] = "private, no-store"
        return answer
