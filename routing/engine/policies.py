"""Which item first, and which agent. Lowest key first; the item's id makes every order total.

``fifo``, ``priority`` and ``due`` order items by a key that never changes while they wait, and give an item to the
highest level, then to empty hands, then to the longest idle.

``index`` orders by an economic due date. With `v` the price of one more breach (€) and `A` the price per second of an
agent's whole capacity, `A = v / (expected handle time × share of the capacity)`:

    in time:  log index = ln A − (due − now) / τ
    late:     log index = ln A + ln δ + (now − due) / τ₂

(urgency in slack: the apparent tardiness cost of Vepsalainen & Morton 1987; value per unit of capacity: the cμ rule).
τ is the same for all, so the order among items in time never changes, nor that among late ones: two heads a lane.
It gives an item to the lowest `handle factor + scarcity` and keeps those who can take calls free for calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log

from routing.engine.types import CALL, Item, Reason

Key = tuple[float | str, ...]

_PRIORITY_VALUES = {-1: 0.5, 0: 1.0, 1: 2.0, 2: 4.0}
_NO_TARGET = 86_400.0


@dataclass(frozen=True, slots=True)
class IndexRules:
    """The terms of ``index``; times in seconds, weights in units of the handle factor.

    tau, tau_late, late_discount: τ, τ₂ and δ above. scarcity: weight of an agent's scarcity (mean 1). spare_calls: what
    it costs to start a chat with an agent who is free for a call. level: what each level below the best costs. switch:
    what a change of client beyond the agent's limit costs. hold_share, hold_idle, deferrable: work of these channels
    starts with an agent who takes calls only if less than that share of its target is left, or if more than that many
    agents for calls in the agent's scarcest skill are entirely free. capacity: what an agent usually has, in units.
    look_again: seconds between two looks at held work, and at prices. pivotal: prices follow the counts (``prices``).
    """

    tau: float = 60.0
    tau_late: float = 300.0
    late_discount: float = 0.35
    scarcity: float = 0.4
    spare_calls: float = 0.4
    level: float = 0.05
    switch: float = 0.4
    hold_share: float = 0.3
    hold_idle: int = 6
    deferrable: frozenset[str] = frozenset({"mail", "email", "form"})
    capacity: float = 4.0
    look_again: float = 60.0
    pivotal: bool = True

    @property
    def log_discount(self) -> float:
        return log(self.late_discount)


@dataclass(frozen=True, slots=True)
class Policy:
    """`key` must not change while the item waits; `terms` belong into the reason. `index`: its rules."""

    name: str
    words: str
    key: Callable[[Item], Key]
    terms: Callable[[Item, float], Reason]
    index: IndexRules | None = None


def worth(item: Item, rules: IndexRules, value: float | None) -> float:
    """ln A of an item: € per second of an agent's whole capacity. `value` replaces the item's own."""
    price = value if value is not None else item.value
    if price is None:
        price = _PRIORITY_VALUES.get(item.priority, 1.0)
    share = 1.0 if item.channel == CALL else min(1.0, item.units / rules.capacity)
    return log(max(price, 1e-9) / (max(item.expected_handle or 300.0, 1.0) * share))


def due_of(item: Item) -> float:
    """When the item is due; without a target a day after it entered."""
    return item.entered_at + _NO_TARGET if item.due_at is None else item.due_at


def _due_terms(item: Item, now: float) -> Reason:
    return {"due_in": None if item.due_at is None else round(item.due_at - now, 3)}


def index_policy(rules: IndexRules | None = None) -> Policy:
    """``index`` with rules of one's own."""
    return Policy(
        name="index",
        words="what a breach would cost soonest",
        key=lambda item: (due_of(item), item.entered_at, item.id),
        terms=_due_terms,
        index=rules or IndexRules(),
    )


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
    terms=_due_terms,
)
INDEX = index_policy()
POLICIES = {policy.name: policy for policy in (FIFO, PRIORITY, DUE, INDEX)}
