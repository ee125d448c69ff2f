"""News that each agent of a client confirms to have read: who did, and who has not yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from automation import playbook
from automation.models import BulletinReading, PlaybookItem, PlaybookVersion
from kernel import clock
from kernel.tenancy import require_entered
from people.access import accredited_now
from people.models import Accreditation, Person
from tenants.models import Tenant


def current(today: str) -> list[PlaybookVersion]:
    """Those in force on a day (``2026-11-23``, the client's own), the newest first."""
    found = playbook.all_in_force(PlaybookItem.Kind.BULLETIN)
    shown = [row for row in found if not row.body.get("until") or row.body["until"] >= today]
    return sorted(shown, key=lambda row: row.made_at, reverse=True)


def read_by(person: Person, versions: list[PlaybookVersion]) -> dict[UUID, datetime]:
    """Version → when this person confirmed it."""
    rows = BulletinReading.objects.filter(person=person, version__in=[row.pk for row in versions])
    return dict(rows.values_list("version_id", "read_at"))


def confirm(*, person: Person, item_id: UUID, number: int) -> None:
    """The person has read this version; repeating it changes nothing. Refuses with not_found or changed_meanwhile."""
    require_entered()
    version = playbook.in_force(item_id, PlaybookItem.Kind.BULLETIN, number=number)
    BulletinReading.objects.get_or_create(version=version, person=person, defaults={"read_at": clock.now()})


def readers(*, tenant: Tenant, item_id: UUID) -> list[dict[str, Any]]:
    """Each agent of the client now, by name, with when they confirmed the version in force (None: not yet)."""
    require_entered()
    version = playbook.in_force(item_id)
    read = dict(BulletinReading.objects.filter(version=version).values_list("person_id", "read_at"))
    granted = Accreditation.objects.filter(accredited_now(), tenant=tenant, person__is_active=True)
    rows = granted.order_by("person__name").values_list("person_id", "person__name").distinct()
    return [{"id": person, "name": name, "read_at": read.get(person)} for person, name in rows]
