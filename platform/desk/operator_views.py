"""The operator's onboarding of shops and people, and the audit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import hiring
from desk import operator_shapes as shapes
from desk.console_views import signed_in
from desk.onboarding import open_shop
from desk.pages import PAGE, page_number
from desk.work import mark_of
from people.access import staff
from people.models import AuditEntry
from tenants.models import Tenant

AUDIT_PAGE = 100


class ShopsView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="open_shop", request=shapes.NewShop, responses={201: shapes.Shop})
    def post(self, request: Request) -> Response:
        asked = shapes.NewShop(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(_show_shop(open_shop(person=signed_in(request), **asked.validated_data)), status=201)


class PeopleView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="list_people", responses=shapes.Colleague(many=True))
    def get(self, request: Request) -> Response:
        return Response(hiring.people())

    @extend_schema(operation_id="hire_person", request=shapes.NewPerson, responses={201: shapes.Colleague})
    def post(self, request: Request) -> Response:
        asked = shapes.NewPerson(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(hiring.show(hiring.hire(person=signed_in(request), **asked.validated_data)), status=201)


class AuditView(APIView):
    access = staff("operator", opens="audit", by="role")

    @extend_schema(
        operation_id="list_audit",
        parameters=[PAGE, OpenApiParameter("action", str, description="Only this action, such as invoice.issued.")],
        responses=shapes.AuditPage,
    )
    def get(self, request: Request) -> Response:
        page = page_number(request)
        entries = AuditEntry.objects.select_related("person", "tenant").order_by("-at", "-id")
        action = request.query_params.get("action")
        if action:
            entries = entries.filter(action=action)
        start = (page - 1) * AUDIT_PAGE
        rows = list(entries[start : start + AUDIT_PAGE + 1])
        return Response(
            {
                "results": [_show_entry(row) for row in rows[:AUDIT_PAGE]],
                "next": page + 1 if len(rows) > AUDIT_PAGE else None,
            }
        )


def _show_shop(tenant: Tenant) -> dict[str, Any]:
    port = "" if settings.PORT in ("80", "443") else f":{settings.PORT}"
    return {
        **mark_of(tenant),
        "slug": tenant.slug,
        "country": tenant.country,
        "languages": tenant.languages,
        "time_zone": tenant.time_zone,
        "currency": tenant.currency,
        "tone": tenant.tone,
        "url": f"{settings.SCHEME}://{tenant.slug}.{settings.DOMAIN}{port}/",
    }


def _show_entry(row: AuditEntry) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": row.at,
        "person": {"id": row.person.pk, "name": row.person.name} if row.person else None,
        "tenant": mark_of(row.tenant) if row.tenant else None,
        "action": row.action,
        "object_id": row.object_id,
        "detail": row.detail,
    }
