"""Bring in what lies in a shop's IMAP mailboxes. A mail is marked as read only after its receipt is committed."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Q

from carriers.email_imap import Opened, open_mailbox
from carriers.models import Mailbox
from carriers.registry import carrier_for
from conversations.inbound import accept
from kernel import clock
from kernel.tenancy import require_entered
from tenants.models import Line, Tenant

log = logging.getLogger(__name__)

# One poll ends well within the broker's visibility time-out; the next goes on where it stopped.
POLL_SECONDS = 60.0
AT_MOST_EVERY = timedelta(seconds=10)


def lines_to_poll() -> list[tuple[UUID, UUID]]:
    """``(tenant, line)`` of the active mail lines with a mailbox, from the public schema alone."""
    return list(
        Line.objects.filter(
            carrier=Line.Carrier.EMAIL, is_active=True, is_polled=True, tenant__status=Tenant.Status.ACTIVE
        ).values_list("tenant_id", "id")
    )


def poll_line(*, tenant: Tenant, line_id: UUID) -> int:
    """Poll each mailbox of a line; how many mails were accepted. One that fails does not stop the others."""
    require_entered()
    line = Line.objects.select_related("tenant").get(pk=line_id, tenant=tenant)
    return sum(_poll(line, mailbox) for mailbox in Mailbox.objects.filter(line=line_id).order_by("id"))


def _poll(line: Line, mailbox: Mailbox) -> int:
    if not _claim(mailbox):
        return 0
    try:
        with open_mailbox(mailbox) as opened:
            accepted = _bring_in(line, mailbox, opened)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        # The server's words may name the account: they go to the tenant's own table, not to the log.
        log.warning("mailbox %s could not be polled: %s", mailbox.pk, type(error).__name__)
        Mailbox.objects.filter(pk=mailbox.pk).update(error=f"{type(error).__name__}: {error}"[:1000])
        return 0
    Mailbox.objects.filter(pk=mailbox.pk).update(error="")
    return accepted


def _claim(mailbox: Mailbox) -> bool:
    """Whether this process polls it now; a poll at work renews its claim with each mail."""
    now = clock.now()
    free = Q(polled_at__isnull=True) | Q(polled_at__lt=now - AT_MOST_EVERY)
    return Mailbox.objects.filter(free, pk=mailbox.pk).update(polled_at=now) == 1


def _bring_in(line: Line, mailbox: Mailbox, opened: Opened) -> int:
    """Accept each mail above the last one. With another UIDVALIDITY all are new to the server, and the receipts know
    which are not."""
    last_uid = mailbox.last_uid if opened.uid_validity == mailbox.uid_validity else 0
    if opened.uid_validity != mailbox.uid_validity:
        Mailbox.objects.filter(pk=mailbox.pk).update(uid_validity=opened.uid_validity, last_uid=0)
    carrier, accepted, ends_at = carrier_for(line), 0, time.monotonic() + POLL_SECONDS
    for uid in opened.uids_after(last_uid):
        payload = opened.fetch(uid, most_bytes=settings.MAIL_MAX_BYTES)
        if payload is not None:
            accept(line=line, external_id=carrier.external_id(payload), payload=payload)
            accepted += 1
        Mailbox.objects.filter(pk=mailbox.pk, uid_validity=opened.uid_validity, last_uid__lt=uid).update(
            last_uid=uid, polled_at=clock.now()
        )
        if time.monotonic() > ends_at:
            break
    return accepted
