"""Skills and accreditations: one by one, of many at once, as a table, and as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import competence_shapes as shapes
from desk.console_views import signed_in
from desk.tables import as_download
from desk.work import mark_of
from kernel import clock
from kernel.errors import invalid, not_found
from people import accrediting, history, roster, skills
from people.access import audit, staff
from routing import rivals
from routing.models import Queue
from tenants.models import Tenant

_AT = OpenApiParameter("at", OpenApiTypes.DATETIME, description="A moment; the shop's own time without an offset.")


class SkillsView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="list_skills", responses=shapes.SkillLine(many=True))
    def get(self, request: Request) -> Response:
        return Response(_skills())

    @extend_schema(operation_id="add_skill", request=shapes.NewSkill, responses={201: shapes.SkillLine(many=True)})
    def post(self, request: Request) -> Response:
        skills.add_skill(by=signed_in(request), **_asked(shapes.NewSkill, request))
        return Response(_skills(), status=201)

    @extend_schema(operation_id="rename_skill", request=shapes.SkillName, responses=shapes.SkillLine(many=True))
    def patch(self, request: Request) -> Response:
        skills.rename_skill(by=signed_in(request), **_asked(shapes.SkillName, request))
        return Response(_skills())


class RivalsView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="list_rivals", responses=shapes.Rivals(many=True))
    def get(self, request: Request) -> Response:
        return Response(_rivals())

    @extend_schema(operation_id="bar_rivals", request=shapes.RivalIds, responses=shapes.Rivals(many=True))
    def post(self, request: Request) -> Response:
        rivals.bar(by=signed_in(request), **_asked(shapes.RivalIds, request))
        return Response(_rivals())


class AllowRivalsView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="allow_rivals", request=shapes.RivalIds, responses=shapes.Rivals(many=True))
    def post(self, request: Request) -> Response:
        rivals.allow(by=signed_in(request), **_asked(shapes.RivalIds, request))
        return Response(_rivals())


class LevelView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="set_level", request=shapes.LevelOfMany, responses=shapes.Changed)
    def post(self, request: Request) -> Response:
        return _changed(request, skills.set_level, shapes.LevelOfMany)


class GrantView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="grant_accreditation", request=shapes.LeaveOfMany, responses=shapes.Changed)
    def post(self, request: Request) -> Response:
        return _changed(request, accrediting.grant, shapes.LeaveOfMany)


class WithdrawView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="withdraw_accreditation", request=shapes.EndOfMany, responses=shapes.Changed)
    def post(self, request: Request) -> Response:
        return _changed(request, accrediting.withdraw, shapes.EndOfMany)


class ImportView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="import_roster", request=shapes.Roster, responses=shapes.RosterEffects)
    def post(self, request: Request) -> Response:
        """Says line by line what the table would change, and with ``write`` changes it: all of it or nothing."""
        return Response(roster.take_in(by=signed_in(request), **_asked(shapes.Roster, request)))


class ExportView(APIView):
    access = staff("operator", opens="people", by="role")

    @extend_schema(operation_id="export_roster", responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponse:
        """Everybody's skills and accreditations, in the shape that the import takes; that it was taken is on record."""
        content, count = roster.as_csv()
        audit(signed_in(request), "roster.exported", object_id="", rows=count)
        return as_download(content, "people.csv")


class CouldServeView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="could_serve", parameters=[_AT], responses=shapes.CouldServe)
    def get(self, request: Request, tenant: UUID) -> Response:
        """Who could be given this client's work at that moment, and in which languages."""
        shop = Tenant.objects.filter(pk=tenant).first()
        if shop is None:
            raise not_found()
        at = _moment(request.query_params.get("at"), shop)
        able = [_show(one) for one in history.could_serve(shop, at)]
        return Response({"at": at, "recorded_since": history.recorded_since(), "people": able})


def _changed(request: Request, act: Callable[..., int], shape: type[Any]) -> Response:
    """An act on many at once; how many of them it changed."""
    return Response({"changed": act(by=signed_in(request), **_asked(shape, request))})


def _asked(shape: type[Any], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found


def _skills() -> list[dict[str, Any]]:
    needed: dict[str, int] = {}
    for needs in Queue.objects.filter(is_active=True).values_list("needs", flat=True):
        for code in needs:
            needed[code] = needed.get(code, 0) + 1
    return [{**row, "queues": needed.get(row["code"], 0)} for row in skills.skills()]


def _rivals() -> list[dict[str, Any]]:
    return [{"one": mark_of(one), "other": mark_of(other)} for one, other in rivals.pairs()]


def _moment(text: str | None, shop: Tenant) -> datetime:
    if not text:
        return clock.now()
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(shop.time_zone))).astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError) as error:
        raise invalid("at is a moment such as 2026-11-22T09:30.", at="is not a moment") from error


def _show(one: history.Able) -> dict[str, Any]:
    by_level = sorted(one.levels.items(), key=lambda item: (-item[1], item[0]))
    return {
        "person": {"id": one.person.pk, "name": one.person.name},
        "alias": one.alias,
        "languages": [
            {"code": code.removeprefix("lang:"), "level": level} for code, level in by_level if code.startswith("lang:")
        ],
        "skills": [f"{code}:{level}" for code, level in by_level if not code.startswith("lang:")],
        "since": one.since,
        "until": one.until,
        "is_assumed": one.is_assumed,
    }
