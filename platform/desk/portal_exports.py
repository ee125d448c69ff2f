"""What a client takes along: each judged item of a month, and the month's attainment, as a table or as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from desk.portal_conversations import OUTCOMES, case_numbers
from desk.portal_overview import period_of
from kernel import clock
from kernel.access import client, declares
from kernel.errors import invalid
from kernel.spreadsheet import safe_cells
from people.access import audit
from people.models import Person
from quality.results import scores
from sla_contracts.attainment import Counted, count_clauses, summarise
from sla_contracts.clock_math import elapsed_at
from sla_contracts.judging import Item, state_of
from sla_contracts.quality_results import CONFIDENCE
from sla_contracts.quality_results import quality as quality_of_month
from tenants.models import Tenant

FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
ROWS_AT_ONCE = 500
ITEM = (
    *("month", "clause", "title", "contract_version", "case_number", "conversation", "clock", "channel", "language"),
    *("priority", "started_at", "target_seconds", "used_seconds", "stopped_at", "breached_at", "outcome", "reason"),
    "correction",
)
ATTAINMENT = (
    *("month", "clause", "title", "contract_version", "metric", "formula", "goal", "share", "counted", "met"),
    *("breached", "running", "excluded", "judged", "kept", "points_off", "penalty", "points_over", "bonus", "currency"),
    "cut_off",
)
QUALITY = ("month", "channel", "evaluations", "average", "low", "high", "confidence", "goal", "kept", "cut_off")
Row = Mapping[str, Any]
T = TypeVar("T")


@declares("export", client(opens="conversation"))
def items(
    *, person: Person, tenant: Tenant, month: str, clause: str = "", outcome: str = ""
) -> tuple[str, Iterator[Row]]:
    """(month, one row for each item of each clause), as ``attainment`` judges them now. Refuses with invalid. Audited.

    All is read before the first row is given: the rows may be written where no database is at hand.
    """
    if outcome and outcome not in OUTCOMES:
        raise invalid(f"An outcome is one of {', '.join(OUTCOMES)}.", outcome="is not known")
    period, now = period_of(tenant, month), clock.now()
    counted = [one for one in count_clauses(tenant, period, now=now) if clause in ("", one.clause.code)]
    chosen = [(one, item) for one in counted for item in one.items if outcome in ("", item.outcome)]
    numbers: dict[UUID, str] = {}
    for some in _batches({item.conversation for _, item in chosen}, 5000):
        numbers |= case_numbers(tenant, some)
    audit(person, "portal.items_exported", tenant=tenant, month=period.month, rows=len(chosen))
    language = person.language
    return period.month, (_item(period.month, *pair, language, now, numbers) for pair in chosen)


@declares("export", client(opens="client"))
def attainment(*, person: Person, tenant: Tenant, month: str) -> tuple[str, Iterator[Row]]:
    """(month, one row for each clause of each version): the figures of the overview. Audited."""
    period, now = period_of(tenant, month), clock.now()
    counted = count_clauses(tenant, period, now=now)
    clauses = summarise(tenant, period, counted, now)["clauses"]
    audit(person, "portal.attainment_exported", tenant=tenant, month=period.month, rows=len(clauses))
    titles = [one.clause.title(person.language) for one in counted]
    extra = {"month": period.month, "currency": tenant.currency, "cut_off": now}
    rows = [
        {**row, **extra, "clause": row["code"], "title": title, "contract_version": row["version"]}
        for row, title in zip(clauses, titles, strict=True)
    ]
    return period.month, iter([{name: row[name] for name in ATTAINMENT} for row in rows])


@declares("export", client(opens="client"))
def quality(*, person: Person, tenant: Tenant, month: str) -> tuple[str, Iterator[Row]]:
    """(month, one row for each channel and one for all of them): released evaluations. Audited.

    ``goal`` and ``kept`` stand beside all channels together, where one clause was in force.
    """
    period, now = period_of(tenant, month), clock.now()
    found = quality_of_month(tenant, period, scores(tenant, period))
    clause = found["clauses"][0] if len(found["clauses"]) == 1 else {"goal": None, "kept": None}
    extra = {"month": period.month, "confidence": CONFIDENCE, "goal": None, "kept": None, "cut_off": now}
    everywhere = {**found, **extra, "channel": "", "goal": clause["goal"], "kept": clause["kept"]}
    rows = [*({**row, **extra} for row in found["channels"]), everywhere]
    audit(person, "portal.quality_exported", tenant=tenant, month=period.month, rows=len(rows))
    return period.month, iter([{name: row[name] for name in QUALITY} for row in rows])


def answer(
    request: HttpRequest, form: str, name: str, columns: Iterable[str], rows: Iterable[Row]
) -> StreamingHttpResponse:
    """The rows as they are written, a few hundred at a time."""
    parts = _as_csv(list(columns), rows) if form == "csv" else _as_json(rows)
    response = StreamingHttpResponse(
        _in_loop(parts) if isinstance(request, ASGIRequest) else parts, content_type=FORMS[form]
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _item(
    month: str, one: Counted, item: Item, language: str, now: datetime, numbers: Mapping[UUID, str]
) -> dict[str, Any]:
    state = state_of(item, one.terms)
    return {
        "month": month,
        "clause": one.clause.code,
        "title": one.clause.title(language),
        "contract_version": one.version.number,
        "case_number": numbers.get(item.conversation, ""),
        "conversation": item.conversation,
        "clock": item.clock,
        "channel": item.channel,
        "language": item.language,
        "priority": item.priority,
        "started_at": item.started_at,
        "target_seconds": int(state.target_seconds),
        "used_seconds": round(elapsed_at(state, one.terms.calendars[item.calendar], now), 3),
        "stopped_at": state.met_at,
        "breached_at": state.breached_at or (state.breaches_at if item.outcome == "breached" else None),
        "outcome": item.outcome,
        "reason": item.reason,
        "correction": item.claim,
    }


def _as_csv(columns: list[str], rows: Iterable[Row]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(columns)
    for some in _batches(rows, ROWS_AT_ONCE):
        table.writerows(safe_cells(_cell(row[name]) for name in columns) for row in some)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    if out.tell():
        yield out.getvalue().encode()


def _as_json(rows: Iterable[Row]) -> Iterator[bytes]:
    yield b"["
    between = ""
    for some in _batches(rows, ROWS_AT_ONCE):
        yield (between + ",\n".join(json.dumps(row, default=_plain, ensure_ascii=False) for row in some)).encode()
        between = ",\n"
    yield b"]\n"


async def _in_loop(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Written in a thread, piece by piece: a list of all of it is what a plain iterator would become."""
    write = sync_to_async(lambda: next(parts, None), thread_sensitive=False)
    while (part := await write()) is not None:
        yield part


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {count}" for name, count in value.items())
    return "" if value is None else str(value) if isinstance(value, (str, int, float, bool)) else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _batches(found: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(found)
    while some := list(islice(left, size)):
        yield some
