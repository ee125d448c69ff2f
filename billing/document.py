"""The invoice as a document: plain JSON that says all that the paper says. Canonical, so that it can be hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.clause_lines import clause_behind
from billing.models import Invoice, InvoiceLine
from billing.vat import vat_note
from billing.wording import language_of
from kernel import clock
from sla_contracts import contracts
from sla_contracts.period import Period
from tenants.models import Tenant

FORM = 1


def document(invoice: Invoice, tenant: Tenant) -> dict[str, Any]:
    """The document of an invoice as its rows stand: amounts as strings, days as ISO 8601."""
    period = period_of(invoice, tenant)
    language = language_of(tenant)
    zone = ZoneInfo(settings.BPO_TIME_ZONE)
    return {
        "form": FORM,
        "id": str(invoice.id),
        "status": invoice.status,
        "number": invoice.number,
        "language": language,
        "issued_on": invoice.issued_at.astimezone(zone).date().isoformat() if invoice.issued_at else None,
        "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
        "period": _period(period),
        "contract": _contract(tenant, period),
        "seller": _seller(),
        "client": _client(tenant),
        "brand": {"name": tenant.name, "mark": tenant.mark, "color": tenant.color},
        "currency": invoice.currency,
        "rate_card": invoice.rate_card.version,
        "lines": [
            _line(line, language)
            for line in invoice.lines.select_related("report").defer("report__pdf", "report__data")
        ],
        "net": str(invoice.net),
        "vat_percent": str(invoice.vat_percent),
        "vat_note": vat_note(settings.BPO_COUNTRY, tenant.country, invoice.vat_percent),
        "vat": str(invoice.vat),
        "total": str(invoice.total),
    }


def sha256(data: Mapping[str, Any]) -> str:
    """Of the canonical form: keys sorted, no blanks, UTF-8."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def holds(invoice: Invoice) -> bool:
    """Whether the frozen document of an issued invoice still gives the hash that was printed."""
    return invoice.frozen is not None and sha256(invoice.frozen) == invoice.frozen_sha256


def period_of(invoice: Invoice, tenant: Tenant) -> Period:
    """The invoice's month, as it was when it was made."""
    month = Period.holding(invoice.period_start, tenant.time_zone)
    if (month.start, month.end) == (invoice.period_start, invoice.period_end):
        return month
    middle = invoice.period_start + (invoice.period_end - invoice.period_start) / 2
    return Period(invoice.period_start, invoice.period_end, f"{middle:%Y-%m}", "UTC")


def today() -> date:
    """The day at the BPO: the one that invoices are dated by."""
    return clock.now().astimezone(ZoneInfo(settings.BPO_TIME_ZONE)).date()


def _period(period: Period) -> dict[str, str]:
    return {
        "month": period.month,
        "first_day": _local_day(period.start, period),
        "last_day": _local_day(period.end - timedelta(microseconds=1), period),
        "time_zone": period.time_zone,
    }


def _seller() -> dict[str, str]:
    return {
        "name": settings.BPO_NAME,
        "tax_id": settings.BPO_TAX_ID,
        "address": settings.BPO_ADDRESS,
        "country": settings.BPO_COUNTRY,
        "email": settings.BPO_EMAIL,
        "iban": settings.BPO_IBAN,
    }


def _client(tenant: Tenant) -> dict[str, str]:
    return {
        "id": str(tenant.id),
        "name": tenant.legal_name or tenant.name,
        "tax_id": tenant.tax_id,
        "address": tenant.postal_address,
        "country": tenant.country,
    }


def _line(line: InvoiceLine, language: str) -> dict[str, Any]:
    ids = sorted(str(usage_id) for usage_id in line.usage.values_list("id", flat=True))
    return {
        "id": str(line.id),
        "position": line.position,
        "rate_code": line.rate_code,
        "description": line.description.get(language) or line.description["en"],
        "quantity": str(line.quantity),
        "unit": line.unit,
        "unit_price": str(line.unit_price),
        "amount": str(line.amount),
        **_sla(line),
        "usage": {"count": len(ids), "sha256": hashlib.sha256("\n".join(ids).encode()).hexdigest()},
    }


def _sla(line: InvoiceLine) -> dict[str, Any]:
    """Of a credit or a supplement: its clause, and the report that it stands in with its hash."""
    clause = clause_behind(line.rate_code)
    if clause is None:
        return {}
    found = line.report and {"id": str(line.report_id), "data_sha256": line.report.data_sha256}
    return {"sla": {"clause": clause, "report": found}}


def _contract(tenant: Tenant, period: Period) -> dict[str, Any] | None:
    versions = contracts.versions_between(tenant.id, period.start, period.end)
    if not versions:
        return None
    return {"reference": versions[-1].contract.reference, "version": versions[-1].number}


def _local_day(instant: datetime, period: Period) -> str:
    return instant.astimezone(ZoneInfo(period.time_zone)).date().isoformat()
