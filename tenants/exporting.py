"""A client's exit: schema, public rows, files and papers in one archive that another installation takes.

Rows are JSON as PostgreSQL writes it, and PostgreSQL reads them back: nothing is rounded or re-read on the way.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from kernel import clock
from kernel.access import declares, staff
from kernel.pauses import allow_pauses
from tenants import rows
from tenants.models import Tenant
from tenants.template import current_keys

FORM = 1
MANIFEST = "manifest.json"
_PAGE = 500


@dataclass
class _Archive:
    """The archive being written, and what its manifest will say of its parts."""

    out: zipfile.ZipFile
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @declares("export", staff("operator", opens="client", by="role"))
    def put(self, name: str, chunks: Iterator[bytes]) -> None:
        """Write an entry piece by piece; its rows (line ends) and its hash go into the manifest."""
        digest, lines = hashlib.sha256(), 0
        with self.out.open(name, "w", force_zip64=True) as entry:
            for chunk in chunks:
                digest.update(chunk)
                lines += chunk.count(b"\n") if name.endswith(".jsonl") else 0
                entry.write(chunk)
        self.parts[name] = {"sha256": digest.hexdigest(), **({"rows": lines} if name.endswith(".jsonl") else {})}


@declares("export", staff("operator", opens="client", by="role"))
def export_tenant(tenant: Tenant, out: IO[bytes]) -> dict[str, Any]:
    """Write the archive into ``out``; its manifest. One instant of the database for all of it."""
    with transaction.atomic(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        if not connection.in_atomic_block or len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        allow_pauses()
        archive = _Archive(opened)
        people = _put_rows(archive, tenant)
        archive.put("people.jsonl", _people(tenant, people))
        archive.put("tenant.jsonl", _lines(_select("public", "tenants_tenant", "t.id = %s"), (tenant.id,)))
        _put_files(archive, tenant)
        _put_papers(archive, tenant)
        manifest = {
            "form": FORM,
            "made_at": clock.now().isoformat(),
            "tenant": {"id": str(tenant.id), "slug": tenant.slug, "schema": tenant.schema_name, "name": tenant.name},
            "migrations": [f"{app}.{name}" for app, name in current_keys()],
            "sequences": _sequences(tenant),
            "parts": archive.parts,
        }
        opened.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
    return manifest


def _put_rows(archive: _Archive, tenant: Tenant) -> set[str]:
    """Write all tables; the ids of the people whom their rows name."""
    people: set[str] = set()

    def noting(columns: Sequence[str], lines: Iterator[bytes]) -> Iterator[bytes]:
        for line in lines:
            if columns:
                row = json.loads(line)
                people.update(str(row[column]) for column in columns if row[column])
            yield line

    for model in rows.shop_models():
        table = model._meta.db_table
        lines = _lines(_select(tenant.schema_name, table, "true", str(model._meta.pk.column)), ())
        archive.put(f"shop/{table}.jsonl", noting(rows.people_columns(model), lines))
    for model, path in rows.public_models():
        table, (ids, values) = model._meta.db_table, rows.ids_of(model, path, tenant.id)
        lines = _lines(
            _select("public", table, f"t.{model._meta.pk.column} IN ({ids})", str(model._meta.pk.column)), values
        )
        archive.put(f"public/{table}.jsonl", noting(rows.people_columns(model), lines))
    return people


def _people(tenant: Tenant, ids: set[str]) -> Iterator[bytes]:
    """Those whom rows name: the client's own users as they are, staff under the name that the shop knows."""
    query = """
    SELECT json_build_object('id', p.id, 'is_client', m.id IS NOT NULL,
             'email', CASE WHEN m.id IS NULL THEN '' ELSE p.email END,
             'name', CASE WHEN m.id IS NULL THEN coalesce((SELECT a.alias FROM people_accreditation a
                WHERE a.person_id = p.id AND a.tenant_id = %s ORDER BY a.valid_from DESC LIMIT 1),
                split_part(p.name, ' ', 1)) ELSE p.name END,
             'language', p.language, 'time_zone', p.time_zone)::text
      FROM people_person p LEFT JOIN people_membership m
        ON m.person_id = p.id AND m.tenant_id = %s AND m.role NOT IN ('agent', 'supervisor', 'operator')
     WHERE p.id = ANY(%s::uuid[]) ORDER BY p.id
    """
    return _lines(query, (tenant.id, tenant.id, sorted(ids)))


def _put_files(archive: _Archive, tenant: Tenant) -> None:
    root = Path(settings.MEDIA_ROOT) / tenant.schema_name
    for path in sorted(root.rglob("*")) if root.is_dir() else []:
        if path.is_file() and not path.is_symlink() and path.suffix != ".part":
            archive.put(f"files/{path.relative_to(root).as_posix()}", iter([path.read_bytes()]))


def _put_papers(archive: _Archive, tenant: Tenant) -> None:
    """Issued papers once more, as files that a person can open; the rows hold the same bytes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'invoice-' || number, pdf FROM billing_invoice WHERE tenant_id = %s AND pdf IS NOT NULL UNION ALL"
            " SELECT 'sla-report-' || to_char(period_start, 'YYYY-MM') || '-' || id, pdf"
            " FROM sla_contracts_slareport WHERE tenant_id = %s ORDER BY 1",
            [tenant.id, tenant.id],
        )
        for name, pdf in cursor.fetchall():
            archive.put(f"papers/{name}.pdf", iter([bytes(pdf)]))


def _sequences(tenant: Tenant) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL",
            [tenant.schema_name],
        )
        return dict(sorted(cursor.fetchall()))


def _select(schema: str, table: str, condition: str, key: str = "id") -> str:
    where = sql.Identifier(schema, table).as_string(None)
    return f'SELECT row_to_json(t)::text FROM {where} t WHERE {condition} ORDER BY t."{key}"'


def _lines(query: str, values: Sequence[Any]) -> Iterator[bytes]:
    """The rows of a query, one line each, read a page at a time."""
    connection.ensure_connection()
    make: Callable[..., Any] = connection.connection.cursor
    with make(name=f"export_{uuid4().hex}") as cursor:
        cursor.execute(query, values)
        while page := cursor.fetchmany(_PAGE):
            yield from (row[0].encode() + b"\n" for row in page)
