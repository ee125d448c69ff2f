"""The client's side of HTTP, SMTP and the socket, for hundreds of clients in one event loop.

A call that broke says ``Broken``: whether the server acted on it is unknown, as for any client of the real world.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 12.0
LASTING = 8.0


class Broken(Exception):
    """No whole answer came."""


@dataclass(slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status < 300

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class Http:
    """One kept-alive connection to one host by name; calls follow each other."""

    def __init__(self, port: int, host: str, headers: dict[str, str] | None = None) -> None:
        self.port = port
        self.host = f"{host}:{port}"
        self.headers = {"Host": self.host, "Origin": f"http://{self.host}", **(headers or {})}
        self._pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Answer:
        """One request; Broken if the connection failed, ended early or stayed silent."""
        content = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in {**self.headers, **(headers or {})}.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}", "", ""]
        try:
            async with asyncio.timeout(patience):
                if self._pipe is None or _has_ended(*self._pipe):
                    self.drop()
                    self._pipe = await asyncio.open_connection("127.0.0.1", self.port)
                reader, writer = self._pipe
                writer.write("\r\n".join(lines).encode() + content)
                await writer.drain()
                answer = await _answer(reader)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as error:
            self.drop()
            raise Broken(type(error).__name__) from error
        except asyncio.CancelledError:
            self.drop()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.drop()
        return answer

    def drop(self) -> None:
        if self._pipe is not None:
            with contextlib.suppress(Exception):
                self._pipe[1].transport.abort()
            self._pipe = None


def _has_ended(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether a kept-alive connection ended while it was idle: no client of the real world asks anything on it."""
    return reader.at_eof() or writer.is_closing()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ")[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        parts = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            parts.append(await reader.readexactly(size))
            await reader.readline()
        await reader.readline()
        return Answer(status, headers, b"".join(parts))
    if status in (204, 304):
        return Answer(status, headers, b"")
    return Answer(status, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


class Backoff:
    """How long our own pages wait before they open a socket again: the longer, the oftener it did not last."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._attempt, self._began = chance, 0, 0.0

    def begin(self) -> None:
        self._began = time.monotonic()

    async def wait(self) -> None:
        self._attempt = 0 if time.monotonic() - self._began > LASTING else self._attempt + 1
        await asyncio.sleep(min(15.0, 0.5 * 2 ** min(self._attempt, 10)) * (0.5 + self._chance.random() / 2))


@asynccontextmanager
async def open_socket(http: Http, path: str) -> AsyncIterator[ClientConnection]:
    """A web socket at the same host and with the same cookies; Broken when it does not open."""
    cookies = {name: value for name, value in http.headers.items() if name == "Cookie"}
    try:
        socket = await connect(
            f"ws://{http.host}{path}",
            host="127.0.0.1",
            port=http.port,
            origin=Origin(f"http://{http.host}"),
            additional_headers=cookies,
            open_timeout=6,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            proxy=None,
        )
    except Exception as error:  # whatever went wrong on the way, the client sees a socket that did not open
        raise Broken(type(error).__name__) from error
    try:
        yield socket
    finally:
        with contextlib.suppress(Exception):
            socket.transport.abort()


async def send_mail(port: int, sender: str, recipient: str, content: bytes) -> tuple[int, str]:
    """Hand one mail to the SMTP door; its last answer. Broken when the door fell silent after the content."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                return await _smtp(reader, writer, sender, recipient, content)
            finally:
                writer.transport.abort()
    except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as error:
        raise Broken(type(error).__name__) from error


async def _smtp(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sender: str, recipient: str, content: bytes
) -> tuple[int, str]:
    code, text = await _reply(reader)
    steps = [b"EHLO client.example", f"MAIL FROM:<{sender}>".encode(), f"RCPT TO:<{recipient}>".encode(), b"DATA"]
    for step in steps:
        if code >= 400:
            return code, text
        writer.write(step + b"\r\n")
        code, text = await _reply(reader)
    if code != 354:
        return code, text
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    writer.write(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    await writer.drain()
    return await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> tuple[int, str]:
    while True:
        line = (await reader.readuntil(b"\r\n")).decode("latin-1")
        if line[3:4] != "-":
            return int(line[:3]), line[4:].strip()
