"""Ask the client, and take it back: at the desk. What is asked now, over all clients: for the floor."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations import approval_reading, asking
from desk import approval_shapes as shapes
from desk import floor_shapes
from desk.asked_clients import show_asked
from desk.console_views import signed_in
from people.access import enter_client, staff


class ApprovalsView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="ask_client", request=shapes.NewApproval, responses={201: shapes.DeskApproval})
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        form = shapes.NewApproval(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        client_key = given.pop("client_key")
        with enter_client(person, tenant, to_work=True) as client:
            made = asking.ask(
                person=person,
                tenant=client,
                conversation_id=conversation,
                asked=asking.Asked(**given),
                client_key=client_key,
            )
            shown = approval_reading.shown_to_desk(made.id)
        return Response(shapes.DeskApproval(shown).data, status=201)


class WithdrawView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="withdraw_question", request=None, responses=shapes.DeskApproval)
    def post(self, request: Request, tenant: UUID, conversation: UUID, approval: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True) as client:
            asking.withdraw(person=person, tenant=client, conversation_id=conversation, approval_id=approval)
            shown = approval_reading.shown_to_desk(approval)
        return Response(shapes.DeskApproval(shown).data)


class AskedClientsView(APIView):
    access = staff("supervisor", "operator", opens="floor", by="accreditation")

    @extend_schema(operation_id="show_asked_clients", responses=floor_shapes.AskedClients)
    def get(self, request: Request) -> Response:
        return Response({"rows": show_asked(signed_in(request))})
