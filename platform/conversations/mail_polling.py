"""Bring in what lies in a shop's IMAP mailboxes. A mail is marked as read only after its receipt is committed."""

from __future__ import annotations

import logging
import re
import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Q

from carriers.email_imap import Opened, open_mailbox
from carriers.models import Mailbox
from carriers.registry import carrier_for
from conversations import receipts
from conversations.cleaning import clean
from conversations.inbound import accept
from kernel import clock
from kernel.tenancy import require_entered
from tenants.models import Line, Tenant

log = logging.getLogger(__name__)

# One poll ends well within the broker's visibility time-out; the next goes on where it stopped.
POLL_SECONDS = 60.0
AT_MOST_EVERY = timedelta(seconds=10)
# So often one mail may hold up those behind it.
FAILURES_MAX = 5
# What the mailbox says while it is held up is also the count.
_HELD_UP = re.compile(r"mail (\d+) failed (\d+) of \d+ times: ")


class _HeldUp(Exception):
    """This mail could not be accepted; the next poll begins with it again."""


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
    except _HeldUp as held_up:
        Mailbox.objects.filter(pk=mailbox.pk).update(error=clean(str(held_up))[:1000])
        return 0
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
    failures = _failures(mailbox.error)
    last_uid = mailbox.last_uid if opened.uid_validity == mailbox.uid_validity else 0
    if opened.uid_validity != mailbox.uid_validity:
        Mailbox.objects.filter(pk=mailbox.pk).update(uid_validity=opened.uid_validity, last_uid=0)
    carrier, accepted, ends_at = carrier_for(line), 0, time.monotonic() + POLL_SECONDS
    for uid in opened.uids_after(last_uid):
        payload = opened.fetch(uid, most_bytes=settings.MAIL_MAX_BYTES)
        if payload is not None:
            try:
                accept(line=line, external_id=carrier.external_id(payload), payload=payload)
                accepted += 1
            except (OperationalError, InterfaceError):  # the database is down: no fault of the mail
                raise
            except Exception as error:
                _hold_up_or_set_aside(
                    line, mailbox, f"{opened.uid_validity} {uid}", payload, error, failures.get(uid, 0)
                )
        Mailbox.objects.filter(pk=mailbox.pk, uid_validity=opened.uid_validity, last_uid__lt=uid).update(
            last_uid=uid, polled_at=clock.now()
        )
        if time.monotonic() > ends_at:
            break
    return accepted


def _hold_up_or_set_aside(
    line: Line, mailbox: Mailbox, place: str, payload: bytes, error: Exception, before: int
) -> None:
    """Raises _HeldUp until it failed too often; then the raw mail is set aside, and those behind it come in."""
    reason = f"{type(error).__name__}: {error}"
    uid = place.rpartition(" ")[2]
    log.warning("mailbox %s: mail %s was not accepted: %s", mailbox.pk, uid, type(error).__name__)
    if before + 1 < FAILURES_MAX:
        raise _HeldUp(f"mail {uid} failed {before + 1} of {FAILURES_MAX} times: {reason}") from error
    try:
        receipts.quarantine(line=line, external_id=f"imap {mailbox.pk} {place}", payload=payload, error=reason)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # it lies in the mailbox still, and this names it
        log.exception("mailbox %s: mail %s was passed over and could not be stored", mailbox.pk, uid)


def _failures(error: str) -> dict[int, int]:
    """How often which mail failed, by what the mailbox says."""
    found = _HELD_UP.match(error)
    return {int(found[1]): int(found[2])} if found else {}
