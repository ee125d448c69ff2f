"""Celery: finish what was asked for and interrupted."""

from __future__ import annotations

from celery import shared_task

from desk import erasing
from kernel.access import access, system


@shared_task(name="desk.finish_erasures")
@access(system(opens="customer", by="rows"))
def finish_erasures() -> None:
    erasing.finish_unfinished()
