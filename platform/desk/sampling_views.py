"""Sampling at the desk: a client's plans and their quotas, a draw by hand, and an evaluator's own list."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import sampling_shapes as shapes
from desk.console_views import signed_in
from kernel.errors import not_found
from kernel.tenancy import enter
from people.access import require_client, staff
from quality import plan_reading, plans
from quality.models import SamplingPlan


class SamplingView(APIView):
    access = staff("supervisor", "operator", opens="client", by="accreditation")

    @extend_schema(operation_id="show_sampling", responses=shapes.Sampling)
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response(plan_reading.sampling_of(person=signed_in(request), tenant_id=tenant))

    @extend_schema(operation_id="add_sampling_plan", request=shapes.NewSamplingPlan, responses={201: shapes.Sampling})
    def post(self, request: Request, tenant: UUID) -> Response:
        person = signed_in(request)
        require_client(person, tenant)
        asked = shapes.NewSamplingPlan(data=request.data)
        asked.is_valid(raise_exception=True)
        plans.save_plan(person=person, tenant_id=tenant, **asked.validated_data)
        return Response(plan_reading.sampling_of(person=person, tenant_id=tenant), status=201)


class SamplingPlanView(APIView):
    access = staff("supervisor", "operator", opens="sampling_plan", by="accreditation")

    @extend_schema(operation_id="change_sampling_plan", request=shapes.NewSamplingPlan, responses=shapes.Sampling)
    def put(self, request: Request, tenant: UUID, plan: UUID) -> Response:
        person = signed_in(request)
        _require(request, tenant, plan)
        asked = shapes.NewSamplingPlan(data=request.data)
        asked.is_valid(raise_exception=True)
        plans.save_plan(person=person, tenant_id=tenant, plan_id=plan, **asked.validated_data)
        return Response(plan_reading.sampling_of(person=person, tenant_id=tenant))


class DrawView(APIView):
    access = staff("supervisor", "operator", opens="sampling_plan", by="accreditation")

    @extend_schema(operation_id="draw_sample", request=None, responses=shapes.Drawn)
    def post(self, request: Request, tenant: UUID, plan: UUID) -> Response:
        """What the quotas ask for by today; beat does the same every hour."""
        person = signed_in(request)
        return Response(plans.draw_now(person=person, tenant=require_client(person, tenant), plan_id=plan))


class ToEvaluateView(APIView):
    access = staff("supervisor", opens="self", by="session")

    @extend_schema(operation_id="list_to_evaluate", responses=shapes.ToEvaluateList)
    def get(self, request: Request) -> Response:
        """What was given to this evaluator, the longest waiting first."""
        return Response({"results": plan_reading.to_evaluate(signed_in(request))})


def _require(request: Request, tenant: UUID, plan: UUID) -> None:
    """What is barred and what does not exist answer alike, whatever was sent."""
    client = require_client(signed_in(request), tenant)
    with enter(client):
        if not SamplingPlan.objects.filter(pk=plan).exists():
            raise not_found()
