"""What a test run made goes with it: databases, and roles, which outlive the database that they were made for."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import psycopg
from django.db import connection
from psycopg import errors, sql

# A role whose rights stand in no database. Rights are granted in the transaction that makes the role, so that one
# which somebody is making is not yet to be seen.
_UNUSED = """
SELECT rolname FROM pg_roles r
 WHERE (rolname ~ '^tenant_[0-9a-f]{32}$' OR rolname LIKE 'clients\\_of\\_%')
   AND NOT EXISTS (SELECT 1 FROM pg_shdepend d
                    WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.dbid <> 0)
 ORDER BY rolname DESC
"""


def drop_database(admin: psycopg.Connection[Any], name: str) -> None:
    """Drop it, whoever is connected; if need be, once PostgreSQL's own processes have left it."""
    until = time.monotonic() + 60
    while True:
        try:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            return
        except (errors.InsufficientPrivilege, errors.ObjectInUse):
            # Autovacuum is the superuser's: nobody else may end it, and it ends by itself.
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def drop_unused_roles() -> None:
    """Drop the roles of clients whose databases are gone, this run's and those of runs that were killed."""
    db = connection.settings_dict
    place = {"host": db["HOST"], "port": db["PORT"], "user": db["USER"], "password": db["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as admin:
        rows: list[tuple[Any]] = admin.execute(_UNUSED).fetchall()
        for (name,) in rows:
            # Taken into use this moment, made by somebody else, or dropped by somebody else.
            with contextlib.suppress(psycopg.Error):
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
