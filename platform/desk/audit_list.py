"""What was done by whom, narrowed down and as a table. Names are those of today; the entries hold ids."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from desk.audit_names import named_in, names_of
from desk.work import mark_of
from kernel.access import declares, staff
from kernel.errors import invalid
from kernel.spreadsheet import safe_cells
from people.models import AuditEntry

PAGE_ROWS = 100
CSV_ROWS = 50_000
_CHUNK = 2000


def narrowed(asked: Mapping[str, str]) -> QuerySet[AuditEntry]:
    """The entries that ``asked`` (action, person, client, from, to) names, newest first; Refusal invalid."""
    entries = AuditEntry.objects.select_related("person", "tenant").order_by("-at", "-id")
    action = asked.get("action", "").strip()
    if action:
        if "\0" in action:
            raise invalid("action is a name such as invoice.issued.", action="is not known")
        entries = entries.filter(Q(action=action) | Q(action__startswith=f"{action}."))
    if asked.get("person"):
        person = _uuid("person", asked["person"])
        entries = entries.filter(Q(person=person) | Q(object_id=str(person)))
    if asked.get("client"):
        entries = entries.filter(tenant=_uuid("client", asked["client"]))
    if asked.get("from"):
        entries = entries.filter(at__gte=_day("from", asked["from"]))
    if asked.get("to"):
        entries = entries.filter(at__lt=_day("to", asked["to"]) + timedelta(days=1))
    return entries


def page(entries: QuerySet[AuditEntry], number: int) -> dict[str, Any]:
    start = (number - 1) * PAGE_ROWS
    rows = list(entries[start : start + PAGE_ROWS + 1])
    names = names_of(rows)
    return {
        "results": [_show(row, names) for row in rows[:PAGE_ROWS]],
        "next": number + 1 if len(rows) > PAGE_ROWS else None,
    }


def actions() -> list[str]:
    """Every action that was ever written down, by name."""
    return sorted(AuditEntry.objects.order_by().values_list("action", flat=True).distinct())


@declares("export", staff("operator", opens="audit", by="role"))
def as_csv(entries: QuerySet[AuditEntry]) -> tuple[bytes, int]:
    """``(UTF-8 with a byte order mark, rows)``; at most ``CSV_ROWS``."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["at", "person", "person_id", "client", "client_id", "action", "object_id", "detail", "names"])
    count, rows = 0, entries[:CSV_ROWS].iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        names = names_of(chunk)
        table.writerows(safe_cells(_cells(row, names)) for row in chunk)
        count += len(chunk)
    return out.getvalue().encode("utf-8-sig"), count


def _cells(row: AuditEntry, names: dict[str, str]) -> list[str]:
    return [
        row.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        row.person.name if row.person else "",
        str(row.person_id or ""),
        row.tenant.name if row.tenant else "",
        str(row.tenant_id or ""),
        row.action,
        row.object_id,
        orjson.dumps(row.detail).decode() if row.detail else "",
        "; ".join(f"{found}: {name}" for found, name in sorted(named_in(row, names).items())),
    ]


def _show(row: AuditEntry, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": row.at,
        "person": {"id": row.person.pk, "name": row.person.name} if row.person else None,
        "tenant": mark_of(row.tenant) if row.tenant else None,
        "action": row.action,
        "object_id": row.object_id,
        "detail": row.detail,
        "names": named_in(row, names),
    }


def _uuid(name: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise invalid(f"{name} is an id.", **{name: "is not an id"}) from error


def _day(name: str, text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError as error:
        raise invalid(f"{name} is a day such as 2026-11-22.", **{name: "is not a day"}) from error
