"""The chat widget's API, at the shop's own host. No session, no cookie: a signed token in the Authorization header."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from carriers.contract import Incoming
from conversations import handling, inbound, promising, reading, shopfront, widget
from conversations import shop_serializers as shapes
from conversations.file_links import link_to, links_for, shopper_viewer
from conversations.models import Conversation, Message
from conversations.shop_door import files_of, require_rate, require_said, shop_of, visitor_at
from conversations.widget import Visitor
from kernel import live
from kernel.errors import invalid
from kernel.events import Typing
from kernel.parsing import JsonParser
from kernel.tenancy import enter
from people.access import alias_for, anyone, shopper
from routing import queue
from tenants.models import Tenant

_OPEN_TO_SHOPPERS = shopper(opens="visitor", why="no account; ``visitor_at`` checks the signed token of the header")


class WidgetView(APIView):
    """Public doors take no session, hence no CSRF token either."""

    authentication_classes = ()
    access = _OPEN_TO_SHOPPERS


class WidgetConfig(WidgetView):
    access = anyone("the widget shows the shop's name, hours and team before anyone writes")

    @extend_schema(
        operation_id="widget_config",
        parameters=[OpenApiParameter("lang", str)],
        responses=shapes.WidgetConfigSerializer,
    )
    def get(self, request: Request) -> Response:
        tenant = shop_of(request)
        hours = shopfront.hours(tenant, "chat")
        return Response(
            {
                "shop": shopfront.shop(tenant, request.query_params.get("lang", "")),
                "key": widget.line_of(tenant).token,
                "hours": hours,
                "team": shopfront.team(tenant),
                "wait": shopfront.wait(tenant, request.query_params.get("lang", ""), open_now=hours["open_now"]),
                "limits": shopfront.limits(),
                "sneak_peek": tenant.sneak_peek,
            }
        )


class WidgetSession(WidgetView):
    access = anyone("a visitor becomes known by the token that this gives out")

    @extend_schema(
        operation_id="widget_open_session",
        request=shapes.WidgetKeySerializer,
        responses=shapes.WidgetTokenSerializer,
    )
    def post(self, request: Request) -> Response:
        tenant = shop_of(request)
        require_rate(request, tenant, "widget_session")
        key = request.data.get("key") if isinstance(request.data, dict) else None
        return Response({"token": widget.issue_token(tenant=tenant, key=str(key or ""))})


class WidgetMessages(WidgetView):
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(
        operation_id="widget_messages",
        parameters=[OpenApiParameter("after", int)],
        responses=shapes.WidgetMessagesSerializer,
    )
    def get(self, request: Request) -> Response:
        tenant, visitor = visitor_at(request)
        after = _number(request.query_params.get("after", "0"))
        with enter(tenant):
            conversation = widget.conversation_of(visitor)
            if conversation is None:
                return Response({"messages": [], "last_seq": 0, "up_to": 0})
            messages = reading.shown_to_shopper(conversation.id, after, link=links_for(tenant, shopper_viewer(visitor)))
        up_to = reading.whole_up_to(messages, conversation.last_seq)
        return Response({"messages": messages, "last_seq": conversation.last_seq, "up_to": up_to})

    @extend_schema(
        operation_id="widget_say",
        request={
            "application/json": shapes.WidgetSaySerializer,
            "multipart/form-data": shapes.WidgetSaySerializer,
        },
        responses=shapes.WidgetSaidSerializer,
    )
    def post(self, request: Request) -> Response:
        tenant, visitor = visitor_at(request)
        require_rate(request, tenant, "widget_message", visitor.address)
        require_rate(request, tenant, "widget_message_ip")
        said = _said(request)
        line = widget.line_of(tenant, line_id=visitor.line_id)
        with enter(tenant):
            message = inbound.receive(tenant=tenant, line=line, incoming=_incoming(visitor, said))
            conversation = Conversation.objects.get(pk=message.conversation_id)
        return Response(_answer(message, conversation))


class WidgetConversation(WidgetView):
    @extend_schema(
        operation_id="widget_conversation",
        parameters=[OpenApiParameter("after", int, description="Only messages above this number.")],
        responses=shapes.WidgetConversationSerializer,
    )
    def get(self, request: Request) -> Response:
        tenant, visitor = visitor_at(request)
        after = _number(request.query_params.get("after", "0"))
        with enter(tenant):
            conversation = widget.conversation_of(visitor)
            if conversation is None:
                return Response(_NOTHING_YET)
            messages = reading.shown_to_shopper(conversation.id, after, link=links_for(tenant, shopper_viewer(visitor)))
            spoke = reading.spoke_last(conversation.id)
        standing = shopfront.waiting(conversation.id)
        return Response(
            {
                "conversation": str(conversation.id),
                "case_number": conversation.case_number,
                "status": shopfront.shown_status(conversation.status),
                "messages": messages,
                "last_seq": conversation.last_seq,
                "up_to": reading.whole_up_to(messages, conversation.last_seq),
                "agent": _agent(tenant, conversation.id, spoke),
                "position": standing.position,
                "wait": standing.wait,
                "offers": promising.offers(tenant, conversation, is_long=standing.is_long),
                "promise": promising.shown(conversation.promise),
            }
        )


class WidgetTyping(WidgetView):
    @extend_schema(operation_id="widget_typing", request=None, responses=shapes.DoneSerializer)
    def post(self, request: Request) -> Response:
        tenant, visitor = visitor_at(request)
        require_rate(request, tenant, "widget_typing", visitor.address)
        with enter(tenant):
            conversation = widget.conversation_of(visitor)
        if conversation is not None and conversation.status != Conversation.Status.CLOSED:
            tell_typing(tenant, conversation.id)
        return Response({"ok": True})


class WidgetLeave(WidgetView):
    @extend_schema(operation_id="widget_leave", request=None, responses=shapes.DoneSerializer)
    def post(self, request: Request) -> Response:
        tenant, visitor = visitor_at(request)
        with enter(tenant):
            conversation = widget.conversation_of(visitor)
            if conversation is not None:
                handling.leave(tenant=tenant, conversation_id=conversation.id)
        return Response({"ok": True})


class WidgetAttachment(WidgetView):
    @extend_schema(operation_id="widget_attachment", responses=shapes.FileLinkSerializer)
    def get(self, request: Request, attachment_id: UUID) -> Response:
        """A fresh link to a file: those that came with the messages are good for minutes only."""
        tenant, visitor = visitor_at(request)
        with enter(tenant):
            row = reading.shown_attachment(attachment_id, within=widget.conversations_of(visitor))
        return Response({"url": link_to(tenant, row.id, shopper_viewer(visitor))})


def tell_typing(tenant: Tenant, conversation_id: UUID) -> None:
    """The shopper is typing: for the desk that watches the conversation."""
    live.tell(
        Typing(tenant=str(tenant.id), conversation=str(conversation_id), who="shopper"),
        live.conversation_feed(tenant.id, conversation_id),
    )


_NOTHING_YET: dict[str, Any] = {
    "conversation": None,
    "case_number": "",
    "status": "new",
    "messages": [],
    "last_seq": 0,
    "up_to": 0,
    "agent": None,
    "position": None,
    "wait": None,
    "offers": None,
    "promise": None,
}


def _said(request: Request) -> dict[str, Any]:
    form = shapes.WidgetSaySerializer(data=request.data)
    form.is_valid(raise_exception=True)
    said: dict[str, Any] = form.validated_data
    said["files"] = files_of(request)
    require_said(said["text"], said["files"])
    return said


def _incoming(visitor: Visitor, said: dict[str, Any]) -> Incoming:
    return Incoming(
        external_id="",
        channel="webchat",
        sender_kind="widget",
        sender_address=visitor.address,
        sender_name=said["name"],
        text=said["text"],
        language_hint=said["language"].split("-")[0].lower(),
        files=said["files"],
        # What the visitor says of themselves is shown to the agent; it is nobody's identity.
        headers={"email": said["email"]} if said["email"] else {},
        client_key=said["client_key"],
    )


def _answer(message: Message, conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation": str(conversation.id),
        "case_number": conversation.case_number,
        "seq": message.seq,
        "status": shopfront.shown_status(conversation.status),
        "refused_files": message.headers.get("refused_files", []),
    }


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid("after is a message number.", after="A whole number from 0.")
    return int(text)


def _agent(tenant: Tenant, conversation_id: UUID, spoke_last: str) -> dict[str, str] | None:
    """Whoever has it in hand, else who spoke last; under the name that the shop's customers know."""
    item = queue.open_item(conversation_id)
    if item is not None and item.agent is not None and item.state == item.State.ACTIVE:
        return {"alias": alias_for(item.agent, tenant)}
    return {"alias": spoke_last} if spoke_last else None
