"""Who may still do what, asked for many at once: the sockets of a process ask twice a second.

A right that was withdrawn is gone everywhere within ``FRESH_SECONDS``: whatever remembers a right longer is a bug.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from kernel.access import CLIENT
from people.access import accredited_now
from people.models import Accreditation, Membership
from people.session_store import alive
from tenants.models import Tenant

FRESH_SECONDS = 0.5


@dataclass(slots=True)
class Standing:
    """roles: of staff who may work; sessions, grants (accreditations) and shops: those in force.

    clients: (person, shop) of the shops' own users.
    """

    roles: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    everywhere: set[UUID] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)
    grants: set[tuple[UUID, UUID]] = field(default_factory=set)
    clients: set[tuple[UUID, UUID]] = field(default_factory=set)
    shops: set[UUID] = field(default_factory=set)

    def serves(self, person_id: UUID, tenant_id: UUID) -> bool:
        """As ``people.access.may_serve`` says."""
        if tenant_id not in self.shops:
            return False
        if person_id in self.everywhere:
            return True
        return person_id in self.roles and (person_id, tenant_id) in self.grants


def standing(*, people: Iterable[UUID], sessions: Iterable[str], tenants: Iterable[UUID]) -> Standing:
    """How these people, sessions and shops stand at this instant; four statements for any number."""
    people, tenants, found = list(people), list(tenants), Standing()
    if people:
        members = Membership.objects.filter(
            Q(tenant=None) | Q(tenant_id__in=tenants), person_id__in=people, person__is_active=True
        )
        for person_id, shop, role, all_clients in members.values_list("person_id", "tenant", "role", "all_clients"):
            if role in CLIENT:
                found.clients.add((person_id, shop))
                continue
            found.roles[person_id].add(role)
            if role == "operator" or (role == "supervisor" and all_clients):
                found.everywhere.add(person_id)
        found.sessions = alive(sessions)
    if people and tenants:
        granted = Accreditation.objects.filter(
            accredited_now(), person_id__in=people, tenant_id__in=tenants, person__is_active=True
        )
        found.grants = set(granted.values_list("person_id", "tenant_id"))
    if tenants:
        active = Tenant.objects.filter(pk__in=tenants, status=Tenant.Status.ACTIVE)
        found.shops = set(active.values_list("pk", flat=True))
    return found
