"""Celery: find what is due on the clocks, price the next ones. Public schema only; no tenant is entered."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from kernel import clock
from kernel.access import access, system
from sla_contracts.pricing import price_queues as write_prices
from sla_contracts.timers import sweep, tell_due

# A reply is stamped a moment before its transaction commits; a breach is written only once none can be under way.
SETTLING = timedelta(seconds=1)


@shared_task(name="sla_contracts.sweep_clocks")
@access(system(opens="clock", by="rows"))
def sweep_clocks() -> None:
    sweep(clock.now() - SETTLING)
    tell_due(clock.now())


@shared_task(name="sla_contracts.price_queues")
@access(system(opens="queue", by="rows"))
def price_queues() -> None:
    write_prices(clock.now())
