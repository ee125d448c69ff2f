"""Now, and how a test holds it still. All times are aware UTC.

The database's clock decides: machines whose clocks differ write times that can be compared. A machine asks for it when
it connects, at most once a minute, and goes by its own clock as long as the two agree.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

_TOLERATED = timedelta(milliseconds=100)
_ASKED_EACH = 60.0


@dataclass(slots=True)
class _Machine:
    """`behind`: what is added to this machine's clock. `wrong_by`: a test says that its clock is wrong."""

    behind: timedelta = timedelta()
    asked: float = -inf
    wrong_by: timedelta = timedelta()


_held: list[datetime] = []
_machine = _Machine()


def now() -> datetime:
    """The current instant, aware, UTC."""
    return _held[-1] if _held else machine_now() + _machine.behind


def machine_now() -> datetime:
    """What this machine's own clock says."""
    return datetime.now(UTC) + _machine.wrong_by


def is_to_be_compared() -> bool:
    """Whether the database has not been asked for its time lately."""
    return time.monotonic() - _machine.asked >= _ASKED_EACH


def compare(theirs: datetime, asked_at: datetime, answered_at: datetime) -> None:
    """The database's time, that this machine asked for and was told at these times of its own (``machine_now``).

    How long each way took is not known: what the ways may explain is no difference.
    """
    _machine.asked = time.monotonic()
    way = (answered_at - asked_at) / 2
    behind = theirs - (asked_at + way)
    _machine.behind = behind if abs(behind) > _TOLERATED + way else timedelta()


@contextmanager
def hold(at: datetime) -> Iterator[None]:
    """Hold the clock at ``at`` (aware) inside the block; for tests and for seeding a past."""
    if at.tzinfo is None:
        raise ValueError("hold() needs an aware datetime")
    _held.append(at.astimezone(UTC))
    try:
        yield
    finally:
        _held.pop()


@contextmanager
def wrong_by(seconds: float) -> Iterator[None]:
    """Inside the block this machine's clock is wrong by so much, and was not compared yet; for tests."""
    global _machine
    before, _machine = _machine, _Machine(wrong_by=timedelta(seconds=seconds))
    try:
        yield
    finally:
        _machine = before
