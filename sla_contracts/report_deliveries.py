"""The way of a report to one recipient: claimed with a lease, sent outside any lock, settled.

What may have left is never sent again unless a person asks for it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.ids import new_id
from sla_contracts.models import ReportDelivery
from tenants.models import Tenant

log = logging.getLogger(__name__)
State = ReportDelivery.State
# Until it is handed over nothing has left, and another may take it soon; a mail server is given longer to answer.
PREPARING = timedelta(seconds=60)
LEASE = timedelta(minutes=3)
# Minutes between tries; then every hour, until it is given up.
BACK_OFF = (1, 2, 5, 10, 15, 30, 60)
GIVEN_UP_AFTER = timedelta(days=3)


def claim(now: datetime) -> ReportDelivery | None:
    """The one that waits longest, under a lease of one's own; None where none is due."""
    with transaction.atomic():
        waiting = ReportDelivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        row = (
            waiting.filter(state=State.PENDING, next_try_at__lte=now, tenant__status=Tenant.Status.ACTIVE)
            .order_by("next_try_at", "id")
            .first()
        )
        if row is None:
            return None
        ReportDelivery.objects.filter(pk=row.pk).update(
            state=State.SENDING,
            lease=new_id(),
            leased_until=now + PREPARING,
            tried_at=None,
            next_try_at=None,
            tries=F("tries") + 1,
        )
    return ReportDelivery.objects.select_related("tenant", "report").get(pk=row.pk)


def hand_over(row: ReportDelivery) -> bool:
    """The last step before the network: from now on it may have left. False for whoever slept past the lease."""
    now = clock.now()
    held = ReportDelivery.objects.filter(pk=row.pk, lease=row.lease, state=State.SENDING, leased_until__gt=now)
    if not held.update(leased_until=now + LEASE, tried_at=now):
        log.warning("report delivery %s: this sender lost its lease; nothing was sent", row.pk)
        return False
    return True


def sent(row: ReportDelivery) -> None:
    _settle(row, state=State.SENT, sent_at=clock.now(), error="")


def failed(row: ReportDelivery, reason: str) -> None:
    """It will never go."""
    _settle(row, state=State.FAILED, error=reason[:400])


def unknown(row: ReportDelivery, reason: str) -> None:
    """It may have arrived."""
    _settle(row, state=State.UNKNOWN, error=reason[:400])


def again_later(row: ReportDelivery, reason: str) -> None:
    """Nothing has left: it is tried again after a while, and given up after some days."""
    now = clock.now()
    if now - row.asked_at >= GIVEN_UP_AFTER:
        failed(row, reason)
        return
    wait = timedelta(minutes=BACK_OFF[min(row.tries, len(BACK_OFF)) - 1])
    _settle(row, state=State.PENDING, next_try_at=now + wait, error=reason[:400])


def give_up_on_the_silent(now: datetime) -> None:
    """Senders silent past their lease: what had not left is due again; what may have is unknown from now on."""
    silent = ReportDelivery.objects.filter(state=State.SENDING, leased_until__lt=now)
    silent.filter(tried_at=None).update(state=State.PENDING, next_try_at=now, lease=None, leased_until=None)
    silent.filter(tried_at__isnull=False).update(
        state=State.UNKNOWN,
        error="The sender stopped while sending; it may or may not have arrived.",
        lease=None,
        leased_until=None,
    )


def _settle(row: ReportDelivery, **changes: Any) -> None:
    held = ReportDelivery.objects.filter(pk=row.pk, lease=row.lease, state=State.SENDING)
    if not held.update(lease=None, leased_until=None, **changes):
        log.warning("report delivery %s: this sender lost its lease; its outcome is not written", row.pk)
