"""The contact form's API, and the page's data of one case."""

from __future__ import annotations

import hashlib
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from carriers.contract import Incoming
from conversations import inbound, reading, shopfront
from conversations import shop_serializers as shapes
from conversations.case_links import conversation_of, link_to
from conversations.models import Category, Conversation
from conversations.shop_door import files_of, require_rate, require_said, shop_of
from kernel.errors import Refusal, invalid
from kernel.parsing import JsonParser
from kernel.tenancy import enter
from people.access import anyone, shopper
from tenants.models import Line, Tenant


class FormConfig(APIView):
    authentication_classes = ()
    access = anyone("the form is for shoppers, who have no account")

    @extend_schema(
        operation_id="form_config", parameters=[OpenApiParameter("lang", str)], responses=shapes.FormConfigSerializer
    )
    def get(self, request: Request) -> Response:
        tenant = shop_of(request)
        shop = shopfront.shop(tenant, request.query_params.get("lang", ""))
        with enter(tenant):
            categories = reading.categories(_base(request, tenant), fallback=tenant.default_language)
        return Response(
            {
                "shop": shop,
                "categories": categories,
                "limits": shopfront.limits(),
                "languages": list(tenant.languages),
            }
        )


class FormMessages(APIView):
    authentication_classes = ()
    access = anyone("the form is for shoppers, who have no account")
    parser_classes = (MultiPartParser, JsonParser)

    @extend_schema(
        operation_id="form_say",
        request={"multipart/form-data": shapes.FormSaySerializer, "application/json": shapes.FormSaySerializer},
        responses=shapes.FormSaidSerializer,
    )
    def post(self, request: Request) -> Response:
        tenant = shop_of(request)
        require_rate(request, tenant, "form")
        said = _said(request)
        if said["website"]:
            # A field that people do not see: robots get an answer, and nothing is stored.
            return Response({"case_number": "", "refused_files": []})
        line = _form_line(tenant)
        with enter(tenant):
            _require_category(said["category"])
            message = inbound.receive_once(tenant=tenant, line=line, incoming=_incoming(said), key=_key(said))
            conversation = Conversation.objects.get(pk=message.conversation_id)
        return Response(
            {
                "case_number": conversation.case_number,
                "status_url": link_to(tenant, conversation.id),
                "refused_files": message.headers.get("refused_files", []),
            }
        )


class Case(APIView):
    authentication_classes = ()
    access = shopper(opens="case", why="the signed token in the address names one case of this shop")

    @extend_schema(operation_id="case_state", responses=shapes.CaseSerializer)
    def get(self, request: Request, token: str) -> Response:
        tenant = shop_of(request)
        require_rate(request, tenant, "case_link")
        conversation_id = conversation_of(tenant, token)
        with enter(tenant):
            row = reading.conversation(conversation_id)
        return Response(
            {
                "case_number": row["case_number"],
                "status": shopfront.shown_status(row["status"]),
                "opened_at": row["opened_at"],
                "last_message_at": row["last_message_at"],
                "shop": shopfront.shop(tenant, row["language"]),
            }
        )


def _said(request: Request) -> dict[str, Any]:
    form = shapes.FormSaySerializer(data=request.data)
    form.is_valid(raise_exception=True)
    said: dict[str, Any] = form.validated_data
    said["files"] = files_of(request)
    require_said(said["text"], ())
    return said


def _incoming(said: dict[str, Any]) -> Incoming:
    return Incoming(
        external_id="",
        channel="form",
        sender_kind="email",
        sender_address=said["email"],
        sender_name=said["name"],
        text=said["text"],
        subject=said["subject"],
        language_hint=said["language"].split("-")[0].lower(),
        category=said["category"],
        order_number=said["order_number"],
        files=said["files"],
        headers={"from": said["email"], **({"subject": said["subject"]} if said["subject"] else {})},
    )


def _key(said: dict[str, Any]) -> str:
    """Names one submission; bound to the sender, so that a guessed client_key answers nobody else's case."""
    return "form:" + hashlib.sha256(f"{said['email'].lower()}\n{said['client_key']}".encode()).hexdigest()


def _form_line(tenant: Tenant) -> Line:
    line = Line.objects.filter(tenant=tenant, carrier=Line.Carrier.FORM, is_active=True).order_by("created_at").first()
    if line is None:
        raise Refusal("no_form", 404, "This shop takes no messages by form.")
    return line


def _require_category(code: str) -> None:
    if not Category.objects.filter(code=code, is_active=True).exists():
        raise invalid("Choose what it is about from the list; nothing was sent.", category="Not in the list.")


def _base(request: Request, tenant: Tenant) -> str:
    wished = request.query_params.get("lang", "").split("-")[0].lower()
    return wished or tenant.default_language.split("-")[0]
