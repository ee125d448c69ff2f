"""POST /in/<line token>: carriers' webhooks. A lean ASGI application that stands before Django's handler.

Each line has its thread, and each thread its connection: the messages of one line are taken in the order in which
they were acknowledged. Receipt, conversation, clocks and work are one transaction; the answer leaves after its COMMIT.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from carriers.registry import carrier_for
from conversations import language, receipts
from conversations.models import Receipt
from kernel import away, statements
from kernel.access import carrier
from kernel.errors import Refusal
from tenants import directory
from tenants.models import Line

log = logging.getLogger(__name__)

PREFIX = "/in/"
BODY_MAX = 2 * 1024 * 1024
WAITING_MAX = 500  # messages that wait for one thread; beyond it the carrier is asked to come again
# Carriers give up after ten seconds or so and come again: what waited longer is work for nobody.
WAITED_MAX = 8.0
_FRESH_SECONDS = 0.8  # a suspended shop takes nothing in any more within a second
_KNOWN_MAX = 10_000
# A server process holds the catalogue and the plans of every schema that it has touched.
_TENANTS_PER_CONNECTION = 300
_SECONDS_PER_CONNECTION = 600.0

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Scope = dict[str, Any]
Reply = Callable[[int, dict[str, Any]], None]

BUSY = 503, {"code": "busy", "message": "Too much at once; nothing was stored. Send it again in a moment."}

_known: dict[str, tuple[float, Line | Refusal]] = {}
_thread = threading.local()


class Webhooks:
    """Answers what begins with /in/; everything else goes to ``app``."""

    access = carrier(opens="receipt", why="the line by its token, then the carrier's signature with the line's secret")

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[Any]], *, threads: int | None = None) -> None:
        self.app = app
        count = threads or settings.WEBHOOK_THREADS
        self._threads = [ThreadPoolExecutor(1, thread_name_prefix=f"webhook-{n}") for n in range(count)]
        # The language model takes two seconds to load: not at the cost of the first shopper.
        self._threads[0].submit(language.detect, "Where is my order?", ("en", "es"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> Any:
        path: str = scope["path"]
        if not path.startswith(PREFIX):
            return await self.app(scope, receive, send)
        status, body = await self._answer(scope, path[len(PREFIX) :].strip("/"), receive)
        content = orjson.dumps(body)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        if status == 503:
            headers.append((b"retry-after", str(away.RETRY_SECONDS).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        return await send({"type": "http.response.body", "body": content})

    async def _answer(self, scope: Scope, token: str, receive: Receive) -> tuple[int, dict[str, Any]]:
        if scope["method"] != "POST":
            return 405, {"code": "method_not_allowed", "message": "Send messages with POST."}
        body = await _read(receive)
        if body is None:
            return 413, {"code": "too_big", "message": f"At most {BODY_MAX} bytes are taken; nothing was stored."}
        thread = self._threads[zlib.crc32(token.encode("utf-8", "replace")) % len(self._threads)]
        if thread._work_queue.qsize() > WAITING_MAX:
            return BUSY
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[tuple[int, dict[str, Any]]] = loop.create_future()

        def reply(status: int, content: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(_resolve, answered, (status, content))

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        thread.submit(_take_in_time, time.monotonic() + WAITED_MAX, token, headers, body, reply)
        return await answered


def _take_in_time(until: float, token: str, headers: Mapping[str, str], body: bytes, reply: Reply) -> None:
    """What came later than it could be answered costs no more than saying so, or a jam would feed itself."""
    if time.monotonic() > until:
        reply(*BUSY)
    else:
        take(token, headers, body, reply)


def take(token: str, headers: Mapping[str, str], body: bytes, reply: Reply) -> None:
    """Verify, store, take in, answer; runs in the line's thread."""
    try:
        receipt = _accept_despite_a_lost_connection(token, headers, body)
    except Refusal as refusal:
        reply(refusal.status, refusal.as_json())
        return
    except Exception as error:
        _drop_connection(error)
        is_passing = away.is_passing(error)
        if is_passing:
            log.warning("a webhook was not stored: the database is away (%s)", type(error.__cause__ or error).__name__)
        else:
            log.exception("a webhook was not stored")
        message = "The message could not be stored; send it again."
        reply(503, {"code": away.CODE if is_passing else "not_stored", "message": message})
        return
    reply(200, {"receipt": str(receipt.id)})


def _accept_despite_a_lost_connection(token: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    """A second try on a new connection: the thread keeps its own, and a restarted database cut it off unseen.

    Whatever the first try stored is found again by the carrier's id.
    """
    try:
        return _accept(token, headers, body)
    except (OperationalError, InterfaceError) as error:
        _drop_connection(error)
        if not away.is_worth_another(error):
            raise
        return _accept(token, headers, body)


def forget_lines() -> None:
    """Drop what was remembered about lines (in tests)."""
    _known.clear()


def line_of(token: str) -> Line:
    """The line of a token, remembered for less than a second; refusals too."""
    found = _known.get(token)
    if found is None or time.monotonic() - found[0] > _FRESH_SECONDS:
        if len(_known) > _KNOWN_MAX:
            _known.clear()
        outcome: Line | Refusal
        try:
            # A NUL cannot be asked of the database, and names no line.
            outcome = directory.line_by_token("" if "\0" in token else token)
        except Refusal as refusal:
            outcome = refusal
        found = _known[token] = (time.monotonic(), outcome)
    if isinstance(found[1], Refusal):
        raise found[1]
    return found[1]


def _accept(token: str, headers: Mapping[str, str], body: bytes) -> Receipt:
    _freshen_connection()
    line = line_of(token)
    carrier = carrier_for(line)
    carrier.verify(line, headers, body)
    _thread.tenants.add(line.tenant_id)
    accept = receipts.accept_and_take_in if settings.INBOUND_INLINE else receipts.accept
    return accept(line=line, external_id=carrier.external_id(body), payload=body)


def _freshen_connection() -> None:
    """Give the thread's connection back after some minutes, or many tenants."""
    now = time.monotonic()
    if _thread.__dict__.get("raw") is not None and connection.connection is _thread.raw:
        if now - _thread.born < _SECONDS_PER_CONNECTION and len(_thread.tenants) < _TENANTS_PER_CONNECTION:
            return
        # Closed for good: given back to the pool as it is, it would go on holding them.
        _thread.raw.close()
        connection.close()
    statements.keep_plans()
    _thread.raw, _thread.born, _thread.tenants = connection.connection, now, set()


def _drop_connection(error: Exception) -> None:
    if isinstance(error, (OperationalError, InterfaceError)) or not connection.is_usable():
        connection.close()


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None when it is too long or the caller went away."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return None
        part = event.get("body", b"")
        size += len(part)
        if size <= BODY_MAX:
            parts.append(part)
        if not event.get("more_body", False):
            return b"".join(parts) if size <= BODY_MAX else None


def _resolve(future: asyncio.Future[Any], value: Any) -> None:
    if not future.done():
        future.set_result(value)
