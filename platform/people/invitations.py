"""How a password is set for the first time, or anew: by a link that works once, for a short while.

Only the hash of a link's token is stored (ASVS 6.4.1). Asking for a new password answers alike whether somebody has the
address or not (6.3.8), and takes as long.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from uuid import UUID

from celery import current_app
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from kombu.exceptions import KombuError
from redis import RedisError

from kernel import clock
from kernel.errors import Refusal, invalid
from people.access import audit, roles_of
from people.models import Invitation, Membership, Person
from people.sessions import end_all
from tenants.models import Tenant

log = logging.getLogger(__name__)

Purpose = Invitation.Purpose
LIVES = {Purpose.INVITE: timedelta(hours=72), Purpose.RESET: timedelta(minutes=30)}


def make(*, person: Person, purpose: str, by: Person | None = None) -> Invitation:
    """A new link for this person; those before it are worth nothing from now on. It is posted after the commit."""
    now = clock.now()
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        open_ones(person).update(revoked_at=now)
        made = Invitation.objects.create(
            person=person,
            tenant=home_of(person),
            purpose=purpose,
            token_hash=_hash(secrets.token_urlsafe(32)),  # the token itself is drawn when it is posted
            made_by=by,
            made_at=now,
            expires_at=now + LIVES[Purpose(purpose)],
        )
        audit(by, f"password.{purpose}_made", tenant=made.tenant, object_id=person.pk)
        transaction.on_commit(lambda: _ring(made.pk))
    return made


def ask_anew(*, email: str, tenant: Tenant | None) -> None:
    """Somebody at this host forgot their password: who has business here gets a link, and nobody else learns of it."""
    person = Person.objects.filter(email=email.strip().lower()[:254]).first()
    if person is not None and roles_of(person, tenant):
        make(person=person, purpose=Purpose.RESET)


def draw_token(invitation_id: UUID) -> tuple[Invitation, str] | None:
    """The link's token, for posting it now; None if it was posted, used or taken back. Each call voids the last."""
    token = secrets.token_urlsafe(32)
    waiting = Invitation.objects.filter(_open(), pk=invitation_id, posted_at=None)
    if not waiting.update(token_hash=_hash(token)):
        return None
    return Invitation.objects.select_related("person", "tenant").get(pk=invitation_id), token


def mark_posted(invitation_id: UUID) -> None:
    Invitation.objects.filter(pk=invitation_id).update(posted_at=clock.now())


def waiting_to_be_posted() -> list[UUID]:
    """Links whose doorbell was lost, or whose mail could not be sent."""
    return list(
        Invitation.objects.filter(_open(), posted_at=None).order_by("made_at").values_list("pk", flat=True)[:100]
    )


def find(token: str, tenant: Tenant | None) -> Invitation:
    """Whose link this is, while it works, at the host that it is for; Refusal link_gone 410."""
    found = Invitation.objects.select_related("person").filter(_open(), token_hash=_hash(token), tenant=tenant).first()
    if found is None or not roles_of(found.person, tenant):
        raise Refusal("link_gone", 410, "This link was used, taken back or has run out; ask for a new one.")
    return found


def set_password(*, token: str, password: str, tenant: Tenant | None) -> Person:
    """Set the password behind a link, once; every session of the person ends. Refuses with link_gone or invalid."""
    with transaction.atomic():
        found = find(token, tenant)
        person = Person.objects.select_for_update(no_key=True).get(pk=found.person_id)
        check_password(password, person)
        if not Invitation.objects.filter(_open(), pk=found.pk).update(used_at=clock.now()):
            raise Refusal("link_gone", 410, "This link was used a moment ago; sign in, or ask for a new one.")
        person.set_password(password)
        person.save(update_fields=["password"])
        end_all(person)
        audit(person, "password.set", tenant=tenant, object_id=person.pk, by=found.purpose)
    return person


def check_password(password: str, person: Person) -> None:
    """Refuses with invalid and the reasons."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise invalid("That password will not do; nothing was changed.", password=" ".join(error.messages)) from error


def take_back(*, person: Person, by: Person) -> None:
    """The links that this person has are worth nothing any more."""
    if open_ones(person).update(revoked_at=clock.now()):
        audit(by, "password.link_revoked", tenant=home_of(person), object_id=person.pk)


def open_ones(person: Person) -> QuerySet[Invitation]:
    return Invitation.objects.filter(person=person, used_at=None, revoked_at=None)


def home_of(person: Person) -> Tenant | None:
    """The shop at whose host a client's user signs in; None for staff."""
    member = Membership.objects.filter(person=person, tenant__isnull=False).select_related("tenant").first()
    return member.tenant if member else None


def _open() -> Q:
    return Q(used_at=None, revoked_at=None, expires_at__gt=clock.now())


def _hash(token: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _ring(invitation_id: UUID) -> None:
    try:
        current_app.send_task("people.post_invitation", args=[str(invitation_id)], retry=False)
    except (KombuError, RedisError, OSError):
        log.warning("invitation %s waits for the sweep", invitation_id)
