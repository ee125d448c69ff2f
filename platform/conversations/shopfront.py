"""What a shop shows at its public doors: name and colour, hours, team, honest wait, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from kernel import clock
from kernel.errors import Refusal
from people.access import accredited_now
from people.models import Accreditation
from routing.expected_wait import UNKNOWN, Told, tell
from routing.outlook import Place, outlook
from sla_contracts import contracts
from tenants.models import Tenant

_TEAM_SHOWN = 6
SHOWN_STATUSES = ("open", "waiting_customer", "closed")


def shop(tenant: Tenant, language: str = "") -> dict[str, Any]:
    """``language`` is the asked one if the shop speaks it, else the shop's first."""
    return {
        "name": tenant.name,
        "mark": tenant.mark,
        "color": tenant.color,
        "languages": list(tenant.languages),
        "language": spoken(tenant, language),
    }


def shown_status(status: str) -> str:
    """What a shopper is told: that the shop is asked something is between it and the team."""
    return status if status in SHOWN_STATUSES else "open"


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


def wait(tenant: Tenant, language: str, *, open_now: bool) -> dict[str, Any]:
    """What somebody is told who would write now in this language: closed, soon, about n minutes, long, or unknown."""
    if not open_now:
        return {"kind": "closed", "minutes": 0}
    try:
        return _told(tell(outlook.newcomer(tenant.id, "webchat", spoken(tenant, language).split("-")[0])))
    except Refusal:  # no queue for chats: nobody can say
        return _told(UNKNOWN)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a shopper stands; position and wait are None while nobody waits in the chat."""

    position: int | None = None
    wait: dict[str, Any] | None = None
    is_long: bool = False


def waiting(conversation_id: UUID) -> Standing:
    """Where the shopper of a conversation stands. Call from the public schema."""
    place: Place | None = outlook.places([conversation_id]).get(conversation_id)
    if place is None or not place.position:
        return Standing()
    return Standing(place.position, _told(tell(place.seconds)), place.is_long)


def _told(told: Told) -> dict[str, Any]:
    return {"kind": told.kind, "minutes": told.minutes}


def limits() -> dict[str, int]:
    return {
        "message_chars": settings.MESSAGE_MAX_CHARS,
        "attachment_bytes": settings.ATTACHMENT_MAX_BYTES,
        "attachments": settings.ATTACHMENTS_MAX,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
