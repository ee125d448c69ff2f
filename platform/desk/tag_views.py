"""A client's tags and contact reasons: suggested and put on by who works; renamed, merged and edited by who leads."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations import reasons, tagging
from conversations.cleaning import clean
from customers import tags
from desk import tag_shapes as shapes
from desk.console_views import signed_in
from kernel.errors import invalid
from people.access import audit, enter_client, staff

LEADING = ("supervisor", "operator")


class TagsView(APIView):
    access = staff(opens="tag", by="accreditation").but(POST=staff(*LEADING, opens="tag", by="accreditation"))

    @extend_schema(
        operation_id="suggest_tags",
        parameters=[OpenApiParameter("q", str, description="A part of the name.")],
        responses=shapes.TagsFound,
    )
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant):
            return Response({"tags": tags.suggest(clean(request.query_params.get("q", ""))[:80])})

    @extend_schema(operation_id="change_tag", request=shapes.TagChange, responses=shapes.TagsInUse)
    def post(self, request: Request, tenant: UUID) -> Response:
        """Rename a tag, or merge it into another one; without either, delete one that nothing carries."""
        person = signed_in(request)
        asked = shapes.TagChange(data=request.data)
        with enter_client(person, tenant) as client, transaction.atomic():
            asked.is_valid(raise_exception=True)
            to = asked.validated_data
            if to["into"] is not None:
                tagging.merge(tag_id=to["tag"], into_id=to["into"])
            elif to["name"].strip():
                tags.rename(tag_id=to["tag"], name=clean(to["name"]))
            else:
                tagging.forget_unused(to["tag"])
            step = "merged" if to["into"] is not None else "renamed" if to["name"].strip() else "deleted"
            audit(person, f"tag.{step}", tenant=client, object_id=to["tag"])
            return Response({"tags": tagging.in_use()})


class TagsInUseView(APIView):
    access = staff(*LEADING, opens="tag", by="accreditation")

    @extend_schema(operation_id="tags_in_use", responses=shapes.TagsInUse)
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant):
            return Response({"tags": tagging.in_use()})


class ConversationTagsView(APIView):
    access = staff("agent", "supervisor", opens="conversation", by="work")

    @extend_schema(operation_id="tag_conversation", request=shapes.TagNames, responses=shapes.TagsFound)
    def put(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.TagNames(data=request.data)
        asked.is_valid(raise_exception=True)
        names = [clean(name) for name in asked.validated_data["names"]]
        with enter_client(person, tenant, to_work=True) as client:
            found = tagging.put_on(person=person, tenant=client, conversation_id=conversation, names=names)
        return Response({"tags": found})


class ReasonsView(APIView):
    access = staff(*LEADING, opens="contact_reason", by="accreditation")

    @extend_schema(operation_id="contact_reasons", responses=shapes.ReasonsOfClient)
    def get(self, request: Request, tenant: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant):
            return Response({"reasons": reasons.all_of(person.language)})

    @extend_schema(operation_id="keep_contact_reason", request=shapes.ReasonToKeep, responses=shapes.ReasonsOfClient)
    def post(self, request: Request, tenant: UUID) -> Response:
        """Add a reason (without code), or change one."""
        person = signed_in(request)
        asked = shapes.ReasonToKeep(data=request.data)
        asked.is_valid(raise_exception=True)
        to = asked.validated_data
        labels = {clean(language): clean(text) for language, text in to["labels"].items()}
        if to["code"] and to["parent"]:
            raise invalid("A reason stays where it is: what was closed with it is counted there.", parent="Leave out.")
        with enter_client(person, tenant) as client, transaction.atomic():
            if to["code"]:
                kept = reasons.change(code=to["code"], labels=labels, is_active=to["is_active"])
            else:
                kept = reasons.add(labels=labels, parent=to["parent"])
            audit(person, "contact_reason.kept", tenant=client, object_id=kept.code)
            return Response({"reasons": reasons.all_of(person.language)})
