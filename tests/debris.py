"""Roles outlive the database that they were made for; what a test run made goes with it."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

# A role whose rights stand in no database. Rights are granted in the transaction that makes the role, so that one
# which somebody is making is not yet to be seen.
_UNUSED = """
SELECT rolname FROM pg_roles r
 WHERE (rolname ~ '^tenant_[0-9a-f]{32}$' OR rolname LIKE 'clients\\_of\\_%')
   AND NOT EXISTS (SELECT 1 FROM pg_shdepend d
                    WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.dbid <> 0)
 ORDER BY rolname DESC
"""


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
