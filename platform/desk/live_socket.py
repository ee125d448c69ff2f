"""What the desk's and the portal's sockets have in common: frames wait in a bounded queue, and who is cut, is cut."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any, ClassVar

from channels.generic.websocket import AsyncWebsocketConsumer

from kernel.origins import is_same_origin

SIGN_IN, ORIGIN, SLOW = 4401, 4403, 4408
SILENT_SECONDS = 90.0


class LiveSocket(AsyncWebsocketConsumer):
    """A socket whose reader is served in order, or not at all. ``_leave`` takes it out of every ear."""

    pending_max: ClassVar[int]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Also when the database went away in the middle of a word: no transport tells of that.
            self._leave()

    async def disconnect(self, code: int) -> None:
        self._leave()

    def _begin(self) -> None:
        """What every socket has from its first moment on."""
        self._pending: asyncio.Queue[bytes] = asyncio.Queue(self.pending_max)
        self._tasks: list[asyncio.Task[None]] = []
        self._heard_at = time.monotonic()

    def _leave(self) -> None:
        raise NotImplementedError

    def _is_silent(self) -> bool:
        return time.monotonic() - self._heard_at > SILENT_SECONDS

    def _put(self, frame: bytes) -> None:
        """A reader that does not keep up is closed with SLOW; its client comes back and asks for what it missed."""
        try:
            self._pending.put_nowait(frame)
        except asyncio.QueueFull:
            self._end(SLOW)

    def _start_sending(self) -> None:
        self._tasks = [asyncio.create_task(self._send_pending())]

    async def _send_pending(self) -> None:
        while True:
            frame = await self._pending.get()
            await self.send(text_data=frame.decode())

    def _end(self, code: int) -> None:
        """Hear and send nothing more, and close."""
        self._leave()
        self._tasks = [asyncio.get_running_loop().create_task(self._cut(code))]

    async def _cut(self, code: int) -> None:
        with contextlib.suppress(Exception):
            await self.close(code)

    async def _refuse(self, code: int) -> None:
        # Accepted first: a browser does not learn the code of a refused handshake.
        await self.accept()
        await self.close(code)

    def _is_same_origin(self) -> bool:
        headers = dict(self.scope["headers"])
        origin, host = headers.get(b"origin", b"").decode("latin-1"), headers.get(b"host", b"").decode("latin-1")
        return is_same_origin(origin, host)
