"""The client's disputes over how its items were judged: raised by its managers, read by all its users."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import dispute_page as page
from desk import dispute_shapes as shapes
from desk.pages import PAGE, page_number
from desk.portal_asking import LANG, reader, shop_of
from people.access import client
from people.api_keys import ReadByKeys
from people.models import Person
from quality import disputing
from sla_contracts.disputes import STATES

_STATE = OpenApiParameter("state", str, enum=STATES, description="All of them if left out.")


class RecomputeView(ReadByKeys):
    access = client(opens="clock")

    @extend_schema(operation_id="portal_recompute_clock", parameters=[LANG], responses=shapes.ExplainedClock)
    def get(self, request: Request, clock: UUID) -> Response:
        """The clock's arithmetic, and how each clause judges it."""
        return Response(page.explained(person=reader(request), tenant=shop_of(request), clock_id=clock))


class DisputesView(ReadByKeys):
    access = client(opens="dispute")

    @extend_schema(operation_id="portal_list_disputes", parameters=[_STATE, PAGE, LANG], responses=shapes.Disputes)
    def get(self, request: Request) -> Response:
        found = page.of_client(
            person=reader(request),
            tenant=shop_of(request),
            state=request.query_params.get("state", ""),
            page=page_number(request),
        )
        return Response(found)


class DisputeView(ReadByKeys):
    access = client(opens="dispute")

    @extend_schema(operation_id="portal_show_dispute", parameters=[LANG], responses=shapes.Dispute)
    def get(self, request: Request, dispute: UUID) -> Response:
        return Response(page.shown(person=reader(request), tenant=shop_of(request), dispute_id=dispute))


class DisputeItemView(APIView):
    access = client("client", opens="clock")

    @extend_schema(operation_id="portal_dispute_item", request=shapes.NewDispute, responses={201: shapes.Dispute})
    def post(self, request: Request, clock: UUID) -> Response:
        """A judged item is disputed under one clause, with a reason; it is answered within the contract's term."""
        asked = shapes.NewDispute(data=request.data)
        asked.is_valid(raise_exception=True)
        person, tenant = cast(Person, request.user), shop_of(request)
        row = disputing.dispute(person=person, tenant=tenant, clock_id=clock, **asked.validated_data)
        return Response(page.shown(person=person, tenant=tenant, dispute_id=row.id), status=201)
