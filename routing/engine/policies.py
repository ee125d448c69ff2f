"""Which item first. A policy is a static sort key (lowest first); the item's id makes every order total."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from routing.engine.types import Item, Reason

Key = tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """`key` must not change while the item waits; `terms` are what of it belongs into the reason."""

    name: str
    words: str
    key: Callable[[Item], Key]
    terms: Callable[[Item, float], Reason]


FIFO = Policy(
    name="fifo",
    words="the longest waiting",
    key=lambda item: (item.entered_at, item.id),
    terms=lambda item, now: {},
)
PRIORITY = Policy(
    name="priority",
    words="the highest priority, then the longest waiting",
    key=lambda item: (-item.priority, item.entered_at, item.id),
    terms=lambda item, now: {"priority": item.priority},
)
DUE = Policy(
    name="due",
    words="the earliest due, then the longest waiting",
    key=lambda item: (inf if item.due_at is None else item.due_at, item.entered_at, item.id),
    terms=lambda item, now: {"due_in": None if item.due_at is None else round(item.due_at - now, 3)},
)
POLICIES = {policy.name: policy for policy in (FIFO, PRIORITY, DUE)}
