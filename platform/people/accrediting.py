"""Leave to serve a client, from–until: granted and withdrawn, for one person or many, all or nothing.

What has begun is never rewritten: it is ended. Two accreditations of one person for one client never overlap.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from kernel import clock, live
from kernel.errors import Refusal, invalid
from people.access import audit, roles_of
from people.history import recorded
from people.models import Accreditation, Membership, Person
from tenants.models import Tenant


def grant(
    *,
    by: Person,
    people: Collection[UUID],
    client: UUID,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    is_read_only: bool = False,
    alias: str = "",
) -> int:
    """Accredit these people for the client (from now, and for good, where no date is given); how many were.

    Who has the same leave for all that time keeps it. Refuses with not_allowed, invalid, not_staff or overlap, and then
    changes nothing. alias: none is the first name.
    """
    require_operator(by)
    tenant = known_client(client)
    now = clock.now()
    start = valid_from or now
    check_dates(start, valid_until, now)
    with transaction.atomic(), recorded(people):
        rows = locked(people)
        _require_staff(rows)
        fresh = [person for person in rows if not _has_it(person, tenant, start, valid_until, is_read_only)]
        refuse_overlap(fresh, tenant, start, valid_until)
        for person in fresh:
            add(by, person, tenant, start, valid_until, is_read_only=is_read_only, alias=alias)
    return len(fresh)


def withdraw(*, by: Person, people: Collection[UUID], client: UUID, at: datetime | None = None) -> int:
    """From ``at`` (now, where none is given) on these people may not serve the client; how many could until then.

    Their work there goes back to its queue within a second of that moment (``routing.barring``).
    """
    require_operator(by)
    tenant = known_client(client)
    now = clock.now()
    if at is not None and at < now:
        raise invalid("What was allowed cannot be undone; choose a moment from now on.", at="is in the past")
    with transaction.atomic(), recorded(people):
        return sum(end(by, person, tenant, at or now) for person in locked(people))


def end(by: Person, person: Person, tenant: Tenant, at: datetime) -> bool:
    """No leave from ``at`` on; what would begin later never does. Whether there was any."""
    rows = Accreditation.objects.filter(person=person, tenant=tenant)
    later = rows.filter(valid_from__gte=at).delete()[0]
    running = rows.filter(valid_from__lt=at).exclude(valid_until__lte=at).update(valid_until=at)
    if later or running:
        live.call_the_roll()
        audit(by, "accreditation.withdrawn", tenant=tenant, object_id=person.pk, at=at.isoformat())
    return bool(later or running)


def add(
    by: Person,
    person: Person,
    tenant: Tenant,
    start: datetime,
    until: datetime | None,
    *,
    is_read_only: bool = False,
    alias: str = "",
) -> None:
    """The row itself; the caller has locked the person and looked for overlaps."""
    Accreditation.objects.create(
        person=person,
        tenant=tenant,
        alias=(alias.strip() or person.name.split(" ")[0])[:60],
        valid_from=start,
        valid_until=until,
        is_read_only=is_read_only,
    )
    audit(
        by, "accreditation.granted", tenant=tenant, object_id=person.pk, valid_from=start.isoformat(),
        valid_until=until.isoformat() if until else "", read_only=is_read_only,
    )  # fmt: skip


def refuse_overlap(people: Collection[Person], tenant: Tenant, start: datetime, until: datetime | None) -> None:
    """Refuses with overlap, and says whose and which."""
    rows = Accreditation.objects.filter(person__in=people, tenant=tenant).exclude(valid_until__lte=start)
    if until is not None:
        rows = rows.filter(valid_from__lt=until)
    found = list(rows.select_related("person").order_by("person__name", "valid_from")[:4])
    if found:
        named = "; ".join(f"{row.person.name} {_span(row, tenant)}" for row in found[:3])
        more = " and others" if len(found) > 3 else ""
        raise Refusal(
            "overlap",
            409,
            f"There is leave for {tenant.name} in that time already: {named}{more}."
            " Withdraw it first, or choose other dates. Nothing was changed.",
            fields={"valid_from": "overlaps what is there"},
        )


def check_dates(start: datetime, until: datetime | None, now: datetime) -> None:
    if start < now:
        raise invalid("Nobody can be accredited for the past; nothing was changed.", valid_from="is in the past")
    if until is not None and until <= start:
        raise invalid("An accreditation ends after it begins; nothing was changed.", valid_until="is before the start")


def known_client(client: UUID) -> Tenant:
    tenant = Tenant.objects.filter(pk=client).exclude(status=Tenant.Status.DELETED).first()
    if tenant is None:
        raise invalid("A client that is named does not exist; nothing was changed.", client="is not known")
    return tenant


def locked(people: Collection[UUID]) -> list[Person]:
    """Their rows, locked in one order; invalid if one of them is nobody."""
    rows = list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    if len(rows) < len(set(people)):
        raise invalid("Somebody who is named does not exist; nothing was changed.", people="is not known")
    return rows


def require_operator(by: Person) -> None:
    if "operator" not in roles_of(by, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was changed.")


def _require_staff(people: Collection[Person]) -> None:
    staff = set(Membership.objects.filter(person__in=people, tenant=None).values_list("person_id", flat=True))
    others = [person.name for person in people if person.pk not in staff]
    if others:
        message = f"Only staff are accredited for clients, and {', '.join(others[:3])} is not; nothing was changed."
        raise Refusal("not_staff", 400, message, fields={"people": "needs a staff role"})


def _has_it(person: Person, tenant: Tenant, start: datetime, until: datetime | None, is_read_only: bool) -> bool:
    rows = Accreditation.objects.filter(person=person, tenant=tenant, valid_from__lte=start, is_read_only=is_read_only)
    lasting = rows.filter(valid_until=None)
    return (lasting if until is None else lasting | rows.filter(valid_until__gte=until)).exists()


def _span(row: Accreditation, tenant: Tenant) -> str:
    zone = ZoneInfo(tenant.time_zone)
    begin = row.valid_from.astimezone(zone)
    finish = row.valid_until.astimezone(zone) if row.valid_until else None
    kind = ", reading only" if row.is_read_only else ""
    return f"from {begin:%Y-%m-%d %H:%M}" + (f" until {finish:%Y-%m-%d %H:%M}" if finish else ", for good") + kind
