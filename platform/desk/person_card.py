"""One person as the operator's page shows them; and the links to a password that nobody used yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from desk import hiring
from desk.work import mark_of
from kernel import clock
from people.models import Accreditation, Invitation, Person
from people.session_store import in_force
from routing.models import AgentState

_SHOWN_MAX = 500
_SESSION = ("id", "host", "program", "started_at", "seen_at")


def card(person_id: UUID) -> dict[str, Any]:
    """All that is known of them; not_found 404."""
    shown = hiring.one(person_id)
    person = Person.objects.get(pk=person_id)
    now = clock.now()
    desk = AgentState.objects.filter(pk=person_id).first()
    leave = person.accreditations.select_related("tenant").order_by("tenant__name", "-valid_from")
    return {
        **shown,
        "language": person.language,
        "time_zone": person.time_zone,
        "skills": [
            {"code": row.skill.code, "kind": row.skill.kind, "name": row.skill.name, "level": row.level}
            for row in person.skills.select_related("skill").order_by("skill__kind", "-level", "skill__code")
        ],
        "accreditations": [_spell(row, now) for row in leave],
        "has_desk": desk is not None,
        "switches_per_hour": desk.switches_per_hour if desk else None,
        "sessions": list(in_force().filter(person=person).order_by("-seen_at").values(*_SESSION)),
    }


def invitations() -> list[dict[str, Any]]:
    """Links not used and not taken back, those that ran out too; the newest first."""
    rows = Invitation.objects.filter(used_at=None, revoked_at=None, person__is_active=True)
    now = clock.now()
    return [
        {
            "person": {"id": row.person.pk, "name": row.person.name},
            "email": row.person.email,
            "purpose": row.purpose,
            "made_by": {"id": row.made_by.pk, "name": row.made_by.name} if row.made_by else None,
            "made_at": row.made_at,
            "posted_at": row.posted_at,
            "expires_at": row.expires_at,
            "is_over": row.expires_at <= now,
        }
        for row in rows.select_related("person", "made_by").order_by("-made_at")[:_SHOWN_MAX]
    ]


def _spell(row: Accreditation, now: datetime) -> dict[str, Any]:
    is_over = row.valid_until is not None and row.valid_until <= now
    return {
        "client": mark_of(row.tenant),
        "alias": row.alias,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "is_read_only": row.is_read_only,
        "state": "over" if is_over else "later" if row.valid_from > now else "now",
    }
