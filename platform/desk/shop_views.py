"""The operator's API for the end of a client: suspend, resume, export, delete."""

from __future__ import annotations

import tempfile
from typing import IO, Any, cast
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import closing, shop_archive
from desk.console_views import signed_in
from kernel.errors import not_found
from people.access import staff
from tenants.models import Tenant


class ShopState(s.Serializer[Any]):
    id = s.UUIDField()
    slug = s.CharField()
    status = s.ChoiceField(choices=Tenant.Status.choices)


class DeleteShop(s.Serializer[Any]):
    confirm = s.CharField(max_length=40, help_text="The client's slug, as typed.")


class SuspendView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="suspend_shop", request=None, responses=ShopState)
    def post(self, request: Request, tenant: UUID) -> Response:
        return Response(_state(closing.suspend(person=signed_in(request), tenant=_shop(tenant))))


class ResumeView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="resume_shop", request=None, responses=ShopState)
    def post(self, request: Request, tenant: UUID) -> Response:
        return Response(_state(closing.resume(person=signed_in(request), tenant=_shop(tenant))))


class ExportShopView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="export_shop", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, tenant: UUID) -> FileResponse:
        shop = _shop(tenant)
        out = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024))  # noqa: SIM115 (the answer closes it)
        digest = shop_archive.write(person=signed_in(request), tenant=shop, out=out)
        out.seek(0)
        answer = FileResponse(out, as_attachment=True, filename=f"{shop.slug}.zip")
        answer["Cache-Control"], answer["X-Content-SHA256"] = "private, no-store", digest
        return answer


class DeleteShopView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="delete_shop", request=DeleteShop, responses=ShopState)
    def post(self, request: Request, tenant: UUID) -> Response:
        asked = DeleteShop(data=request.data)
        asked.is_valid(raise_exception=True)
        shop = _shop(tenant)
        closing.delete(person=signed_in(request), tenant=shop, confirm=asked.validated_data["confirm"])
        return Response(_state(_shop(tenant)))


def _shop(tenant_id: UUID) -> Tenant:
    """Suspended ones too: an operator administers what nobody serves."""
    found = Tenant.objects.filter(pk=tenant_id).first()
    if found is None:
        raise not_found()
    return found


def _state(tenant: Tenant) -> dict[str, Any]:
    return {"id": tenant.id, "slug": tenant.slug, "status": tenant.status}
