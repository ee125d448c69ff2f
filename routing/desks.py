"""An agent's load and capacity: taken before work is in hand, given back after, the feed's number with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from routing.models import AgentState

PRESENT = (AgentState.Status.AVAILABLE, AgentState.Status.BUSY)


def take(person_id: UUID, units: int, at: datetime) -> int | None:
    """Book ``units`` if they fit; the feed's number, or None where they do not fit (or there is no desk)."""
    # idle_since moves with each booking too: the next item goes to whoever was given work longest ago.
    return _change("load = load + %s, idle_since = %s", [units, at], person_id, "AND load + %s <= capacity", [units])


def give_back(person_id: UUID, units: int, at: datetime) -> int:
    """Free ``units``; the feed's number."""
    return _change("load = load - %s, idle_since = %s", [units, at], person_id) or 0


def lock(people: Iterable[UUID]) -> dict[UUID, AgentState]:
    """The desks of these people, locked in one order (after the work items)."""
    rows = AgentState.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(people)).order_by("pk")
    return {row.person_id: row for row in rows}


def _change(
    assignments: str, values: list[int | datetime], person_id: UUID, condition: str = "", more: list[int] | None = None
) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE routing_agentstate SET {assignments}, feed_seq = feed_seq + 1"
            f" WHERE person_id = %s {condition} RETURNING feed_seq",
            [*values, person_id, *(more or [])],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None
