"""What is held up, for operators: payloads in quarantine and messages in doubt, client by client."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conversations import quarantine, standing
from desk import held_up_shapes as shapes
from desk.console_views import signed_in
from desk.shapes import Done
from desk.work import mark_of
from people.access import clients_of, enter_client, staff


class HeldUpView(APIView):
    access = staff("operator", opens="counts of all clients", by="role")

    @extend_schema(operation_id="held_up", responses=shapes.HeldUp)
    def get(self, request: Request) -> Response:
        """Counts for each client with something held up, the most first."""
        clients = clients_of(signed_in(request))
        counts = standing.held_up(clients)
        waiting = {client: held["quarantined"] + held["unknown"] + held["failed"] for client, held in counts.items()}
        held_up = sorted((each for each in clients if each.id in counts), key=lambda each: -waiting[each.id])
        rows = [{"client": mark_of(each), **counts[each.id]} for each in held_up]
        total = sum(waiting.values())
        return Response({"clients": rows, "total": total, "swept": standing.swept_today()})


class HeldUpAtClientView(APIView):
    access = staff("operator", opens="client", by="accreditation")

    @extend_schema(operation_id="held_up_at_client", responses=shapes.HeldUpAtClient)
    def get(self, request: Request, tenant: UUID) -> Response:
        with enter_client(signed_in(request), tenant):
            return Response({"quarantined": quarantine.listed(), "in_doubt": standing.in_doubt()})


class QuarantinedView(APIView):
    access = staff("operator", opens="receipt", by="accreditation")

    @extend_schema(operation_id="open_quarantined", responses=shapes.OpenedQuarantined)
    def get(self, request: Request, tenant: UUID, receipt: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant) as client:
            return Response(quarantine.opened(person=person, tenant=client, receipt_id=receipt))


class HandleAgainView(APIView):
    access = staff("operator", opens="receipt", by="accreditation")

    @extend_schema(operation_id="handle_quarantined_again", request=None, responses=Done)
    def post(self, request: Request, tenant: UUID, receipt: UUID) -> Response:
        person = signed_in(request)
        with enter_client(person, tenant, to_work=True) as client:
            quarantine.handle_again(person=person, tenant=client, receipt_id=receipt)
        return Response({"ok": True})


class SetAsideView(APIView):
    access = staff("operator", opens="receipt", by="accreditation")

    @extend_schema(operation_id="set_quarantined_aside", request=shapes.SettingAside, responses=Done)
    def post(self, request: Request, tenant: UUID, receipt: UUID) -> Response:
        person = signed_in(request)
        asked = shapes.SettingAside(data=request.data)
        asked.is_valid(raise_exception=True)
        with enter_client(person, tenant, to_work=True) as client:
            quarantine.set_aside(person=person, tenant=client, receipt_id=receipt, **asked.validated_data)
        return Response({"ok": True})
