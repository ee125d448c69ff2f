"""Which door a request stands at: the desk, the host of files, or one client shop. No schema is entered here."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from channels.db import database_sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.answers import NO_SHOP, answer
from config.embedding import may_open_socket
from tenants.models import Domain, Tenant

WRONG_ORIGIN, NO_SOCKET = 4403, 4404

# A suspended shop's doors are shut within a second.
_FRESH_SECONDS = 0.8
_seen: dict[str, tuple[float, Tenant | None]] = {}


def forget_hosts() -> None:
    """Drop what was remembered about host names (after onboarding or suspending, and in tests)."""
    _seen.clear()


def host_name(header: str) -> str:
    return header.rsplit(":", 1)[0].lower() if not header.startswith("[") else header


def tenant_at(host: str) -> Tenant | None:
    """The active tenant of a host name, remembered for less than a second."""
    found = _seen.get(host)
    if found is not None and time.monotonic() - found[0] < _FRESH_SECONDS:
        return found[1]
    domain = Domain.objects.select_related("tenant").filter(domain=host).first()
    tenant = domain.tenant if domain and domain.tenant.status == Tenant.Status.ACTIVE else None
    if len(_seen) > 10_000:
        _seen.clear()
    _seen[host] = (time.monotonic(), tenant)
    return tenant


class HostMiddleware:
    """Sets ``request.tenant`` (None at our own hosts) and the URLs of that door; an unknown host is a 404."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._async(request)
        return self._open(request, tenant_at) or self.get_response(request)

    async def _async(self, request: HttpRequest) -> HttpResponse:
        host = host_name(request.get_host())
        if host in _own_hosts() or host in _seen:
            refused = self._open(request, tenant_at) if _is_fresh(host) else await self._open_in_thread(request)
        else:
            refused = await self._open_in_thread(request)
        if refused is not None:
            return refused
        answer: Awaitable[HttpResponse] = self.get_response(request)
        return await answer

    async def _open_in_thread(self, request: HttpRequest) -> HttpResponse | None:
        return cast(HttpResponse | None, await database_sync_to_async(self._open)(request, tenant_at))

    def _open(self, request: HttpRequest, lookup: Callable[[str], Tenant | None]) -> HttpResponse | None:
        host = host_name(request.get_host())
        own = _own_hosts().get(host)
        if own is not None:
            request.tenant = None  # type: ignore[attr-defined]
            request.urlconf = own
            return None
        tenant = lookup(host)
        if tenant is None:
            return answer(NO_SHOP, request)
        request.tenant = tenant  # type: ignore[attr-defined]
        request.urlconf = "config.urls_tenant"
        return None


def _own_hosts() -> dict[str, str]:
    return {settings.DESK_HOST: "config.urls_desk", settings.FILES_HOST: "config.urls_files"}


def _is_fresh(host: str) -> bool:
    if host in _own_hosts():
        return True
    found = _seen.get(host)
    return found is not None and time.monotonic() - found[0] < _FRESH_SECONDS


class HostScope:
    """The same for sockets: sets ``scope["tenant"]`` (None at the desk).

    Closes with 4404 where no socket is, and with 4403 what a page of another origin opens, whichever consumer it wants.
    """

    def __init__(self, app: Callable[..., Awaitable[Any]]) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        host = host_name(headers.get(b"host", b"").decode("latin-1"))
        tenant = None
        if host != settings.DESK_HOST:
            tenant = None if host in _own_hosts() else await database_sync_to_async(tenant_at)(host)
            if tenant is None:
                return await _refuse_socket(receive, send, NO_SOCKET)
        if not may_open_socket(headers, scope["path"], tenant):
            return await _refuse_socket(receive, send, WRONG_ORIGIN)
        return await self.app({**scope, "tenant": tenant, "desk": tenant is None}, receive, send)


async def _refuse_socket(receive: Any, send: Any, code: int) -> None:
    # Accepted first: a browser does not learn the code of a refused handshake.
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code})
