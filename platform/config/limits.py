"""What one request may hold, looked at before anything is read into memory; and refusals of views outside the API."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.answers import TOO_BIG, answer
from kernel.errors import Refusal

_FORMS = ("multipart/form-data",)


class RequestLimits:
    """413 for a body over its limit, whoever sends it; a ``Refusal`` of any view as its JSON."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = settings.UPLOAD_MAX_BYTES if request.content_type in _FORMS else settings.JSON_MAX_BYTES
        if _size_of(request) > most:
            return answer(TOO_BIG, request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(error, request) if isinstance(error, Refusal) else None


def _size_of(request: HttpRequest) -> int:
    """Bytes of the body: as declared (the server holds the sender to it), else as they lie in the server's spool."""
    declared = str(request.META.get("CONTENT_LENGTH") or "")
    if declared.isascii() and declared.isdigit():
        return int(declared)
    spool = getattr(request, "_stream", None)
    try:
        size = int(spool.seek(0, os.SEEK_END))  # type: ignore[union-attr]
        spool.seek(0)  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError, TypeError):
        return 0
    return size
