"""Posts signed webhooks over kept-alive connections, with as little of its own as possible."""

from __future__ import annotations

import json
import socket

from config.replay.sender import sign


class Caller:
    """One connection; ``post`` returns when the acknowledgement is read. Raises if it is not a 200."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, token: str, secret: str, *, key: str, sender: str, thread: str, text: str) -> None:
        body = json.dumps(
            {"id": key, "from": {"address": sender, "name": sender}, "text": text, "thread": thread, "subject": thread}
        ).encode()
        head = (
            f"POST /in/{token} HTTP/1.1\r\nHost: desk.localhost:{self.port}\r\nContent-Type: application/json\r\n"
            f"X-Centralita-Signature: {sign(secret, body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + body)
        self._read()

    def _read(self) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, rest = data.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"not acknowledged: {head.splitlines()[0]!r} {rest[:200]!r}")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if not lengths:
            raise RuntimeError("an answer without a length")
        left = int(lengths[0].split(b":")[1]) - len(rest)
        while left > 0:
            left -= len(self._more())

    def _more(self) -> bytes:
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the web process closed the connection")
        return chunk

    def close(self) -> None:
        self.socket.close()
