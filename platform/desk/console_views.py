"""The console: what is on my desk, my state, and the steps of work."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import shapes
from desk.console import changes_since, show_state
from desk.work import show_work
from kernel import live
from kernel.errors import invalid, not_found
from kernel.events import ConversationChanged
from people.access import require_client, staff
from people.me import LANGUAGES
from people.models import Person
from routing import queue
from routing.models import WorkItem


def signed_in(request: Request) -> Person:
    """Who asks; the declared access has checked that they are signed in.

    What is worded here is worded in the language of their screen, if the request names one (never stored).
    """
    person = cast(Person, request.user)
    wished = request.headers.get("Accept-Language", "").partition("-")[0].lower()
    person.language = wished if wished in LANGUAGES else person.language
    return person


class ChangesView(APIView):
    access = staff("agent", "supervisor", opens="desk", by="own")

    @extend_schema(
        operation_id="changes",
        parameters=[OpenApiParameter("since", int, description="The last number this client has seen; -1 for all.")],
        responses=shapes.Changes,
    )
    def get(self, request: Request) -> Response:
        try:
            since = int(request.query_params.get("since", "0"))
        except ValueError as error:
            raise invalid("since is a number.", since="Not a number.") from error
        if not -1 <= since < 2**63:
            raise invalid("since is a number that this desk has been told, or -1.", since="-1 or more.")
        return Response(changes_since(signed_in(request), since))


class StateView(APIView):
    access = staff("agent", "supervisor", opens="desk", by="own")

    @extend_schema(operation_id="set_my_state", request=shapes.StateChoice, responses=shapes.DeskState)
    def post(self, request: Request) -> Response:
        choice = shapes.StateChoice(data=request.data)
        choice.is_valid(raise_exception=True)
        person = signed_in(request)
        return Response(show_state(queue.set_status(person=person, **choice.validated_data), person.language))


class NextView(APIView):
    access = staff("agent", "supervisor", opens="desk", by="own")

    @extend_schema(operation_id="take_next", request=None, responses=shapes.NextWork)
    def post(self, request: Request) -> Response:
        person = signed_in(request)
        item = queue.take_next(person=person)
        return Response({"work": show_work([item], person.language)[0] if item else None})


class AcceptView(APIView):
    access = staff("agent", "supervisor", opens="work_item", by="in_hand")

    @extend_schema(operation_id="accept_work", request=None, responses=shapes.Work)
    def post(self, request: Request, work_item: UUID) -> Response:
        person = signed_in(request)
        _require_leave(person, work_item)
        item = queue.accept(person=person, work_item_id=work_item)
        # The shopper sees who it is before the first word.
        changed = ConversationChanged(tenant=str(item.tenant_id), conversation=str(item.conversation))
        live.tell(changed, live.conversation_feed(item.tenant_id, item.conversation))
        return _answer(item, person)


class DeclineView(APIView):
    access = staff("agent", "supervisor", opens="work_item", by="in_hand")

    @extend_schema(operation_id="decline_work", request=shapes.DeclineReason, responses=shapes.Done)
    def post(self, request: Request, work_item: UUID) -> Response:
        asked = shapes.DeclineReason(data=request.data)
        asked.is_valid(raise_exception=True)
        _require_leave(signed_in(request), work_item)
        queue.decline(person=signed_in(request), work_item_id=work_item, **asked.validated_data)
        return Response({"ok": True})


class FinishWrapUpView(APIView):
    access = staff("agent", "supervisor", opens="work_item", by="in_hand")

    @extend_schema(operation_id="finish_wrap_up", request=None, responses=shapes.Done)
    def post(self, request: Request, work_item: UUID) -> Response:
        _require_leave(signed_in(request), work_item)
        queue.end_wrap_up(person=signed_in(request), work_item_id=work_item)
        return Response({"ok": True})


def _require_leave(person: Person, work_item_id: UUID) -> None:
    """Work of a client whom this person may not serve (any more) is not there for them."""
    item = WorkItem.objects.filter(pk=work_item_id).only("tenant_id").first()
    if item is None:
        raise not_found()
    require_client(person, item.tenant_id, to_work=True)


def _answer(item: WorkItem, person: Person) -> Response:
    return Response(show_work([item], person.language)[0])
