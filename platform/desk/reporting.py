"""The SLA reports that are due: issued, addressed and mailed, a slice at a time; beat and doorbells ring for more."""

from __future__ import annotations

import logging
import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis import RedisError

from carriers.contract import CarrierDown, CarrierRefused, OutcomeUnknown
from carriers.email_smtp import give
from desk.portal_papers import issue_of
from desk.report_mail import compose
from kernel import away, clock
from kernel.errors import Refusal
from sla_contracts import report_deliveries as deliveries
from sla_contracts import report_plans, report_runs
from sla_contracts.models import ReportDelivery, SlaReport

log = logging.getLogger(__name__)
TASK = "desk.send_reports"


def ring() -> None:
    """Ask a worker to go on once this commits; a broker that is down is no error here: beat rings again."""
    transaction.on_commit(_ring)


def work_for(seconds: float) -> bool:
    """Issue and send what is due, for so long; whether more is to be done by who asks at once again."""
    until = time.monotonic() + seconds
    return issue_due(until) or send_due(until)


def issue_due(until: float) -> bool:
    """Issue what the clients' calendars ask for; whether some is left."""
    for due in report_plans.due_now(clock.now()):
        if time.monotonic() >= until:
            return True
        _issue(due)
    return False


def send_due(until: float) -> bool:
    """Send what waits; whether some is left. While the mail server is away, one try a call is enough."""
    deliveries.give_up_on_the_silent(clock.now())
    while (row := deliveries.claim(clock.now())) is not None:
        if not _send(row):
            return False
        if time.monotonic() >= until:
            return True
    return False


def _issue(due: report_plans.Due) -> SlaReport | None:
    language = report_plans.language_for(due.tenant, due.plan)
    try:
        return report_runs.issue_once(
            due, lambda: issue_of(tenant=due.tenant, period=due.period, language=language, person=None)
        )
    except Refusal as refusal:
        report_runs.put_off(due, refusal.code)
    except Exception as error:
        if away.is_passing(error):
            raise
        # One client's month stops nobody else's.
        log.exception("report of %s for %s is put off", due.tenant.id, due.period.month)
        report_runs.put_off(due, type(error).__name__)
    return None


def _send(row: ReportDelivery) -> bool:
    """False where the mail server takes nothing now."""
    try:
        message = compose(row)
    except Exception as error:  # nothing has left: it can be tried again
        log.exception("report delivery %s could not be composed", row.id)
        deliveries.again_later(row, f"not prepared: {type(error).__name__}")
        return True
    if not deliveries.hand_over(row):
        return True
    try:
        give(message)
    except CarrierDown as error:
        deliveries.again_later(row, str(error))
        return False
    except CarrierRefused as error:
        deliveries.failed(row, str(error))
    except OutcomeUnknown as error:
        deliveries.unknown(row, str(error))
    except Exception as error:  # the server said nothing of it, but it may have left: a person decides
        log.exception("report delivery %s broke", row.id)
        deliveries.unknown(row, type(error).__name__)
    else:
        deliveries.sent(row)
    return True


def _ring() -> None:
    try:
        current_app.send_task(TASK, retry=False)
    except (KombuError, RedisError, OSError):
        log.warning("doorbell of reports lost; beat will ring")
