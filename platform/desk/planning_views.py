"""Planning, for supervisors: what if other people had been there, another policy, more volume; and who to train."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import JsonResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import plan_page, planning
from desk import planning_shapes as shapes
from desk.console_views import signed_in
from kernel import clock
from kernel.errors import invalid
from people.access import staff
from people.models import Person
from routing.engine.policies import POLICIES

_POLICY = staff("supervisor", "operator", opens="what_if", by="accreditation")


class PlanningView(APIView):
    access = _POLICY

    @extend_schema(operation_id="planning", responses=shapes.Planning)
    def get(self, request: Request) -> Response:
        person = signed_in(request)
        return Response(
            {
                "weeks": planning.weeks_of(person),
                "what_ifs": plan_page.heads(planning.list_of(person)),
                "policy": settings.ROUTING_POLICY,
                "policies": sorted(POLICIES),
            }
        )


class PlanWeekView(APIView):
    access = _POLICY

    @extend_schema(
        operation_id="plan_week",
        parameters=[
            OpenApiParameter("day", date, description="Any day of the week; none: the last one that is over."),
            OpenApiParameter("clients", str, description="Ids, with commas; none: all that one serves."),
        ],
        responses=shapes.PlanWeekPage,
    )
    def get(self, request: Request) -> Response:
        person, asked = signed_in(request), request.query_params
        day, clients = _day(asked.get("day"), person), _ids(asked.get("clients", ""))
        return Response(plan_page.week_page(planning.week_plan(person, day, clients)))


class WhatIfsView(APIView):
    access = _POLICY

    @extend_schema(operation_id="ask_what_if", request=shapes.WhatIfAsked, responses={201: shapes.WhatIfHead})
    def post(self, request: Request) -> Response:
        asked = shapes.WhatIfAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        row = planning.ask(person=signed_in(request), question=planning.Question(**asked.validated_data))
        return Response(plan_page.heads([row])[0], status=201)


class WhatIfView(APIView):
    access = _POLICY

    @extend_schema(operation_id="show_what_if", responses=shapes.WhatIfPage)
    def get(self, request: Request, what_if: UUID) -> Response:
        return Response(plan_page.page(planning.of_person(signed_in(request), what_if)))

    @extend_schema(operation_id="remove_what_if", responses={204: None})
    def delete(self, request: Request, what_if: UUID) -> Response:
        planning.remove(person=signed_in(request), what_if_id=what_if)
        return Response(status=204)


class CancelWhatIfView(APIView):
    access = _POLICY

    @extend_schema(operation_id="cancel_what_if", request=None, responses=shapes.WhatIfHead)
    def post(self, request: Request, what_if: UUID) -> Response:
        row = planning.cancel(person=signed_in(request), what_if_id=what_if)
        return Response(plan_page.heads([row])[0])


class ScenarioView(APIView):
    access = _POLICY

    @extend_schema(operation_id="what_if_scenario", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, what_if: UUID) -> JsonResponse:
        """The recorded week as a file for ``manage.py simulate``."""
        row = planning.of_person(signed_in(request), what_if)
        answer = JsonResponse(row.scenario)
        answer["Content-Disposition"] = f'attachment; filename="week-{row.week_start.date()}.json"'
        return answer


def _day(text: str | None, person: Person) -> date:
    if not text:
        return clock.now().astimezone(ZoneInfo(person.time_zone)).date() - timedelta(days=7)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise invalid("Name a day, as in 2026-11-02.", day="Not a day.") from error


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(each) for each in text.split(",") if each]
    except ValueError as error:
        raise invalid("That is not an id.", clients="Not ids.") from error
