"""The client's portal, first page: what was promised, what was kept, what waits, what shoppers ask about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from conversations.models import ContactReason, Conversation
from desk.month_figures import month_figures
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from routing.models import Queue, WorkItem
from sla_contracts import contracts
from sla_contracts.models import ContractVersion
from sla_contracts.period import Period
from sla_contracts.report_sentences import clause_sentence
from tenants.models import Tenant

MONTHS_BACK = 12


def period_of(tenant: Tenant, month: str) -> Period:
    """The month asked for, or the one that runs, in the tenant's time zone."""
    if month:
        return Period.of_month(month, tenant.time_zone)
    return Period.holding(clock.now(), tenant.time_zone)


def overview(*, person: Person, tenant: Tenant, month: str) -> dict[str, Any]:
    """The figures of ``attainment`` and the state of the queues now. ``month`` empty: the one that runs.

    Six queries at most, however much there is: versions, reports, items, arrivals, queues, reasons. A month of many
    items is not counted at every look (``month_figures``).
    """
    now = clock.now()
    period = period_of(tenant, month)
    versions = contracts.signed_versions(tenant.id)
    counted = month_figures(tenant, period, now=now, versions=versions)
    figures = counted.figures
    return {
        "tenant": shop_mark(tenant),
        "period": {**figures["period"], "is_over": period.end <= now},
        "months": months_of(tenant, now, versions),
        "cut_off": counted.cut_off,
        "currency": figures["currency"],
        "penalty": figures["penalty"],
        "bonus": figures["bonus"],
        "clauses": [_clause(row, person, period, now) for row in figures["clauses"]],
        "live": {"queues": queues_now(tenant, now)},
        "volume": counted.volume,
        "contact_reasons": contact_reasons(tenant, period, person.language),
        "trend": [{"month": row["month"], "shares": _floats(row["shares"])} for row in counted.history],
    }


def shop_mark(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": str(tenant.id),
        "name": tenant.name,
        "mark": tenant.mark,
        "color": tenant.color,
        "languages": list(tenant.languages),
        "time_zone": tenant.time_zone,
    }


def months_of(tenant: Tenant, now: datetime, versions: Sequence[ContractVersion]) -> list[str]:
    """Months that one of the signed versions covers, the running one first."""
    period = Period.holding(now, tenant.time_zone)
    months = [period.before(n) for n in range(MONTHS_BACK)]
    start, end = months[-1].start, period.end
    begun = [row.valid_from for row in versions if row.valid_from < end and (row.valid_until or end) > start]
    since = min(begun, default=now)
    return [month.month for month in months if month.end > since]


def queues_now(tenant: Tenant, now: datetime) -> list[dict[str, Any]]:
    waiting = WorkItem.objects.filter(
        queue=OuterRef("pk"), tenant=tenant, state__in=(WorkItem.State.WAITING, WorkItem.State.OFFERED)
    )
    one = waiting.order_by().values("queue")
    queues = Queue.objects.filter(tenant=tenant, is_active=True).annotate(
        waiting=Coalesce(Subquery(one.annotate(n=Count("id")).values("n")), 0),
        since=Subquery(one.annotate(first=Min("entered_at")).values("first")),
    )
    return [_queue(queue, now) for queue in queues.order_by("name")]


def contact_reasons(tenant: Tenant, period: Period, language: str) -> list[dict[str, Any]]:
    """Why shoppers wrote, of the conversations closed in the period, most first. Enters the tenant."""
    with enter(tenant):
        closed = Conversation.objects.filter(closed_at__gte=period.start, closed_at__lt=period.end)
        labels = ContactReason.objects.filter(code=OuterRef("contact_reason")).values("labels")[:1]
        counted = closed.exclude(contact_reason="").values("contact_reason").annotate(count=Count("id"))
        found = list(counted.annotate(labels=Subquery(labels)).values_list("contact_reason", "count", "labels"))
    rows = [
        {"code": code, "label": in_language(said or {}, language, code), "count": count} for code, count, said in found
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["code"]))


def in_language(labels: dict[str, str], language: str, code: str) -> str:
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), code)


def _clause(row: dict[str, Any], person: Person, period: Period, now: datetime) -> dict[str, Any]:
    titles = row["titles"]
    # Figures as the reader's language writes them, like the rest of the screen; papers follow the shop's country.
    sentence = clause_sentence(row, month=period.month, is_over=period.end <= now, language=person.language, country="")
    kept = {key: value for key, value in row.items() if key not in ("titles", "version_id")}
    return {
        **kept,
        "title": in_language(titles, person.language, row["code"]),
        "goal": float(row["goal"]),
        "share": None if row["share"] is None else float(row["share"]),
        "sentence": sentence,
    }


def _queue(queue: Any, now: datetime) -> dict[str, Any]:
    hours = contracts.open_hours(queue.tenant_id, queue.channel_group, now)
    return {
        "id": str(queue.id),
        "name": queue.name,
        "channel_group": queue.channel_group,
        "waiting": queue.waiting,
        "longest_wait_seconds": (now - queue.since).total_seconds() if queue.since else 0.0,
        "open_now": hours.is_open(now) if hours else False,
        "next_change": hours.next_change(now) if hours else None,
    }


def _floats(shares: dict[str, Any]) -> dict[str, float | None]:
    return {code: None if share is None else float(share) for code, share in shares.items()}
