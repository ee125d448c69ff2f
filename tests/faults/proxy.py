"""A userspace TCP proxy in a process of its own: links that can be slowed, silenced, half-opened and cut.

``python -m tests.faults.proxy '{"browser": [8001, 8002], "web1-db": [5432]}'`` prints the port of each link as one
line of JSON, then obeys lines of JSON on its input: ``{"link", "mode", "delay"?}``; each is answered by a line. With
several targets a link is a balancer: connections go round, past targets that do not take them.

Modes: ``open``; ``slow`` (each piece ``delay`` seconds late); ``blackhole`` (nothing passes, nobody is told, and what
was held passes when it opens again, as with packets lost on the way); ``deaf`` (answers are held, questions pass);
``half`` (the far end is closed and the near end is not told); ``cut`` (all reset, new ones too).
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count
from typing import Any

from config.launch.ports import LOOPBACK

HIGH_WATER = 1 << 18


class Pipe(asyncio.Protocol):
    """One end of a proxied connection."""

    def __init__(self, link: Link, peer: Pipe | None) -> None:
        self.link, self.peer = link, peer
        self.is_near = peer is None
        self.transport: asyncio.Transport | None = None
        self.held: list[bytes] = []
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(HIGH_WATER)
        self.link.pipes.add(self)
        if self.is_near:
            task = asyncio.get_running_loop().create_task(self.link.join(self))
            self.link.tasks.add(task)
            task.add_done_callback(self.link.tasks.discard)
        elif self.peer is not None:
            self.peer.peer = self
            self.peer.flush()

    def data_received(self, data: bytes) -> None:
        mode = self.link.mode
        if mode == "slow":
            asyncio.get_running_loop().call_later(self.link.delay, self.pass_on, data)
        elif mode == "open" or (mode == "deaf" and self.is_near):
            self.pass_on(data)
        else:
            self.held.append(data)

    def pass_on(self, data: bytes) -> None:
        if self.held or self.peer is None or self.peer.transport is None:
            self.held.append(data)
        elif not self.peer.transport.is_closing():
            self.peer.transport.write(data)

    def flush(self) -> None:
        if self.link.mode not in ("open", "slow") or self.peer is None or self.peer.transport is None:
            return
        held, self.held = self.held, []
        for data in held:
            if not self.peer.transport.is_closing():
                self.peer.transport.write(data)
        if self.ended:
            self.peer.transport.close()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.link.pipes.discard(self)
        self.ended = True
        if self.link.mode in ("blackhole", "deaf", "half"):
            return  # nobody is told
        self.flush()
        if self.peer is not None and self.peer.transport is not None:
            self.peer.transport.close()

    def pause_writing(self) -> None:
        if self.peer is not None and self.peer.transport is not None:
            self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.peer is not None and self.peer.transport is not None and not self.peer.transport.is_closing():
            self.peer.transport.resume_reading()


class Link:
    def __init__(self, targets: list[int]) -> None:
        self.targets = targets
        self.mode, self.delay = "open", 0.0
        self.pipes: set[Pipe] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self._turn = count()
        self._opened = asyncio.Event()
        self._opened.set()

    async def serve(self) -> int:
        server = await asyncio.get_running_loop().create_server(lambda: Pipe(self, None), LOOPBACK, 0)
        self.server = server
        return int(server.sockets[0].getsockname()[1])

    async def join(self, near: Pipe) -> None:
        """Find a target for a new connection; while nothing passes, the connection waits."""
        if self.mode == "cut":
            return self._reset(near)
        await self._opened.wait()
        first = next(self._turn)
        for step in range(len(self.targets)):
            port = self.targets[(first + step) % len(self.targets)]
            try:
                await asyncio.get_running_loop().create_connection(lambda: Pipe(self, near), LOOPBACK, port)
            except OSError:
                continue
            if near.ended and near.peer is not None and near.peer.transport is not None:
                near.peer.transport.close()
            return None
        return self._reset(near)

    def obey(self, mode: str, delay: float) -> None:
        was, self.mode, self.delay = self.mode, mode, delay
        if mode in ("blackhole", "half"):
            self._opened.clear()
        else:
            self._opened.set()
        pipes = list(self.pipes)
        if mode == "cut" or was == "half":
            for pipe in pipes:
                self._reset(pipe)
        elif mode == "half":
            for pipe in pipes:
                if not pipe.is_near:
                    self._reset(pipe)
        elif mode in ("open", "slow"):
            for pipe in pipes:
                pipe.flush()
                if pipe.peer is not None and pipe.peer.ended:
                    self._reset(pipe)

    def _reset(self, pipe: Pipe) -> None:
        if pipe.transport is not None:
            pipe.transport.abort()


async def serve(targets: dict[str, list[int]]) -> None:
    links = {name: Link(ports) for name, ports in targets.items()}
    print(json.dumps({name: await link.serve() for name, link in links.items()}), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asked: dict[str, Any] = json.loads(line)
        links[asked["link"]].obey(asked["mode"], float(asked.get("delay", 0)))
        print("ok", flush=True)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
