"""The client's side of its contract: read every version it was offered, compare, and sign."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import contract_page as page
from desk import contract_shapes as shapes
from people.access import client
from people.api_keys import ReadByKeys
from people.models import Person
from sla_contracts import signing
from tenants.models import Tenant


class ContractView(ReadByKeys):
    access = client(opens="client")

    @extend_schema(operation_id="portal_show_contract", responses=shapes.Contract)
    def get(self, request: Request) -> Response:
        return Response(page.contract(_tenant(request), for_client=True))


class ContractVersionView(ReadByKeys):
    access = client(opens="client")

    @extend_schema(operation_id="portal_show_contract_version", responses=shapes.ContractVersion)
    def get(self, request: Request, version: UUID) -> Response:
        tenant = _tenant(request)
        row = signing.version_of(tenant, version, for_client=True)
        return Response(page.version(tenant, row, for_client=True))


class SignContractView(APIView):
    access = client("client", opens="client")

    @extend_schema(
        operation_id="portal_sign_contract", request=shapes.SignVersionAsClient, responses=shapes.ContractVersion
    )
    def post(self, request: Request, version: UUID) -> Response:
        tenant = _tenant(request)
        signing.version_of(tenant, version, for_client=True)
        asked = shapes.SignVersionAsClient(data=request.data)
        asked.is_valid(raise_exception=True)
        row = signing.sign_for_client(
            person=cast(Person, request.user), tenant=tenant, version_id=version, **asked.validated_data
        )
        return Response(page.version(tenant, row, for_client=True))


def _tenant(request: Request) -> Tenant:
    return cast(Tenant, request._request.tenant)  # type: ignore[attr-defined]
