"""Celery: release what was held back until a day; draw what plans ask for."""

from __future__ import annotations

from celery import shared_task

from kernel.access import access, system
from quality import plan_reading, releasing


@shared_task(name="quality.release_due")
@access(system(opens="evaluation", by="rows"))
def release_due() -> int:
    return releasing.release_due()


@shared_task(name="quality.draw_samples")
@access(system(opens="sample", by="rows"))
def draw_samples() -> int:
    return plan_reading.draw_all()
