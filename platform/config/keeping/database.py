"""The database as a backup sees it: its tables with their rows, and the roles that its rights name."""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import sql

# Sessions are not kept: whoever restores a backup signs in anew.
WITHOUT_ROWS = ("public.django_session", "public.people_session")
_BATCH = 200


def tables() -> list[tuple[str, str]]:
    """Every table of ours, in order."""
    return [(row[0], row[1]) for row in _rows(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1, 2"
    )]  # fmt: skip


def count_rows() -> dict[str, int]:
    """``schema.table`` → rows, as this transaction sees them."""
    found: dict[str, int] = {}
    known = [name for name in tables() if ".".join(name) not in WITHOUT_ROWS]
    for first in range(0, len(known), _BATCH):
        query = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*) FROM {}").format(sql.Literal(".".join(name)), sql.Identifier(*name))
            for name in known[first : first + _BATCH]
        )
        found |= {row[0]: row[1] for row in _rows(query.as_string(None))}
    return dict(sorted(found.items()))


def roles() -> list[dict[str, Any]]:
    """The roles that own something here, or have a right to it, and which of these belong to which."""
    names = _rows(
        "SELECT DISTINCT r.rolname, r.rolinherit, r.rolbypassrls"
        " FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
        " WHERE d.refclassid = 'pg_authid'::regclass AND d.dbid = (SELECT oid FROM pg_database WHERE datname = %s)"
        " AND NOT r.rolsuper ORDER BY 1",
        [connection.settings_dict["NAME"]],
    )
    members = _rows(
        "SELECT g.rolname, m.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid"
        " JOIN pg_roles m ON m.oid = a.member WHERE NOT m.rolsuper ORDER BY 1, 2"
    )
    ours = {row[0] for row in names}
    return [
        {
            "name": name,
            "inherit": inherit,
            "bypassrls": bypass,
            "member_of": [group for group, member in members if member == name and group in ours],
        }
        for name, inherit, bypass in names
    ]


def make_roles(wanted: list[dict[str, Any]]) -> None:
    """Make the roles that are missing; none of them may sign in."""
    there = {row[0] for row in _rows("SELECT rolname FROM pg_roles")}
    with connection.cursor() as cursor:
        for role in wanted:
            if role["name"] not in there:
                rights = sql.Composed([sql.SQL("INHERIT" if role["inherit"] else "NOINHERIT")])
                rights += sql.SQL(" BYPASSRLS" if role["bypassrls"] else " NOBYPASSRLS")
                cursor.execute(
                    (sql.SQL("CREATE ROLE {} NOLOGIN ").format(sql.Identifier(role["name"])) + rights).as_string(None)
                )
        for role in wanted:
            for group in role["member_of"]:
                grant = sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(role["name"]))
                cursor.execute(grant.as_string(None))


def is_empty() -> bool:
    """Whether nothing of anybody's is here."""
    return not tables()


def server_version() -> int:
    return int(_rows("SHOW server_version_num")[0][0])


def size() -> int:
    return int(_rows("SELECT pg_database_size(current_database())")[0][0])


def _rows(query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values) if values is not None else cursor.execute(query.replace("%%", "%"))
        return list(cursor.fetchall())
