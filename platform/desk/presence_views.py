"""Presence: the reasons for states, days as they were, what time went to, and how much an agent takes at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import agent_days, time_sheet
from desk import presence_shapes as shapes
from desk.console_views import signed_in
from desk.day_range import Days, days_of
from desk.tables import as_download
from kernel.errors import invalid, not_found
from people.access import audit, staff
from people.models import Person
from routing import reasons
from routing.capacity import set_capacity, units_by_channel
from routing.models import AgentState, StateReason

SUPERVISING = ("supervisor", "operator")
_DAY = OpenApiParameter("day", OpenApiTypes.DATE, description="Where the reader is; today without it.")
_AGENT = OpenApiParameter("agent", OpenApiTypes.UUID, description="Only this agent.")
_RANGE = [
    OpenApiParameter("from", OpenApiTypes.DATE, description="The first day, where the reader is; today without it."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="The last day, which counts; at most a week."),
]
_TABLE = {(200, "text/csv"): OpenApiTypes.BINARY}
_ONE_OF_THEIRS = staff(*SUPERVISING, opens="agent", by="accreditation")


class StateReasonsView(APIView):
    access = staff(opens="state_reason", by="role").but(
        POST=staff(*SUPERVISING, opens="state_reason", by="role"),
        PATCH=staff(*SUPERVISING, opens="state_reason", by="role"),
    )

    @extend_schema(operation_id="list_state_reasons", responses=shapes.Reason(many=True))
    def get(self, request: Request) -> Response:
        """All that ever were, those offered first and in their order."""
        return _reasons(request)

    @extend_schema(operation_id="add_state_reason", request=shapes.NewReason, responses={201: shapes.Reason(many=True)})
    def post(self, request: Request) -> Response:
        reasons.add(by=signed_in(request), **_asked(shapes.NewReason, request))
        return _reasons(request, status=201)

    @extend_schema(operation_id="change_state_reason", request=shapes.ReasonChange, responses=shapes.Reason(many=True))
    def patch(self, request: Request) -> Response:
        """Rename it, retire it, or offer it again."""
        asked, by = _asked(shapes.ReasonChange, request), signed_in(request)
        if "name" in asked:
            reasons.rename(by=by, code=asked["code"], name=asked["name"])
        if "is_retired" in asked:
            (reasons.retire if asked["is_retired"] else reasons.restore)(by=by, code=asked["code"])
        return _reasons(request)


class StateReasonOrderView(APIView):
    access = staff(*SUPERVISING, opens="state_reason", by="role")

    @extend_schema(operation_id="reorder_state_reasons", request=shapes.ReasonOrder, responses=shapes.Reason(many=True))
    def post(self, request: Request) -> Response:
        reasons.reorder(by=signed_in(request), **_asked(shapes.ReasonOrder, request))
        return _reasons(request)


class PresenceDayView(APIView):
    access = _ONE_OF_THEIRS

    @extend_schema(operation_id="show_presence_day", parameters=[_DAY, _AGENT], responses=shapes.PresenceDay)
    def get(self, request: Request) -> Response:
        by = signed_in(request)
        return Response(agent_days.show_day(by, _day(by, request), _agent(request)))


class PresenceDayCsvView(APIView):
    access = _ONE_OF_THEIRS

    @extend_schema(operation_id="export_presence_day", parameters=[_DAY, _AGENT], responses=_TABLE)
    def get(self, request: Request) -> HttpResponse:
        by = signed_in(request)
        days = _day(by, request)
        content, rows = agent_days.as_csv(by, days, _agent(request))
        audit(by, "presence.exported", day=days.first.isoformat(), rows=rows)
        return as_download(content, f"presence-{days.first}.csv")


class TimeSheetView(APIView):
    access = _ONE_OF_THEIRS

    @extend_schema(operation_id="show_time_sheet", parameters=_RANGE, responses=shapes.TimeSheet)
    def get(self, request: Request) -> Response:
        by = signed_in(request)
        return Response(time_sheet.show_sheet(by, _range(by, request)))


class AgentTimeView(APIView):
    access = _ONE_OF_THEIRS

    @extend_schema(operation_id="show_agent_time", parameters=_RANGE, responses=shapes.AgentTimeParts)
    def get(self, request: Request, agent: UUID) -> Response:
        by = signed_in(request)
        return Response(time_sheet.show_parts(by, agent, _range(by, request)))


class TimeSheetCsvView(APIView):
    access = _ONE_OF_THEIRS

    @extend_schema(operation_id="export_time_sheet", parameters=[*_RANGE, _AGENT], responses=_TABLE)
    def get(self, request: Request) -> HttpResponse:
        by = signed_in(request)
        days = _range(by, request)
        content, rows = time_sheet.as_csv(by, days, _agent(request))
        audit(by, "time_sheet.exported", first=days.first.isoformat(), last=days.last.isoformat(), rows=rows)
        return as_download(content, f"time-{days.first}-{days.last}.csv")


class CapacityView(APIView):
    access = _ONE_OF_THEIRS

    @extend_schema(operation_id="show_capacity", responses=shapes.CapacityNow)
    def get(self, request: Request, agent: UUID) -> Response:
        return Response(_capacity(_seen(signed_in(request), agent)))

    @extend_schema(operation_id="set_capacity", request=shapes.Capacity, responses=shapes.CapacityNow)
    def put(self, request: Request, agent: UUID) -> Response:
        by = signed_in(request)
        _seen(by, agent)
        asked = _asked(shapes.Capacity, request)
        channels = {each["channel"]: each["units"] for each in asked["channels"]}
        set_capacity(by=by, person_id=agent, capacity=asked["capacity"], channels=channels)
        return Response(_capacity(_seen(by, agent)))


def _reasons(request: Request, status: int = 200) -> Response:
    language = signed_in(request).language
    rows = [_reason(row, language) for row in reasons.in_order(with_retired=True)]
    return Response(rows, status=status)


def _reason(row: StateReason, language: str) -> dict[str, Any]:
    return {
        "code": row.code,
        "status": row.status,
        "name": reasons.name_of(row, language),
        "own_name": row.name,
        "is_retired": row.retired_at is not None,
    }


def _seen(by: Person, agent: UUID) -> AgentState:
    """The desk of somebody whom the reader sees; who has no desk, and who is barred, answer alike."""
    state = AgentState.objects.select_related("person").filter(pk=agent).first()
    if state is None or agent not in agent_days.visible_agents(by, agent):
        raise not_found()
    return state


def _capacity(state: AgentState) -> dict[str, Any]:
    return {
        "agent": {"id": state.person_id, "name": state.person.name},
        "capacity": state.capacity,
        "load": state.load,
        "channels": [{"channel": each, "units": units} for each, units in units_by_channel(state).items()],
    }


def _asked(shape: type[Any], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found


def _day(by: Person, request: Request) -> Days:
    return days_of(by.time_zone, request.query_params.get("day", ""))


def _range(by: Person, request: Request) -> Days:
    return days_of(by.time_zone, request.query_params.get("from", ""), request.query_params.get("to", ""))


def _agent(request: Request) -> UUID | None:
    text = request.query_params.get("agent")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise invalid("agent is an id.", agent="is not an id") from error
