"""Transactions that lost to another one are done over: PostgreSQL ends one of two that wait for each other."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction
from psycopg import errors

T = TypeVar("T")
_LOST = (errors.DeadlockDetected, errors.SerializationFailure)
_PAUSE_SECONDS = 0.05


def despite_deadlocks(work: Callable[[], T], *, times: int = 3) -> T:
    """Do ``work`` in a transaction; whole, up to ``times``, where it lost to another. The last loss is raised."""
    for left in range(times - 1, -1, -1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if not isinstance(error.__cause__, _LOST) or not left:
                raise
        time.sleep(random.uniform(0, _PAUSE_SECONDS))
    raise AssertionError("times is at least 1")
