"""The sockets' addresses."""

from __future__ import annotations

from typing import Any, cast

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.urls import path, re_path

from config.declared import DeclaredSocket
from desk.consumers import DeskConsumer
from desk.portal_socket import PortalSocket
from desk.widget_socket import WidgetSocket


async def refuse(scope: Any, receive: Any, send: Any) -> None:
    """No socket is at this address."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


sockets = URLRouter(
    [
        # A shopper has a signed token and no session: none is looked for.
        path("ws/widget/", cast(Any, DeclaredSocket(WidgetSocket, WidgetSocket()))),
        path("ws/desk/", cast(Any, DeclaredSocket(DeskConsumer, AuthMiddlewareStack(DeskConsumer.as_asgi())))),
        path("ws/portal/", cast(Any, DeclaredSocket(PortalSocket, AuthMiddlewareStack(PortalSocket.as_asgi())))),
        re_path("", cast(Any, refuse)),
    ]
)
