"""Pages of other origins: those that the shop named may use its widget's API; every other is refused at any API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from config.answers import answer
from kernel.errors import Refusal
from kernel.origins import is_same_origin
from tenants.models import Tenant

WIDGET_API = "/api/widget/"
WIDGET_SOCKET = "/ws/widget/"
_APIS = ("/api/", "/_allauth/")
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",
}
FOREIGN = Refusal("foreign_origin", 403, "This page may not use this API; the shop has to name its origin first.")


def may_ask(origin: str, host: str, path: str, tenant: Tenant | None) -> bool:
    """Whether a page at ``origin`` may use ``path`` at ``host``: its own host's pages, and the shop's named ones."""
    if is_same_origin(origin, host):
        return True
    return tenant is not None and path.startswith((WIDGET_API, WIDGET_SOCKET)) and origin in tenant.embedding_origins


def may_open_socket(headers: Mapping[bytes, bytes], path: str, tenant: Tenant | None) -> bool:
    """The same for a socket's handshake, where a browser always says the origin: one that says none is refused."""
    origin, host = headers.get(b"origin", b"").decode("latin-1"), headers.get(b"host", b"").decode("latin-1")
    return may_ask(origin, host, path, tenant)


class ForeignPages:
    """No cookie goes either way: an embedded widget has a token. Requests without ``Origin`` are no page's."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        if not request.path.startswith(_APIS) or not origin or is_same_origin(origin, request.get_host()):
            return self._vary(request, self.get_response(request))
        if not may_ask(origin, request.get_host(), request.path, getattr(request, "tenant", None)):
            return self._vary(request, answer(FOREIGN))
        is_question = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204, headers=_ALLOWED) if is_question else self.get_response(request)
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        return self._vary(request, response)

    def _vary(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(WIDGET_API):
            patch_vary_headers(response, ["Origin"])
        return response
