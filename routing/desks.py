"""An agent's load and capacity: taken before work is in hand, given back after, the feed's number with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from kernel import statements
from routing.models import AgentState

_LOCK = f"""
SELECT {statements.columns(AgentState)} FROM public.routing_agentstate t
 WHERE t.person_id = ANY(%s::uuid[]) ORDER BY t.person_id FOR NO KEY UPDATE
"""
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
    return ask_lock(people)()


def ask_lock(people: Iterable[UUID]) -> Callable[[], dict[UUID, AgentState]]:
    """The same, asked here and answered when it is called."""
    asked = statements.ask(_LOCK, [statements.array(set(people))])
    return lambda: {row.person_id: row for row in statements.build(AgentState, asked.rows())}


def _change(
    assignments: str, values: list[int | datetime], person_id: UUID, condition: str = "", more: list[int] | None = None
) -> int | None:
    rows = statements.run(
        f"UPDATE public.routing_agentstate SET {assignments}, feed_seq = feed_seq + 1"
        f" WHERE person_id = %s {condition} RETURNING feed_seq",
        [*values, person_id, *(more or [])],
    )
    return int(rows[0][0]) if rows else None
