"""The ledger of agents' states: a spell is closed and the next begun with each change, never changed afterwards."""

from __future__ import annotations

from datetime import datetime

from kernel import live
from routing import feed
from routing.models import AgentState, AgentStateSpell


def change_status(state: AgentState, status: str, reason: str, at: datetime) -> None:
    """Change a locked desk's status; the agent, the floor and the dispatcher hear of it."""
    AgentStateSpell.objects.filter(person_id=state.person_id, ended_at__isnull=True).update(ended_at=at)
    AgentStateSpell.objects.create(person_id=state.person_id, status=status, reason=reason, started_at=at)
    state.status, state.reason, state.since, state.idle_since = status, reason, at, at
    state.feed_seq += 1
    state.save(update_fields=["status", "reason", "since", "idle_since", "feed_seq"])
    feed.tell_state(state.person_id, state.feed_seq)
    live.wake_dispatcher(f"a:{state.person_id}")
    feed.tell_floor()
