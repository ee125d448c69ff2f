"""When the database is away: 503 with when to come again at every route, 4503 at every socket."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from itertools import cycle
from typing import Any

import orjson
from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from django.http import HttpRequest, HttpResponse

from kernel import away

log = logging.getLogger(__name__)

# Daphne sends no code below 3000 but 1000, hence not the standard's 1013.
TRY_AGAIN_LATER = 4503
HANDSHAKE_SECONDS = 4.0

_PAGE = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>…</title>
<p>This page is away for a moment and loads again by itself. · La página no está disponible en este momento; se
volverá a cargar sola.</p>
"""

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


def answer_for(error: BaseException, *, as_page: bool = False) -> HttpResponse | None:
    """503 for a database that is away, None for any other error."""
    if not away.is_passing(error):
        return None
    if as_page:
        response = HttpResponse(_PAGE, status=503)
    else:
        response = HttpResponse(orjson.dumps(away.refusal()), status=503, content_type="application/json")
    response["Retry-After"] = str(away.RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    response.was_cut_off = away.is_worth_another(error)  # type: ignore[attr-defined]
    # One line says so below; Django would add a traceback for each request of the meantime.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: whatever no view has answered, also in a middleware and in views that are not the API's."""
    error = sys.exc_info()[1]
    if error is not None:
        found = answer_for(error, as_page=_wants_page(request))
        if found is not None:
            log.warning("the database is away: %s", type(error.__cause__ or error).__name__)
            return found
    body = {"code": "server", "message": "Something went wrong on our side; nothing you wrote is lost. Try again."}
    return HttpResponse(orjson.dumps(body), status=500, content_type="application/json")


# Without a context asgiref does the database work of all sockets of a process in one thread: after a restart a hundred
# of them would wait for it longer than a handshake may last, and come again.
_LANES = [ThreadSensitiveContext() for _ in range(8)]
_lanes = cycle(_LANES)


class Sockets:
    """Around all sockets: one whose database work fails is closed with 4503, and its client comes back by itself."""

    def __init__(self, app: Callable[..., Awaitable[Any]]) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        SyncToAsync.thread_sensitive_context.set(next(_lanes))  # of this socket's task alone
        said, begun = set[str](), asyncio.Event()

        async def note(event: dict[str, Any]) -> None:
            said.add(event["type"])
            begun.set()
            await send(event)

        talk = asyncio.ensure_future(self.app(scope, receive, note))
        talk.add_done_callback(lambda _: begun.set())
        try:
            # Daphne gives a handshake five seconds; a browser that is refused in it does not learn why.
            await asyncio.wait_for(begun.wait(), HANDSHAKE_SECONDS)
            return await talk
        except TimeoutError:
            log.warning("a socket is closed: it waited too long for the database")
        except Exception as error:
            if not away.is_passing(error):
                raise
            log.warning("a socket is closed: the database is away (%s)", type(error).__name__)
        finally:
            talk.cancel()
        if "websocket.close" not in said:
            if "websocket.accept" not in said:
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        return None


def _wants_page(request: HttpRequest) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")
