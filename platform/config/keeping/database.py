"""The database as a backup sees it: its tables with their rows."""

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
