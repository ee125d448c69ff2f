"""The portal's downloads, for its users and their keys."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from desk import portal_exports as exports
from desk import portal_quality_shapes as quality_shapes
from desk import portal_shapes as shapes
from desk.portal_asking import LANG, MONTH, reader, shop_of
from desk.portal_overview import period_of, queues_now
from kernel import clock
from people.access import client
from people.api_keys import ReadByKeys
from quality.results import scores
from sla_contracts.quality_results import quality

_NARROWING = [MONTH, *(OpenApiParameter(name, str) for name in ("clause", "outcome")), LANG]
_TABLE = {(200, "text/csv"): OpenApiTypes.BINARY}


class _ItemsView(ReadByKeys):
    access = client(opens="conversation")
    form = "csv"

    def answer(self, request: Request) -> StreamingHttpResponse:
        asked, tenant = request.query_params, shop_of(request)
        month, rows = exports.items(
            person=reader(request),
            tenant=tenant,
            month=asked.get("month", ""),
            clause=asked.get("clause", ""),
            outcome=asked.get("outcome", ""),
        )
        return exports.answer(request._request, self.form, f"items-{tenant.slug}-{month}", exports.ITEM, rows)


class ItemsCsvView(_ItemsView):
    @extend_schema(operation_id="portal_export_items", parameters=_NARROWING, responses=_TABLE)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Every judged item of the month, one row for each clause that counts it."""
        return self.answer(request)


class ItemsJsonView(_ItemsView):
    form = "json"

    @extend_schema(
        operation_id="portal_export_items_json", parameters=_NARROWING, responses=shapes.ExportedItem(many=True)
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.answer(request)


class _AttainmentView(ReadByKeys):
    access = client(opens="client")
    form = "csv"

    def answer(self, request: Request) -> StreamingHttpResponse:
        tenant = shop_of(request)
        month = request.query_params.get("month", "")
        month, rows = exports.attainment(person=reader(request), tenant=tenant, month=month)
        name = f"attainment-{tenant.slug}-{month}"
        return exports.answer(request._request, self.form, name, exports.ATTAINMENT, rows)


class AttainmentCsvView(_AttainmentView):
    @extend_schema(operation_id="portal_export_attainment", parameters=[MONTH, LANG], responses=_TABLE)
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.answer(request)


class AttainmentJsonView(_AttainmentView):
    form = "json"

    @extend_schema(
        operation_id="portal_export_attainment_json",
        parameters=[MONTH, LANG],
        responses=shapes.ExportedAttainment(many=True),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.answer(request)


class QualityView(ReadByKeys):
    access = client(opens="client")

    @extend_schema(operation_id="portal_quality", parameters=[MONTH], responses=quality_shapes.PortalQuality)
    def get(self, request: Request) -> Response:
        """What the evaluations released in a month come to, and the contract's quality clause."""
        tenant = shop_of(request)
        period = period_of(tenant, request.query_params.get("month", ""))
        found = quality(tenant, period, scores(tenant, period))
        return Response({"month": period.month, "currency": tenant.currency, **found})


class _QualityTable(ReadByKeys):
    access = client(opens="client")
    form = "csv"

    def answer(self, request: Request) -> StreamingHttpResponse:
        tenant, asked = shop_of(request), request.query_params.get("month", "")
        month, rows = exports.quality(person=reader(request), tenant=tenant, month=asked)
        return exports.answer(request._request, self.form, f"quality-{tenant.slug}-{month}", exports.QUALITY, rows)


class QualityCsvView(_QualityTable):
    @extend_schema(operation_id="portal_export_quality", parameters=[MONTH], responses=_TABLE)
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.answer(request)


class QualityJsonView(_QualityTable):
    form = "json"

    @extend_schema(
        operation_id="portal_export_quality_json",
        parameters=[MONTH],
        responses=quality_shapes.ExportedQuality(many=True),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        return self.answer(request)


class LiveView(ReadByKeys):
    access = client(opens="client")

    @extend_schema(operation_id="portal_live", responses=shapes.PortalLive)
    def get(self, request: Request) -> Response:
        """The queues at this moment alone: what the socket's word leads to."""
        found: dict[str, Any] = {"queues": queues_now(shop_of(request), clock.now())}
        return Response(found)
