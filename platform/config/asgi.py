"""HTTP to Django, carriers' webhooks past it, sockets to the consumers."""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("CENTRALITA_POOL", "20")

from django.core.asgi import get_asgi_application

django_app = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path, re_path

from config.away import Sockets
from config.hosts import HostScope
from conversations.webhook import Webhooks
from desk.consumers import DeskConsumer
from desk.widget_socket import WidgetSocket


async def refuse(scope: Any, receive: Any, send: Any) -> None:
    """No socket is at this address."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


sockets = URLRouter(
    [
        # A shopper has a signed token and no session: none is looked for.
        path("ws/widget/", cast(Any, WidgetSocket())),
        path("ws/desk/", AuthMiddlewareStack(DeskConsumer.as_asgi())),
        re_path("", cast(Any, refuse)),
    ]
)
application = ProtocolTypeRouter({"http": Webhooks(cast(Any, django_app)), "websocket": Sockets(HostScope(sockets))})
