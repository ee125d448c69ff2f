"""A due report is issued once: the run of its month is claimed, and settled in the transaction that issues it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from kernel import clock
from kernel.pauses import allow_pauses
from people.models import Person
from sla_contracts.models import ReportDelivery, ReportRun, SlaReport
from sla_contracts.report_plans import Due

# Codes with which a month will never have a report.
FINAL = ("no_contract",)
_AGAIN = (1, 5, 15, 60, 240)


def issue_once(due: Due, issue: Callable[[], SlaReport]) -> SlaReport | None:
    """Issue the month's report and address it to the plan's recipients, in one transaction.

    None where it is issued already, or another process is at it. Whoever is killed half-way leaves nothing behind:
    the next to come begins anew. What ``issue`` raises is raised; then nothing is settled.
    """
    ReportRun.objects.bulk_create(
        [ReportRun(tenant=due.tenant, month=due.period.month, due_at=due.at, next_try_at=due.at)], ignore_conflicts=True
    )
    with transaction.atomic():
        allow_pauses()
        locked = ReportRun.objects.select_for_update(skip_locked=True, no_key=True)
        run = locked.filter(tenant=due.tenant, month=due.period.month, done_at=None).first()
        if run is None:
            return None
        report = issue()
        run.report, run.done_at, run.problem = report, clock.now(), ""
        run.save(update_fields=["report", "done_at", "problem"])
        address(report, due.plan.recipients, form=due.plan.form, person=None)
    return report


def put_off(due: Due, problem: str) -> None:
    """It could not be issued: never will be, or is tried again a while later."""
    now = clock.now()
    with transaction.atomic():
        run = ReportRun.objects.select_for_update(no_key=True).get(tenant=due.tenant, month=due.period.month)
        if run.done_at is not None:
            return
        run.problem, run.tries = problem[:60], run.tries + 1
        run.done_at = now if problem in FINAL else None
        run.next_try_at = now + timedelta(minutes=_AGAIN[min(run.tries, len(_AGAIN)) - 1])
        run.save(update_fields=["problem", "tries", "done_at", "next_try_at"])


def address(report: SlaReport, recipients: Sequence[str], *, form: str, person: Person | None) -> list[UUID]:
    """Put the report on its way to each of them. person: who asked for it; None for the calendar."""
    now = clock.now()
    rows = [
        ReportDelivery(
            tenant_id=report.tenant_id,
            report=report,
            recipient=one,
            form=form,
            asked_at=now,
            asked_by=person,
            next_try_at=now,
        )
        for one in recipients
    ]
    return [row.id for row in ReportDelivery.objects.bulk_create(rows)]
