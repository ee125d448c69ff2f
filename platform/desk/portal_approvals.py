"""The client's side of what it is asked: in the portal, and by the link of a letter."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations import approval_links as links
from conversations import approval_reading as reading
from conversations import approving
from desk import approval_shapes as shapes
from kernel import clock
from kernel.errors import invalid
from kernel.tenancy import enter
from kernel.throttle import address_of, require_leave
from people.access import anyone, audit, client
from people.api_keys import ReadByKeys
from people.models import Person
from sla_contracts import client_clock
from sla_contracts.period import Period
from tenants.models import Tenant

STATUSES = ("open", "done")


class ApprovalsView(ReadByKeys):
    access = client(opens="approval")

    @extend_schema(
        operation_id="portal_list_approvals",
        parameters=[OpenApiParameter("status", str, enum=STATUSES), OpenApiParameter("page", int)],
        responses=shapes.PortalApprovals,
    )
    def get(self, request: Request) -> Response:
        tenant = _tenant(request)
        status = request.query_params.get("status", "open")
        if status not in STATUSES:
            raise invalid("A status is open or done.", status="is not known")
        with enter(tenant):
            rows, following = reading.listed(done=status == "done", page=_page(request))
            counts = {**reading.waiting(), "done": reading.done_count()}
        found = {"results": rows, "next": following, **counts, "taken": _taken(tenant)}
        return Response(shapes.PortalApprovals(found).data)


class ApprovalsWaitingView(ReadByKeys):
    access = client(opens="approval")

    @extend_schema(operation_id="portal_count_approvals", responses=shapes.ApprovalsWaiting)
    def get(self, request: Request) -> Response:
        with enter(_tenant(request)):
            return Response(reading.waiting())


class ApprovalView(ReadByKeys):
    access = client(opens="approval")

    @extend_schema(operation_id="portal_open_approval", responses=shapes.PortalApproval)
    def get(self, request: Request, approval: UUID) -> Response:
        tenant = _tenant(request)
        with enter(tenant):
            found = reading.opened(approval)
        audit(cast(Person, request.user), "portal.approval_opened", tenant=tenant, object_id=approval)
        return Response(shapes.PortalApproval(found).data)


class AnswerView(APIView):
    access = client("client", opens="approval")

    @extend_schema(operation_id="portal_answer_approval", request=shapes.GivenAnswer, responses=shapes.PortalApproval)
    def post(self, request: Request, approval: UUID) -> Response:
        tenant = _tenant(request)
        with enter(tenant):
            reading.opened(approval)
            form = shapes.GivenAnswer(data=request.data)
            form.is_valid(raise_exception=True)
            given = approving.Given(**form.validated_data)
            approving.answer(person=cast(Person, request.user), tenant=tenant, approval_id=approval, given=given)
            return Response(shapes.PortalApproval(reading.opened(approval)).data)


class LookAtLinkView(APIView):
    """Asked for by the page that the link opens; the address itself answers nothing and tells nothing."""

    authentication_classes = ()
    access = anyone("whoever holds the signed link of a letter of this shop, while it is awaited", opens="approval")

    @extend_schema(operation_id="look_at_question", request=shapes.LinkToken, responses=shapes.LinkedApproval)
    def post(self, request: Request) -> Response:
        tenant = _tenant(request)
        require_leave(tenant.id, "approval_link", address_of(request.META))
        form = shapes.LinkToken(data=request.data)
        form.is_valid(raise_exception=True)
        with enter(tenant):
            letter = links.letter_of(tenant, form.validated_data["token"])
            shown = reading.shown_to_reader(letter.approval)
            reader = approving.name_of(letter.person_id)
        return Response(shapes.LinkedApproval({**shown, "reader": reader, "time_zone": tenant.time_zone}).data)


class AnswerByLinkView(APIView):
    authentication_classes = ()
    access = anyone("whoever holds the signed link of a letter of this shop; it answers once", opens="approval")

    @extend_schema(operation_id="answer_by_link", request=shapes.AnswerByLink, responses=shapes.Approval)
    def post(self, request: Request) -> Response:
        tenant = _tenant(request)
        require_leave(tenant.id, "approval_link", address_of(request.META))
        form = shapes.AnswerByLink(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        token = given.pop("token")
        with enter(tenant):
            letter = links.letter_answered(tenant, token)
        person = Person.objects.get(pk=letter.person_id)
        with enter(tenant):
            settled = approving.answer(
                person=person,
                tenant=tenant,
                approval_id=letter.approval_id,
                given=approving.Given(**given),
                letter=letter,
            )
            return Response(shapes.Approval(reading.shown_to_reader(settled)).data)


def _taken(tenant: Tenant) -> dict[str, Any]:
    period = Period.holding(clock.now(), tenant.time_zone)
    taken = client_clock.taken(tenant.id, start=period.start, end=period.end)
    return {"month": period.month, "share": taken.share, **asdict(taken)}


def _page(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 100_000:
        raise invalid("A page is a number from 1 on.", page="must be a number")
    return int(text)


def _tenant(request: Request) -> Tenant:
    return cast(Tenant, request._request.tenant)  # type: ignore[attr-defined]
