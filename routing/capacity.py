"""How much an agent takes at once: in all, and of each channel. What is in hand already stays."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from kernel import live
from kernel.errors import Refusal, invalid
from people.access import audit, roles_of
from people.models import Person
from routing import desks, feed
from routing.models import AgentState
from routing.queues import CHANNELS

MOST = 40


def units_by_channel(state: AgentState) -> dict[str, int]:
    """Channel → units of it at once; 0 is closed."""
    known = [*CHANNELS, *(channel for channel in state.channels if channel not in CHANNELS)]
    return {channel: state.limits.get(channel, state.capacity) if channel in state.channels else 0 for channel in known}


def set_capacity(*, by: Person, person_id: UUID, capacity: int, channels: Mapping[str, int]) -> AgentState:
    """``capacity`` units at once over all channels, and of each channel as many as ``channels`` says (0: closed).

    A channel that is not named is closed. Refuses with not_allowed, invalid, no_desk, or in_hand where more than
    ``capacity`` lies in their hands now.
    """
    if not roles_of(by, None) & {"supervisor", "operator"}:
        raise Refusal("not_allowed", 403, "Only a supervisor or an operator may do this; nothing was changed.")
    if not 0 <= capacity <= MOST:
        raise invalid(f"Capacity is a number from 0 to {MOST}; nothing was changed.", capacity=f"0 to {MOST}")
    with transaction.atomic():
        state = desks.lock([person_id]).get(person_id)
        if state is None:
            raise Refusal("no_desk", 409, "This person has no desk: an operator must open one first.")
        _require_known(state, channels, capacity)
        if state.load > capacity:
            raise Refusal(
                "in_hand", 409, f"They have {state.load} in hand; so much is the least for now. Nothing was changed."
            )
        state.capacity = capacity
        state.channels = [channel for channel in units_by_channel(state) if channels.get(channel)]
        state.limits = {channel: channels[channel] for channel in state.channels if channels[channel] < capacity}
        state.feed_seq += 1
        state.save(update_fields=["capacity", "channels", "limits", "feed_seq"])
        audit(by, "agent.capacity_set", object_id=person_id, capacity=capacity, channels=dict(channels))
        feed.tell_state(person_id, state.feed_seq)
        live.wake_dispatcher(f"a:{person_id}")
        feed.tell_floor()
    return state


def _require_known(state: AgentState, channels: Mapping[str, int], capacity: int) -> None:
    known = units_by_channel(state)
    for channel, units in channels.items():
        if channel not in known:
            raise invalid("There is no such channel; nothing was changed.", channels=f"{channel} is not known")
        if not 0 <= units <= capacity:
            raise invalid(
                "Of one channel nobody takes more than of all; nothing was changed.", channels=f"0 to {capacity}"
            )
