"""Agents and classes of work, and for each tenant its agents with room, in order of preference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from routing.engine.lanes import AnyLane, IndexLane
from routing.engine.policies import IndexRules
from routing.engine.types import CALL, Agent, Need

Rank = tuple[int, int]  # (− lowest level among the needs, − sum of the levels): lower is better
Signature = tuple[str, str, int, tuple[Need, ...]]


@dataclass(slots=True, eq=False)
class WorkClass:
    """Items that ask the same of an agent. `workload` is in agents (erlang × share of an agent)."""

    tenant: str
    channel: str
    units: int
    needs: tuple[Need, ...]
    branch: Branch
    able: dict[str, Rank] = field(default_factory=dict)
    best_rank: Rank = (0, 0)
    lanes: dict[object, AnyLane] = field(default_factory=dict)
    workload: float = 0.0
    is_deferrable: bool = False

    def rank(self, agent: Agent) -> Rank | None:
        """How well the agent fits; None where a hard constraint forbids it for good (not for want of capacity)."""
        if self.tenant not in agent.tenants or self.channel not in agent.channels:
            return None
        levels = [agent.skills.get(skill, 0) for skill, _ in self.needs]
        if any(level < need for level, (_, need) in zip(levels, self.needs, strict=True)):
            return None
        return -min(levels, default=0), -sum(levels)

    def enrol(self, seat: Seat) -> None:
        rank = self.rank(seat.agent)
        if rank is None:
            return
        if not self.able or rank < self.best_rank:
            self.best_rank = rank
        self.able[seat.agent.id] = rank
        seat.classes.append(self)


@dataclass(slots=True, eq=False)
class Seat:
    """An agent with the load that this round has booked already. `listed`: (with empty hands?, its place)."""

    agent: Agent
    load: int
    idle_since: float
    classes: list[WorkClass] = field(default_factory=list)
    branches: list[tuple[Branch, float]] = field(default_factory=list)
    listed: tuple[bool, float] | None = None
    scarcity: float = 1.0
    takes_calls: bool = False
    held: dict[str, int] = field(default_factory=dict)

    def is_full_of(self, channel: str, units: int) -> bool:
        """Whether the channel's own limit is reached."""
        limit = self.agent.limits.get(channel)
        return limit is not None and self.held.get(channel, 0) + units > limit

    def can_take(self, work_class: WorkClass) -> bool:
        agent = self.agent
        if not agent.available or agent.capacity < 1 or work_class.tenant in agent.barred_tenants:
            return False
        if agent.limits and self.is_full_of(work_class.channel, work_class.units):
            return False
        return self.load + work_class.units <= agent.capacity and (self.load == 0 or work_class.channel != CALL)

    def fitting(self) -> list[WorkClass]:
        """The classes that the agent may serve and has room for, as far as anything of theirs ever waited."""
        room, barred = self.agent.capacity - self.load, self.agent.barred_tenants
        if self.load:
            found = [each for each in self.classes if each.lanes and each.units <= room and each.channel != CALL]
        else:
            found = [each for each in self.classes if each.lanes and each.units <= room]
        if self.agent.limits:
            found = [each for each in found if not self.is_full_of(each.channel, each.units)]
        return [each for each in found if each.tenant not in barred] if barred else found


Entry = tuple[float, float, str, Seat]  # score, idle since, id


@dataclass(slots=True, eq=False)
class Branch:
    """A tenant's classes, and its accredited agents: those with empty hands and those who can take still more.

    `spare`: those with empty hands who take calls, where it costs to keep them from calls (``index``).
    """

    tenant: str
    seats: dict[str, Seat] = field(default_factory=dict)
    classes: list[WorkClass] = field(default_factory=list)
    idle: list[Entry] = field(default_factory=list)
    spare: list[Entry] = field(default_factory=list)
    partial: list[Entry] = field(default_factory=list)

    def listing(self, seat: Seat, *, is_idle: bool, splits: bool) -> list[Entry]:
        if not is_idle:
            return self.partial
        return self.spare if splits and seat.takes_calls else self.idle


def lowest_lane(seat: Seat, now: float, rules: IndexRules, refused: set[IndexLane]) -> IndexLane | None:
    """Written out flat: a freed agent costs one turn of this for each class of work that the agent may serve."""
    found: IndexLane | None = None
    lowest, tie = inf, None
    agent_id = seat.agent.id
    soon_by, over_by = now / rules.tau, now / rules.tau_late
    for work_class in seat.fitting():
        lane: IndexLane
        for lane in work_class.lanes.values():  # type: ignore[assignment]  # a pool's lanes are all of one kind
            if not lane.live:
                continue
            if lane.crosses_at < now:
                lane.advance(now)
            key, over = lane.soon - soon_by, lane.over - over_by
            if over < key:
                key = over
            if key > lowest or agent_id in lane.barred or lane in refused:
                continue
            if key == lowest and found is not None:
                tie, other = tie or found.tie(now), lane.tie(now)
                if tie <= other:
                    continue
                tie = other
            else:
                tie = None
            found, lowest = lane, key
    return found


def lanes_of(seats: Mapping[str, Seat], touched: Iterable[AnyLane], freed: Iterable[str]) -> dict[AnyLane, None]:
    """The lanes that got something new, and all that these agents may serve."""
    lanes = dict.fromkeys(touched)
    for agent_id in freed:
        seat = seats.get(agent_id)
        if seat is not None and seat.listed is not None:
            for work_class in seat.classes:
                lanes.update(dict.fromkeys(work_class.lanes.values()))
    return lanes


def wishes_for(seats: Mapping[str, Seat], freed: Iterable[str]) -> dict[tuple[AnyLane, str], None]:
    """Where work that is held from these agents prefers them."""
    found: dict[tuple[AnyLane, str], None] = {}
    for agent_id in freed:
        seat = seats.get(agent_id)
        if seat is not None and seat.takes_calls and seat.listed is not None:
            for work_class in seat.classes:
                if work_class.is_deferrable:
                    found.update(((lane, agent_id), None) for lane in work_class.lanes.values())
    return found
