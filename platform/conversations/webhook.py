"""POST /in/<line token>: carriers' webhooks. A lean ASGI application that stands before Django's handler.

Each line has its thread, and each thread its connection: the messages of one line are taken in the order in which
they were acknowledged. The answer leaves after the COMMIT of the receipt; the same thread then takes the message in.
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
from django.db import InterfaceError, OperationalError, connection, transaction

from carriers.registry import carrier_for
from conversations import doorbells, language, receipts
from conversations.models import Receipt
from kernel.errors import Refusal
from kernel.tenancy import enter
from tenants import directory
from tenants.models import Line

log = logging.getLogger(__name__)

PREFIX = "/in/"
BODY_MAX = 2 * 1024 * 1024
WAITING_MAX = 500  # messages that wait for one thread; beyond it the carrier is asked to come again
_FRESH_SECONDS = 5.0
_KNOWN_MAX = 10_000
# A backend that has touched many schemas holds their catalogues in memory.
_TENANTS_PER_CONNECTION = 150
_SECONDS_PER_CONNECTION = 600.0

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Scope = dict[str, Any]
Reply = Callable[[int, dict[str, Any]], None]

_known: dict[str, tuple[float, Line | Refusal]] = {}
_thread = threading.local()


class Webhooks:
    """Answers what begins with /in/; everything else goes to ``app``."""

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
            return 503, {"code": "busy", "message": "Too much at once; nothing was stored. Send it again in a moment."}
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[tuple[int, dict[str, Any]]] = loop.create_future()

        def reply(status: int, content: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(_resolve, answered, (status, content))

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        thread.submit(take, token, headers, body, reply)
        return await answered


def take(token: str, headers: Mapping[str, str], body: bytes, reply: Reply) -> None:
    """Verify, store, answer, take in; runs in the line's thread."""
    try:
        line, receipt, is_new = _accept(token, headers, body)
    except Refusal as refusal:
        reply(refusal.status, refusal.as_json())
        return
    except Exception as error:
        _drop_connection(error)
        log.exception("a webhook was not stored")
        reply(503, {"code": "not_stored", "message": "The message could not be stored; send it again."})
        return
    reply(200, {"receipt": str(receipt.id)})
    if not is_new:
        return
    try:
        _take_in(line, receipt)
    except Exception as error:  # acknowledged and stored: the sweep takes it in
        _drop_connection(error)
        log.exception("receipt %s waits for the sweep", receipt.id)


def forget_lines() -> None:
    """Drop what was remembered about lines (in tests)."""
    _known.clear()


def line_of(token: str) -> Line:
    """The line of a token, remembered for some seconds; refusals too."""
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


def _accept(token: str, headers: Mapping[str, str], body: bytes) -> tuple[Line, Receipt, bool]:
    _freshen_connection()
    line = line_of(token)
    carrier = carrier_for(line)
    carrier.verify(line, headers, body)
    with enter(line.tenant):
        receipt, is_new = receipts.store(line=line, external_id=carrier.external_id(body), payload=body)
    _thread.tenants.add(line.tenant_id)
    return line, receipt, is_new


def _take_in(line: Line, receipt: Receipt) -> None:
    """The payload is at hand, so nothing is read again; a receipt that another hand settled rolls this one back."""
    if not settings.INBOUND_INLINE:
        doorbells.ring("conversations.take_in", line.tenant_id, receipt.id)
        return
    with enter(line.tenant):
        try:
            with transaction.atomic():
                receipts.handle(line.tenant, line, receipt)
        except receipts.AlreadyTaken:
            return
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # a poison message must not stop the others
            receipts.note_failure(receipt.id, error)


def _freshen_connection() -> None:
    """Give the thread's connection back after some minutes, or many tenants."""
    now = time.monotonic()
    born: float | None = getattr(_thread, "born", None)
    if born is None:
        _thread.born, _thread.tenants = now, set()
    elif now - born > _SECONDS_PER_CONNECTION or len(_thread.tenants) > _TENANTS_PER_CONNECTION:
        connection.close()
        _thread.born, _thread.tenants = now, set()


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
