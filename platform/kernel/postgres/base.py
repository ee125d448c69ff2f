"""Settings name this as ENGINE."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, cast

import psycopg
from django.db import connection

from kernel import clock
from kernel.postgres.standing import StandingWrapper

_ANSWER_SECONDS = 5.0
_TIME = "SELECT extract(epoch FROM clock_timestamp())::float8"


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
        raw = self._answering(conn_params)
        if clock.is_to_be_compared():
            try:
                _compare_clocks(raw)
                raw.rollback()
            except psycopg.Error:
                raw._pool.putconn(raw) if self.pool else raw.close()
                raise
        return raw

    def _answering(self, conn_params: dict[str, Any]) -> Any:
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


def compare_clocks() -> None:
    """For a process that keeps its connection."""
    wrapper = cast(Any, connection)
    if wrapper.connection is not None and clock.is_to_be_compared():
        _compare_clocks(wrapper.connection)


def _compare_clocks(raw: Any) -> None:
    asked_at = clock.machine_now()
    [seconds] = raw.execute(_TIME).fetchone()
    clock.compare(datetime.fromtimestamp(seconds, UTC), asked_at, clock.machine_now())
