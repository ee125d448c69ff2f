"""Agents' sockets in a process of their own: 500 open, each frame stamped when it arrives (monotonic clock)."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import queue
import time
from typing import Any

from websockets.asyncio.client import connect

from config.replay.canaries import owners_in


def _hear(port: int, cookies: list[str], frames: Any, ready: Any) -> None:
    async def one(cookie: str, opened: asyncio.Semaphore, count: list[int]) -> None:
        async with opened:
            connection = await connect(
                f"ws://desk.localhost:{port}/ws/desk/",
                host="127.0.0.1",
                port=port,
                origin=f"http://desk.localhost:{port}",  # type: ignore[arg-type]
                additional_headers={"Cookie": cookie},
                ping_interval=None,
                open_timeout=60,
            )
            await connection.recv()
        count[0] += 1
        if count[0] == len(cookies):
            ready.put(True)
        beat = asyncio.create_task(_beat(connection))
        try:
            async for raw in connection:
                frames.put((time.perf_counter(), json.loads(raw)))
        finally:
            beat.cancel()

    async def main() -> None:
        opened, count = asyncio.Semaphore(8), [0]
        await asyncio.gather(*(one(cookie, opened, count) for cookie in cookies))

    asyncio.run(main())


async def _beat(connection: Any) -> None:
    while True:
        await asyncio.sleep(10)
        await connection.send('{"type":"heartbeat"}')


class Ears:
    def __init__(self, port: int, cookies: list[str]) -> None:
        context = multiprocessing.get_context("spawn")
        self.frames: Any = context.Queue()
        self.words = 0  # frames that said what somebody wrote
        ready = context.Queue()
        self.process = context.Process(target=_hear, args=(port, cookies, self.frames, ready), daemon=True)
        self.process.start()
        ready.get(timeout=180)

    def wait_for(self, kind: str, *, count: int = 1, patience: float = 20.0) -> list[tuple[float, dict[str, Any]]]:
        """The next ``count`` frames of a kind; others are passed over. TimeoutError with how many came."""
        found: list[tuple[float, dict[str, Any]]] = []
        deadline = time.monotonic() + patience
        while len(found) < count:
            try:
                at, frame = self.frames.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"{len(found)} of {count} frames {kind!r} came") from None
            self.words += bool(owners_in(json.dumps(frame)))
            if frame["type"] == kind:
                found.append((at, frame))
        return found

    def clear(self) -> None:
        while True:
            try:
                self.frames.get(timeout=0.05)
            except queue.Empty:
                return

    def close(self) -> None:
        self.process.terminate()
        self.process.join()
