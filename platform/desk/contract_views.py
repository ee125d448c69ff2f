"""The operator's API for a client's contract: draft, compare, sign and so offer it to the client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import contract_page as page
from desk import contract_shapes as shapes
from desk.console_views import signed_in
from desk.shop_settings import require_shop
from kernel.errors import invalid
from people.access import staff
from sla_contracts import signing
from sla_contracts.templates import TEMPLATES
from tenants.models import Tenant


class ContractView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="show_contract", responses=shapes.Contract)
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response(page.contract(require_shop(tenant), for_client=False))

    @extend_schema(operation_id="draft_contract", request=shapes.NewVersion, responses={201: shapes.ContractVersion})
    def post(self, request: Request, tenant: UUID) -> Response:
        asked = shapes.NewVersion(data=request.data)
        asked.is_valid(raise_exception=True)
        shop, wanted = require_shop(tenant), asked.validated_data
        row = signing.draft_from(
            person=signed_in(request),
            tenant=shop,
            terms=_terms_to_begin_with(shop, wanted),
            begins=wanted["begins"],
            ends=wanted["ends"],
        )
        return Response(page.version(shop, row, for_client=False), status=201)


class ContractVersionView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="show_contract_version", responses=shapes.ContractVersion)
    def get(self, request: Request, tenant: UUID, version: UUID) -> Response:
        shop = require_shop(tenant)
        return Response(page.version(shop, signing.version_of(shop, version), for_client=False))

    @extend_schema(operation_id="redraft_contract", request=shapes.VersionTerms, responses=shapes.ContractVersion)
    def put(self, request: Request, tenant: UUID, version: UUID) -> Response:
        shop = require_shop(tenant)
        signing.version_of(shop, version)
        asked = shapes.VersionTerms(data=request.data)
        asked.is_valid(raise_exception=True)
        row = signing.redraft(person=signed_in(request), tenant=shop, version_id=version, **asked.validated_data)
        return Response(page.version(shop, row, for_client=False))

    @extend_schema(operation_id="discard_contract", responses={204: None})
    def delete(self, request: Request, tenant: UUID, version: UUID) -> Response:
        signing.discard(person=signed_in(request), tenant=require_shop(tenant), version_id=version)
        return Response(status=204)


class OfferContractView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="offer_contract", request=shapes.SignVersion, responses=shapes.ContractVersion)
    def post(self, request: Request, tenant: UUID, version: UUID) -> Response:
        """The BPO signs; from here on the client sees it."""
        shop = require_shop(tenant)
        signing.version_of(shop, version)
        asked = shapes.SignVersion(data=request.data)
        asked.is_valid(raise_exception=True)
        row = signing.offer_to_client(
            person=signed_in(request), tenant=shop, version_id=version, name=asked.validated_data["name"]
        )
        return Response(page.version(shop, row, for_client=False))

    @extend_schema(operation_id="take_contract_back", responses=shapes.ContractVersion)
    def delete(self, request: Request, tenant: UUID, version: UUID) -> Response:
        shop = require_shop(tenant)
        row = signing.take_back(person=signed_in(request), tenant=shop, version_id=version)
        return Response(page.version(shop, row, for_client=False))


def _terms_to_begin_with(shop: Tenant, wanted: dict[str, Any]) -> dict[str, Any]:
    if copied := wanted.get("copy_of"):
        return dict(signing.version_of(shop, copied).terms)
    if template := wanted.get("template"):
        return TEMPLATES[template](shop.time_zone, shop.country, shop.languages)
    raise invalid("Say what the draft begins with; nothing was saved.", template="a template or a version to copy")
