"""What the engine is told and what it answers. Times are seconds on one clock of the caller's; ids are strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Skill = str
Relaxation = tuple[float, Skill, int | None]
Reason = dict[str, object]
Need = tuple[Skill, int]

CALL = "call"


@dataclass(frozen=True, slots=True)
class Item:
    """A waiting work item.

    `needs` maps a skill to the lowest level that will do. A `language` is a need like any other (``lang:it``): it is
    added at level 1 if `needs` does not name it. `relaxations` are (after seconds of waiting, skill, new level or None
    to drop the need); they never make a need harder. `not_agents` let an offer of this item pass and never get it.
    `value` is the price (€) of one more breach of the item's clause, `expected_handle` the seconds that its handling
    is expected to take, `target` the seconds from entering to `due_at`. `preferred_until`: until then, if the preferred
    agent is here but busy, the item waits for that agent alone.
    """

    id: str
    tenant: str
    channel: str
    language: str = ""
    needs: Mapping[Skill, int] = field(default_factory=dict)
    units: int = 1
    priority: int = 0
    entered_at: float = 0.0
    due_at: float | None = None
    preferred_agent: str | None = None
    preferred_until: float | None = None
    not_agents: frozenset[str] = frozenset()
    queue: str = ""
    relaxations: tuple[Relaxation, ...] = ()
    value: float | None = None
    expected_handle: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as of now: `tenants` are the accreditations valid at this moment, `load` what is in hand in units.

    A call in hand counts as the whole capacity. `limits`: channel → units of it at once, where fewer than `capacity`;
    `in_hand`: channel → units of `load`, told of agents with limits. `handle_factor`: how long this agent takes for a
    tenant against the expected time (1 where not named). `barred_tenants`: clients whose competitor's work is in hand.
    `last_tenant` and `switches_left`: for whom the agent worked last, and how many changes of client the agent's limit
    still leaves (None: no limit).
    """

    id: str
    skills: Mapping[Skill, int] = field(default_factory=dict)
    tenants: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    capacity: int = 0
    load: int = 0
    available: bool = False
    idle_since: float = 0.0
    handle_factor: Mapping[str, float] = field(default_factory=dict)
    barred_tenants: frozenset[str] = frozenset()
    last_tenant: str | None = None
    switches_left: int | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    in_hand: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Item `item` goes to agent `agent` (ids). `reason` holds the winner's terms and a sentence under "words"."""

    item: str
    agent: str
    reason: Reason


def language_skill(language: str) -> Skill:
    return f"lang:{language}"


def needs_at_first(item: Item) -> dict[Skill, int]:
    """The item's needs before any relaxation, its language among them."""
    return _with_language(item.needs, item.language)


def needs_after(item: Item, waited: float) -> dict[Skill, int]:
    """The needs that still hold after that many seconds of waiting."""
    return needs_left(item.needs, item.language, item.relaxations, waited)


def needs_left(
    needs: Mapping[Skill, int], language: str, relaxations: Iterable[Relaxation], waited: float
) -> dict[Skill, int]:
    """The same, of an item that is not there as one."""
    left = _with_language(needs, language)
    for after, skill, level in sorted(relaxations, key=lambda step: step[0]):
        if after > waited or skill not in left:
            continue
        if level is None:
            del left[skill]
        else:
            left[skill] = min(left[skill], level)
    return left


def _with_language(needs: Mapping[Skill, int], language: str) -> dict[Skill, int]:
    found = dict(needs)
    if language:
        found.setdefault(language_skill(language), 1)
    return found
