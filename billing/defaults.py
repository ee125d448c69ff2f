"""The rate card that a new shop starts with, until its own is agreed."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.models import RateCard
from billing.rate_card import read_rates
from billing.vat import vat_percent
from kernel import clock
from sla_contracts.models import ContractVersion
from tenants.models import Tenant

RATES: list[dict[str, Any]] = [
    {"kind": "monthly_fee", "code": "fee", "amount": "290.00"},
    {
        "kind": "tiers",
        "code": "chat",
        "channel": "webchat",
        "bands": [{"up_to": "500", "price": "2.40"}, {"up_to": None, "price": "1.95"}],
    },
    {"kind": "per_conversation", "code": "mail", "channel": "email", "price": "3.10"},
    {"kind": "per_conversation", "code": "form", "channel": "form", "price": "3.10"},
    {"kind": "per_conversation", "code": "other", "price": "2.80"},
    {"kind": "minimum", "code": "minimum", "amount": "450.00"},
]


def create(tenant: Tenant) -> RateCard:
    """The tenant's first rate card, in force from the month in which its contract begins; again changes nothing."""
    read_rates(RATES)
    card, _ = RateCard.objects.get_or_create(
        tenant=tenant,
        version=1,
        defaults={
            "valid_from": _first_month(tenant),
            "currency": tenant.currency,
            "rates": RATES,
            "vat_percent": vat_percent(settings.BPO_COUNTRY, tenant.country),
        },
    )
    return card


def _first_month(tenant: Tenant) -> date:
    signed = ContractVersion.objects.filter(contract__tenant=tenant, signed_at__isnull=False)
    first = signed.order_by("valid_from").values_list("valid_from", flat=True).first()
    return (first or clock.now()).astimezone(ZoneInfo(tenant.time_zone)).date().replace(day=1)
