"""The operator's API for a client as it is set up, and for its end: suspend, resume, export, delete."""

from __future__ import annotations

import tempfile
from typing import IO, cast
from uuid import UUID

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from carriers.contract import IncomingFile
from desk import closing, shop_archive, shop_logo
from desk import shop_settings as settings
from desk import shop_shapes as shapes
from desk.console_views import signed_in
from people.access import staff


class ShopView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="show_shop", responses=shapes.ShopSettings)
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response(settings.shop(tenant))


class LogoView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="show_logo", responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, tenant: UUID) -> HttpResponse:
        row = shop_logo.logo_of(settings.require_shop(tenant))
        answer = HttpResponse(bytes(row.content), content_type=row.content_type)
        answer["Cache-Control"] = "private, no-store"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer

    @extend_schema(
        operation_id="set_logo", request={"multipart/form-data": shapes.NewLogo}, responses=shapes.ShopSettings
    )
    def put(self, request: Request, tenant: UUID) -> Response:
        shop = settings.require_shop(tenant)
        asked = shapes.NewLogo(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data["file"]
        file = IncomingFile(name=given.name, content_type=given.content_type or "", content=given.read())
        shop_logo.set_logo(person=signed_in(request), tenant=shop, file=file)
        return Response(settings.shop(tenant))

    @extend_schema(operation_id="drop_logo", responses=shapes.ShopSettings)
    def delete(self, request: Request, tenant: UUID) -> Response:
        shop_logo.drop_logo(person=signed_in(request), tenant=settings.require_shop(tenant))
        return Response(settings.shop(tenant))


class SuspendView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="suspend_shop", request=None, responses=shapes.ShopState)
    def post(self, request: Request, tenant: UUID) -> Response:
        return Response(settings.head(closing.suspend(person=signed_in(request), tenant=settings.require_shop(tenant))))


class ResumeView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="resume_shop", request=None, responses=shapes.ShopState)
    def post(self, request: Request, tenant: UUID) -> Response:
        return Response(settings.head(closing.resume(person=signed_in(request), tenant=settings.require_shop(tenant))))


class ExportShopView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="export_shop", responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, tenant: UUID) -> FileResponse:
        shop = settings.require_shop(tenant)
        out = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024))  # noqa: SIM115 (the answer closes it)
        digest = shop_archive.write(person=signed_in(request), tenant=shop, out=out)
        out.seek(0)
        answer = FileResponse(out, as_attachment=True, filename=f"{shop.slug}.zip")
        answer["Cache-Control"], answer["X-Content-SHA256"] = "private, no-store", digest
        return answer


class DeleteShopView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="delete_shop", request=shapes.DeleteShop, responses=shapes.ShopState)
    def post(self, request: Request, tenant: UUID) -> Response:
        asked = shapes.DeleteShop(data=request.data)
        asked.is_valid(raise_exception=True)
        shop = settings.require_shop(tenant)
        closing.delete(person=signed_in(request), tenant=shop, confirm=asked.validated_data["confirm"])
        return Response(settings.head(settings.require_shop(tenant)))
