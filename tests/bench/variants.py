"""The servers of a benchmark. ``disk``: as in production. ``cpu``: the same, but a COMMIT does not wait for the disk.

``cpu`` is the one to compare between runs where the disk is shared; fsync and full_page_writes stay on in both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config.launch.scratch import Servers, scratch_servers


@contextmanager
def bench_servers(variant: str) -> Iterator[Servers]:
    """Start them and point this process's environment at them, before Django reads it."""
    with scratch_servers(durable=True) as servers:
        if variant == "cpu":
            commit_without_waiting(servers.database_url)
        os.environ.update(servers.environment(), DJANGO_SETTINGS_MODULE="config.settings")
        yield servers


def commit_without_waiting(database_url: str) -> None:
    """For every later session of this database; the server's own command line would win over ALTER SYSTEM."""
    name = urlsplit(database_url).path.strip("/")
    with psycopg.connect(database_url, autocommit=True) as connection:
        database = psycopg.sql.Identifier(name)
        connection.execute(psycopg.sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(database))


def beside(database_url: str, name: str) -> str:
    """Make one more database on the same server; its URL."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    url = urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
    with psycopg.connect(url, autocommit=True) as connection:
        for extension in ("pg_trgm", "unaccent", "btree_gist"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
    return url
