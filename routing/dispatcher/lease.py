"""One dispatcher at a time: a PostgreSQL advisory lock held by a connection of its own, freed when the process dies."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection

NAME = "centralita dispatcher lease"
_KEY = 0x63656E74  # any number: advisory locks are per database


class Lease:
    """Held as long as its connection lives; a standby keeps its connection and asks again and again."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None
        self._is_held = False

    def take(self) -> bool:
        """Try to get it; False if another process has it. Raises OperationalError without a database."""
        if self._connection is None:
            self._connection = _connect()
        try:
            row = self._connection.execute("SELECT pg_try_advisory_lock(%s)", [_KEY]).fetchone()
        except psycopg.Error:
            self.drop()
            raise
        self._is_held = bool(row and row[0])
        return self._is_held

    def is_held(self) -> bool:
        """Ask the server: the lock is gone if the session is."""
        if self._connection is None or not self._is_held:
            return False
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self.drop()
        return self._is_held

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._is_held = None, False


def _connect() -> psycopg.Connection[Any]:
    db = connection.settings_dict
    return psycopg.connect(
        host=db["HOST"],
        port=db["PORT"],
        user=db["USER"],
        password=db["PASSWORD"],
        dbname=db["NAME"],
        autocommit=True,
        application_name=NAME,
        connect_timeout=5,
        # A dead peer must be noticed within seconds, or two dispatchers would decide for long.
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=8000,
    )
