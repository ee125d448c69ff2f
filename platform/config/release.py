"""Gives the database connection back in the thread that used it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse

_SAFE = ("GET", "HEAD")


class ReleaseConnection:
    """Runs all that is inside it in one thread, and returns the thread's connection to the pool at the end.

    Under ASGI a caller who goes away cancels the request, and Django's own end of the request does not come; the thread
    still runs to its end. Without this each such caller would keep a connection of the pool for ever.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.get_response(request)
            if request.method in _SAFE and getattr(response, "was_cut_off", False) and not connection.in_atomic_block:
                # It was given out alive and was cut off before it answered: what only reads is asked once more.
                connection.close()
                response = self.get_response(request)
            return response
        finally:
            if not connection.in_atomic_block:  # a caller's transaction, as in tests, is theirs to end
                close_old_connections()
