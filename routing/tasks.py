"""Celery: measure what routing reckons with."""

from __future__ import annotations

from celery import shared_task

from kernel import clock
from kernel.access import access, system
from routing.measuring import measure


@shared_task(name="routing.measure")
@access(system(opens="work_item", by="rows"))
def measure_work() -> None:
    measure(clock.now())
