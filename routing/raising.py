"""Work that waits goes sooner or later than it stood: its priority, and nothing that was promised."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kernel import live
from routing.models import WorkItem


def set_priority(conversations: Sequence[UUID], priority: str) -> int:
    """Of the work that waits on these conversations; how many changed. Inside a transaction."""
    rows = WorkItem.objects.select_for_update(no_key=True).filter(
        conversation__in=conversations, state=WorkItem.State.WAITING
    )
    changed = [item.pk for item in rows.exclude(priority=priority).order_by("id")]
    WorkItem.objects.filter(pk__in=changed).update(priority=priority)
    if changed:
        live.wake_dispatcher(*(f"w:{each}" for each in changed))
    return len(changed)
