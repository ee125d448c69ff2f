"""A conversation among others: linked, followed, opened again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations import linking, merging, reopening
from conversations.cleaning import clean
from conversations.models import Conversation as Talk
from desk import following
from desk.console_views import signed_in
from desk.shapes import ClientMark, Done, PastConversation
from people.access import enter_client, require_client, staff


class Linked(s.Serializer[Any]):
    linked = PastConversation(many=True)
    is_followed = s.BooleanField()


class ToLink(s.Serializer[Any]):
    case_number = s.CharField(max_length=20, required=False, allow_blank=True, default="")
    unlink = s.UUIDField(required=False, allow_null=True, default=None, help_text="Instead: take these apart.")


class ToMerge(s.Serializer[Any]):
    into = s.UUIDField()
    contact_reason = s.CharField(max_length=40, required=False, allow_blank=True, default="")


class Following(s.Serializer[Any]):
    follow = s.BooleanField()


class Followed(s.Serializer[Any]):
    tenant = ClientMark()
    conversation = s.UUIDField()
    case_number = s.CharField()
    customer_name = s.CharField()
    status = s.ChoiceField(choices=Talk.Status.choices)
    last_message_at = s.DateTimeField()
    news = s.IntegerField(help_text="Messages, notes and events since this person last looked.")


class FollowedList(s.Serializer[Any]):
    followed = Followed(many=True)


class LinksView(APIView):
    access = staff(opens="conversation", by="accreditation").but(
        POST=staff("agent", "supervisor", opens="conversation", by="work")
    )

    @extend_schema(operation_id="linked_conversations", responses=Linked)
    def get(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        """Looking at it, what is in it is no news any more to who follows it."""
        person = signed_in(request)
        with enter_client(person, tenant):
            row = linking.require(conversation)
            linked = linking.linked_with(conversation)
        following.see(person=person, conversation_id=conversation, seq=row.last_seq)
        return Response({"linked": linked, "is_followed": following.is_followed(person, conversation)})

    @extend_schema(operation_id="link_conversations", request=ToLink, responses=Linked)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = ToLink(data=request.data)
        asked.is_valid(raise_exception=True)
        to = asked.validated_data
        with enter_client(person, tenant, to_work=True) as client:
            if to["unlink"] is not None:
                linked = linking.unlink(person=person, conversation_id=conversation, other_id=to["unlink"])
            else:
                number = clean(to["case_number"])
                linked = linking.link(person=person, tenant=client, conversation_id=conversation, case_number=number)
        return Response({"linked": linked, "is_followed": following.is_followed(person, conversation)})


class FollowView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(operation_id="follow_conversation", request=Following, responses=Done)
    def put(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = Following(data=request.data)
        asked.is_valid(raise_exception=True)
        client = require_client(person, tenant)
        if asked.validated_data["follow"]:
            following.follow(person=person, tenant=client, conversation_id=conversation)
        else:
            following.unfollow(person=person, conversation_id=conversation)
        return Response({"ok": True})


class FollowedView(APIView):
    access = staff(opens="conversation", by="own")

    @extend_schema(operation_id="followed_conversations", responses=FollowedList)
    def get(self, request: Request) -> Response:
        return Response({"followed": following.followed_by(signed_in(request))})


class MergeConversationsView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="merge_conversations", request=ToMerge, responses=Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        """Close this one and lead it into another case of the same customer."""
        person = signed_in(request)
        asked = ToMerge(data=request.data)
        with enter_client(person, tenant, to_work=True) as client:
            asked.is_valid(raise_exception=True)
            to = asked.validated_data
            merging.merge(
                person=person,
                tenant=client,
                conversation_id=conversation,
                into_id=to["into"],
                contact_reason=to["contact_reason"],
            )
        return Response({"ok": True})


class ReopenView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="reopen_conversation", request=None, responses=Done)
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True) as client:
            reopening.reopen(person=person, tenant=client, conversation_id=conversation)
        return Response({"ok": True})
