"""The database is away: cut off, restarting, full, or with no connection to give. What failed so may be tried again."""

from __future__ import annotations

import psycopg
from django.db import InterfaceError, OperationalError
from django.db.transaction import TransactionManagementError
from psycopg_pool import PoolTimeout

RETRY_SECONDS = 2
CODE = "database_away"
MESSAGE = (
    "The service is away for a moment. What you wrote is kept; try again in a few seconds. Repeating it is safe, it"
    " counts once."
)

_OURS = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
# Connection exceptions; operator intervention; a transaction that idled too long.
_CUT_OFF = ("08", "57P", "25P03")
# Out of disk, memory or connections; lost to another transaction; a lock that could not be had in time.
_PASSING = (*_CUT_OFF, "53", "40001", "40P01", "55P03")


def is_cut_off(error: BaseException | None) -> bool:
    """Whether the connection is gone or could not be had, as opposed to a statement that failed."""
    return _has_state(error, _CUT_OFF)


def is_worth_another(error: BaseException | None) -> bool:
    """Whether a connection was had and broke: a new one may serve at once. One that could not be had will not."""
    return is_cut_off(error) and not isinstance(error and error.__cause__, PoolTimeout)


def is_passing(error: BaseException | None) -> bool:
    """Whether the same request may well succeed in a moment, for a reason that lies in the database."""
    return _has_state(error, _PASSING)


def refusal() -> dict[str, str]:
    """What is said of it, at every door."""
    return {"code": CODE, "message": MESSAGE}


def _has_state(error: BaseException | None, classes: tuple[str, ...]) -> bool:
    if isinstance(error, TransactionManagementError):
        # Said by Django of a transaction that a lost connection had broken before.
        error = error.__context__
    if not isinstance(error, _OURS):
        return False
    state = _state_of(error) or _state_of(error.__cause__)
    return state is None or state.startswith(classes)


def _state_of(error: BaseException | None) -> str | None:
    return getattr(error, "sqlstate", None)
