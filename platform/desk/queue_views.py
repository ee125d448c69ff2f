"""The operator's API for a client's queues."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk import queue_settings
from desk import queue_shapes as shapes
from desk.console_views import signed_in
from people.access import staff


class QueuesView(APIView):
    access = staff("operator", opens="client", by="role")

    @extend_schema(operation_id="show_queues", responses=shapes.ShopQueues)
    def get(self, request: Request, tenant: UUID) -> Response:
        return Response(queue_settings.queues(tenant))

    @extend_schema(operation_id="set_queue", request=shapes.QueueChoice, responses=shapes.ShopQueues)
    def put(self, request: Request, tenant: UUID) -> Response:
        asked = shapes.QueueChoice(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(queue_settings.choose(person=signed_in(request), tenant_id=tenant, **asked.validated_data))
