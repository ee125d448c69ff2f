"""Whole addresses of our own hosts. They come from the settings, never from a request's Host header."""

from __future__ import annotations

from django.conf import settings


def origin_of(host: str) -> str:
    """``https://desk.example``: scheme, host, and the port where it is not the usual one."""
    port = "" if settings.PORT in ("80", "443") else f":{settings.PORT}"
    return f"{settings.SCHEME}://{host}{port}"


def files_origin() -> str:
    return origin_of(settings.FILES_HOST)


def shop_origin(slug: str) -> str:
    return origin_of(f"{slug}.{settings.DOMAIN}")
