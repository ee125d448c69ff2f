"""Doorbells to browsers: the only module that knows the transport.

One Valkey channel, one subscription per process, groups kept in the process, each frame encoded
once by the teller. A doorbell may be lost: readers notice the gap in ``n`` or ``seq`` and ask the API.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from kernel.access import Audience, Key, Undeclared, client, names_audience, shopper, staff, system
from kernel.events import Event, LiveAway, Resync, encode
from kernel.patience import Patience

log = logging.getLogger(__name__)

# Valkey's channels cross its databases; the number keeps neighbours on one server (tests) apart.
_DATABASE = urlsplit(settings.VALKEY_URL).path.strip("/") or "0"
CHANNEL = f"live:{_DATABASE}"
DISPATCH_CHANNEL = f"dispatch:{_DATABASE}"
_SEPARATOR = b"\n"

Listener = Callable[[bytes], None]
# So long nobody tries to ring again after a failure; so often a silent subscription is asked whether it stands.
AWAY_SECONDS = 1.0
PING_SECONDS = 3.0


@names_audience(staff(opens="desk", by="own"))
def person_feed(person_id: UUID | str) -> str:
    return f"person:{person_id}"


@names_audience(staff("supervisor", "operator", opens="floor", by="role"))
def floor_feed() -> str:
    return "floor"


@names_audience(client(opens="client"))
def portal_feed(tenant_id: UUID | str) -> str:
    """The open portals of one client: its own figures moved, or a dispute of its own was answered."""
    return f"portal:{tenant_id}"


@names_audience(shopper(opens="visitor", why="the socket asks for the token of the visitor whose conversation it is"))
def shopper_feed(tenant_id: UUID | str, conversation_id: UUID | str) -> str:
    """What the shopper may hear of one conversation: no notes, nothing internal."""
    return f"shopper:{tenant_id}:{conversation_id}"


@names_audience(staff(opens="conversation", by="accreditation"))
def conversation_feed(tenant_id: UUID | str, conversation_id: UUID | str) -> str:
    """Audience of one conversation; the tenant is part of the name."""
    return f"conversation:{tenant_id}:{conversation_id}"


@names_audience(system(opens="standing", by="rows"))
def standing_feed() -> str:
    """Every process that holds sockets: some right, session or shop is another now; ask how things stand."""
    return "standing"


# Commands that name no key; every other names one first.
_KEYLESS = frozenset({"PUBLISH", "PUBSUB", "PING", "SCAN", "INFO", "CLIENT", "DBSIZE", "FLUSHDB", "CONFIG"})


class _Valkey(redis.Redis):
    """Takes keys of declared builders only."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        _require_key(args)
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> redis.client.Pipeline:
        return _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class _Pipeline(redis.client.Pipeline):
    def execute_command(self, *args: Any, **options: Any) -> Any:
        _require_key(args)
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


def _require_key(args: tuple[Any, ...]) -> None:
    if args[0] not in _KEYLESS and not (len(args) > 1 and isinstance(args[1], Key)):
        raise Undeclared("a key of Valkey comes from a builder that declares it (kernel.access.names_key)")


def _require_audience(audience: str) -> None:
    if not isinstance(audience, Audience):
        raise Undeclared("an audience comes from a builder that declares it (kernel.access.names_audience)")


# It connects with its first question, and takes notice of a fork by itself. Made here and not by whoever asks first:
# of two clients made at once, one is thrown away, and closes the connections of those who hold its pool.
_client: redis.Redis = _Valkey.from_url(
    settings.VALKEY_URL, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1)
)


def valkey() -> redis.Redis:
    """The process's client for keys (thread-safe, pooled)."""
    return _client


def tell(event: Event, *audiences: str) -> None:
    """Ring ``audiences`` with ``event`` once the transaction has committed."""
    tell_each([(event, audiences)])


def tell_each(told: Iterable[tuple[Event, Sequence[str]]]) -> None:
    """Ring with each event its audiences once the transaction has committed; all leave as one message."""
    frames = []
    for event, audiences in told:
        for audience in audiences:
            _require_audience(audience)
        frames.append(",".join(audiences).encode() + _SEPARATOR + encode(event))
    together = _SEPARATOR.join(frames)
    transaction.on_commit(lambda: _publish(CHANNEL, together))


def call_the_roll() -> None:
    """Once the transaction has committed, every process asks at once who may still listen; a sweep does so anyway."""
    frame = standing_feed().encode() + _SEPARATOR
    transaction.on_commit(lambda: _publish(CHANNEL, frame))


def wake_dispatcher(*changed: str) -> None:
    """Ring the dispatcher once the transaction has committed.

    changed: which rows to look at, ``w:<work item>`` or ``a:<agent>``; none named means all.
    """
    frame = ",".join(changed).encode() or b"1"
    transaction.on_commit(lambda: _publish(DISPATCH_CHANNEL, frame))


