"""The limit: one durable commit, one Valkey hop, one socket write; nothing else of ours.

A listener process subscribes and writes each doorbell to the sockets that are connected to it. The driver
inserts, commits, publishes, and waits until the socket has it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import threading
import time
from typing import Any

import psycopg
import redis
import redis.asyncio

from kernel.ids import new_id

CHANNEL = "bench-floor"


def _insert(db: psycopg.Connection[Any]) -> None:
    """An ordinary row: a name, a time, 250 bytes of text, two indexes."""
    db.execute("INSERT INTO bench_floor VALUES (%s, now(), %s)", [new_id(), "x" * 250], prepare=True)


def _listen(valkey_url: str, ready: Any) -> None:
    async def main() -> None:
        writers: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(lambda reader, writer: writers.append(writer), "127.0.0.1", 0)
        client = redis.asyncio.Redis.from_url(valkey_url)
        pubsub = client.pubsub(ignore_subscribe_messages=True)
        await pubsub.subscribe(CHANNEL)
        ready.put(server.sockets[0].getsockname()[1])
        async for message in pubsub.listen():
            for writer in writers:
                writer.write(message["data"])

    asyncio.run(main())


class Floor:
    """Use as a context manager; ``latencies`` and ``rate`` each make one round."""

    def __init__(self, database_url: str, valkey_url: str) -> None:
        self.database_url = database_url
        self.valkey = redis.Redis.from_url(valkey_url)
        self.valkey_url = valkey_url

    def __enter__(self) -> Floor:
        context = multiprocessing.get_context("spawn")
        ready = context.Queue()
        self.process = context.Process(target=_listen, args=(self.valkey_url, ready), daemon=True)
        self.process.start()
        self.socket = socket.create_connection(("127.0.0.1", ready.get(timeout=20)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with psycopg.connect(self.database_url, autocommit=True) as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS bench_floor (id uuid PRIMARY KEY, at timestamptz NOT NULL, body text)"
            )
            db.execute("CREATE INDEX IF NOT EXISTS bench_floor_at ON bench_floor (at)")
        self.db = psycopg.connect(self.database_url, autocommit=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.db.close()
        self.process.terminate()
        self.process.join()

    def latencies(self, count: int) -> list[float]:
        """Seconds from before the INSERT until the socket has the doorbell, one at a time."""
        taken = []
        for _ in range(count):
            start = time.perf_counter()
            _insert(self.db)
            self.valkey.publish(CHANNEL, b"x")
            self.socket.recv(1)
            taken.append(time.perf_counter() - start)
        return taken

    def rate(self, count: int, in_flight: int) -> float:
        """Doorbells a second that reach the socket with ``in_flight`` writers."""
        each = count // in_flight
        connections = [psycopg.connect(self.database_url, autocommit=True) for _ in range(in_flight)]

        def write(db: psycopg.Connection[Any]) -> None:
            for _ in range(each):
                _insert(db)
                self.valkey.publish(CHANNEL, b"x")

        threads = [threading.Thread(target=write, args=(db,)) for db in connections]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        got = 0
        while got < each * in_flight:
            got += len(self.socket.recv(4096))
        taken = time.perf_counter() - start
        for thread in threads:
            thread.join()
        for db in connections:
            db.close()
        return each * in_flight / taken
