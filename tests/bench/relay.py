"""Between two browsers: a page that joins a web socket, and a server that passes on what one says to the others."""

from __future__ import annotations

import http
import threading
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

_PAGE = b"""<!doctype html><p role=log></p><script>
const socket = new WebSocket(`ws://${location.host}/relay`);
bench.joined = new Promise((done) => (socket.onopen = () => done(true)));
bench.say = (text) => socket.send(text);
socket.onmessage = (event) => (document.querySelector("p").textContent = event.data);
</script>"""


class Relay:
    """Use as a context manager; ``port`` serves both."""

    def __init__(self) -> None:
        self._joined: list[ServerConnection] = []
        self._server = serve(self._hear, "127.0.0.1", 0, process_request=_answer, compression=None)
        self.port: int = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Relay:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()

    def _hear(self, connection: ServerConnection) -> None:
        self._joined.append(connection)
        for said in connection:
            for other in self._joined:
                if other is not connection:
                    other.send(said)


def _answer(connection: ServerConnection, request: Request) -> Any:
    del connection
    if request.path == "/relay":
        return None
    kind = Headers({"Content-Type": "text/html", "Content-Length": str(len(_PAGE)), "Connection": "close"})
    return Response(http.HTTPStatus.OK, "OK", kind, _PAGE)
