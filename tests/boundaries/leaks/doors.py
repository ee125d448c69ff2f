"""Mistakes at the shops' doors: hosts, tokens, caches and sessions that do not say whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from rest_framework.response import Response

from conversations import case_links, form_views, shop_door, widget, widget_views
from people import access
from people.models import Membership
from tenants.models import Tenant
from tests.boundaries.leaks.harness import World, leak
from tests.conversations.shoppers import Visitor


def _cached_for_all(patch: pytest.MonkeyPatch, world: World) -> None:
    get = widget_views.WidgetConfig.get

    def leaky(self: Any, request: Any) -> Any:
        return Response(cache.get_or_set("widget-config", lambda: get(self, request).data))

    patch.setattr(widget_views.WidgetConfig, "get", leaky)


def _remembered_for_all(patch: pytest.MonkeyPatch, world: World) -> None:
    get, kept = widget_views.WidgetConfig.get, dict[str, Any]()

    def leaky(self: Any, request: Any) -> Any:
        return Response(kept.setdefault("config", get(self, request).data))

    patch.setattr(widget_views.WidgetConfig, "get", leaky)


@leak("page remembered by its process", broke="lru_cache on a view", caught_by="scanner", plant=_remembered_for_all)
@leak("cached page without its tenant", broke="Django's own key", caught_by="scanner door", plant=_cached_for_all)
def open_the_widget(world: World) -> Iterator[str]:
    cache.clear()
    for tenant in (world.northlight, world.acme):
        if world.shop(tenant).get("/api/widget/config").status_code != 200:
            yield "the widget does not open"
    cache.clear()


def _forwarded_host(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(settings, "USE_X_FORWARDED_HOST", True)


@leak("host that the caller names", broke="password resets everywhere", caught_by="scanner", plant=_forwarded_host)
def name_another_host(world: World) -> None:
    other = f"{world.northlight.slug}.{settings.DOMAIN}"
    world.shop(world.acme).get("/api/widget/config", headers={"x-forwarded-host": other})


def _roles_anywhere(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(person: Any, tenant: Any, **more: Any) -> frozenset[str]:
        return frozenset(Membership.objects.filter(person=person).values_list("role", flat=True))

    patch.setattr(access, "roles_of", leaky)


@leak("session good at another shop's host", broke="Chatwoot", caught_by="cell", plant=_roles_anywhere)
def use_a_session_elsewhere(world: World) -> Iterator[str]:
    if world.shop(world.acme, "carla").get("/api/portal/invoices").status_code != 200:
        yield "carla cannot read at her own shop"
    answer = world.shop(world.northlight, "carla").get("/api/portal/invoices")
    if answer.status_code not in (401, 403, 404):
        yield f"carla gets {answer.status_code} at another shop's host"


def _any_visitor(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(tenant: Any, token: str) -> widget.Visitor:
        _, line_id, address = signing.loads(token, salt=widget._SALT)
        return widget.Visitor(UUID(line_id), address)

    patch.setattr(shop_door, "visitor_of", leaky)


@leak("widget token good at another shop", broke="Chatwoot's pubsub tokens", caught_by="cell", plant=_any_visitor)
def use_a_token_elsewhere(world: World) -> Iterator[str]:
    own = Visitor(world.shop(world.acme), world.acme)
    if own.get("conversation").status_code != 200:
        yield "the token is not good at its own shop"
    answer = Visitor(world.shop(world.northlight), world.northlight, own.token).get("conversation")
    if answer.status_code != 401:
        yield f"the token gets {answer.status_code} at another shop"


def _shop_of_token(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(request: Any) -> Tenant:
        token = request.resolver_match.kwargs["token"]
        return Tenant.objects.get(pk=UUID(signing.loads(token, salt=case_links._SALT)[0]))

    patch.setattr(form_views, "shop_of", leaky)


@leak("case link good at another shop", broke="FreeScout's tracking", caught_by="scanner cell", plant=_shop_of_token)
def follow_a_case_link(world: World) -> Iterator[str]:
    token = case_links.token_for(world.northlight, world.planted["northlight"].conversation)
    if world.shop(world.northlight).get(f"/api/case/{token}").status_code != 200:
        yield "the link is not good at its own shop"
    answer = world.shop(world.acme).get(f"/api/case/{token}")
    if answer.status_code != 404:
        yield f"the link gets {answer.status_code} at another shop"


def _shop_by_name(patch: pytest.MonkeyPatch, world: World) -> None:
    shop_of = shop_door.shop_of

    def leaky(request: Any) -> Tenant:
        named = request.query_params.get("shop")
        return Tenant.objects.get(slug=named) if named else shop_of(request)

    patch.setattr(form_views, "shop_of", leaky)


@leak("form of the shop that the caller names", broke="Zammad's forms", caught_by="scanner", plant=_shop_by_name)
def open_another_form(world: World) -> None:
    world.shop(world.acme).get(f"/api/form/config?shop={world.northlight.slug}&lang=en")


def _shop_from_body(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(request: Any) -> Tenant:
        return Tenant.objects.get(pk=request.data["tenant"]) if "tenant" in request.data else shop_door.shop_of(request)

    patch.setattr(form_views, "shop_of", leaky)


@leak("tenant's id writable in the body", broke="Chatwoot 2026", caught_by="rows", plant=_shop_from_body)
def write_to_another_shop(world: World) -> Iterator[str]:
    body = {
        "name": "A",
        "email": "a@x.example",
        "subject": "S",
        "text": "Dov'è?",
        "category": "other",
        "language": "it",
    }
    body |= {"order_number": "", "client_key": "k", "website": "", "tenant": str(world.northlight.pk)}
    answer = world.shop(world.acme).post("/api/form/messages", body, content_type="application/json")
    if answer.status_code != 200:
        yield f"the own form gets {answer.status_code} {answer.content!r}"
