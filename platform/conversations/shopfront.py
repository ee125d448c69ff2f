"""What a shop shows at its public doors: name and colour, hours, team, honest wait, limits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Avg, F

from kernel import clock
from people.access import accredited_now
from people.models import Accreditation
from routing.models import WorkItem
from sla_contracts import contracts
from tenants.models import Tenant

_TEAM_SHOWN = 6
_LATEST = 20
_RECENT = timedelta(hours=1)
_AT_ONCE_SECONDS = 30


def shop(tenant: Tenant, language: str = "") -> dict[str, Any]:
    """``language`` is the asked one if the shop speaks it, else the shop's first."""
    return {
        "name": tenant.name,
        "mark": tenant.mark,
        "color": tenant.color,
        "languages": list(tenant.languages),
        "language": spoken(tenant, language),
    }


def spoken(tenant: Tenant, language: str) -> str:
    """The shop's own code for a wished language (``it-IT`` → ``it``), or its first language."""
    wished = language.split("-")[0].lower()
    return next((code for code in tenant.languages if code.split("-")[0] == wished), tenant.default_language)


def hours(tenant: Tenant, channel_group: str) -> dict[str, Any]:
    """Whether people answer now, and when that changes; the promised hours of the contract in force."""
    now = clock.now()
    calendar = contracts.open_hours(tenant.id, channel_group, now)
    change = calendar.next_change(now) if calendar else None
    return {
        "open_now": calendar.is_open(now) if calendar else False,
        "next_change": _time(change),
        "time_zone": tenant.time_zone,
    }


def team(tenant: Tenant) -> list[str]:
    """Aliases of those who answer for this shop."""
    rows = Accreditation.objects.filter(accredited_now(), tenant=tenant, is_read_only=False, person__is_active=True)
    return sorted(set(rows.values_list("alias", flat=True)))[:_TEAM_SHOWN]


def wait(tenant: Tenant, channel_group: str, *, open_now: bool) -> dict[str, Any]:
    """How long the latest waited, said honestly: closed, none, about n seconds, or unknown."""
    if not open_now:
        return {"kind": "closed"}
    latest = WorkItem.objects.filter(
        tenant=tenant,
        queue__channel_group=channel_group,
        entered_at__gt=clock.now() - _RECENT,
        accepted_at__isnull=False,
    ).order_by("-entered_at")[:_LATEST]
    mean = latest.aggregate(mean=Avg(F("accepted_at") - F("entered_at")))["mean"]
    if mean is None:
        return {"kind": "unknown"}
    seconds = round(mean.total_seconds())
    return {"kind": "none"} if seconds < _AT_ONCE_SECONDS else {"kind": "about", "seconds": seconds}


def limits() -> dict[str, int]:
    return {
        "message_chars": settings.MESSAGE_MAX_CHARS,
        "attachment_bytes": settings.ATTACHMENT_MAX_BYTES,
        "attachments": settings.ATTACHMENTS_MAX,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
