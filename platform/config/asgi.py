"""HTTP to Django, carriers' webhooks past it, sockets to the consumers."""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("CENTRALITA_POOL", "20")

from django.core.asgi import get_asgi_application

django_app = get_asgi_application()

from channels.routing import ProtocolTypeRouter

from config.away import Sockets
from config.declared import declared_door
from config.hosts import HostScope
from config.sockets import sockets
from conversations.webhook import Webhooks

webhooks = declared_door(Webhooks(cast(Any, django_app)))
application = ProtocolTypeRouter({"http": webhooks, "websocket": Sockets(HostScope(sockets))})
