"""Work that leaves an agent's desk: handed on, or put off."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations.handing_on import hand_on, put_off
from desk import shapes
from desk.console_views import signed_in
from desk.directory import transfer_targets
from desk.step_shapes import PutOff, TransferTo
from kernel.errors import not_found
from people.access import enter_client, require_client, staff
from routing.models import WorkItem


class TransferView(APIView):
    access = staff("agent", "supervisor", opens="work_item", by="in_hand")

    @extend_schema(operation_id="transfer_targets", responses=shapes.TransferTargets)
    def get(self, request: Request, work_item: UUID) -> Response:
        """Where this work can be handed on to now."""
        person = signed_in(request)
        require_client(person, _find(work_item).tenant_id, to_work=True)
        item = WorkItem.objects.select_related("tenant", "queue").filter(pk=work_item, agent=person).first()
        if item is None:
            raise not_found()
        return Response(transfer_targets(item))

    @extend_schema(operation_id="transfer_work", request=TransferTo, responses=shapes.Done)
    def post(self, request: Request, work_item: UUID) -> Response:
        person = signed_in(request)
        asked = TransferTo(data=request.data)
        asked.is_valid(raise_exception=True)
        to = asked.validated_data
        item = _find(work_item)
        with enter_client(person, item.tenant_id, to_work=True) as tenant:
            hand_on(
                person=person,
                tenant=tenant,
                item=item,
                queue_id=to["queue"],
                agent_id=to["agent"],
                skill=to["skill"],
                note=to["note"],
                client_key=to["client_key"],
            )
        return Response({"ok": True})


class PutOffView(APIView):
    access = staff("agent", "supervisor", opens="work_item", by="in_hand")

    @extend_schema(operation_id="put_work_off", request=PutOff, responses=shapes.Done)
    def post(self, request: Request, work_item: UUID) -> Response:
        person = signed_in(request)
        item = _find(work_item)
        require_client(person, item.tenant_id, to_work=True)
        asked = PutOff(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, item.tenant_id, to_work=True) as tenant:
            put_off(person=person, tenant=tenant, item=item, **asked.validated_data)
        return Response({"ok": True})


def _find(work_item_id: UUID) -> WorkItem:
    item = WorkItem.objects.filter(pk=work_item_id).first()
    if item is None:
        raise not_found()
    return item
