"""The application with a tap: all that it says, and to whom, is written to the file that CANARY_TAP names.

Only tests start it. What a browser, a carrier or a socket gets is judged by ``tests.canary_watch``.
"""

from __future__ import annotations

import base64
import json
import os
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from django.conf import settings

from config.asgi import application as inner

BODY_MAX = 3_000_000
_STATIC = ("/assets/", "/widget.js")


class Tap:
    def __init__(self, app: Any, path: Path) -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(_STATIC):
            return await self.app(scope, receive, send)
        call = _Call(scope)

        async def hear() -> Any:
            event = await receive()
            call.hear(event)
            return event

        async def say(event: dict[str, Any]) -> None:
            if call.say(event):
                self._write(call)
            await send(event)

        return await self.app(scope, hear, say)

    def _write(self, call: _Call) -> None:
        # One write of a whole line: processes that share the file do not mix, and a kill cuts the last line only.
        with self.path.open("ab", buffering=0) as file:
            file.write(call.line())


class _Call:
    def __init__(self, scope: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        query = scope.get("query_string", b"").decode("latin-1")
        self.kind = scope["type"]
        self.what = f"{scope.get('method', 'WS')} {scope['path']}{'?' + unquote(query) if query else ''}"
        self.host = headers.get(b"host", b"").decode("latin-1")
        self.session = _session_of(headers.get(b"cookie", b"").decode("latin-1"))
        self.asked, self.content, self.status = b"", b"", 0

    def hear(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.request":
            self.asked = (self.asked + event.get("body", b""))[:BODY_MAX]
        elif event["type"] == "websocket.receive":
            self.asked = (self.asked + (event.get("bytes") or (event.get("text") or "").encode()))[-BODY_MAX:]

    def say(self, event: dict[str, Any]) -> bool:
        """Takes in what is said; whether it is whole and should be written."""
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.content = b"\n".join(name + b": " + value for name, value in event.get("headers", ())) + b"\n\n"
            return False
        if event["type"] == "http.response.body":
            self.content = (self.content + event.get("body", b""))[:BODY_MAX]
            return not event.get("more_body", False)
        if event["type"] == "websocket.send":
            self.content = event.get("bytes") or (event.get("text") or "").encode()
            return True
        return False

    def line(self) -> bytes:
        row = {
            "what": f"{self.what} {self.status or 'frame'}",
            "host": self.host,
            "session": self.session,
            "asked": base64.b64encode(self.asked).decode(),
            "content": base64.b64encode(self.content).decode(),
        }
        return json.dumps(row).encode() + b"\n"


def _session_of(header: str) -> str:
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return ""
    name = settings.SESSION_COOKIE_NAME
    return jar[name].value if name in jar else ""


_place = os.environ.get("CANARY_TAP")
application = cast(Any, Tap(inner, Path(_place)) if _place else inner)
