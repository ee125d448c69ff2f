"""Gives the database connection back in the thread that used it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse


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
            return self.get_response(request)
        finally:
            if not connection.in_atomic_block:  # a caller's transaction, as in tests, is theirs to end
                close_old_connections()
