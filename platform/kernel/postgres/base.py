"""Settings name this as ENGINE."""

from __future__ import annotations

import time
from typing import Any, cast

import psycopg

from kernel.postgres.standing import StandingWrapper

_ANSWER_SECONDS = 5.0


class DatabaseWrapper(StandingWrapper):
    """A connection that the pool gives out answers; those that a restart cut off are dropped without a wait.

    The pool's own check sleeps 1, 2, 4 … seconds after each broken connection that it finds: with four of them idle, a
    request fails although the database has long been back.
    """

    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool:
            pool._check = None
        return pool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        ends_at = time.monotonic() + _ANSWER_SECONDS
        while True:
            connection = cast(Any, super().get_new_connection(conn_params))
            if not self.pool:
                return connection
            try:
                self.pool.check_connection(connection)
            except psycopg.Error:
                connection._pool.putconn(connection)
                if time.monotonic() > ends_at:
                    raise
            else:
                return connection
