"""What is being written in a client's conversation, and who is named in its notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations import drafting, holding, mentioning, peeking
from desk import composing_shapes as shapes
from desk.console_views import signed_in
from desk.conversation_views import files_of
from desk.leaving import leaving
from desk.work import mark_of
from people.access import colleagues_of, enter_client, require_client, staff


class UnsentView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(operation_id="show_unsent", responses=shapes.Unsent)
    def get(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        """One's own drafts, and the replies of anybody that have not left."""
        person = signed_in(request)
        with enter_client(person, tenant):
            drafts, held = drafting.drafts_of(person, conversation), holding.held_in(conversation)
        return Response({"drafts": drafts, "held": held})


class DraftView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(operation_id="save_draft", request=shapes.DraftToSave, responses=shapes.KeptDraft)
    def put(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.DraftToSave(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant) as client:
            kept = drafting.save_draft(
                person=person, tenant=client, conversation_id=conversation, **asked.validated_data
            )
        return Response(kept)


class HeldRepliesView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="in_hand")

    @extend_schema(
        operation_id="hold_reply",
        request={"multipart/form-data": shapes.NewHeld, "application/json": shapes.NewHeld},
        responses=shapes.Held,
    )
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        """Write a reply that leaves in some seconds, unless it is undone, or at the time that is named."""
        person = signed_in(request)
        asked = shapes.NewHeld(data=request.data)
        asked.is_valid(raise_exception=True)
        said: dict[str, Any] = {name: value for name, value in asked.validated_data.items() if name != "files"}
        envelope = {name: said.pop(name) for name in ("subject", "to", "cc")}
        files = files_of(asked.validated_data)
        despite = said.pop("despite")
        with leaving(
            person=person, tenant_id=tenant, conversation_id=conversation, text=said["text"], despite=despite
        ) as client:
            row = holding.hold(
                person=person,
                tenant=client,
                conversation_id=conversation,
                attachments=files,
                envelope=envelope,
                **said,
            )
        return Response(holding.shown(row))


class HeldReplyView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="change_held_reply", request=shapes.ChangeHeld, responses=shapes.Held)
    def patch(self, request: Request, tenant: UUID, conversation: UUID, held: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.ChangeHeld(data=request.data)
        asked.is_valid(raise_exception=True)
        words = asked.validated_data.get("text", "")
        with leaving(person=person, tenant_id=tenant, conversation_id=conversation, text=words) as client:
            row = holding.change(
                person=person, tenant=client, conversation_id=conversation, held_id=held, **asked.validated_data
            )
        return Response(holding.shown(row))


class CancelHeldView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="cancel_held_reply", request=None, responses=shapes.Held)
    def post(self, request: Request, tenant: UUID, conversation: UUID, held: UUID) -> Response:
        """It does not leave; what it said is its writer's draft again."""
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True) as client:
            row = holding.cancel(person=person, tenant=client, conversation_id=conversation, held_id=held)
        return Response(holding.shown(row))


class SendHeldView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="send_held_reply", request=None, responses=shapes.Held)
    def post(self, request: Request, tenant: UUID, conversation: UUID, held: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True) as client:
            row = holding.send_now(person=person, tenant=client, conversation_id=conversation, held_id=held)
        return Response(holding.shown(row))


class ColleaguesView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(operation_id="list_colleagues", responses=shapes.Colleagues)
    def get(self, request: Request, tenant: UUID) -> Response:
        """Who may see this client's conversations, and so be named in a note."""
        person = signed_in(request)
        client = require_client(person, tenant)
        rows = colleagues_of(client.id).exclude(pk=person.pk)
        return Response({"people": [{"id": row.pk, "name": row.name} for row in rows]})


class MentionsView(APIView):
    access = staff(opens="desk", by="own")

    @extend_schema(operation_id="list_mentions", responses=shapes.Mentions)
    def get(self, request: Request) -> Response:
        """The notes that name the reader, newest first."""
        found = mentioning.mentions_of(signed_in(request))
        shown = [{**each, "tenant": mark_of(each["tenant"])} for each in found["mentions"]]
        return Response({"unread": found["unread"], "mentions": shown})


class SeenMentionsView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(operation_id="mark_mentions_seen", request=None, responses=shapes.SeenMentions)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        client = require_client(person, tenant)
        return Response({"seen": mentioning.note_seen(person=person, tenant=client, conversation_id=conversation)})


class PeekView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="accreditation")

    @extend_schema(operation_id="peek", responses=shapes.Peeked)
    def get(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        """What the shopper has typed and not sent, where this client allows it."""
        with enter_client(signed_in(request), tenant) as client:
            return Response(peeking.peek_at(client, conversation))


class PeekSwitchView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="allow_peeks", request=shapes.PeekSwitch, responses=shapes.PeekSwitch)
    def put(self, request: Request, tenant: UUID) -> Response:
        asked = shapes.PeekSwitch(data=request.data)
        asked.is_valid(raise_exception=True)
        is_on = peeking.allow_peeks(person=signed_in(request), tenant_id=tenant, **asked.validated_data)
        return Response({"is_on": is_on})
