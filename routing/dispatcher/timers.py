"""What happens by the clock: offers run out, wrap-ups end, silent agents go offline and their work returns; what was
put off starts, and prices are read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError

from kernel import clock
from kernel.postgres.base import compare_clocks
from routing.dispatcher.board import Board
from routing.queue import (
    end_wrap_ups,
    expire,
    lift_bars,
    return_lost_work,
    silence,
    take_back_from_barred,
    withdraw_from_absent,
)

log = logging.getLogger(__name__)


class Timers:
    """Each timer at its own pace; one that fails is logged and does not stop the rest."""

    def __init__(self, board: Board) -> None:
        self._due: list[tuple[float, Callable[[], object]]] = [
            (0.5, lambda: expire(clock.now())),
            (1.0, lambda: end_wrap_ups(clock.now())),
            (2.0, withdraw_from_absent),
            (0.5, take_back_from_barred),
            (2.0, lambda: silence(clock.now())),
            (2.0, lambda: return_lost_work(clock.now())),
            (0.5, board.load_started),
            (20.0, board.load_prices),
            (300.0, board.load_measures),
            (10.0, lambda: board.load_items(lift_bars(board.barred()))),
            (30.0, compare_clocks),
        ]
        self._next = [0.0] * len(self._due)

    def run(self) -> bool:
        """Run the one that is most overdue, so that no arrival waits for all; whether others are due."""
        at = time.monotonic()
        number = min(range(len(self._due)), key=self._next.__getitem__)
        if at < self._next[number]:
            return False
        pace, work = self._due[number]
        self._next[number] = at + pace
        try:
            work()
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError:
            log.exception("a timer of the dispatcher failed; the others go on")
        return min(self._next) <= time.monotonic()
