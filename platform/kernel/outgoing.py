"""The one door through which this platform asks other servers for something over HTTP.

Where a name leads is looked up once, judged, and that very address is connected to: a name that leads elsewhere a
moment later (DNS rebinding) leads nowhere. Each redirect is judged anew. ASVS 1.3.6, 13.2.4, 13.2.5.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import certifi
import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

from kernel.access import declares, system

USER_AGENT = "Centralita/0.1 (+https://centralita.example/outgoing)"
MAX_BYTES = 5 * 1024 * 1024
SECONDS = 10.0
REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_CHUNK = 65_536
# Public by the registries, and of a cloud's inside all the same.
_INNER = (ipaddress.ip_network("168.63.129.16/32"), ipaddress.ip_network("100.100.100.200/32"))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
_MOVED = (301, 302, 303, 307, 308)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(Exception):
    """This address may not be asked; nothing was sent."""


class Unanswered(Exception):
    """No whole answer came: the server is away, too slow, or says too much. It may have had the request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """url: where it came from in the end; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str


@dataclass(frozen=True, slots=True)
class _Target:
    """A judged URL and the one address that is connected to."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port


@declares("outgoing", system(opens="nothing", by="open", why="to public addresses alone, judged before each step"))
def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
) -> Answer:
    """Send one request and return the whole answer; raises Forbidden or Unanswered.

    ``seconds`` and ``max_bytes`` hold for all together, redirects included. Proxies of the environment are not used.
    """
    deadline = time.monotonic() + seconds
    sent = {name: value for name, value in (headers or {}).items() if name.lower() not in ("host", "user-agent")}
    target = _judge(url)
    for _ in range(REDIRECTS + 1):
        answer = _exchange(method, target, sent, body, max_bytes, deadline)
        place = answer.headers.get("location")
        if answer.status not in _MOVED or not place:
            return answer
        onward = _judge(urljoin(target.url, place))
        if (target.scheme, onward.scheme) == ("https", "http"):
            raise Forbidden("a redirect from https to http")
        if onward.origin != target.origin:
            sent = {name: value for name, value in sent.items() if name.lower() not in _SECRET_HEADERS}
            if body and answer.status in (307, 308):
                raise Forbidden("a redirect that would carry the content to another server")
        if answer.status not in (307, 308) and method != "HEAD":
            method, body = "GET", b""
        target = onward
    raise Unanswered("too many redirects")


def _judge(url: str) -> _Target:
    if any(char <= " " or char in '\\\x7f"<>' for char in url) or len(url) > 2000:
        raise Forbidden("this is no address of a web server")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if ":" in host else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise Forbidden("this is no address of a web server") from error
    if parts.scheme not in _PORTS or not host or parts.username is not None or parts.password is not None:
        raise Forbidden("only http and https, with a host and without a password")
    port = port if port is not None else _PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise Forbidden("an address is written in ASCII")
    address = _look_up(host, port, is_allowed_here=f"{parts.scheme}://{_bracketed(host)}:{port}" in _local_origins())
    return _Target(url, parts.scheme, host, port, path, address)


def _look_up(host: str, port: int, *, is_allowed_here: bool) -> str:
    """The address to connect to; Forbidden if any address of the name is not public."""
    literal = _literal(host)
    if literal is None and _looks_like_number(host):
        raise Forbidden("an address in decimal, octal or hexadecimal")
    if literal is not None:
        found = [literal]
    else:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unanswered("this name leads nowhere") from error
        found = [ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
    if not found:
        raise Unanswered("this name leads nowhere")
    if not is_allowed_here and not all(is_public(address) for address in found):
        raise Forbidden("this leads into a network that is not public")
    return str(found[0])


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could ask there too."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local:
        return False
    return address.is_global and not any(address in inner for inner in _INNER)


def _exchange(
    method: str, target: _Target, headers: Mapping[str, str], body: bytes, max_bytes: int, deadline: float
) -> Answer:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Unanswered("no whole answer in time")
    connection = _connect(target, left)
    # A server that speaks a letter a second would never run into the time-out of one read.
    watch = threading.Timer(left, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request(
            method,
            target.path,
            body=body or None,
            headers=_headers(target, headers),
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        content = _read(response, max_bytes, deadline)
        if time.monotonic() > deadline:
            raise Unanswered("no whole answer in time")
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, found, content, target.url)
    except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:
        raise Unanswered(f"no whole answer ({type(error).__name__})") from error
    except Exception as error:
        if type(error).__module__.startswith("http."):
            raise Unanswered(f"no whole answer ({type(error).__name__})") from error
        raise
    finally:
        watch.cancel()
        connection.close()


def _headers(target: _Target, headers: Mapping[str, str]) -> dict[str, str]:
    port = "" if target.port == _PORTS[target.scheme] else f":{target.port}"
    return {
        "Accept-Encoding": "identity",
        **headers,
        "Host": f"{_bracketed(target.host)}{port}",
        "User-Agent": USER_AGENT,
        "Connection": "close",
    }


@declares("outgoing", system(opens="nothing", by="open", why="to the address that was judged"))
def _connect(target: _Target, seconds: float) -> HTTPConnection:
    """To the judged address itself; the name is for the certificate and the Host header alone."""
    if target.scheme == "http":
        return HTTPConnection(target.address, target.port, timeout=seconds)
    return HTTPSConnection(
        target.address,
        target.port,
        timeout=seconds,
        server_hostname=target.host,
        assert_hostname=target.host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
    )


def _read(response: Any, max_bytes: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.read(_CHUNK, decode_content=False):
        size += len(part)
        if size > max_bytes:
            raise Unanswered("the answer is too long")
        if time.monotonic() > deadline:
            raise Unanswered("no whole answer in time")
        parts.append(part)
    return b"".join(parts)


def _cut(connection: HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _local_origins() -> frozenset[str]:
    """``scheme://host:port`` of servers on this machine or network that may be asked all the same."""
    return frozenset(settings.OUTGOING_LOCAL_ORIGINS)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _looks_like_number(host: str) -> bool:
    """What the C library takes for an IPv4 address though it is not written as one: 2130706433, 0x7f.1, 127.1."""
    last = host.rpartition(".")[2]
    return last.isdigit() or (last.startswith("0x") and all(char in "0123456789abcdef" for char in last[2:]))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
