"""What is kept: models with their side of the wall, caches, storages; and the admin pages, of which there are none."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.contrib.admin.sites import all_sites

from config.surface.thing import Thing
from kernel.access import Access, system

# contenttypes stands on both sides, by django-tenants' own rule.
_SHOPS = system(opens="a client's rows", by="row", why="in the client's schema, entered by kernel.tenancy")
_BOOKS = system(opens="the BPO's books", by="row", why="public: no name, address, subject or text of a customer")


def kept() -> Iterator[Thing]:
    for model in apps.get_models(include_auto_created=True):
        yield Thing("model", model._meta.label, _side(model._meta.app_config.name), at=model.__module__)
    for alias, terms in settings.CACHES.items():
        function = terms.get("KEY_FUNCTION", "")
        access = _BOOKS if function == "config.caching.name_key" else None
        yield Thing("cache", alias, access, at=str(function or terms["BACKEND"]))
    for alias, terms in settings.STORAGES.items():
        closed = terms["BACKEND"] == "config.caching.NoStorage"
        yield Thing("django storage", alias, _NOBODY if closed else None, at=terms["BACKEND"])
    for site in all_sites:
        for model in site._registry:
            yield Thing("admin page", model._meta.label, None, at=site.name)


_NOBODY = system(opens="nothing", by="open", why="not in use, and refuses")


def _side(app: str) -> Access | None:
    is_shared, is_shops = app in settings.SHARED_APPS, app in settings.TENANT_APPS
    if is_shared == is_shops:
        return None
    return _SHOPS if is_shops else _BOOKS
