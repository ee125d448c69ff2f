"""What screens show of invoices: plain rows, read from the public schema. Callers check who may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Sum

from billing.clause_lines import clause_behind, waits_for_report
from billing.document import period_of
from billing.invoicing import is_outdated
from billing.models import Invoice, InvoiceLine, Usage
from billing.pricing import CENT, CONVERSATION, HANDLE
from billing.reckoning import billed_quantity, rate_behind, reckon
from kernel import clock
from kernel.errors import not_found
from sla_contracts.period import Period
from tenants.models import Tenant

PAGE = 50


def tile(tenant: Tenant) -> dict[str, Any]:
    return {"id": tenant.id, "name": tenant.name, "mark": tenant.mark, "color": tenant.color}


def head(invoice: Invoice) -> dict[str, Any]:
    """An invoice in a list; ``invoice.tenant`` must be loaded."""
    return {
        "id": invoice.id,
        "tenant": tile(invoice.tenant),
        "status": invoice.status,
        "number": invoice.number,
        "period": period_of(invoice, invoice.tenant).month,
        "currency": invoice.currency,
        "net": invoice.net,
        "vat_percent": invoice.vat_percent,
        "vat": invoice.vat,
        "total": invoice.total,
        "made_at": invoice.made_at,
        "issued_at": invoice.issued_at,
        "due_on": invoice.due_on,
    }


def month_table(month: str) -> list[dict[str, Any]]:
    """One row for each active tenant: what the month used up, its draft and its issued invoices."""
    tenants = list(Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("name"))
    periods = {tenant.id: Period.of_month(month, tenant.time_zone) for tenant in tenants}
    sums = _usage_sums(tenants, periods)
    starts = {period.start for period in periods.values()}
    found: dict[UUID, list[Invoice]] = defaultdict(list)
    for invoice in _light().filter(period_start__in=starts):
        if invoice.tenant_id in periods and invoice.period_start == periods[invoice.tenant_id].start:
            found[invoice.tenant_id].append(invoice)
    return [
        {
            "tenant": tile(tenant),
            "period": month,
            "usage": sums.get(tenant.id) or {"conversations": 0, "minutes": Decimal("0.00")},
            "invoice": next((head(one) for one in found[tenant.id] if one.status == Invoice.Status.DRAFT), None),
            "issued": [head(one) for one in found[tenant.id] if one.status == Invoice.Status.ISSUED],
        }
        for tenant in tenants
    ]


def invoice(invoice_id: UUID) -> Invoice:
    """The invoice with its tenant; ``not_found`` if there is none."""
    found = Invoice.objects.select_related("tenant", "rate_card").filter(pk=invoice_id).first()
    if found is None:
        raise not_found()
    return found


def detail(shown: Invoice, language: str) -> dict[str, Any]:
    """The invoice with its lines and, for a draft, what should be looked at before it is issued."""
    # Django leaves a model's own order out of a query that groups.
    lines = shown.lines.annotate(usages=Count("usage")).order_by("position")
    period = period_of(shown, shown.tenant)
    return {
        **head(shown),
        "period_start": shown.period_start,
        "period_end": shown.period_end,
        "time_zone": period.time_zone,
        "rate_card": shown.rate_card.version,
        "sha256": shown.frozen_sha256,
        "lines": [_line(line, line.usages, language) for line in lines],
        "cautions": _cautions(shown, period) if shown.status == Invoice.Status.DRAFT else [],
    }


def conversations_behind(shown: Invoice, line_id: UUID, page: int) -> dict[str, Any]:
    """A page of the conversations that a line counts, in order of their finish. Quantities are in the line's unit."""
    line = shown.lines.filter(pk=line_id).first()
    if line is None:
        raise not_found()
    start = (page - 1) * PAGE
    rows = list(line.usage.filter(tenant=shown.tenant).order_by("at", "id")[start : start + PAGE + 1])
    rate = rate_behind(shown.tenant, period_of(shown, shown.tenant), line.rate_code) if rows else None
    return {
        "results": [
            {
                "tenant": row.tenant_id,
                "conversation": row.conversation,
                "case_number": row.case_number,
                "channel": row.channel,
                "finished_at": row.at,
                "quantity": _plain(billed_quantity(row, rate), 0),
            }
            for row in rows[:PAGE]
        ],
        "next": page + 1 if len(rows) > PAGE else None,
    }


def _cautions(draft: Invoice, period: Period) -> list[dict[str, Any]]:
    """Codes with a count (0 where nothing is counted)."""
    reckoning = reckon(draft.tenant, period, draft=draft)
    found = {
        "unpriced": len(reckoning.unpriced),
        "late": reckoning.late,
        "month_not_over": draft.period_end > clock.now(),
        "negative_total": reckoning.totals.net < 0,
        "sla_report_missing": any(
            clause_behind(line.rate_code) is not None and line.report is None for line in reckoning.lines
        )
        or waits_for_report(draft.tenant, period),
        "draft_outdated": is_outdated(draft, reckoning),
        "client_address_missing": not draft.tenant.postal_address,
        "client_tax_id_missing": not draft.tenant.tax_id and draft.tenant.country != settings.BPO_COUNTRY,
    }
    return [{"code": code, "count": 0 if isinstance(value, bool) else value} for code, value in found.items() if value]


def _light() -> Any:
    return Invoice.objects.select_related("tenant").defer("pdf", "frozen")


def _line(line: InvoiceLine, usages: int, language: str) -> dict[str, Any]:
    texts: Mapping[str, str] = line.description
    return {
        "id": line.id,
        "position": line.position,
        "description": texts.get(language) or texts.get("en") or next(iter(texts.values()), ""),
        "quantity": _plain(line.quantity, 0),
        "unit": line.unit,
        "unit_price": _plain(line.unit_price, 2),
        "amount": line.amount,
        "conversations": usages,
        "clause": clause_behind(line.rate_code),
        "report": line.report_id,
    }


def _usage_sums(tenants: Iterable[Tenant], periods: Mapping[UUID, Period]) -> dict[UUID, dict[str, Any]]:
    """One query for each time zone in use: a month begins at another instant in each."""
    spans: dict[tuple[datetime, datetime], list[UUID]] = defaultdict(list)
    for tenant in tenants:
        spans[(periods[tenant.id].start, periods[tenant.id].end)].append(tenant.id)
    sums: dict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for (start, end), ids in spans.items():
        rows = Usage.objects.filter(tenant__in=ids, at__gte=start, at__lt=end)
        for tenant_id, kind, quantity in rows.values_list("tenant", "kind").annotate(Sum("quantity")):
            sums[tenant_id][kind] = quantity
    return {
        tenant_id: {
            "conversations": int(found.get(CONVERSATION, 0)),
            "minutes": (found.get(HANDLE, Decimal(0)) / 60).quantize(CENT, ROUND_HALF_UP),
        }
        for tenant_id, found in sums.items()
    }


def _plain(value: Decimal, places: int) -> str:
    """Without the zeros that say nothing beyond ``places`` decimals: 12.0000 → 12, 2.4000 → 2.40."""
    decimals = max(places, -int(value.normalize().as_tuple().exponent))
    return f"{value:.{decimals}f}"
