"""A client's conversation at the desk: read, answer, note, close. The grant is checked at the door of each call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from carriers.contract import IncomingFile
from conversations import attachments, handling, outbound, outcomes, reading
from conversations.models import Message
from desk import shapes
from desk.console_views import signed_in
from desk.conversation_page import files_at, open_conversation
from desk.held_up_shapes import Decision
from desk.step_shapes import Closing
from kernel import live
from kernel.errors import invalid, not_found
from kernel.events import Typing
from kernel.tenancy import enter
from people.access import alias_for, enter_client, require_client, staff
from routing import queue
from tenants.models import Tenant


class ConversationView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(operation_id="open_conversation", responses=shapes.OpenedConversation)
    def get(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        return Response(open_conversation(person, require_client(person, tenant), conversation))


class MessagesView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(
        operation_id="messages_since",
        parameters=[OpenApiParameter("after", int, description="The last number this reader has.")],
        responses=shapes.Messages,
    )
    def get(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        try:
            after = int(request.query_params.get("after", "0"))
        except ValueError as error:
            raise invalid("after is a number.", after="Not a number.") from error
        with enter_client(signed_in(request), tenant) as client:
            last_seq = reading.conversation(conversation)["last_seq"]
            messages = reading.messages_since(conversation, after, files_at=files_at(client))
        return Response({"messages": messages, "last_seq": last_seq})


class ReplyView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="in_hand")

    @extend_schema(
        operation_id="reply",
        request={"multipart/form-data": shapes.NewReply, "application/json": shapes.NewReply},
        responses=shapes.Message,
    )
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.NewReply(data=request.data)
        asked.is_valid(raise_exception=True)
        files = [
            IncomingFile(name=file.name or "file", content_type=file.content_type or "", content=file.read())
            for file in asked.validated_data.get("files", [])
        ]
        with enter_client(person, tenant, to_work=True) as client:
            message = outbound.reply(
                person=person,
                tenant=client,
                conversation_id=conversation,
                text=asked.validated_data["text"],
                client_key=asked.validated_data["client_key"],
                attachments=files,
                waiting_for_customer=asked.validated_data["waiting_for_customer"],
            )
            return Response(_shown(client, message))


class NotesView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="write_note", request=shapes.NewNote, responses=shapes.Message)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.NewNote(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client:
            message = outbound.note(person=person, tenant=client, conversation_id=conversation, **asked.validated_data)
            return Response(_shown(client, message))


class DecisionView(APIView):
    access = staff(opens="conversation", by="work")

    @extend_schema(operation_id="decide_about_message", request=Decision, responses=shapes.Message)
    def post(self, request: Request, tenant: UUID, conversation: UUID, message: UUID) -> Response:
        """Of a message that failed, or may not have arrived: it arrived, or send it again."""
        person = signed_in(request)
        asked = Decision(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client:
            decided = outcomes.decide(
                person=person,
                tenant=client,
                conversation_id=conversation,
                message_id=message,
                **asked.validated_data,
            )
            return Response(_shown(client, decided))


class CloseView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="in_hand")

    @extend_schema(operation_id="close_conversation", request=Closing, responses=shapes.Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = Closing(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client:
            handling.close(person=person, tenant=client, conversation_id=conversation, **asked.validated_data)
        return Response({"ok": True})


class TypingView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="in_hand")

    @extend_schema(operation_id="say_typing", request=None, responses=shapes.Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        client = require_client(person, tenant, to_work=True)
        item = queue.require_in_hand(person, conversation)
        if item.tenant_id != client.id:
            raise not_found()
        live.tell(
            Typing(tenant=str(client.id), conversation=str(conversation), who=alias_for(person, client)),
            live.conversation_feed(client.id, conversation),
            live.shopper_feed(client.id, conversation),
        )
        return Response({"ok": True})


class ReadView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="accreditation")

    @extend_schema(operation_id="mark_read", request=shapes.ReadUpTo, responses=shapes.Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        client = require_client(person, tenant)
        asked = shapes.ReadUpTo(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter(client):
            reading.conversation(conversation)
        queue.mark_read(person=person, conversation_id=conversation, seq=asked.validated_data["seq"])
        return Response({"ok": True})


class AttachmentView(APIView):
    access = staff(opens="attachment", by="accreditation")

    @extend_schema(
        operation_id="download_attachment", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, tenant: UUID, attachment: UUID) -> HttpResponse:
        with enter_client(signed_in(request), tenant) as client:
            row = reading.attachment(attachment)
            try:
                content = attachments.content_of(client, row.id)
            except FileNotFoundError as error:
                raise not_found() from error
        response = HttpResponse(content, content_type=row.content_type)
        response["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["Cache-Control"] = "private, no-store"
        return response


def _shown(client: Tenant, message: Message) -> dict[str, Any]:
    """The message just written, as ``messages_since`` shows it."""
    return reading.messages_since(message.conversation_id, message.seq - 1, files_at=files_at(client), limit=1)[0]
