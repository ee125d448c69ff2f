"""Clients who compete: whoever has work of one in hand is given none of the other."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from kernel.errors import Refusal, invalid
from people.access import audit, roles_of
from people.models import Person
from routing.models import BarredPair
from tenants.models import Tenant


def pairs() -> list[tuple[Tenant, Tenant]]:
    """By name."""
    rows = BarredPair.objects.select_related("one", "other")
    found = [(row.one, row.other) if row.one.name <= row.other.name else (row.other, row.one) for row in rows]
    return sorted(found, key=lambda pair: (pair[0].name, pair[1].name))


def bar(*, by: Person, one: UUID, other: UUID) -> None:
    """From the next offer on no agent has both in hand; what is in hand now is finished. Repeating changes nothing."""
    _require_operator(by)
    if one == other or Tenant.objects.filter(pk__in=[one, other]).count() < 2:
        raise invalid("Choose two different clients; nothing was changed.", other="is the same, or not known")
    first, second = sorted((one, other))
    with transaction.atomic():
        _, is_new = BarredPair.objects.get_or_create(one_id=first, other_id=second)
        if is_new:
            audit(by, "rivals.barred", object_id=first, other=str(second))


def allow(*, by: Person, one: UUID, other: UUID) -> None:
    """They compete no more; invalid where they did not."""
    _require_operator(by)
    first, second = sorted((one, other))
    with transaction.atomic():
        if not BarredPair.objects.filter(one=first, other=second).delete()[0]:
            raise invalid("These two are not barred; nothing was changed.", other="is not barred")
        audit(by, "rivals.allowed", object_id=first, other=str(second))


def _require_operator(by: Person) -> None:
    if "operator" not in roles_of(by, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was changed.")
