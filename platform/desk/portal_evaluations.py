"""The client's released evaluations, agents under their aliases; its managers may dispute them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import evaluation_shapes as shapes
from desk.pages import PAGE, page_number
from desk.portal_asking import reader, shop_of
from kernel.tenancy import enter
from people.access import audit, client
from people.api_keys import ReadByKeys
from quality import client_reading, contesting


class EvaluationsView(ReadByKeys):
    access = client(opens="evaluation")

    @extend_schema(operation_id="portal_list_evaluations", parameters=[PAGE], responses=shapes.ClientEvaluations)
    def get(self, request: Request) -> Response:
        tenant = shop_of(request)
        with enter(tenant):
            return Response(client_reading.evaluations(tenant=tenant, page=page_number(request)))


class EvaluationView(ReadByKeys):
    access = client(opens="evaluation")

    @extend_schema(operation_id="portal_show_evaluation", responses=shapes.ClientEvaluation)
    def get(self, request: Request, evaluation: UUID) -> Response:
        tenant = shop_of(request)
        with enter(tenant):
            shown = client_reading.evaluation(tenant=tenant, evaluation_id=evaluation)
        audit(reader(request), "portal.evaluation_opened", tenant=tenant, object_id=evaluation)
        return Response(shown)


class DisputeView(APIView):
    access = client("client", opens="evaluation")

    @extend_schema(
        operation_id="portal_dispute_evaluation",
        request=shapes.NewEvaluationDispute,
        responses={201: shapes.ClientEvaluation},
    )
    def post(self, request: Request, evaluation: UUID) -> Response:
        tenant = shop_of(request)
        with enter(tenant):
            client_reading.evaluation(tenant=tenant, evaluation_id=evaluation)
            asked = shapes.NewEvaluationDispute(data=request.data)
            asked.is_valid(raise_exception=True)
            contesting.dispute(person=reader(request), tenant=tenant, evaluation_id=evaluation, **asked.validated_data)
            shown = client_reading.evaluation(tenant=tenant, evaluation_id=evaluation)
        return Response(shown, status=201)
