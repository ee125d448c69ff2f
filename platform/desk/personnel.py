"""What an operator changes about people who are here: rights, links, sessions, locks. Each change is written down.

A right that is taken takes effect within a second (``people.standing``); the dispatcher takes the work back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from axes.utils import reset as reset_attempts
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from kernel import clock, live
from kernel.errors import Refusal, invalid, not_found
from people import accrediting, invitations, sessions
from people.access import accredited_now, audit, roles_of
from people.history import recorded
from people.models import Accreditation, Invitation, Membership, Person, Session
from routing import queue
from routing.models import AgentState
from routing.queues import open_desk
from tenants.models import Tenant

Role = Membership.Role
STAFF_ROLES = (Role.AGENT, Role.SUPERVISOR, Role.OPERATOR)


def change(
    *,
    by: Person,
    person_id: UUID,
    is_active: bool | None = None,
    roles: Collection[str] | None = None,
    clients: Collection[UUID] | None = None,
) -> Person:
    """Close or reopen somebody's account, set the staff roles, or set the clients they are accredited for.

    What is None stays. Refuses with not_allowed, not_found, own_account or invalid.
    """
    _require_operator(by)
    with transaction.atomic(), recorded([person_id]):
        person = _locked(person_id)
        if person.pk == by.pk and (is_active is False or (roles is not None and Role.OPERATOR not in roles)):
            raise Refusal("own_account", 409, "Nobody shuts themselves out; ask another operator. Nothing was changed.")
        if roles is not None:
            _set_roles(by, person, set(roles))
        if clients is not None:
            _set_clients(by, person, set(clients))
        if is_active is not None and is_active != person.is_active:
            _set_active(by, person, is_active)
        queue.take_back_from_barred()
        live.call_the_roll()
    return person


def invite(*, by: Person, person_id: UUID) -> Invitation:
    """Send the link to set a password (again); the one before it is void."""
    _require_operator(by)
    person = _known(person_id)
    if not person.is_active:
        raise Refusal("inactive", 409, "This account is closed; reopen it first. Nothing was sent.")
    first = not person.has_usable_password()
    return invitations.make(
        person=person, purpose=Invitation.Purpose.INVITE if first else Invitation.Purpose.RESET, by=by
    )


def revoke_invitation(*, by: Person, person_id: UUID) -> None:
    _require_operator(by)
    invitations.take_back(person=_known(person_id), by=by)


def end_sessions(*, by: Person, person_id: UUID) -> int:
    _require_operator(by)
    person = _known(person_id)
    ended = sessions.end_all(person)
    audit(by, "sessions.ended", object_id=person.pk, count=ended)
    return ended


def unlock(*, by: Person, person_id: UUID) -> None:
    """Forget the wrong passwords that were tried for this address."""
    _require_operator(by)
    person = _known(person_id)
    reset_attempts(username=person.email)
    audit(by, "person.unlocked", object_id=person.pk)


def remove_second_factor(*, by: Person, person_id: UUID) -> None:
    """For somebody who lost their telephone and their recovery codes; every session ends (ASVS 6.4.4)."""
    _require_operator(by)
    person = _known(person_id)
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        sessions.end_all(person)
        audit(by, "totp.removed_by_operator", object_id=person.pk)


def standing_of(people: Collection[Person]) -> dict[UUID, dict[str, Any]]:
    """For the operator's list: ``locked``, ``two_step``, ``link_until``, ``has_password``, ``seen_at``."""
    ids = [person.pk for person in people]
    emails = [person.email for person in people]
    since = clock.now() - settings.AXES_COOLOFF_TIME * _HOUR
    tried = AccessAttempt.objects.filter(
        username__in=emails, attempt_time__gt=since, failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    )
    locked = set(tried.values_list("username", flat=True))
    two_step = set(
        Authenticator.objects.filter(user__in=ids, type=Authenticator.Type.TOTP).values_list("user_id", flat=True)
    )
    links = Invitation.objects.filter(
        person__in=ids, used_at=None, revoked_at=None, expires_at__gt=clock.now()
    ).values_list("person_id", "expires_at")
    until = dict(links)
    seen = dict(Session.objects.filter(person__in=ids).values_list("person_id").annotate(Max("seen_at")))
    return {
        person.pk: {
            "locked": person.email in locked,
            "two_step": person.pk in two_step,
            "link_until": until.get(person.pk),
            "has_password": person.has_usable_password(),
            "seen_at": seen.get(person.pk),
        }
        for person in people
    }


_HOUR = timedelta(hours=1)


def _set_roles(by: Person, person: Person, roles: set[str]) -> None:
    held = set(Membership.objects.filter(person=person, tenant=None).values_list("role", flat=True))
    if not held and not roles:
        return
    if not roles <= set(STAFF_ROLES) or (not held and roles):
        raise invalid("Only staff have these roles; nothing was changed.", roles="is not for this person")
    for role in held - roles:
        Membership.objects.filter(person=person, tenant=None, role=role).delete()
        audit(by, "membership.withdrawn", object_id=person.pk, role=role)
    for role in roles - held:
        Membership.objects.create(person=person, role=role)
        audit(by, "membership.granted", object_id=person.pk, role=role)
    if Role.AGENT in roles - held and not AgentState.objects.filter(pk=person.pk).exists():
        open_desk(person=person)
    if roles != held:
        sessions.end_all(person)  # a new session begins with the new rights (ASVS 7.4.1)


def _set_clients(by: Person, person: Person, clients: set[UUID]) -> None:
    tenants = {tenant.id: tenant for tenant in Tenant.objects.filter(pk__in=clients)}
    if len(tenants) < len(clients):
        raise invalid("A client that is named does not exist; nothing was changed.", clients="is not known")
    if clients and not Membership.objects.filter(person=person, tenant=None).exists():
        raise invalid("Only staff are accredited for clients; nothing was changed.", clients="needs a staff role")
    now = clock.now()
    held = set(Accreditation.objects.filter(accredited_now(), person=person).values_list("tenant_id", flat=True))
    for tenant in Tenant.objects.filter(pk__in=held - clients):
        accrediting.end(by, person, tenant, now)
    for tenant_id in clients - held:
        accrediting.refuse_overlap([person], tenants[tenant_id], now, None)
        accrediting.add(by, person, tenants[tenant_id], now, None)


def _set_active(by: Person, person: Person, is_active: bool) -> None:
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    audit(by, "person.reopened" if is_active else "person.closed", object_id=person.pk)
    if not is_active:
        sessions.end_all(person)
        invitations.open_ones(person).update(revoked_at=clock.now())
        if AgentState.objects.filter(pk=person.pk).exists():
            queue.set_status(person=person, status="offline", by=by)


def _require_operator(by: Person) -> None:
    if "operator" not in roles_of(by, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was changed.")


def _known(person_id: UUID) -> Person:
    person = Person.objects.filter(pk=person_id, memberships__isnull=False).first()
    if person is None:
        raise not_found()
    return person


def _locked(person_id: UUID) -> Person:
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise not_found()
    return person