class _Ringer:
    """One connection of the process on which doorbells leave without waiting for an answer. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: Any = None
        self._patience = Patience(AWAY_SECONDS)
        self._was_away = False

    def ring(self, channel: str, frame: bytes) -> None:
        """Send; once more on a new connection where the old one is gone. RedisError or OSError if that fails too, and
        for a second after that without a try."""
        self._require_patience()
        with self._lock:
            # Whoever waited here while somebody else's connection failed does not try it again.
            self._require_patience()
            if self._line is not None:
                try:
                    self._line.send_command("PUBLISH", channel, frame, check_health=False)
                    return
                except (redis.RedisError, OSError):
                    self._line.disconnect()
                    self._line = None
            if self._was_away:
                # One tries whether it is back; the others do not wait for what becomes of it.
                self._patience.lose()
            try:
                self._line = self._connect(channel, frame)
            except (redis.RedisError, OSError):
                self._was_away = True
                self._patience.lose()
                raise
            self._was_away = False
            self._patience.regain()

    @staticmethod
    def _connect(channel: str, frame: bytes) -> Any:
        """A line on which ``frame`` has left."""
        line: Any = valkey().connection_pool.make_connection()
        line.connect()
        line.send_command("CLIENT", "REPLY", "OFF")
        line.send_command("PUBLISH", channel, frame, check_health=False)
        return line

    def _require_patience(self) -> None:
        if self._patience.is_spent():
            raise redis.ConnectionError("Valkey was away a moment ago")

    def hurry(self) -> None:
        """Valkey is known to be back."""
        self._patience.regain()

    def forget(self) -> None:
        """In a child process: the connection is the parent's."""
        self._lock, self._line = threading.Lock(), None


_ringer = _Ringer()
os.register_at_fork(after_in_child=_ringer.forget)


def _publish(channel: str, frame: bytes) -> None:
    try:
        _ringer.ring(channel, frame)
    except (redis.RedisError, OSError):
        # The rows are committed; readers heal by their sequence numbers, the dispatcher by its poll.
        log.warning("doorbell lost on %s", channel)


class Hub:
    """The process's listeners by audience. Lives in one event loop.

    While no subscription stands, each listener is told so (``live.away``); once it stands again, to ask for what it
    missed (``resync``).
    """

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None
        self._is_away = False

    def join(self, audience: str, listener: Listener) -> None:
        _require_audience(audience)
        self._listeners[audience].add(listener)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.get_running_loop().create_task(self._read())
        if self._is_away:
            listener(encode(LiveAway()))

    def leave(self, audience: str, listener: Listener) -> None:
        listeners = self._listeners.get(audience)
        if listeners is None:
            return
        listeners.discard(listener)
        if not listeners:
            del self._listeners[audience]

    def deliver(self, raw: bytes) -> None:
        parts = iter(raw.split(_SEPARATOR))
        for head, frame in zip(parts, parts, strict=False):
            for audience in head.decode().split(","):
                for listener in tuple(self._listeners.get(audience, ())):
                    listener(frame)

    def tell_all(self, event: Event) -> None:
        """Everybody who listens in this process."""
        frame = encode(event)
        for listeners in tuple(self._listeners.values()):
            for listener in tuple(listeners):
                listener(frame)

    async def _read(self) -> None:
        delay = 0.05
        while True:
            client = redis.asyncio.Redis.from_url(
                settings.VALKEY_URL,
                socket_timeout=None,
                socket_connect_timeout=2,
                # It would come back by itself, unseen: what was rung meanwhile would be missed without a word.
                retry=AsyncRetry(NoBackoff(), 0),
            )
            try:
                async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    # A line that fell silent in its handshake would be waited for without end.
                    async with asyncio.timeout(2 * PING_SECONDS):
                        await pubsub.subscribe(CHANNEL)
                    delay = 0.05
                    await self._listen(pubsub)
            except (redis.RedisError, OSError):
                log.warning("live subscription lost; again in %.2f s", delay)
                if not self._is_away:
                    self._is_away = True
                    self.tell_all(LiveAway())
                await asyncio.sleep(delay)
                delay = min(delay * 2, 1.0)
            finally:
                with contextlib.suppress(redis.RedisError, OSError):
                    await client.aclose()

    async def _listen(self, pubsub: Any) -> None:
        """Until the line breaks, or nothing is heard on it though it was asked."""
        heard_at, is_asked = time.monotonic(), False
        await pubsub.ping()
        while True:
            async with asyncio.timeout(3 * PING_SECONDS):
                message = await pubsub.get_message(timeout=PING_SECONDS)
            if message is None:
                if is_asked and time.monotonic() - heard_at > 2 * PING_SECONDS:
                    raise TimeoutError("the live subscription fell silent")
                is_asked = True
                await pubsub.ping()
                continue
            heard_at, is_asked = time.monotonic(), False
            if self._is_away:
                # The answer to the first ping: what is published from now on is heard.
                self._is_away = False
                _ringer.hurry()
                self.tell_all(Resync())
                # Once more when every other process rings again, too.
                asyncio.get_running_loop().call_later(1.5 * AWAY_SECONDS, self.tell_all, Resync())
            if message["type"] == "message":
                self.deliver(message["data"])


hub = Hub()
