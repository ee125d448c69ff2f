"""Letters that bring a question to the client's users: written with it, sent once, worth nothing once it is settled.

As ``delivery``: claimed with a lease, sent outside any transaction, settled. One that may have left is never repeated.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from carriers.contract import CarrierDown, CarrierRefused, OutcomeUnknown
from carriers.email_smtp import give
from conversations import doorbells
from conversations.approval_links import LIVES
from conversations.approval_models import Approval, ApprovalLetter
from conversations.approval_post import compose
from conversations.approval_readers import may_answer, readers_of
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import require_entered
from people.models import Person
from tenants.models import Tenant

log = logging.getLogger(__name__)

PREPARING = timedelta(seconds=30)
LEASE = timedelta(minutes=3)
ATTEMPTS_MAX = 10
_BACK_OFF = (15, 60, 180, 600, 1800, 3600)
Delivery = ApprovalLetter.Delivery


def write(tenant: Tenant, approval: Approval, readers: list[UUID], *, kind: str) -> list[ApprovalLetter]:
    """One letter for each; those there are already stay as they are. Sent after the commit."""
    now = clock.now()
    written = [
        ApprovalLetter(approval=approval, person_id=reader, kind=kind, expires_at=now + LIVES, next_attempt_at=now)
        for reader in readers
    ]
    made = ApprovalLetter.objects.bulk_create(written, ignore_conflicts=True)
    transaction.on_commit(lambda: _ring(tenant.id, made))
    return made


def drop(approval: Approval) -> None:
    """It is settled: what waits to be sent stays here."""
    waiting = ApprovalLetter.objects.filter(approval=approval, delivery=Delivery.PENDING)
    waiting.update(delivery=Delivery.DROPPED, next_attempt_at=None)


def remind(tenant: Tenant, approval_id: UUID) -> bool:
    """Once, whoever asks and however often; nobody is reminded of what is settled."""
    require_entered()
    with transaction.atomic():
        open_one = Approval.objects.select_for_update(no_key=True).filter(
            pk=approval_id, state=Approval.State.OPEN, remind_at__lte=clock.now()
        )
        approval = open_one.first()
        if approval is None:
            return False
        approval.remind_at = None
        approval.save(update_fields=["remind_at"])
        write(tenant, approval, readers_of(tenant), kind=ApprovalLetter.Kind.REMINDER)
    return True


def deliver(tenant: Tenant, letter_id: UUID) -> str | None:
    """Send one letter; its new state, or None when there was nothing to claim. Not inside a transaction."""
    require_entered()
    letter = _claim(letter_id)
    if letter is None:
        return None
    reader = Person.objects.filter(pk=letter.person_id, is_active=True).only("name", "email").first()
    if reader is None or not may_answer(letter.person_id, tenant):
        return _settle(letter, Delivery.DROPPED, "")
    mail = compose(tenant, letter, name=reader.name, address=reader.email)
    if not _hand_over(letter):
        return None
    try:
        give(mail)
    except CarrierDown as error:
        again = error.retry and letter.attempts < ATTEMPTS_MAX
        return _settle(letter, Delivery.PENDING if again else Delivery.FAILED, str(error))
    except CarrierRefused as error:
        return _settle(letter, Delivery.FAILED, str(error))
    except OutcomeUnknown as error:
        return _settle(letter, Delivery.UNKNOWN, str(error))
    except Exception as error:  # it may have left: the portal asks besides
        log.exception("letter %s: sending broke", letter.id)
        return _settle(letter, Delivery.UNKNOWN, f"{type(error).__name__}: {error}")
    return _settle(letter, Delivery.SENT, "")


def give_up_on(letter_id: UUID, now: datetime) -> None:
    """Its sender fell silent: what was not handed over yet is sent by another, what was may have left."""
    silent = ApprovalLetter.objects.filter(pk=letter_id, delivery=Delivery.SENDING, leased_until__lt=now)
    silent.filter(attempted_at=None).update(delivery=Delivery.PENDING, lease=None, next_attempt_at=now)
    silent.update(delivery=Delivery.UNKNOWN, lease=None, delivery_error="The sender stopped while sending.")


def postpone(letter_ids: list[UUID], until: datetime) -> None:
    """The sweep rang for these: it looks again only after ``until``."""
    ApprovalLetter.objects.filter(pk__in=letter_ids, delivery=Delivery.PENDING).update(leased_until=until)


def _claim(letter_id: UUID) -> ApprovalLetter | None:
    now = clock.now()
    may_go = Q(attempts=0) | Q(next_attempt_at__lte=now)
    waiting = ApprovalLetter.objects.filter(
        may_go, pk=letter_id, delivery=Delivery.PENDING, approval__state=Approval.State.OPEN
    )
    claimed = waiting.update(
        delivery=Delivery.SENDING,
        lease=new_id(),
        leased_until=now + PREPARING,
        attempted_at=None,
        attempts=F("attempts") + 1,
        next_attempt_at=None,
    )
    if not claimed:
        return None
    return ApprovalLetter.objects.select_related("approval__conversation").get(pk=letter_id)


def _hand_over(letter: ApprovalLetter) -> bool:
    """From now on it may have left; not by a sender that lost its lease, nor of a question that was settled."""
    now = clock.now()
    held = ApprovalLetter.objects.filter(
        pk=letter.pk, lease=letter.lease, delivery=Delivery.SENDING, leased_until__gt=now
    )
    if held.exclude(approval__state=Approval.State.OPEN).update(delivery=Delivery.DROPPED, lease=None):
        return False
    return bool(held.update(leased_until=now + LEASE, attempted_at=now))


def _settle(letter: ApprovalLetter, state: str, error: str) -> str | None:
    now = clock.now()
    held = ApprovalLetter.objects.filter(pk=letter.pk, lease=letter.lease, delivery=Delivery.SENDING)
    wait = timedelta(seconds=_BACK_OFF[min(letter.attempts, len(_BACK_OFF)) - 1])
    settled = held.update(
        delivery=state,
        delivery_error=error[:2000],
        lease=None,
        leased_until=None,
        next_attempt_at=now + wait if state == Delivery.PENDING else None,
    )
    return state if settled else None


def _ring(tenant_id: UUID, written: list[ApprovalLetter]) -> None:
    for letter in written:
        doorbells.ring("conversations.post_letter", tenant_id, letter.pk)
