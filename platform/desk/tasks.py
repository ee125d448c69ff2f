"""Celery: finish what was asked for and interrupted; play what-ifs."""

from __future__ import annotations

from celery import shared_task

from desk import erasing, planning_play, reporting
from kernel.access import access, system


@shared_task(name="desk.finish_erasures")
@access(system(opens="customer", by="rows"))
def finish_erasures() -> None:
    erasing.finish_unfinished()


# A worker is back for shoppers after so long; the broker would hand the task to another one after 120 s.
SLICE_SECONDS = 10.0


@shared_task(name=planning_play.TASK)
@access(system(opens="what_if", by="rows"))
def play_what_ifs() -> None:
    if planning_play.play_some(SLICE_SECONDS):
        planning_play.ring()


@shared_task(name=reporting.TASK)
@access(system(opens="report", by="rows"))
def send_reports() -> None:
    """Issue the SLA reports that clients' calendars ask for, and mail what waits."""
    if reporting.work_for(SLICE_SECONDS):
        reporting.ring()
