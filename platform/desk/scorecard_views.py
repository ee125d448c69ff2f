"""Scorecards at the desk: their versions, the draft that is edited, and its publication."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import scorecard_shapes as shapes
from desk.console_views import signed_in
from people.access import enter_client, staff
from quality import cards


class ScorecardsView(APIView):
    access = staff("supervisor", "operator", opens="client", by="accreditation")

    @extend_schema(operation_id="list_scorecards", responses=shapes.Scorecards)
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant) as client:
            return Response({"results": cards.cards_of(client)})

    @extend_schema(operation_id="draft_scorecard", request=shapes.NewDraft, responses={201: shapes.ScorecardInFull})
    def post(self, request: Request, tenant: UUID) -> Response:
        """The draft of the next version: the one there is, or a new one."""
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            asked = shapes.NewDraft(data=request.data)
            asked.is_valid(raise_exception=True)
            made = cards.draft(person=person, tenant=client, **asked.validated_data)
            return Response(cards.show(tenant=client, card_id=made.pk), status=201)


class ScorecardVersionView(APIView):
    access = staff("supervisor", "operator", opens="scorecard", by="accreditation")

    @extend_schema(operation_id="show_scorecard_version", responses=shapes.ScorecardInFull)
    def get(self, request: Request, tenant: UUID, scorecard: UUID) -> Response:
        with enter_client(signed_in(request), tenant) as client:
            return Response(cards.show(tenant=client, card_id=scorecard))

    @extend_schema(operation_id="save_scorecard", request=shapes.SavedDraft, responses=shapes.ScorecardInFull)
    def put(self, request: Request, tenant: UUID, scorecard: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            cards.require(scorecard)
            asked = shapes.SavedDraft(data=request.data)
            asked.is_valid(raise_exception=True)
            cards.save(person=person, tenant=client, card_id=scorecard, **asked.validated_data)
            return Response(cards.show(tenant=client, card_id=scorecard))

    @extend_schema(operation_id="discard_scorecard", responses={204: None})
    def delete(self, request: Request, tenant: UUID, scorecard: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            cards.discard(person=person, tenant=client, card_id=scorecard)
        return Response(status=204)


class PublishView(APIView):
    access = staff("supervisor", "operator", opens="scorecard", by="accreditation")

    @extend_schema(operation_id="publish_scorecard", request=shapes.PublishedDraft, responses=shapes.ScorecardInFull)
    def post(self, request: Request, tenant: UUID, scorecard: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            cards.require(scorecard)
            asked = shapes.PublishedDraft(data=request.data)
            asked.is_valid(raise_exception=True)
            cards.publish(person=person, tenant=client, card_id=scorecard, **asked.validated_data)
            return Response(cards.show(tenant=client, card_id=scorecard))
