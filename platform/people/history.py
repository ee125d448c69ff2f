"""Who could serve whom, and when: a record of each person's leave at every change, which nobody rewrites.

A client may ask, long after. Accreditations carry dates of their own, so what runs out by itself needs no record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min, Q

from kernel import clock
from people.models import Accreditation, LeaveRecord, Membership, Person, PersonSkill
from tenants.models import Tenant

_STAFF = {Membership.Role.AGENT, Membership.Role.SUPERVISOR, Membership.Role.OPERATOR}


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who could be given a client's work; ``is_assumed``: from before the first change on record."""

    person: Person
    alias: str
    levels: dict[str, int]
    since: datetime
    until: datetime | None
    is_assumed: bool


@contextmanager
def recorded(people: Collection[UUID]) -> Iterator[None]:
    """Write down what these people may do after the block, if it changed; inside the caller's transaction."""
    before = _snapshots(people)
    known = set(LeaveRecord.objects.filter(person__in=people).values_list("person_id", flat=True))
    yield
    after, now = _snapshots(people), clock.now()
    changed = [person_id for person_id in set(people) if after[person_id] != before[person_id]]
    made = dict(Person.objects.filter(pk__in=changed).values_list("pk", "created_at"))
    rows = [
        LeaveRecord(person_id=person_id, at=min(made[person_id], now), is_assumed=True, **before[person_id])
        for person_id in changed
        if person_id not in known and before[person_id]["roles"]
    ]
    rows += [LeaveRecord(person_id=person_id, at=now, **after[person_id]) for person_id in changed]
    LeaveRecord.objects.bulk_create(rows)


def begin(person: Person) -> None:
    """The first record of somebody who was just hired: before it they could do nothing."""
    LeaveRecord.objects.create(person=person, at=clock.now(), **_snapshots([person.pk])[person.pk])


def could_serve(tenant: Tenant, at: datetime) -> list[Able]:
    """Who could be given this client's work at that instant, by name."""
    rows = LeaveRecord.objects.filter(Q(at__lte=at) | Q(is_assumed=True))
    latest = {row.person_id: row for row in rows.order_by("person_id", "-at", "-pk").distinct("person_id")}
    recorded_ever = set(LeaveRecord.objects.values_list("person_id", flat=True).distinct())
    never = set(Accreditation.objects.filter(tenant=tenant).values_list("person_id", flat=True)) - recorded_ever
    for person_id, now in _snapshots(never).items():
        latest[person_id] = LeaveRecord(person_id=person_id, is_assumed=True, **now)
    people = Person.objects.in_bulk(list(latest))
    found = [_able(people[person_id], row, tenant, at) for person_id, row in latest.items() if person_id in people]
    return sorted((one for one in found if one is not None), key=lambda one: (one.person.name, one.person.pk))


def recorded_since() -> datetime | None:
    """The first change on record; what was before is as it stood then."""
    found: datetime | None = LeaveRecord.objects.filter(is_assumed=False).aggregate(first=Min("at"))["first"]
    return found


def _able(person: Person, row: LeaveRecord, tenant: Tenant, at: datetime) -> Able | None:
    if not row.is_active or not _STAFF & set(row.roles):
        return None
    for leave in row.accreditations:
        since = datetime.fromisoformat(leave["from"])
        until = datetime.fromisoformat(leave["until"]) if leave["until"] else None
        if leave["tenant"] == str(tenant.pk) and not leave["read_only"] and since <= at and (not until or at < until):
            return Able(person, leave["alias"], row.levels, since, until, row.is_assumed)
    return None


def _snapshots(people: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """As ``LeaveRecord`` keeps them, from the rows as they are now."""
    active = dict(Person.objects.filter(pk__in=people).values_list("pk", "is_active"))
    found: dict[UUID, dict[str, Any]] = {
        pk: {"is_active": active.get(pk, False), "roles": [], "levels": {}, "accreditations": []} for pk in people
    }
    staff = Membership.objects.filter(person__in=people, tenant=None).order_by("role")
    for person_id, role in staff.values_list("person_id", "role"):
        found[person_id]["roles"].append(role)
    skills = PersonSkill.objects.filter(person__in=people).order_by("skill__code")
    for person_id, code, level in skills.values_list("person_id", "skill__code", "level"):
        found[person_id]["levels"][code] = level
    for row in Accreditation.objects.filter(person__in=people).order_by("tenant_id", "valid_from"):
        found[row.person_id]["accreditations"].append(
            {
                "tenant": str(row.tenant_id),
                "from": row.valid_from.isoformat(),
                "until": row.valid_until.isoformat() if row.valid_until else None,
                "read_only": row.is_read_only,
                "alias": row.alias,
            }
        )
    return found
