"""A client's conversation at the desk: read, answer, note, close. The grant is checked at the door of each call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from carriers.contract import IncomingFile
from conversations import handling, outbound, outcomes, reading
from conversations.answering import need_no_reply
from conversations.file_links import link_to, links_for, staff_viewer
from conversations.models import Message
from desk import shapes
from desk.console_views import signed_in
from desk.conversation_page import open_conversation
from desk.customer_card import hide_headers
from desk.held_up_shapes import Decision
from desk.leaving import leaving
from desk.step_shapes import Closing, NoReplyNeeded
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
        client = require_client(person, tenant)
        return Response(open_conversation(person, client, conversation, links_for(client, staff_viewer(request))))


class MessagesView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(
        operation_id="messages_since",
        parameters=[
            OpenApiParameter("after", int, description="The last number this reader has."),
            OpenApiParameter("before", int, description="Instead: the first number this reader has."),
        ],
        responses=shapes.Messages,
    )
    def get(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        after, before = _number(request, "after"), _number(request, "before")
        with enter_client(signed_in(request), tenant) as client:
            last_seq = reading.last_seq(conversation)
            link = links_for(client, staff_viewer(request))
            if before is None:
                messages = reading.messages_since(conversation, after or 0, link=link)
            else:
                messages = reading.messages_before(conversation, before, link=link)
        return Response({"messages": hide_headers(client, messages), "last_seq": last_seq})


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
        files = files_of(asked.validated_data)
        said = asked.validated_data
        with leaving(
            person=person,
            tenant_id=tenant,
            conversation_id=conversation,
            text=said["text"],
            despite=said["despite"],
        ) as client:
            message = outbound.reply(
                person=person,
                tenant=client,
                conversation_id=conversation,
                text=asked.validated_data["text"],
                client_key=asked.validated_data["client_key"],
                attachments=files,
                waiting_for_customer=asked.validated_data["waiting_for_customer"],
                envelope={name: asked.validated_data[name] for name in ("subject", "to", "cc")},
                seen_seq=asked.validated_data["seen_seq"],
            )
            return Response(_shown(request, client, message))


class NotesView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="write_note", request=shapes.NewNote, responses=shapes.Message)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.NewNote(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client:
            message = outbound.note(
                person=person, tenant=client, conversation_id=conversation, was_drafted=True, **asked.validated_data
            )
            return Response(_shown(request, client, message))


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
            return Response(_shown(request, client, decided))


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


class NoReplyView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="in_hand")

    @extend_schema(operation_id="need_no_reply", request=NoReplyNeeded, responses=shapes.Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = NoReplyNeeded(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client:
            need_no_reply(person=person, tenant=client, conversation_id=conversation, **asked.validated_data)
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
            reading.last_seq(conversation)
        queue.mark_read(person=person, conversation_id=conversation, seq=asked.validated_data["seq"])
        return Response({"ok": True})


class AttachmentView(APIView):
    access = staff(opens="attachment", by="accreditation")

    @extend_schema(operation_id="download_attachment", responses={302: None})
    def get(self, request: Request, tenant: UUID, attachment: UUID) -> HttpResponseRedirect:
        """To a fresh link at the host of files: those that came with the messages are good for minutes only."""
        with enter_client(signed_in(request), tenant) as client:
            row = reading.attachment(attachment)
        return HttpResponseRedirect(link_to(client, row.id, staff_viewer(request)))


def _number(request: Request, name: str) -> int | None:
    """A message's number that the query names; invalid 400."""
    given = request.query_params.get(name)
    if given is None:
        return None
    try:
        return int(given)
    except ValueError as error:
        raise invalid(f"{name} is a number.", **{name: "Not a number."}) from error


def files_of(said: dict[str, Any]) -> list[IncomingFile]:
    return [
        IncomingFile(name=file.name or "file", content_type=file.content_type or "", content=file.read())
        for file in said.get("files", [])
    ]


def _shown(request: Request, client: Tenant, message: Message) -> dict[str, Any]:
    """The message just written, as ``messages_since`` shows it."""
    link = links_for(client, staff_viewer(request))
    shown = reading.messages_since(message.conversation_id, message.seq - 1, link=link, limit=1)
    return hide_headers(client, shown)[0]
