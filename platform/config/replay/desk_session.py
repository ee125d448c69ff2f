"""A member of staff at the desk, through the real API and socket: what the console does, without a screen."""

from __future__ import annotations

import json
import socket
from typing import Any

import requests
from websockets import Origin
from websockets.sync.client import ClientConnection, connect


class DeskSession:
    """Signed in by allauth headless; every call raises on an unexpected status."""

    def __init__(self, *, port: int, email: str, password: str, host: str = "desk.localhost") -> None:
        self.port = port
        self.host = f"{host}:{port}"
        self.http = requests.Session()
        self.http.headers["Host"] = self.host
        self.http.headers["Origin"] = f"http://{self.host}"
        self.get("/api/csrf")
        self.post("/_allauth/browser/v1/auth/login", {"email": email, "password": password})
        self.me: dict[str, Any] = self.get("/api/me")

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> Any:
        answer = self.http.get(self._url(path), timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.post_raw(path, body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def post_raw(self, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        token = self.http.cookies.get("csrftoken") or ""
        return self.http.post(self._url(path), json=body or {}, headers={"X-CSRFToken": token}, timeout=30)

    def socket(self) -> ClientConnection:
        return open_socket(self.port, self.host, "; ".join(f"{each.name}={each.value}" for each in self.http.cookies))


def open_socket(port: int, host: str, cookies: str) -> ClientConnection:
    return connect(
        f"ws://{host}/ws/desk/",
        sock=socket.create_connection(("127.0.0.1", port)),
        origin=Origin(f"http://{host}"),
        additional_headers={"Cookie": cookies},
        # An agent who works on what rang reads no frames meanwhile. With a bounded queue nothing more is read off
        # the line then, pings and pongs neither, and each end takes the other for gone.
        max_queue=None,
    )


def heartbeat(connection: ClientConnection) -> None:
    connection.send(json.dumps({"type": "heartbeat"}))
