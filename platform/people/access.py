"""Who may what. Deny by default: a view that declares nothing is refused to everyone.

Declare on a DRF view class, in the words of ``kernel.access``: ``access = staff("agent", opens="conversation",
by="accreditation")``, ``access = client(opens="report")``. The declaration is checked before the view runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from kernel import clock
from kernel.access import Access, anyone, client, policy_of, shopper, signed_in, staff
from kernel.errors import not_found
from kernel.tenancy import enter
from people.models import Accreditation, ApiKey, AuditEntry, Membership, Person
from tenants.models import Tenant

__all__ = ["Access", "anyone", "client", "shopper", "signed_in", "staff"]

_SPELL_SECONDS = 900.0
_entered: dict[tuple[UUID, UUID], float] = {}


class Declared(BasePermission):
    """Refuses what declares no access, and checks what is declared."""

    def has_permission(self, request: Request, view: Any) -> bool:
        access = policy_of(view)
        if access is None:
            return False
        access = access.of(request.method or "")
        if access.realm == "open":
            return True
        tenant: Tenant | None = getattr(request._request, "tenant", None)
        if access.realm != "either" and (access.realm == "desk") != (tenant is None):
            raise not_found()
        if access.realm == "shopper":  # the view asks for the token
            return True
        if isinstance(request.auth, ApiKey) and (access.realm != "client" or request.method not in SAFE_METHODS):
            return False
        return bool(roles_of(person_of(request), tenant) & access.roles)


def person_of(request: Request) -> Person:
    """Who is signed in; raises NotAuthenticated (401) for nobody."""
    person = request.user
    if not isinstance(person, Person) or not person.is_authenticated:
        raise NotAuthenticated
    return person


def roles_of(person: Person, tenant: Tenant | None) -> frozenset[str]:
    """Staff roles at the desk (tenant None), or the client role at that tenant's host."""
    if not person.is_active:
        return frozenset()
    rows = Membership.objects.filter(person=person, tenant=tenant)
    return frozenset(rows.values_list("role", flat=True))


def accredited_now() -> Q:
    """Accreditations in force at this instant."""
    now = clock.now()
    return Q(valid_from__lte=now) & (Q(valid_until__isnull=True) | Q(valid_until__gt=now))


def may_serve(person: Person, tenant: Tenant, *, to_work: bool = False) -> bool:
    """Agents by accreditation (``to_work``: one that is not read-only); who serves all, every active client."""
    if tenant.status != Tenant.Status.ACTIVE or not person.is_active:
        return False
    if serves_all(person):
        return True
    granted = Accreditation.objects.filter(accredited_now(), person=person, tenant=tenant)
    return (granted.filter(is_read_only=False) if to_work else granted).exists()


def serves_all(person: Person) -> bool:
    """Operators; and supervisors, unless they are kept to the clients that they are accredited for."""
    rows = Membership.objects.filter(person=person, tenant=None, person__is_active=True)
    return rows.filter(Q(role="operator") | Q(role="supervisor", all_clients=True)).exists()


def clients_of(person: Person) -> list[Tenant]:
    """The active tenants this member of staff may enter now, by name."""
    active = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("name")
    if serves_all(person):
        return list(active)
    granted = Accreditation.objects.filter(accredited_now(), person=person).values("tenant_id")
    return list(active.filter(id__in=granted))


def supervisors_of(tenant_id: UUID) -> list[UUID]:
    """The supervisors who serve this client."""
    rows = Membership.objects.filter(tenant=None, role="supervisor", person__is_active=True)
    granted = Accreditation.objects.filter(accredited_now(), tenant=tenant_id).values("person_id")
    return list(rows.filter(Q(all_clients=True) | Q(person__in=granted)).values_list("person_id", flat=True))


def colleagues_of(tenant_id: UUID) -> QuerySet[Person]:
    """The agents and supervisors who may enter this client now, by name."""
    granted = Accreditation.objects.filter(accredited_now(), tenant=tenant_id).values("person_id")
    rows = Membership.objects.filter(Q(person__in=granted) | Q(role="supervisor", all_clients=True), tenant=None)
    working = rows.filter(role__in=("agent", "supervisor")).values("person_id")
    return Person.objects.filter(pk__in=working, is_active=True).only("id", "name").order_by("name", "pk")


def alias_for(person: Person, tenant: Tenant) -> str:
    """The name under which the shop's customers see this person."""
    row = Accreditation.objects.filter(accredited_now(), person=person, tenant=tenant).order_by("-valid_from").first()
    return row.alias if row else person.name.split(" ")[0]


def require_client(person: Person, tenant_id: UUID | str, *, to_work: bool = False) -> Tenant:
    """The client, if this person may serve it; what does not exist and what is barred answer alike."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None or not may_serve(person, tenant, to_work=to_work):
        raise not_found()
    return tenant


@contextmanager
def enter_client(person: Person, tenant_id: UUID | str, *, to_work: bool = False) -> Iterator[Tenant]:
    """A member of staff enters a client's schema, if they may."""
    tenant = require_client(person, tenant_id, to_work=to_work)
    _note_entry(person, tenant)
    with enter(tenant):
        yield tenant


def forget_entries() -> None:
    """Drop what this process remembers of entries already written down (in tests)."""
    _entered.clear()


def _note_entry(person: Person, tenant: Tenant) -> None:
    """One audit entry for each spell of a quarter of an hour: who was inside which shop, and when."""
    key, now = (person.pk, tenant.pk), time.monotonic()
    if now - _entered.get(key, -_SPELL_SECONDS) < _SPELL_SECONDS:
        return
    audit(person, "client.entered", tenant=tenant, object_id=tenant.pk)
    if len(_entered) > 50_000:
        _entered.clear()
    _entered[key] = now


def audit(
    person: Person | None, action: str, *, tenant: Tenant | None = None, object_id: Any = "", **detail: Any
) -> None:
    """Write down who did what; ``detail`` takes ids and codes only."""
    AuditEntry.objects.create(
        at=clock.now(), person=person, tenant=tenant, action=action, object_id=str(object_id), detail=detail
    )
