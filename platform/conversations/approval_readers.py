"""Who of a client may answer what it is asked: its managers, as long as they are."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from people.models import Membership
from tenants.models import Tenant


def readers_of(tenant: Tenant) -> list[UUID]:
    """The client's active managers."""
    return list(_managers(tenant).order_by("person").values_list("person_id", flat=True))


def may_answer(person_id: UUID, tenant: Tenant) -> bool:
    """Whether this user is one of them now."""
    return bool(_managers(tenant).filter(person=person_id).exists())


def _managers(tenant: Tenant) -> QuerySet[Membership]:
    return Membership.objects.filter(tenant=tenant, role=Membership.Role.CLIENT, person__is_active=True)
