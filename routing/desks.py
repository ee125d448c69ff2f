"""An agent's load and capacity: taken before work is in hand, given back after, the feed's number with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from kernel import statements
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
    tail = "WHERE t.person_id = ANY(%s::uuid[]) ORDER BY t.person_id FOR NO KEY UPDATE"
    return {row.person_id: row for row in statements.load(AgentState, tail, [list(set(people))])}


def _change(
    assignments: str, values: list[int | datetime], person_id: UUID, condition: str = "", more: list[int] | None = None
) -> int | None:
    rows = statements.run(
        f"UPDATE public.routing_agentstate SET {assignments}, feed_seq = feed_seq + 1"
        f" WHERE person_id = %s {condition} RETURNING feed_seq",
        [*values, person_id, *(more or [])],
    )
    return int(rows[0][0]) if rows else None
