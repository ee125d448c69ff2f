"""Doorbells leave the process, also those rung while its first connection is made; an absence is felt once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from django.conf import settings

from kernel import live
from kernel.patience import Patience
from tests.conversations.test_valkey_away import Turn, link_to_valkey

RINGERS = 8
# Valkey's channels are one for all its databases, and so for all who test at the same time.
CHANNEL = f"test-{live.CHANNEL}"
TIME_OUT = 1.0


@pytest.fixture
def link() -> Iterator[tuple[str, Turn]]:
    with link_to_valkey() as made:
        yield made


@pytest.fixture
def ringer(link: tuple[str, Turn], monkeypatch: pytest.MonkeyPatch) -> live._Ringer:
    """One that has not rung yet."""
    client = redis.Redis.from_url(link[0], socket_timeout=TIME_OUT, socket_connect_timeout=TIME_OUT)
    monkeypatch.setattr(live, "valkey", lambda: client)
    made = live._Ringer()
    made._patience = Patience(0.3)
    return made


@contextmanager
def heard(wanted: int) -> Iterator[list[bytes]]:
    """What was rung inside the block; waits for so many at its end."""
    frames: list[bytes] = []
    client: Any = redis.Redis.from_url(settings.VALKEY_URL)
    with client.pubsub(ignore_subscribe_messages=True) as ears:
        ears.subscribe(CHANNEL)
        ears.get_message(timeout=15)
        yield frames
        until = time.monotonic() + 10
        while len(frames) < wanted and time.monotonic() < until:
            if message := ears.get_message(timeout=0.2):
                frames.append(message["data"])
    client.close()


def ring_at_once(ringer: live._Ringer) -> list[str]:
    """So many threads ring together; what went wrong, and for whom."""
    together, wrong = threading.Barrier(RINGERS), list[str]()

    def ring(number: int) -> None:
        together.wait()
        try:
            ringer.ring(CHANNEL, f"{number}".encode())
        except (redis.RedisError, OSError) as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=ring, args=(number,)) for number in range(RINGERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_no_doorbell_is_dropped_while_another_thread_makes_the_first_connection(
    link: tuple[str, Turn], ringer: live._Ringer
) -> None:
    link[1]("slow", 0.1)
    with heard(RINGERS) as frames:
        assert ring_at_once(ringer) == []
    assert sorted(frames) == [f"{number}".encode() for number in range(RINGERS)]


def test_one_time_out_is_paid_when_valkey_falls_silent_and_it_rings_again_after(
    link: tuple[str, Turn], ringer: live._Ringer
) -> None:
    link[1]("blackhole")
    began = time.monotonic()
    assert len(ring_at_once(ringer)) == RINGERS
    assert time.monotonic() - began < RINGERS / 2 * TIME_OUT
    link[1]("open")
    with heard(1) as frames:
        _until_rung(ringer)
    assert frames == [b"again"]


def _until_rung(ringer: live._Ringer) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            return ringer.ring(CHANNEL, b"again")
        except (redis.RedisError, OSError):
            assert time.monotonic() < until
            time.sleep(0.05)
