"""The playbook beside a conversation: replies to take, macros to run, steps to tick, bulletins to confirm."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from automation import bulletins, procedures
from conversations import filled, macros, reading
from desk import playbook_shapes as shapes
from desk.brand_guard import guarded
from desk.console_views import signed_in
from desk.playbook_page import beside
from desk.shapes import Done
from people.access import enter_client, require_client, staff


class BesideView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(operation_id="show_playbook_beside", responses=shapes.Playbook)
    def get(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            return Response(beside(person, client, conversation))


class TakeReplyView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="take_saved_reply", request=shapes.TakeReply, responses=shapes.SavedReply)
    def post(self, request: Request, tenant: UUID, conversation: UUID, item: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True) as client:
            asked = shapes.TakeReply(data=request.data)
            asked.is_valid(raise_exception=True)
            taken = filled.take_reply(
                person=person, tenant=client, conversation_id=conversation, item_id=item, **asked.validated_data
            )
        return Response(taken)


class RunMacroView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="in_hand")

    @extend_schema(operation_id="run_macro", request=shapes.RunMacro, responses=Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID, item: UUID) -> Response:
        person = signed_in(request)
        require_client(person, tenant, to_work=True)
        asked = shapes.RunMacro(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        despite = given.pop("despite")
        with guarded(
            person=person, tenant_id=tenant, conversation_id=conversation, text=given["text"], despite=despite
        ):
            with enter_client(person, tenant, to_work=True) as client:
                macros.run(person=person, tenant=client, conversation_id=conversation, item_id=item, **given)
        return Response({"ok": True})


class TickStepView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="tick_step", request=shapes.TickStep, responses=Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID, item: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True):
            reading.conversation(conversation)
            asked = shapes.TickStep(data=request.data)
            asked.is_valid(raise_exception=True)
            procedures.tick(person=person, conversation_id=conversation, item_id=item, **asked.validated_data)
        return Response({"ok": True})


class ConfirmBulletinView(APIView):
    access = staff(opens="client", by="accreditation")

    @extend_schema(operation_id="confirm_bulletin", request=shapes.ConfirmBulletin, responses=Done)
    def post(self, request: Request, tenant: UUID, item: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant):
            asked = shapes.ConfirmBulletin(data=request.data)
            asked.is_valid(raise_exception=True)
            bulletins.confirm(person=person, item_id=item, **asked.validated_data)
        return Response({"ok": True})
