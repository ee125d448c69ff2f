"""The ledger of agents' states: a spell is closed and the next begun with each change, never changed afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kernel import live, statements
from routing import feed
from routing.models import AgentState, AgentStateSpell

# Of two machines whose clocks differ, the one behind ends no spell before it began.
_CLOSE = """
UPDATE public.routing_agentstatespell SET ended_at = greatest(started_at, %s::timestamptz)
 WHERE person_id = %s AND ended_at IS NULL RETURNING ended_at
"""


def change_status(state: AgentState, status: str, reason: str, at: datetime, set_by: UUID | None = None) -> None:
    """Change a locked desk's status; the agent, the floor and the dispatcher hear of it.

    set_by: the supervisor whose word it is; none, if it is the agent's own or the clock's.
    """
    closed = statements.run(_CLOSE, [at, state.person_id])
    AgentStateSpell.objects.create(
        person_id=state.person_id,
        status=status,
        reason=reason,
        started_at=closed[0][0] if closed else at,
        set_by_id=set_by,
    )
    state.status, state.reason, state.since, state.idle_since, state.set_by_id = status, reason, at, at, set_by
    state.feed_seq += 1
    state.save(update_fields=["status", "reason", "since", "idle_since", "set_by", "feed_seq"])
    feed.tell_state(state.person_id, state.feed_seq)
    live.wake_dispatcher(f"a:{state.person_id}")
    feed.tell_floor()
