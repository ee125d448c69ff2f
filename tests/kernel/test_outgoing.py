"""Outgoing HTTP: public addresses alone, the address that was judged, each redirect again, within bounds."""

from __future__ import annotations

import ast
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from kernel import outgoing

Lookup = Callable[..., list[Any]]


class Server(ThreadingHTTPServer):
    """Answers by the path, and writes down what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.moves: dict[str, tuple[int, str]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path in self.server.moves:
            status, place = self.server.moves[self.path]
            self.send_response(status)
            self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(100):
                    self.wfile.write(b"x")
                    time.sleep(0.1)
        elif self.path == "/big":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(200):
                    self.wfile.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")
        else:
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

    do_POST = do_GET  # noqa: N815 - the name that the server calls

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def allowed(server: Server, settings: Any) -> Server:
    settings.OUTGOING_LOCAL_ORIGINS = [server.url]
    return server


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A resolver at the socket: each lookup gets the next answer (the last one for ever); what was looked up."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(str(host))
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_an_allowed_local_server_is_asked_and_knows_who_asks(allowed: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    answer = outgoing.ask("POST", f"{allowed.url}/x?y=1", headers={"X-A": "b", "Host": "evil"}, body=b"{}")
    assert (answer.status, answer.content) == (200, b"hello")
    method, path, headers = allowed.asked[0]
    assert (method, path, headers["X-A"], headers["User-Agent"]) == ("POST", "/x?y=1", "b", outgoing.USER_AGENT)
    assert headers["Host"] == f"127.0.0.1:{allowed.server_port}"


def test_asvs_1_3_6_the_same_server_is_forbidden_without_the_setting(server: Server) -> None:
    with pytest.raises(outgoing.Forbidden):
        outgoing.ask("GET", server.url)
    assert server.asked == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "localhost",
        "localhost.", "0.0.0.0", "0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "168.63.129.16", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]", "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]", "[2001:db8::1]", "①②⑦.⓪.⓪.①",
    ],
)  # fmt: skip
def test_asvs_1_3_6_no_inner_address_however_it_is_written(server: Server, host: str) -> None:
    for url in (f"http://{host}:{server.server_port}/", f"https://{host}/"):
        with pytest.raises(outgoing.Forbidden):
            outgoing.ask("GET", url)
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "//example.com", "example.com", "",
        "http://user:word@example.com/", "http://user@example.com/", "http://exa mple.com/", "http://", "http:///x",
        "http://example.com\\@127.0.0.1/", "http://example.com:99999/", "http://example.com/\r\nX: y", "data:,x",
    ],
)  # fmt: skip
def test_only_plain_web_addresses(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, ["93.184.216.34"])
    with pytest.raises(outgoing.Forbidden):
        outgoing.ask("GET", url)
    assert asked == []


def test_a_name_that_leads_inside_is_forbidden_even_beside_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for inner in ("127.0.0.1", "10.0.0.1", "::1", "::ffff:10.0.0.1", "169.254.169.254"):
        names(monkeypatch, ["93.184.216.34", inner])
        with pytest.raises(outgoing.Forbidden):
            outgoing.ask("GET", "http://shop.example/")


def test_a_name_that_leads_elsewhere_a_moment_later_is_followed_to_the_judged_address_alone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the first answer is public, the next is this machine."""
    asked = names(monkeypatch, ["203.0.114.7"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(address: Any, *args: Any, **kwargs: Any) -> Any:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.connection.connection.create_connection", connect)
    with pytest.raises(outgoing.Unanswered):
        outgoing.ask("GET", f"http://shop.example:{server.server_port}/")
    assert asked == ["shop.example"]
    assert connected == [("203.0.114.7", server.server_port)]
    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_redirect_is_judged_again(allowed: Server, server: Server, status: int) -> None:
    secret = Server()
    threading.Thread(target=secret.serve_forever, daemon=True).start()
    try:
        allowed.moves = {"/a": (status, "/b"), "/b": (status, "/c"), "/evil": (status, f"{secret.url}/admin")}
        assert outgoing.ask("GET", f"{allowed.url}/a").url == f"{allowed.url}/c"
        with pytest.raises(outgoing.Forbidden):
            outgoing.ask("GET", f"{allowed.url}/evil")
        assert secret.asked == []
    finally:
        secret.shutdown()
        secret.server_close()


def test_redirects_carry_no_secret_to_another_server(allowed: Server, settings: Any) -> None:
    other = Server()
    threading.Thread(target=other.serve_forever, daemon=True).start()
    settings.OUTGOING_LOCAL_ORIGINS = [allowed.url, other.url]
    try:
        allowed.moves = {"/a": (302, f"{other.url}/b"), "/same": (302, "/c"), "/keep": (307, f"{other.url}/b")}
        outgoing.ask("POST", f"{allowed.url}/a", headers={"Authorization": "Bearer x", "X-Fine": "1"}, body=b"{}")
        method, _, headers = other.asked[0]
        assert (method, headers.get("Authorization"), headers["X-Fine"]) == ("GET", None, "1")
        outgoing.ask("GET", f"{allowed.url}/same", headers={"Authorization": "Bearer x"})
        assert allowed.asked[-1][2]["Authorization"] == "Bearer x"
        with pytest.raises(outgoing.Forbidden):
            outgoing.ask("POST", f"{allowed.url}/keep", body=b"{}")
    finally:
        other.shutdown()
        other.server_close()


def test_a_circle_of_redirects_ends(allowed: Server) -> None:
    allowed.moves = {"/a": (302, "/a")}
    with pytest.raises(outgoing.Unanswered):
        outgoing.ask("GET", f"{allowed.url}/a")
    assert len(allowed.asked) == outgoing.REDIRECTS + 1


def test_an_answer_that_is_too_long_or_too_slow_is_cut(allowed: Server) -> None:
    with pytest.raises(outgoing.Unanswered):
        outgoing.ask("GET", f"{allowed.url}/big", max_bytes=100_000)
    began = time.monotonic()
    with pytest.raises(outgoing.Unanswered):
        outgoing.ask("GET", f"{allowed.url}/slow", seconds=0.5)
    assert time.monotonic() - began < 3


# Under config: the launcher asks its own servers whether they are up, the replay plays shoppers and agents.
MAY_ASK = ("platform/kernel/outgoing.py", "platform/config/launch/", "platform/config/replay/")
CLIENTS = ("requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "pycurl", "httplib2")


def _imports(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return {name for name in found for client in CLIENTS if name == client or name.startswith(f"{client}.")}


def test_nothing_else_imports_an_http_client() -> None:
    root = Path(django_settings.ROOT)
    assert _imports("from urllib import request") and _imports("import requests.sessions")
    folders = ("platform", "tenants", "routing", "sla_contracts", "billing", "quality")
    sources = [path for folder in folders for path in (root / folder).rglob("*.py")]
    assert len(sources) > 100
    asking = {
        str(path.relative_to(root)): found for path in sources if (found := _imports(path.read_text(encoding="utf-8")))
    }
    assert "platform/kernel/outgoing.py" in asking
    assert {path for path in asking if not path.startswith(MAY_ASK)} == set()
