"""The isolation matrix of the sockets: who is let in hears what is theirs; all else is closed, or silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from asgiref.sync import async_to_sync
from django.conf import settings as configured

from config.hosts import HostScope
from config.sockets import sockets as router
from config.surface import sockets
from desk import consumers
from kernel import live
from tests.boundaries.matrix.actors import ACME, OTHER
from tests.boundaries.matrix.socket_cells import (
    FLOOR,
    KNOWN,
    MIXED,
    WIDGET,
    Heard,
    Line,
    SocketCell,
    admits,
    hears,
    socket_cells,
)
from tests.boundaries.matrix.world import NOBODY, build
from tests.canaries import any_in, foreign, own_in

LEAST = 500


def test_the_generator_knows_every_message() -> None:
    """A new consumer or message type must be said by the matrix before it can be trusted."""
    assert {thing.name for thing in sockets()} == {f"{name}{word}" for name in KNOWN for word in ("", *KNOWN[name])}


@pytest.mark.timeout(300)
@pytest.mark.planted_leak  # judges what is heard by itself, cell by cell
@pytest.mark.django_db
def test_every_socket_is_silent_but_for_what_is_theirs(
    monkeypatch: pytest.MonkeyPatch, settings: Any, django_capture_on_commit_callbacks: Any, capsys: Any
) -> None:
    # A frame must not wait for a second look at the grant: revocation has its own tests.
    monkeypatch.setattr(consumers, "GRANT_SECONDS", 3600.0)
    # A hop would close the connection, and with it the transaction that holds the world.
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    settings.RATES_PER_MINUTE = dict.fromkeys(settings.RATES_PER_MINUTE, 10**9)
    world = build()
    valkey: Any = redis.Redis.from_url(configured.VALKEY_URL).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    valkey.subscribe(live.CHANNEL)
    valkey.get_message(timeout=5)
    faults, typed, counted = list[str](), 0, {"heard": 0, "silent": 0, "closed": 0}
    nothing: dict[tuple[str, ...], Heard] = {}
    for cell in socket_cells(world):
        with django_capture_on_commit_callbacks(execute=True):
            heard = async_to_sync(Line(HostScope(router), cell, world).hear)()
        faults += [f"{cell.name}: {fault}" for fault in _judge(cell, heard, nothing)]
        counted["closed" if not admits(cell) else "silent" if hears(cell) == "nothing" else "heard"] += 1
        typed += cell.word == "typing" and cell.actor.wrote and admits(cell)
    total = sum(counted.values())
    with capsys.disabled():
        print(f"\n{total} socket cells, {len(world.actors)} actors: {counted}")
    assert faults == [], "\n".join(faults[:100])
    assert total >= LEAST
    told = [frame for frame in _frames(valkey) if b'"typing"' in frame]
    assert typed and len(told) == typed
    own = str(world.ids[ACME]["in_hand"]).encode()
    assert [frame for frame in told if own not in frame or any_in(frame)] == []


def _judge(cell: SocketCell, heard: Heard, nothing: dict[tuple[str, ...], Heard]) -> Iterator[str]:
    if heard.greeted != admits(cell):
        yield f"was {'let in' if heard.greeted else 'turned away'} ({heard.code})"
        return
    said = "\n".join(heard.frames)
    if found := foreign(_shown(cell), said):
        yield f"heard {found}"
    expected = hears(cell)
    if (FLOOR.decode() in heard.frames) != (expected == "floor"):
        yield "heard the floor" if FLOOR.decode() in heard.frames else "did not hear the floor"
    if expected == "own" and not own_in(cell.whose, said):
        yield "did not hear what is theirs"
    types = {json.loads(frame)["type"] for frame in heard.frames}
    if expected == "own" and cell.socket == WIDGET and not cell.word and len(types) < 2:
        yield "did not hear that the case changed"
    if expected == "nothing" and (heard.frames or heard.code) and cell.whose != NOBODY and heard != nothing[_key(cell)]:
        yield "can tell it from what does not exist"
    if not admits(cell):
        # Turned away as anybody is; the first of all actors is nobody.
        yield from _like(heard, nothing.setdefault((cell.socket, cell.host), heard))
    if cell.whose == NOBODY:
        nothing[_key(cell)] = heard


def _key(cell: SocketCell) -> tuple[str, ...]:
    return (cell.socket, cell.word, cell.actor.name, cell.host)


def _like(heard: Heard, anonymous: Heard) -> Iterator[str]:
    if heard != anonymous:
        yield f"is turned away otherwise than nobody is ({heard.code}, {anonymous.code})"


def _shown(cell: SocketCell) -> set[str]:
    """The shops whose words may come through in this cell."""
    return {cell.whose} & {ACME, OTHER} if hears(cell) == "own" and cell.whose != MIXED else set()


def _frames(subscribed: Any) -> Iterator[bytes]:
    while (message := subscribed.get_message(timeout=0.2)) is not None:
        yield message["data"]
