"""Quality at the desk: the scorecard, making an evaluation, and reading one's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import evaluation_shapes as shapes
from desk.console_views import signed_in
from desk.pages import PAGE, page_number
from kernel.errors import invalid
from people.access import enter_client, staff
from quality import evaluating, reading


class ScorecardView(APIView):
    access = staff("supervisor", "operator", opens="client", by="accreditation")

    @extend_schema(operation_id="show_scorecard", responses=shapes.Scorecard)
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant):
            return Response(reading.show_scorecard(evaluating.scorecard_in_force()))


class EvaluateView(APIView):
    access = staff("supervisor", opens="conversation", by="accreditation")

    @extend_schema(
        operation_id="evaluate_conversation", request=shapes.NewEvaluation, responses={201: shapes.Evaluation}
    )
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        asked = shapes.NewEvaluation(data=request.data)
        asked.is_valid(raise_exception=True)
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            made = evaluating.evaluate(
                person=person, tenant=client, conversation_id=conversation, **asked.validated_data
            )
            return Response(reading.show(made, client), status=201)


class EvaluationsView(APIView):
    access = staff(opens="evaluation", by="accreditation")

    @extend_schema(
        operation_id="list_evaluations",
        parameters=[
            OpenApiParameter("tenant", UUID),
            OpenApiParameter("agent", UUID),
            OpenApiParameter("from", datetime),
            OpenApiParameter("to", datetime),
            PAGE,
        ],
        responses=shapes.EvaluationPage,
    )
    def get(self, request: Request) -> Response:
        """Newest first. An agent gets their own; supervisors and operators get all."""
        return Response(
            reading.evaluations(
                person=signed_in(request),
                tenant_id=_id(request, "tenant"),
                agent_id=_id(request, "agent"),
                since=_instant(request, "from"),
                until=_instant(request, "to"),
                page=page_number(request),
            )
        )


class EvaluationView(APIView):
    access = staff(opens="evaluation", by="accreditation")

    @extend_schema(operation_id="show_evaluation", responses=shapes.Evaluation)
    def get(self, request: Request, tenant: UUID, evaluation: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            return Response(reading.evaluation(person=person, tenant=client, evaluation_id=evaluation))


class ReadView(APIView):
    access = staff(opens="evaluation", by="own")

    @extend_schema(operation_id="read_evaluation", request=None, responses=shapes.Evaluation)
    def post(self, request: Request, tenant: UUID, evaluation: UUID) -> Response:
        """The agent has opened it. For anybody else there is nothing here."""
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            evaluating.read(person=person, tenant=client, evaluation_id=evaluation)
            return Response(reading.evaluation(person=person, tenant=client, evaluation_id=evaluation))


def _id(request: Request, name: str) -> UUID | None:
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError as error:
        raise invalid(f"{name} is no id.", **{name: "is no id"}) from error


def _instant(request: Request, name: str) -> datetime | None:
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        at = parse_datetime(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise invalid(f"{name} is an instant with its offset.", **{name: "such as 2026-11-01T00:00:00Z"})
    return at
