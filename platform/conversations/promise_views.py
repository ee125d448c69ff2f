"""The widget's API for those who would rather not wait: to be called, to be answered by mail, to wait on after all."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import promise_shapes as shapes
from conversations import promising, widget
from conversations.models import Conversation
from conversations.shop_door import require_rate, visitor_at
from conversations.widget import Visitor
from conversations.widget_views import WidgetView
from kernel.errors import Refusal
from kernel.tenancy import enter
from tenants.models import Tenant


class WidgetCallback(WidgetView):
    @extend_schema(
        operation_id="widget_callback", request=shapes.AskedCallSerializer, responses=shapes.PromisedSerializer
    )
    def post(self, request: Request) -> Response:
        tenant, visitor = _asking(request)
        asked = _asked(shapes.AskedCallSerializer, request)
        with enter(tenant):
            found = promising.promise_call(tenant=tenant, conversation_id=_theirs(visitor).id, **asked)
        return _answer(found)


class WidgetByMail(WidgetView):
    @extend_schema(
        operation_id="widget_by_mail", request=shapes.AskedMailSerializer, responses=shapes.PromisedSerializer
    )
    def post(self, request: Request) -> Response:
        tenant, visitor = _asking(request)
        asked = _asked(shapes.AskedMailSerializer, request)
        with enter(tenant):
            found = promising.promise_mail(tenant=tenant, conversation_id=_theirs(visitor).id, **asked)
        return _answer(found)


class WidgetWaitOn(WidgetView):
    @extend_schema(operation_id="widget_wait_on", request=None, responses=shapes.PromisedSerializer)
    def post(self, request: Request) -> Response:
        tenant, visitor = _asking(request)
        with enter(tenant):
            found = promising.wait_on(tenant=tenant, conversation_id=_theirs(visitor).id)
        return _answer(found)


def _asking(request: Request) -> tuple[Tenant, Visitor]:
    """Rarely asked by a person, and what is asked for costs a call or a mail to an address of anybody's."""
    tenant, visitor = visitor_at(request)
    require_rate(request, tenant, "widget_promise", visitor.address)
    require_rate(request, tenant, "widget_promise_ip")
    return tenant, visitor


def _asked(shape: Any, request: Request) -> dict[str, Any]:
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    asked: dict[str, Any] = form.validated_data
    return asked


def _theirs(visitor: Visitor) -> Conversation:
    found = widget.conversation_of(visitor)
    if found is None:
        raise Refusal("nothing_waits", 409, "Write to us first; there is nothing to answer yet.")
    return found


def _answer(conversation: Conversation) -> Response:
    return Response({"promise": promising.shown(conversation.promise)})
