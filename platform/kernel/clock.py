"""Now, and how a test holds it still. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_held: list[datetime] = []


def now() -> datetime:
    """The current instant, aware, UTC."""
    return _held[-1] if _held else datetime.now(UTC)


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
