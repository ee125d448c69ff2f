"""Callers who go away must not keep connections of the pool."""

from __future__ import annotations

import socket

from people.models import Person
from tests.live_stack import LiveStack


def test_callers_who_go_away_do_not_use_up_the_pool(live_stack: LiveStack, lucia: Person) -> None:
    door = live_stack.http(lucia)
    cookies = "; ".join(f"{name}={value}" for name, value in door.cookies.items())
    ask = f"GET /api/desk/changes?since=-1 HTTP/1.1\r\nHost: {door.host}\r\nCookie: {cookies}\r\n\r\n".encode()
    for _ in range(60):
        with socket.create_connection(("127.0.0.1", live_stack.port)) as caller:
            caller.sendall(ask)
    assert door.get("/api/me", timeout=30).status_code == 200
