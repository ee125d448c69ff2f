"""Pools of the engine for its tests."""

from __future__ import annotations

from collections.abc import Iterable

from routing.engine.policies import FIFO, Policy
from routing.engine.pool import Pool
from routing.engine.types import Agent, Decision, Item


def pool(*things: Item | Agent, policy: Policy = FIFO) -> Pool:
    """A pool that was fed these in this order."""
    found = Pool(policy)
    for thing in things:
        if isinstance(thing, Item):
            found.add_item(thing)
        else:
            found.put_agent(thing)
    return found


def pairs(decisions: Iterable[Decision]) -> list[tuple[str, str]]:
    """Which item went to whom."""
    return [(decision.item, decision.agent) for decision in decisions]
