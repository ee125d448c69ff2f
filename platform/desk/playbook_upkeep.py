"""The API for who looks after a client's playbook, and for the list of what the brand guard stopped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from automation import bulletins, playbook, reply_sheet
from automation.models import PlaybookItem
from desk import brand_guard, playbook_page
from desk import playbook_shapes as shapes
from desk.console_views import signed_in
from desk.shapes import Done
from kernel.errors import invalid
from people.access import audit, enter_client, require_client, staff

WHO = ("supervisor", "operator")
_READ = staff(*WHO, opens="client", by="accreditation")
_WRITE = staff(*WHO, opens="client", by="work")
KINDS = [code for code, _ in PlaybookItem.Kind.choices]
STOP_DAYS = 30


class ShelfView(APIView):
    access = _READ.but(POST=_WRITE)

    @extend_schema(
        operation_id="show_playbook",
        parameters=[
            OpenApiParameter("kind", str, enum=KINDS, description="reply if left out."),
            OpenApiParameter("state", str, enum=["in_use", "archived"], description="in_use if left out."),
        ],
        responses=shapes.PlaybookShelf,
    )
    def get(self, request: Request, tenant: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            kind = request.query_params.get("kind") or "reply"
            if kind not in KINDS:
                raise invalid("There is no such kind.", kind=f"One of {', '.join(KINDS)}.")
            archived = request.query_params.get("state") == "archived"
            return Response(playbook_page.shelf(client, kind, archived=archived, language=person.language))

    @extend_schema(
        operation_id="write_playbook_item", request=shapes.NewPlaybookItem, responses={201: shapes.PlaybookEntry}
    )
    def post(self, request: Request, tenant: UUID) -> Response:
        person = signed_in(request)
        client = require_client(person, tenant, to_work=True)
        given = _read(shapes.NewPlaybookItem, request)
        return Response(playbook_page.save(person=person, tenant=client, **given), status=201)


class ItemView(APIView):
    access = _READ.but(PUT=_WRITE)

    @extend_schema(operation_id="show_playbook_item", responses=shapes.PlaybookHistory)
    def get(self, request: Request, tenant: UUID, item: UUID) -> Response:
        """All its versions, the latest first."""
        with enter_client(signed_in(request), tenant):
            return Response({"versions": playbook_page.show_all(playbook.history(item))})

    @extend_schema(
        operation_id="change_playbook_item", request=shapes.NewPlaybookVersion, responses=shapes.PlaybookEntry
    )
    def put(self, request: Request, tenant: UUID, item: UUID) -> Response:
        person = signed_in(request)
        client = require_client(person, tenant, to_work=True)
        given = _read(shapes.NewPlaybookVersion, request)
        return Response(playbook_page.save(person=person, tenant=client, item_id=item, **given))


class RestoreView(APIView):
    access = _WRITE

    @extend_schema(operation_id="restore_playbook_item", request=shapes.RestoreVersion, responses=shapes.PlaybookEntry)
    def post(self, request: Request, tenant: UUID, item: UUID) -> Response:
        person = signed_in(request)
        client = require_client(person, tenant, to_work=True)
        given = _read(shapes.RestoreVersion, request)
        return Response(playbook_page.bring_back(person=person, tenant=client, item_id=item, **given))


class ArchiveView(APIView):
    access = _WRITE

    @extend_schema(operation_id="archive_playbook_item", request=shapes.ArchiveItem, responses=Done)
    def post(self, request: Request, tenant: UUID, item: UUID) -> Response:
        person = signed_in(request)
        client = require_client(person, tenant, to_work=True)
        given = _read(shapes.ArchiveItem, request)
        playbook_page.put_away(person=person, tenant=client, item_id=item, **given)
        return Response({"ok": True})


class ReadersView(APIView):
    access = _READ

    @extend_schema(operation_id="show_bulletin_readers", responses=shapes.BulletinReaders)
    def get(self, request: Request, tenant: UUID, item: UUID) -> Response:
        with enter_client(signed_in(request), tenant) as client:
            return Response({"readers": bulletins.readers(tenant=client, item_id=item)})


class ReplySheetView(APIView):
    access = _READ.but(POST=_WRITE)

    @extend_schema(operation_id="export_saved_replies", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, tenant: UUID) -> HttpResponse:
        with enter_client(signed_in(request), tenant) as client:
            answer = HttpResponse(reply_sheet.taken_out(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{client.slug}-replies.csv"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    @extend_schema(operation_id="import_saved_replies", request=shapes.ReplySheet, responses=shapes.SheetEffects)
    def post(self, request: Request, tenant: UUID) -> Response:
        """What the table would do; with ``write`` it is done, unless a line is wrong."""
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True) as client:
            effects = reply_sheet.bring(person=person, **_read(shapes.ReplySheet, request))
        if effects["written"]:
            audit(person, "playbook.imported", tenant=client, object_id=client.id, lines=effects["lines"])
        return Response(effects)


class BrandStopsView(APIView):
    access = staff(*WHO, opens="floor", by="accreditation")

    @extend_schema(operation_id="show_brand_stops", responses=shapes.BrandStops)
    def get(self, request: Request) -> Response:
        """Of the last thirty days, at the clients that the reader serves."""
        return Response(brand_guard.stops(person=signed_in(request), days=STOP_DAYS))


def _read(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)
