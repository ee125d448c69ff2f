"""The operator's side of disputes: all that are open, by their term, and the one answer to each."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import dispute_page as page
from desk import dispute_shapes as shapes
from desk.console_views import signed_in
from desk.pages import PAGE, page_number
from kernel.errors import invalid
from people.access import staff
from quality import disputing
from sla_contracts.disputes import STATES

_STATE = OpenApiParameter("state", str, enum=STATES, description="The open ones if left out.")
_CLIENT = OpenApiParameter("client", UUID, description="Of this client alone.")


class DisputesView(APIView):
    access = staff("operator", opens="disputes of all clients", by="role")

    @extend_schema(operation_id="list_disputes", parameters=[_STATE, _CLIENT, PAGE], responses=shapes.DisputesOfAll)
    def get(self, request: Request) -> Response:
        asked = request.query_params
        found = page.of_all(
            person=signed_in(request),
            state=asked.get("state") or "open",
            client=_client(asked.get("client", "")),
            page=page_number(request),
        )
        return Response(found)


class DisputeView(APIView):
    access = staff("operator", opens="dispute", by="accreditation")

    @extend_schema(operation_id="open_dispute", responses=shapes.DisputeAtDesk)
    def get(self, request: Request, tenant: UUID, dispute: UUID) -> Response:
        return Response(page.opened(person=signed_in(request), tenant_id=tenant, dispute_id=dispute))


class AnswerDisputeView(APIView):
    access = staff("operator", opens="dispute", by="accreditation")

    @extend_schema(operation_id="answer_dispute", request=shapes.DisputeAnswering, responses=shapes.DisputeAtDesk)
    def post(self, request: Request, tenant: UUID, dispute: UUID) -> Response:
        """Once; whoever comes second is told what the first one answered."""
        asked = shapes.DisputeAnswering(data=request.data)
        asked.is_valid(raise_exception=True)
        person = signed_in(request)
        disputing.answer(person=person, tenant_id=tenant, dispute_id=dispute, **asked.validated_data)
        return Response(page.opened(person=person, tenant_id=tenant, dispute_id=dispute))


def _client(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise invalid("This client is not known; leave it out.", client="is not known") from None
