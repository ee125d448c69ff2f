"""Celery: book what was finished."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from billing import usage
from kernel import clock
from kernel.access import access, system

# A draft looks back without limit; the sweep need not.
LOOK_BACK = timedelta(days=40)


@shared_task(name="billing.collect_usage")
@access(system(opens="usage", by="rows"))
def collect_usage() -> None:
    since = clock.now() - LOOK_BACK
    for tenant in usage.tenants_with_unbooked(since):
        usage.collect(tenant, since=since)
