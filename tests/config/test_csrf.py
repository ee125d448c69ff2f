"""Every route that changes something and knows its caller by a session asks for the CSRF token. Generated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.urls.converters import UUIDConverter
from django.utils.module_loading import import_string

from people.models import Person
from tenants.models import Tenant

CHANGING = ("post", "put", "patch", "delete")
# The doors of shoppers, and of a letter's link: no session, hence nothing that a stranger's page could use.
WITHOUT_SESSION = ("api/widget/", "api/form/", "api/case/", "api/approval-link/")
# Nobody has a session yet; its own protection stands before it.
SIGN_IN = "_allauth/"


def routes(door: str) -> list[tuple[str, str]]:
    found = []
    for route, view in _views(import_string(f"config.urls_{door}.urlpatterns")):
        cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
        for method in CHANGING:
            if cls is None or hasattr(cls, method):
                found.append((method, route))
    return found


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, f"{prefix}{pattern.pattern}")
            continue
        values = {name: _value(kind) for name, kind in pattern.pattern.converters.items()}
        route = f"{prefix}{pattern.pattern}"
        for name, value in values.items():
            route = re.sub(rf"<\w+:{name}>", value, route)
        if not route.startswith(("^", "assets")):
            yield route, pattern.callback


def _value(kind: object) -> str:
    return str(uuid4()) if isinstance(kind, UUIDConverter) else "1"


@pytest.mark.parametrize("door", ["desk", "tenant"])
def test_every_changing_route_of_a_session_wants_the_token(
    door: str, acme: Tenant, omar: Person, carla: Person, desk_client: Any, shop_client: Any
) -> None:
    client: Client = (
        desk_client(omar, enforce_csrf_checks=True)
        if door == "desk"
        else shop_client(acme, carla, enforce_csrf_checks=True)
    )
    client.get("/api/csrf")
    token = client.cookies["csrftoken"].value
    asked = 0
    for method, route in routes(door):
        if route.startswith(WITHOUT_SESSION):
            continue
        send = getattr(client, method)
        bare = send(f"/{route}", "{}", content_type="application/json")
        if bare.status_code == 405:
            continue
        asked += 1
        assert (bare.status_code, bare.json()["code"]) == (403, "csrf"), (method, route, bare.content)
        if route.startswith(SIGN_IN) or "password" in route:
            continue
        given = send(f"/{route}", "{}", content_type="application/json", headers={"X-CSRFToken": token})
        assert b'"csrf"' not in given.content[:200], (method, route)
    assert asked >= (15 if door == "desk" else 5)


@pytest.mark.parametrize("path", ["/api/widget/session", "/api/form/messages"])
def test_doors_of_shoppers_read_no_session(path: str, acme: Tenant, carla: Person, shop_client: Any) -> None:
    client = shop_client(acme, carla, enforce_csrf_checks=True)
    anonymous = shop_client(acme, enforce_csrf_checks=True)
    answers = [one.post(path, "{}", content_type="application/json") for one in (client, anonymous)]
    assert answers[0].status_code == answers[1].status_code != 403
    assert answers[0].content == answers[1].content
