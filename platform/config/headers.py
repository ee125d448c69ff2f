"""What every answer tells the browser to forbid. One middleware for all doors; a view may be stricter, never laxer by
accident: what it set itself stays, what it left out is filled in here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kernel.links import files_origin

# The one page that a shop may put into a frame, on the pages that it named.
FRAMED_PAGE = "/chat/"
SHARED_FILES = ("/assets/", "/widget.js")
NOTHING = "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'"
_POWERS = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation"),
    *("gyroscope", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb"),
    *("screen-wake-lock", "xr-spatial-tracking"),
)
PERMISSIONS = ", ".join(f"{power}=()" for power in _POWERS)
HSTS = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Stands outermost, so that errors and unknown hosts carry the headers too."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._async(request)
        return secure(request, self.get_response(request))

    async def _async(self, request: HttpRequest) -> HttpResponse:
        answer: Awaitable[HttpResponse] = self.get_response(request)
        return secure(request, await answer)


def secure(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    is_shared = request.path.startswith(SHARED_FILES) and response.status_code < 400
    is_framed = is_page and request.path == FRAMED_PAGE and getattr(request, "tenant", None) is not None
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _page_policy(request) if is_page else NOTHING,
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin" if is_shared or is_framed else "same-origin",
    }
    if not (is_page or is_shared):
        wanted["Cache-Control"] = "private, no-store"
    if not is_framed:
        wanted["X-Frame-Options"] = "DENY"
    if settings.SCHEME == "https":
        wanted["Strict-Transport-Security"] = HSTS
    for name, value in wanted.items():
        response.headers.setdefault(name, value)
    return response


def _page_policy(request: HttpRequest) -> str:
    """Scripts of this host alone, none inline; sockets to this host; pictures also from the host of files."""
    tenant = getattr(request, "tenant", None)
    socket = f"{'wss' if settings.SCHEME == 'https' else 'ws'}://{request.get_host()}"
    ancestors = "'none'"
    if tenant is not None and request.path == FRAMED_PAGE:
        ancestors = " ".join(["'self'", *tenant.embedding_origins])
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "worker-src": "'self'",
        # Dialogs hold the page still by a style of their own, and mail is laid out by the styles that it brought.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: {files_origin()}",
        "font-src": "'self'",
        "connect-src": f"'self' {socket}",
        "frame-src": "'self'",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": ancestors,
    }
    return "; ".join(f"{rule} {value}" for rule, value in rules.items())
