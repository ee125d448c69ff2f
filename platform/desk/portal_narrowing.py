"""Which of a shop's conversations a figure of the portal counts: each figure opens onto exactly these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from django.db.models import Q

from kernel import clock
from kernel.errors import invalid
from routing.models import WorkItem
from sla_contracts.period import Period
from sla_contracts.volume import arrived
from tenants.models import Tenant

LONGEST = 40
STATUSES = ("open", "waiting_customer", "waiting_client", "closed")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the reader chose; empty is everything. ``day`` is a local date, ``queue`` the id of one of the shop's."""

    channel: str = ""
    language: str = ""
    day: str = ""
    status: str = ""
    reason: str = ""
    queue: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Narrowing:
        """From query parameters; refuses what no figure could have led to."""
        chosen = {field.name: asked.get(field.name, "") for field in fields(cls)}
        for name, value in chosen.items():
            if len(value) > LONGEST or "\0" in value:
                raise invalid("This filter is not known; leave it out.", **{name: "is not known"})
        if chosen["status"] and chosen["status"] not in STATUSES:
            raise invalid(f"A status is one of {', '.join(STATUSES)}.", status="is not known")
        return cls(**chosen)


EVERYTHING = Narrowing()


def narrow(tenant: Tenant, period: Period, narrowing: Narrowing) -> Q | None:
    """The conditions on conversations; None where nothing was chosen that names a set of its own.

    Channel, language and day count what arrived in the period; a reason counts what was closed in it; a queue counts
    what waits in it now, whenever it arrived.
    """
    found = [
        _arrived(tenant, period, narrowing),
        _closed_for(period, narrowing.reason),
        _waiting(tenant, narrowing.queue),
    ]
    named = [condition for condition in found if condition is not None]
    if not named:
        return None
    together = Q()
    for condition in named:
        together &= condition
    return together


def _arrived(tenant: Tenant, period: Period, narrowing: Narrowing) -> Q | None:
    if not (narrowing.channel or narrowing.language or narrowing.day):
        return None
    return Q(
        pk__in=arrived(
            tenant,
            period,
            now=clock.now(),
            channel=narrowing.channel,
            language=narrowing.language,
            day=_day(narrowing.day),
        )
    )


def _closed_for(period: Period, reason: str) -> Q | None:
    return Q(contact_reason=reason, closed_at__gte=period.start, closed_at__lt=period.end) if reason else None


def _waiting(tenant: Tenant, queue: str) -> Q | None:
    if not queue:
        return None
    try:
        queue_id = UUID(queue)
    except ValueError:
        raise invalid("This queue is not known; leave it out.", queue="is not known") from None
    waiting = WorkItem.objects.filter(
        tenant=tenant, queue=queue_id, state__in=(WorkItem.State.WAITING, WorkItem.State.OFFERED)
    )
    return Q(pk__in=list(waiting.values_list("conversation", flat=True)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise invalid("A day is written YYYY-MM-DD.", day="is no date") from None
