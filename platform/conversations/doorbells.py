"""Ring the worker. A doorbell may be lost: whatever is rung for is also found by a sweep."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from kombu.exceptions import KombuError
from redis import RedisError

from kernel.patience import Patience

log = logging.getLogger(__name__)
# A doorbell is not worth a time-out in every request; the sweep finds the row within seconds.
_patience = Patience(2.0)


def ring(task: str, tenant_id: UUID, row_id: UUID, *, after: float = 0.0) -> None:
    """Ask the worker to run ``task(tenant_id, row_id)``, some seconds from now if ``after``.

    A broker that is down is no error here.
    """
    if _patience.is_spent():
        return
    try:
        current_app.send_task(task, args=[str(tenant_id), str(row_id)], retry=False, countdown=after or None)
    except (KombuError, RedisError, OSError):
        _patience.lose()
        log.warning("doorbell %s lost; the sweep will find the row", task)
