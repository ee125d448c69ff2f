"""The operator's changes to people, and the list of what was done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import audit_list, hiring, person_card, personnel
from desk import operator_shapes as shapes
from desk.console_views import signed_in
from desk.pages import PAGE, page_number
from desk.tables import as_download
from people.access import audit, staff

_NARROWING = [
    OpenApiParameter("action", str, description="Only this action, such as invoice.issued; or all that begin so."),
    OpenApiParameter("person", OpenApiTypes.UUID, description="Only what this person did, or what was done to them."),
    OpenApiParameter("client", OpenApiTypes.UUID, description="Only what was done in this client."),
    OpenApiParameter("from", OpenApiTypes.DATE, description="From this day on (UTC)."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Up to this day, which counts (UTC)."),
]


def _acted(request: Request, person: UUID, act: Callable[..., object]) -> Response:
    """The operator's act on one person, and how they stand after it."""
    act(by=signed_in(request), person_id=person)
    return Response(hiring.one(person))


class PersonView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="show_person", responses=shapes.PersonCard)
    def get(self, request: Request, person: UUID) -> Response:
        return Response(person_card.card(person))

    @extend_schema(operation_id="change_person", request=shapes.PersonChange, responses=shapes.Colleague)
    def patch(self, request: Request, person: UUID) -> Response:
        asked = shapes.PersonChange(data=request.data)
        asked.is_valid(raise_exception=True)
        return _acted(request, person, partial(personnel.change, **asked.validated_data))


class InvitationsView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="list_invitations", responses=shapes.OpenInvitation(many=True))
    def get(self, request: Request) -> Response:
        return Response(person_card.invitations())


class InvitationView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="send_password_link", request=None, responses=shapes.Colleague)
    def post(self, request: Request, person: UUID) -> Response:
        return _acted(request, person, personnel.invite)

    @extend_schema(operation_id="revoke_password_link", request=None, responses=shapes.Colleague)
    def delete(self, request: Request, person: UUID) -> Response:
        return _acted(request, person, personnel.revoke_invitation)


class SessionsView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="end_sessions_of_person", request=None, responses=shapes.Colleague)
    def delete(self, request: Request, person: UUID) -> Response:
        return _acted(request, person, personnel.end_sessions)


class LockView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="unlock_person", request=None, responses=shapes.Colleague)
    def delete(self, request: Request, person: UUID) -> Response:
        return _acted(request, person, personnel.unlock)


class SecondFactorView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="remove_second_factor", request=None, responses=shapes.Colleague)
    def delete(self, request: Request, person: UUID) -> Response:
        return _acted(request, person, personnel.remove_second_factor)


class AuditView(APIView):
    access = staff("operator", opens="audit", by="role")

    @extend_schema(operation_id="list_audit", parameters=[PAGE, *_NARROWING], responses=shapes.AuditPage)
    def get(self, request: Request) -> Response:
        return Response(audit_list.page(audit_list.narrowed(request.query_params), page_number(request)))


class AuditActionsView(APIView):
    access = staff("operator", opens="audit", by="role")

    @extend_schema(operation_id="list_audit_actions", responses=shapes.AuditActions)
    def get(self, request: Request) -> Response:
        return Response({"actions": audit_list.actions()})


class AuditCsvView(APIView):
    access = staff("operator", opens="audit", by="role")

    @extend_schema(
        operation_id="export_audit", parameters=_NARROWING, responses={(200, "text/csv"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request) -> HttpResponse:
        """The same rows as a table for a spreadsheet; that it was taken is itself written down."""
        entries = audit_list.narrowed(request.query_params)
        content, count = audit_list.as_csv(entries)
        audit(signed_in(request), "audit.exported", object_id="", rows=count)
        return as_download(content, "audit.csv")
