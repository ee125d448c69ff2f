"""The floor for supervisors: the snapshot, finished work, an agent's state, assigning by hand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations.cleaning import clean
from desk import finding_shapes, floor_shapes, shapes
from desk.console import show_state
from desk.console_views import signed_in
from desk.directory import assign_targets
from desk.finished import Wanted, finished_page
from desk.floor import agents_of, show_floor
from desk.no_reply import show_no_reply
from kernel.errors import invalid, not_found
from people.access import clients_of, require_client, staff
from people.models import Person
from routing import queue
from routing.models import AgentState, WorkItem

SUPERVISING = ("supervisor", "operator")


class FloorView(APIView):
    access = staff(*SUPERVISING, opens="floor", by="accreditation")

    @extend_schema(operation_id="show_floor", responses=floor_shapes.Floor)
    def get(self, request: Request) -> Response:
        return Response(show_floor(signed_in(request)))


class NoReplyRatesView(APIView):
    access = staff(*SUPERVISING, opens="floor", by="accreditation")

    @extend_schema(operation_id="show_no_reply", responses=floor_shapes.NoReplyRates)
    def get(self, request: Request) -> Response:
        return Response({"rates": show_no_reply(signed_in(request))})


class AgentStateView(APIView):
    access = staff(*SUPERVISING, opens="agent", by="accreditation")

    @extend_schema(operation_id="set_agent_state", request=shapes.StateChoice, responses=shapes.DeskState)
    def post(self, request: Request, agent: UUID) -> Response:
        choice = shapes.StateChoice(data=request.data)
        choice.is_valid(raise_exception=True)
        by = signed_in(request)
        state = queue.set_status(person=_desk_of(agent, by).person, by=by, **choice.validated_data)
        return Response(show_state(state, by.language))


class SwitchLimitView(APIView):
    access = staff(*SUPERVISING, opens="agent", by="accreditation")

    @extend_schema(operation_id="set_switch_limit", request=shapes.SwitchLimit, responses=shapes.SwitchLimit)
    def put(self, request: Request, agent: UUID) -> Response:
        """How often an hour the agent may be given work of another client than before, where somebody else could."""
        asked = shapes.SwitchLimit(data=request.data)
        asked.is_valid(raise_exception=True)
        by = signed_in(request)
        state = _desk_of(agent, by)
        state = queue.set_limit(by=by, person_id=state.pk, most=asked.validated_data["switches_per_hour"])
        return Response({"switches_per_hour": state.switches_per_hour})


class AssignView(APIView):
    access = staff(*SUPERVISING, opens="work_item", by="accreditation")

    @extend_schema(operation_id="assign_targets", responses=shapes.AssignTargets)
    def get(self, request: Request, work_item: UUID) -> Response:
        item = WorkItem.objects.select_related("queue").filter(pk=work_item).first()
        if item is None:
            raise not_found()
        require_client(signed_in(request), item.tenant_id)
        return Response(assign_targets(item))

    @extend_schema(operation_id="assign_work", request=shapes.AssignTo, responses=shapes.Assigned)
    def post(self, request: Request, work_item: UUID) -> Response:
        asked = shapes.AssignTo(data=request.data)
        asked.is_valid(raise_exception=True)
        item = queue.assign(person=signed_in(request), work_item_id=work_item, agent_id=asked.validated_data["agent"])
        return Response({"work": item.id, "state": item.state, "agent": item.agent_id})


class FinishedView(APIView):
    access = staff(*SUPERVISING, opens="work_item", by="accreditation")

    @extend_schema(
        operation_id="list_finished",
        parameters=[
            OpenApiParameter("tenant", UUID),
            OpenApiParameter("agent", UUID),
            OpenApiParameter("from", datetime, description="Finished at or after."),
            OpenApiParameter("to", datetime, description="Finished before."),
            OpenApiParameter("evaluated", bool),
            OpenApiParameter("reason", str, description="A contact reason; of one client, those below it too."),
            OpenApiParameter("tag", str, description="A tag by its name."),
            OpenApiParameter("after", str, description="The next of the page before."),
        ],
        responses=finding_shapes.FinishedPage,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        wanted = Wanted(
            tenant=_uuid(asked.get("tenant"), "tenant"),
            agent=_uuid(asked.get("agent"), "agent"),
            start=_time(asked.get("from"), "from"),
            end=_time(asked.get("to"), "to"),
            evaluated={"true": True, "1": True, "false": False, "0": False}.get(asked.get("evaluated", "")),
            reason=clean(asked.get("reason", ""))[:40],
            tag=clean(asked.get("tag", ""))[:40],
            after=asked.get("after", ""),
        )
        return Response(finished_page(wanted, signed_in(request)))


def _desk_of(agent: UUID, by: Person) -> AgentState:
    """The desk of an agent who serves a client that this person serves; not_found 404."""
    state = AgentState.objects.select_related("person").filter(pk=agent).first()
    if state is None or not agents_of(by, [state], [client.id for client in clients_of(by)]):
        raise not_found()
    return state


def _uuid(text: str | None, name: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise invalid("That is not an id.", **{name: "Not an id."}) from error


def _time(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise invalid("A time needs a date and a zone, as in 2026-11-01T00:00:00Z.", **{name: "Not a time."})
    return found
