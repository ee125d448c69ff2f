"""What can be asked from outside: routes × methods of both hosts, webhooks, sockets and their messages, mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver
from django.utils.module_loading import import_string
from drf_spectacular.generators import SchemaGenerator

from config.declared import DeclaredSocket
from config.sockets import refuse
from config.sockets import sockets as router
from config.surface.thing import Thing
from conversations.mail_door import Door
from conversations.webhook import PREFIX, Webhooks
from kernel.access import policy_of

HOSTS = {"desk": "config.urls_desk", "shop": "config.urls_tenant", "files": "config.urls_files"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_CONVERTER = re.compile(r"<(?:[a-z]+:)?(\w+)>|\(\?P<(\w+)>")


def routes() -> Iterator[Thing]:
    """Each address of each host with each method that it takes, and the webhooks."""
    for door, urlconf in HOSTS.items():
        for route, view in _views(import_string(f"{urlconf}.urlpatterns")):
            access = policy_of(view)
            for method in methods_of(view):
                yield Thing(
                    kind="route",
                    name=route,
                    access=access.of(method) if access else None,
                    door=door,
                    method=method,
                    params=tuple(one or other for one, other in _CONVERTER.findall(route)),
                    query=_query(door).get((_as_documented(route), method), ()),
                    at=_place(view),
                )
    yield from _webhooks()


def sockets() -> Iterator[Thing]:
    """Each socket, and each type of message that it takes; one that is not behind ``DeclaredSocket`` has no policy."""
    for route in router.routes:
        app, name = route.callback, str(route.pattern)
        if app is refuse:
            continue
        consumer = app.consumer if isinstance(app, DeclaredSocket) else None
        at = f"{consumer.__module__}.{consumer.__name__}" if consumer else repr(app)
        yield Thing("socket", name, policy_of(consumer), at=at)
        for message, access in getattr(consumer, "messages", {}).items():
            yield Thing("message", f"{name}{message}", access, at=at)


def methods_of(view: Any) -> tuple[str, ...]:
    """The methods that a view takes: those that its class has, or for a function those of ``require_safe``."""
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if cls is None:
        return ("GET", "HEAD")
    taken = [method for method in METHODS if callable(getattr(cls, method.lower(), None))]
    if getattr(cls, "metadata_class", "") is None:  # the API answers no OPTIONS
        taken.remove("OPTIONS")
    return tuple(taken if "HEAD" in taken or "GET" not in taken else [*taken, "HEAD"])


def _webhooks() -> Iterator[Thing]:
    place = f"{Webhooks.__module__}.{Webhooks.__name__}"
    name = f"{PREFIX.lstrip('/')}<str:token>"
    yield Thing("webhook", name, policy_of(Webhooks), "every host", "POST", ("token",), at=place)
    yield Thing("mail door", "RCPT, DATA", policy_of(Door), "SMTP", at=f"{Door.__module__}.{Door.__name__}")


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def _place(view: Any) -> str:
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    return f"{cls.__module__}.{getattr(cls, '__name__', cls)}"


def _as_documented(route: str) -> str:
    return "/" + re.sub(r"<(?:[a-z]+:)?(\w+)>", r"{\1}", route)


@cache
def _query(door: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """(address, method) → the names of its query parameters, as the API's schema has them."""
    schema = SchemaGenerator(urlconf=HOSTS[door]).get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            asked = operation.get("parameters", []) if isinstance(operation, dict) else []
            found[path, method.upper()] = tuple(one["name"] for one in asked if one["in"] == "query")
    return found
