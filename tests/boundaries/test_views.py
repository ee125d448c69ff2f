"""Deny by default: whatever answers at either door has said who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver
from django.utils.module_loading import import_string
from rest_framework.views import APIView

from people.access import Access

DOORS = ("config.urls_desk", "config.urls_tenant")

# Not DRF views: who may use them, and why that is right.
DECLARED_ELSEWHERE = {
    "allauth.headless": "signing in: checks for itself, and people.sign_in stands before it",
    "config.assets": "the built pages and files, the same for everyone",
}


@pytest.mark.parametrize("door", DOORS)
def test_every_view_says_who_may_use_it(door: str) -> None:
    silent = [
        f"{route} → {view.__module__}.{getattr(view, '__name__', view)}"
        for route, view in _views(import_string(f"{door}.urlpatterns"))
        if not _is_declared(view)
    ]
    assert silent == []


@pytest.mark.parametrize("door", DOORS)
def test_open_views_say_why(door: str) -> None:
    for route, view in _views(import_string(f"{door}.urlpatterns")):
        access = getattr(getattr(view, "cls", None), "access", None)
        if isinstance(access, Access) and access.realm == "open":
            assert len(access.why) > 8, route


@pytest.mark.parametrize(("door", "realm"), [("config.urls_desk", "client"), ("config.urls_tenant", "desk")])
def test_no_view_is_served_at_a_door_where_nobody_may_use_it(door: str, realm: str) -> None:
    for route, view in _views(import_string(f"{door}.urlpatterns")):
        access = getattr(getattr(view, "cls", None), "access", None)
        assert not isinstance(access, Access) or access.realm != realm, route


def _is_declared(view: Any) -> bool:
    cls = getattr(view, "cls", None)
    if isinstance(cls, type) and issubclass(cls, APIView):
        return isinstance(getattr(cls, "access", None), Access) or cls.__module__.startswith("drf_spectacular")
    return any(view.__module__.startswith(module) for module in DECLARED_ELSEWHERE)


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback
