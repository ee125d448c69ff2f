"""The dispatcher: drain what rang, decide, write the round in one transaction, tell. A kill anywhere loses nothing."""

from __future__ import annotations

import logging
import threading
import time
from uuid import UUID

import psycopg
import redis
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from kernel import clock, live
from kernel.access import names_key, system
from routing.dispatcher.board import Board
from routing.dispatcher.doorbell import Doorbell, Rings
from routing.dispatcher.lease import Lease
from routing.dispatcher.timers import Timers
from routing.queue import Outcome, Proposal, offer_all

log = logging.getLogger(__name__)


@names_key(system(opens="nothing", by="open", why="says that a dispatcher is alive, of no client"))
def _health_key() -> str:
    return "dispatcher:alive"


HEALTH_KEY = _health_key()
POLL_SECONDS = 1.0
TICK_SECONDS = 0.25
RECENT_SECONDS = 15.0
COMPARE_SECONDS = 0.5
# Comparing costs at most a tenth of the time.
COMPARE_SHARE = 10
_PASSES = 3


class Dispatcher:
    """One process per routing pool; ``stop`` may be set from a signal or another thread."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._lease = Lease()
        self._doorbell = Doorbell()

    def run(self) -> None:
        """Hold the lease and dispatch until stopped; without the lease, stand by."""
        delay = 0.1
        while not self._stop.is_set():
            try:
                if not self._lease.take():
                    self._stop.wait(1.0)
                    continue
                delay = 0.1
                log.info("dispatching")
                self._dispatch()
            except (OperationalError, InterfaceError, psycopg.Error) as error:
                log.warning("dispatcher lost the database (%s); again in %.1f s", type(error).__name__, delay)
                self._let_go()
                self._stop.wait(delay)
                delay = min(delay * 2, 2.0)
        self._doorbell.close()
        self._let_go()

    def _dispatch(self) -> None:
        # The doorbell before the rows: what changes while they are read rings.
        self._doorbell.wait(0.0)
        board = Board()
        board.load_all()
        timers = Timers(board)
        poll_at = compare_at = 0.0
        is_late = False
        while not self._stop.is_set():
            idle = 0.0 if is_late else min(TICK_SECONDS, compare_at - time.monotonic())
            rings = self._doorbell.wait(max(0.0, idle))
            board.load_items(rings.items)
            board.load_agents(rings.agents)
            decide_round(board)
            now = time.monotonic()
            if rings.everything or now >= compare_at:
                is_through = board.compare_slice()
                decide_round(board)
                took = time.monotonic() - now
                compare_at = time.monotonic() + max(COMPARE_SECONDS if is_through else 0.0, took * COMPARE_SHARE)
            if now >= poll_at:
                poll_at = now + POLL_SECONDS
                if not self._lease.is_held():
                    return
                board.load_recent(RECENT_SECONDS)
                decide_round(board)
                self._say_alive()
            is_late = timers.run()

    def _say_alive(self) -> None:
        try:
            live.valkey().set(HEALTH_KEY, clock.now().isoformat(), ex=10)
        except redis.RedisError:
            log.debug("no Valkey to tell that the dispatcher is alive")

    def _let_go(self) -> None:
        self._lease.drop()
        try:
            connection.close()
        except DatabaseError:
            log.debug("connection was gone already")


def decide_round(board: Board) -> int:
    """Offer whatever can be placed now; returns the number of offers made."""
    made = 0
    for _ in range(_PASSES):
        decisions = board.decide()
        if not decisions:
            break
        outcomes = offer_all(
            [Proposal(UUID(each.item), UUID(each.agent), each.reason) for each in decisions], by_hand=False
        )
        lost = Rings()
        for each in decisions:
            if outcomes[UUID(each.item)] in (Outcome.MADE, Outcome.ACCEPTED):
                made += 1
            else:
                lost.items.add(UUID(each.item))
                lost.agents.add(UUID(each.agent))
        if not lost.items:
            break
        # The row changed since it was read: look at it again rather than try again.
        board.load_items(lost.items)
        board.load_agents(lost.agents)
    return made
