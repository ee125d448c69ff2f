"""The doorbell on Valkey: which rows to look at. It may be lost; the poll of the rows finds what it missed."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import redis
from django.conf import settings

from kernel.live import DISPATCH_CHANNEL

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rings:
    """What changed: work items and agents by id; ``everything`` after a loss or a ring without names."""

    items: set[UUID] = field(default_factory=set)
    agents: set[UUID] = field(default_factory=set)
    everything: bool = False

    def add(self, frame: bytes) -> None:
        for name in frame.decode("ascii", "replace").split(","):
            kind, _, number = name.partition(":")
            try:
                if kind == "w":
                    self.items.add(UUID(number))
                elif kind == "a":
                    self.agents.add(UUID(number))
                else:
                    self.everything = True
            except ValueError:
                self.everything = True


class Doorbell:
    def __init__(self) -> None:
        self._pubsub: Any = None
        self._delay = 0.1
        self._again_at = 0.0

    def wait(self, seconds: float) -> Rings:
        """Everything rung until now; waits at most ``seconds`` for the first ring."""
        rings = Rings()
        if self._pubsub is None and not self._subscribe(rings):
            time.sleep(min(seconds, 0.2))
            return rings
        try:
            frame = self._pubsub.get_message(timeout=seconds)
            while frame is not None:
                if frame["type"] == "message":
                    rings.add(frame["data"])
                frame = self._pubsub.get_message(timeout=0)
        except (redis.RedisError, OSError):
            log.warning("dispatcher lost its doorbell; polling the rows until it is back")
            self.close()
        return rings

    def close(self) -> None:
        if self._pubsub is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                self._pubsub.close()
        self._pubsub = None

    def _subscribe(self, rings: Rings) -> bool:
        if time.monotonic() < self._again_at:
            return False
        try:
            client = redis.Redis.from_url(settings.VALKEY_URL, socket_timeout=5, socket_connect_timeout=1)
            pubsub: Any = client.pubsub()  # type: ignore[no-untyped-call]
            pubsub.subscribe(DISPATCH_CHANNEL)
        except (redis.RedisError, OSError):
            self._again_at = time.monotonic() + self._delay
            self._delay = min(self._delay * 2, 2.0)
            return False
        self._pubsub, self._delay = pubsub, 0.1
        rings.everything = True
        return True
