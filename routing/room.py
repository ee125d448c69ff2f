"""Room in an agent's hands: the capacity over all channels, the limit of each channel, and a call that bars all else.

No desk, or a channel that the desk does not name, is closed, not unlimited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from kernel import statements
from routing.engine.types import CALL
from routing.models import AgentState

_IN_HAND = "SELECT person, channel, units FROM public.units_in_hand(%s::uuid[])"
Held = Mapping[str, int]


def in_hand(states: Iterable[AgentState]) -> dict[UUID, dict[str, int]]:
    """Units by channel of those for whom the channel matters; nothing is asked where it does for none.

    Exact while their desks are locked (read after that): every booking locks the desk before it writes.
    """
    asked = [state.person_id for state in states if state.limits or CALL in state.channels]
    held: dict[UUID, dict[str, int]] = {person_id: {} for person_id in asked}
    for person_id, channel, units in statements.run(_IN_HAND, [statements.array(asked)]) if asked else []:
        held[person_id][channel] = units
    return held


def has_room(state: AgentState, channel: str, units: int, held: Held) -> bool:
    return state.load + units <= state.capacity and not is_barred(state, channel, units, held)


def is_barred(state: AgentState, channel: str, units: int, held: Held) -> bool:
    """Whether what is in hand forbids this channel, whatever capacity is left."""
    if channel == CALL:
        return state.load > 0
    limit = state.limits.get(channel)
    return bool(held.get(CALL)) or (limit is not None and held.get(channel, 0) + units > limit)
