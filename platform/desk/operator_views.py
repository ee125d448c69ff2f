"""The operator's onboarding of shops and people, and the audit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import embedding, hiring, shop_settings
from desk import operator_shapes as shapes
from desk.console_views import signed_in
from desk.onboarding import open_shop
from desk.shop_shapes import ListedShop
from desk.work import mark_of
from kernel.links import shop_origin
from people.access import staff
from tenants.models import Tenant


class ShopsView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="list_shops", responses=ListedShop(many=True))
    def get(self, request: Request) -> Response:
        return Response(shop_settings.shops())

    @extend_schema(operation_id="open_shop", request=shapes.NewShop, responses={201: shapes.Shop})
    def post(self, request: Request) -> Response:
        asked = shapes.NewShop(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(_show_shop(open_shop(person=signed_in(request), **asked.validated_data)), status=201)


class EmbeddingView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="show_embedding", responses=shapes.Embedding)
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response({"origins": embedding.origins_of(tenant)})

    @extend_schema(operation_id="choose_embedding", request=shapes.Embedding, responses=shapes.Embedding)
    def put(self, request: Request, tenant: UUID) -> Response:
        asked = shapes.Embedding(data=request.data)
        asked.is_valid(raise_exception=True)
        chosen = embedding.choose_origins(person=signed_in(request), tenant_id=tenant, **asked.validated_data)
        return Response({"origins": chosen})


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


def _show_shop(tenant: Tenant) -> dict[str, Any]:
    return {
        **mark_of(tenant),
        "slug": tenant.slug,
        "country": tenant.country,
        "languages": tenant.languages,
        "time_zone": tenant.time_zone,
        "currency": tenant.currency,
        "tone": tenant.tone,
        "url": f"{shop_origin(tenant.slug)}/",
    }
