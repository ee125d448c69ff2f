"""The certificate of an erasure: canonical data, their hash, and a PDF in the shop's language. It names no person."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from customers.models import Customer, ErasureCertificate
from kernel import clock
from kernel.access import declares, system
from kernel.papers import typeset
from sla_contracts.speech import LANGUAGES, Speech
from tenants.models import Tenant

FORM = 1
_TEXTS = Path(__file__).parent / "texts"


@lru_cache(maxsize=len(LANGUAGES))
def texts(language: str) -> Mapping[str, str]:
    """What certificates and exports say in one of ``LANGUAGES``."""
    found: dict[str, str] = json.loads((_TEXTS / f"{language}.json").read_text("utf-8"))
    return found


def language_of(tenant: Tenant) -> str:
    """The shop's first language that papers are written in, else English."""
    return next((language for language in tenant.languages if language in LANGUAGES), "en")


def make(
    *,
    tenant: Tenant,
    customer: Customer,
    asked_at: datetime,
    by: str,
    reason: str,
    counts: Mapping[str, int],
    reapplied: bool,
) -> ErasureCertificate:
    """Write the certificate of an erased customer [inside the tenant]. by: who asked, or empty for the system."""
    data = {
        "form": FORM,
        "language": language_of(tenant),
        "tenant": {"id": str(tenant.id), "name": tenant.legal_name or tenant.name},
        "processor": settings.BPO_NAME,
        "customer": str(customer.pk),
        "asked_at": asked_at.isoformat(),
        "erased_at": (customer.erased_at or clock.now()).isoformat(),
        "by": by,
        "reason": reason,
        "erased": dict(counts),
        "reapplied": reapplied,
    }
    digest = sha256(data)
    made, _ = ErasureCertificate.objects.update_or_create(
        customer=customer,
        defaults={"data": data, "sha256": digest, "pdf": render(data, digest, tenant), "made_at": clock.now()},
    )
    return made


def sha256(data: Mapping[str, Any]) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@declares("export", system(opens="customer", by="row", why="names nobody; given out by a declared route"))
def render(data: Mapping[str, Any], digest: str, tenant: Tenant) -> bytes:
    """The tagged PDF of a certificate's data."""
    say = texts(data["language"])
    speech = Speech(data["language"], country=tenant.country, time_zone=tenant.time_zone)
    page = {
        "language": data["language"],
        "say": say,
        "lead": say["lead"].format(shop=data["tenant"]["name"], bpo=data["processor"]),
        "seller": data["processor"],
        "shop": data["tenant"]["name"],
        "customer": data["customer"],
        "asked": speech.moment(datetime.fromisoformat(data["asked_at"])),
        "erased": speech.moment(datetime.fromisoformat(data["erased_at"])),
        "by": data["by"] or say["system"],
        "reason": say[f"reason_{data['reason']}"],
        "counts": [(say[name], speech.number(count)) for name, count in data["erased"].items()],
        "reapplied": data["reapplied"],
        "sha256": digest,
    }
    return typeset("erasure.html", page)
