"""Quality at the desk: the scorecard, making an evaluation, and reading one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import evaluation_shapes as shapes
from desk import scorecard_shapes
from desk.console_views import signed_in
from desk.pages import PAGE, page_number
from kernel.errors import invalid, not_found
from people.access import enter_client, staff
from quality import contesting, dispute_reading, evaluating, forms, picking, reading, releasing
from quality.models import Evaluation, EvaluationDraft
from sla_contracts.explaining import ledger_of
from sla_contracts.reading import clocks_of


class ScorecardView(APIView):
    access = staff("supervisor", "operator", opens="client", by="accreditation")

    @extend_schema(operation_id="show_scorecard", responses=scorecard_shapes.Scorecard)
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant):
            return Response(reading.show_scorecard(evaluating.scorecard_in_force()))


class EvaluateView(APIView):
    access = staff("supervisor", opens="conversation", by="accreditation")

    @extend_schema(
        operation_id="evaluate_conversation", request=shapes.NewEvaluation, responses={201: shapes.Evaluation}
    )
    def post(self, request: Request, tenant: UUID, conversation: UUID) -> Response:
        asked = shapes.NewEvaluation(data=request.data)
        asked.is_valid(raise_exception=True)
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            made = evaluating.evaluate(
                person=person, tenant=client, conversation_id=conversation, **asked.validated_data
            )
            return Response(reading.show(made, client), status=201)


class FormView(APIView):
    """The form of one evaluator on one piece of work, kept while it is filled."""

    access = staff("supervisor", opens="conversation", by="accreditation")

    @extend_schema(operation_id="open_evaluation_form", responses=shapes.EvaluationForm)
    def get(self, request: Request, tenant: UUID, conversation: UUID, work_item: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            found = forms.form_of(person=person, tenant=client, conversation_id=conversation, work_item=work_item)
            shown = _form(found)
        return Response({**shown, "timeline": _timeline(tenant, conversation)})

    @extend_schema(operation_id="keep_evaluation_form", request=shapes.KeptForm, responses=shapes.EvaluationForm)
    def put(self, request: Request, tenant: UUID, conversation: UUID, work_item: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            # Whoever may not fill it is told nothing of the form, either.
            forms.form_of(person=person, tenant=client, conversation_id=conversation, work_item=work_item)
            asked = shapes.KeptForm(data=request.data)
            asked.is_valid(raise_exception=True)
            kept = forms.keep(
                person=person,
                tenant=client,
                conversation_id=conversation,
                work_item=work_item,
                scorecard=asked.validated_data["scorecard"],
                form=asked.data,
                seconds=asked.validated_data["seconds"],
            )
            shown = _form(kept)
        return Response({**shown, "timeline": []})

    @extend_schema(operation_id="discard_evaluation_form", responses={204: None})
    def delete(self, request: Request, tenant: UUID, conversation: UUID, work_item: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            forms.discard(person=person, tenant=client, conversation_id=conversation, work_item=work_item)
        return Response(status=204)


class EvaluationsView(APIView):
    access = staff(opens="evaluation", by="accreditation")

    @extend_schema(
        operation_id="list_evaluations",
        parameters=[
            OpenApiParameter("tenant", UUID),
            OpenApiParameter("agent", UUID),
            OpenApiParameter("from", datetime),
            OpenApiParameter("to", datetime),
            PAGE,
        ],
        responses=shapes.EvaluationPage,
    )
    def get(self, request: Request) -> Response:
        """Newest first. An agent gets their own; supervisors and operators get all."""
        return Response(
            reading.evaluations(
                person=signed_in(request),
                tenant_id=_id(request, "tenant"),
                agent_id=_id(request, "agent"),
                since=_instant(request, "from"),
                until=_instant(request, "to"),
                page=page_number(request),
            )
        )


class EvaluationView(APIView):
    access = staff(opens="evaluation", by="accreditation")

    @extend_schema(operation_id="show_evaluation", responses=shapes.Evaluation)
    def get(self, request: Request, tenant: UUID, evaluation: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            return Response(reading.evaluation(person=person, tenant=client, evaluation_id=evaluation))


class ReadView(APIView):
    access = staff(opens="evaluation", by="own")

    @extend_schema(operation_id="read_evaluation", request=None, responses=shapes.Evaluation)
    def post(self, request: Request, tenant: UUID, evaluation: UUID) -> Response:
        """The agent has opened it. For anybody else there is nothing here."""
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            evaluating.read(person=person, tenant=client, evaluation_id=evaluation)
            return Response(reading.evaluation(person=person, tenant=client, evaluation_id=evaluation))


class ReleaseView(APIView):
    access = staff("supervisor", opens="evaluation", by="accreditation")

    @extend_schema(operation_id="release_evaluation", request=None, responses=shapes.Evaluation)
    def post(self, request: Request, tenant: UUID, evaluation: UUID) -> Response:
        """Now, before its day."""
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            releasing.release(person=person, tenant=client, evaluation_id=evaluation)
            return Response(reading.evaluation(person=person, tenant=client, evaluation_id=evaluation))


class AcknowledgeView(APIView):
    access = staff(opens="evaluation", by="own")

    @extend_schema(operation_id="acknowledge_evaluation", request=None, responses=shapes.Evaluation)
    def post(self, request: Request, tenant: UUID, evaluation: UUID) -> Response:
        """The agent accepts it."""
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            contesting.acknowledge(person=person, tenant=client, evaluation_id=evaluation)
            return Response(reading.evaluation(person=person, tenant=client, evaluation_id=evaluation))


class DisputeEvaluationView(APIView):
    access = staff(opens="evaluation", by="own")

    @extend_schema(
        operation_id="dispute_evaluation", request=shapes.NewEvaluationDispute, responses={201: shapes.Evaluation}
    )
    def post(self, request: Request, tenant: UUID, evaluation: UUID) -> Response:
        """The agent disputes answers, each with a reason."""
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            # Whoever may not see it is told nothing of the form, either.
            reading.evaluation(person=person, tenant=client, evaluation_id=evaluation)
            if not Evaluation.objects.filter(pk=evaluation, agent=person).exists():
                raise not_found()
            asked = shapes.NewEvaluationDispute(data=request.data)
            asked.is_valid(raise_exception=True)
            contesting.dispute(person=person, tenant=client, evaluation_id=evaluation, **asked.validated_data)
            shown = reading.evaluation(person=person, tenant=client, evaluation_id=evaluation)
        return Response(shown, status=201)


class OpenDisputesView(APIView):
    access = staff("supervisor", opens="dispute", by="accreditation")

    @extend_schema(operation_id="list_evaluation_disputes", responses=shapes.OpenDisputes)
    def get(self, request: Request) -> Response:
        """Those that wait for a decision, the oldest first."""
        return Response({"results": dispute_reading.open_disputes(signed_in(request))})


class DecideView(APIView):
    access = staff("supervisor", opens="dispute", by="accreditation")

    @extend_schema(
        operation_id="decide_evaluation_dispute", request=shapes.DisputeDecision, responses=shapes.Evaluation
    )
    def post(self, request: Request, tenant: UUID, evaluation_dispute: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            dispute_reading.require(evaluation_dispute)
            asked = shapes.DisputeDecision(data=request.data)
            asked.is_valid(raise_exception=True)
            done = contesting.decide(
                person=person, tenant=client, dispute_id=evaluation_dispute, **asked.validated_data
            )
            return Response(reading.evaluation(person=person, tenant=client, evaluation_id=done.evaluation_id))


class TermsView(APIView):
    """How long, and how often, evaluations may be disputed."""

    access = staff("supervisor", "operator", opens="client", by="accreditation")

    @extend_schema(operation_id="show_quality_terms", responses=shapes.QualityTerms)
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant):
            return Response(shapes.QualityTerms(contesting.terms()).data)

    @extend_schema(operation_id="change_quality_terms", request=shapes.QualityTerms, responses=shapes.QualityTerms)
    def put(self, request: Request, tenant: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            asked = shapes.QualityTerms(data=request.data)
            asked.is_valid(raise_exception=True)
            changed = contesting.change_terms(person=person, tenant=client, **asked.validated_data)
            return Response(shapes.QualityTerms(changed).data)


def _form(draft: EvaluationDraft) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "answers": {},
        "comments": {},
        "summary": "",
        "coaching": "",
        "pins": [],
        "release_on": None,
    }
    card = reading.show_scorecard(draft.scorecard)
    handed_in = Evaluation.objects.filter(work_item=draft.work_item, evaluator=draft.evaluator_id)
    return {
        "scorecard": card,
        "channel": draft.conversation.channel,
        "form": {**empty, **draft.form, "scorecard": card["id"], "seconds": draft.seconds},
        "is_kept": bool(draft.form),
        "saved_at": draft.saved_at if draft.form else None,
        "is_evaluated": handed_in.exists(),
        "origin": picking.origin_of(draft.work_item)[0],
    }


def _timeline(tenant: UUID, conversation: UUID) -> list[dict[str, Any]]:
    """What the clocks of the conversation did, in its order."""
    clocks = {UUID(each["id"]): each["metric"] for each in clocks_of([conversation], tenant_id=tenant)[conversation]}
    entries = [
        {"at": event["at"], "metric": metric, "kind": event["kind"], "reason": event["reason"] or ""}
        for clock, metric in clocks.items()
        for event in ledger_of([clock])[clock]
    ]
    return sorted(entries, key=lambda entry: entry["at"])


def _id(request: Request, name: str) -> UUID | None:
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError as error:
        raise invalid(f"{name} is no id.", **{name: "is no id"}) from error


def _instant(request: Request, name: str) -> datetime | None:
    given = request.query_params.get(name)
    if not given:
        return None
    try:
        at = parse_datetime(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise invalid(f"{name} is an instant with its offset.", **{name: "such as 2026-11-01T00:00:00Z"})
    return at
