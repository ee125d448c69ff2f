"""Search and saved views at the desk."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations.cleaning import clean
from desk import finding_shapes as shapes
from desk import saved_views
from desk.console_views import signed_in
from desk.search import search
from desk.shapes import Done
from kernel.throttle import require_leave
from people.access import staff

QUERY_MAX = 200


class SearchView(APIView):
    access = staff(opens="conversation", by="accreditation")

    @extend_schema(
        operation_id="search_conversations",
        parameters=[OpenApiParameter("q", str, description="Words, phrases in quotation marks, operators.")],
        responses=shapes.SearchResults,
    )
    def get(self, request: Request) -> Response:
        person = signed_in(request)
        require_leave(None, "search", str(person.pk))
        return Response(search(person, clean(request.query_params.get("q", ""))[:QUERY_MAX]))


class SavedViewsView(APIView):
    access = staff(opens="saved_view", by="own")

    @extend_schema(operation_id="list_views", responses=shapes.SavedViews)
    def get(self, request: Request) -> Response:
        return Response({"views": saved_views.views_of(signed_in(request))})

    @extend_schema(operation_id="save_view", request=shapes.NewView, responses=shapes.SavedView)
    def post(self, request: Request) -> Response:
        asked = shapes.NewView(data=request.data)
        asked.is_valid(raise_exception=True)
        to = asked.validated_data
        made = saved_views.save(
            person=signed_in(request), name=clean(to["name"]), query=clean(to["query"]), tenant_id=to["tenant"]
        )
        return Response(made)


class SavedViewView(APIView):
    access = staff(opens="saved_view", by="own")

    @extend_schema(operation_id="forget_view", responses=Done)
    def delete(self, request: Request, view: UUID) -> Response:
        saved_views.forget(person=signed_in(request), view_id=view)
        return Response({"ok": True})
