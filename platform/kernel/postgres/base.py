"""Settings name this as ENGINE."""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantWrapper
from psycopg_pool import ConnectionPool


class DatabaseWrapper(TenantWrapper):
    @property
    def pool(self) -> ConnectionPool[Any] | None:
        """One dead connection found in the pool means that the others are: all idle ones are replaced at once.

        The pool alone finds them one by one and waits twice as long after each, so that after a restart of the server
        every request ran into its time-out.
        """
        pool: ConnectionPool[Any] | None = super().pool
        if pool is not None:
            pool._check = partial(_check, pool)
        return pool


def _check(pool: ConnectionPool[Any], raw: psycopg.Connection[Any]) -> None:
    try:
        ConnectionPool.check_connection(raw)
    except psycopg.Error:
        pool.drain()
        raise
