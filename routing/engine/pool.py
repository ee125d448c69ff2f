"""The brain of a routing pool: events in, decisions out. No clock, no I/O, no Django.

Waiting items stand in lanes (a class of work and the agents it must not go to), each a heap in the policy's order, so
that only heads are compared. Between rounds nothing that waits can be placed; a round therefore looks only at the
lanes that an event touched: those with a new item, and those whose class gained a free agent.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count

from routing.engine.able import Floor, WorkClass
from routing.engine.policies import FIFO, Key, Policy
from routing.engine.types import Agent, Decision, Item, Reason, needs_after, needs_at_first


@dataclass(slots=True, eq=False)
class Lane:
    """Waiting items that any agent may take or refuse alike; `live` counts those not yet removed."""

    work_class: WorkClass
    barred: frozenset[str]
    heap: list[tuple[Key, int]] = field(default_factory=list)
    live: int = 0


@dataclass(slots=True, eq=False)
class Waiting:
    item: Item
    lane: Lane
    ticket: int


class Pool:
    """Tenants and agents that share work. Equal events in any order lead to equal decisions."""

    def __init__(self, policy: Policy = FIFO) -> None:
        self.policy = policy
        self._floor = Floor()
        self._waiting: dict[str, Waiting] = {}
        self._by_ticket: dict[int, str] = {}
        self._lanes: dict[WorkClass, dict[frozenset[str], Lane]] = {}
        self._touched: dict[Lane, None] = {}
        self._relaxing: list[tuple[float, int]] = []
        self._tickets = count()

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._waiting

    def add_item(self, item: Item) -> None:
        """Let an item wait; one with the same id is replaced."""
        if item.units < 1:
            raise ValueError(f"an item takes at least one unit of capacity, not {item.units}")
        self.remove_item(item.id)
        self._line_up(item, needs_at_first(item))
        for after, _, _ in item.relaxations:
            heapq.heappush(self._relaxing, (item.entered_at + after, self._waiting[item.id].ticket))

    def remove_item(self, item_id: str) -> None:
        """Take an item out (abandoned, assigned elsewhere); nothing happens if it does not wait."""
        waiting = self._waiting.pop(item_id, None)
        if waiting is None:
            return
        del self._by_ticket[waiting.ticket]
        lane = waiting.lane
        lane.live -= 1
        if not lane.live:
            self._close(lane)
        elif len(lane.heap) > 2 * lane.live + 64:
            lane.heap = [entry for entry in lane.heap if entry[1] in self._by_ticket]
            heapq.heapify(lane.heap)

    def put_agent(self, agent: Agent) -> None:
        """Add an agent or replace what is known of it, the load included."""
        for work_class in self._floor.put(agent):
            self._touch(work_class)

    def remove_agent(self, agent_id: str) -> None:
        """Forget an agent; nothing happens if it is unknown."""
        self._floor.remove(agent_id)

    def decide(self, now: float) -> list[Decision]:
        """One round: place, best item first, whatever can be placed. Decided items leave, loads are booked."""
        self._relax(now)
        round_heap = [(head[0], head[1], lane) for lane in self._touched if (head := self._head(lane))]
        heapq.heapify(round_heap)
        self._touched.clear()
        decisions: list[Decision] = []
        while round_heap:
            _, ticket, lane = round_heap[0]
            item = self._waiting[self._by_ticket[ticket]].item
            agent_id = self._floor.best(lane.work_class, lane.barred, item.preferred_agent)
            if agent_id is None:  # capacity only shrinks within a round: the lane is out of it
                heapq.heappop(round_heap)
                continue
            decisions.append(Decision(item.id, agent_id, self._reason(item, lane, agent_id, now)))
            self._floor.book(agent_id, lane.work_class)
            self.remove_item(item.id)
            head = self._head(lane)
            if head is None:
                heapq.heappop(round_heap)
            else:
                heapq.heapreplace(round_heap, (head[0], head[1], lane))
        return decisions

    def next_for(self, agent_id: str, now: float) -> Decision | None:
        """*Next*: the best waiting item that this agent may and can take now. Nothing is booked or removed."""
        self._relax(now)
        seat = self._floor.seats.get(agent_id)
        if seat is None:
            return None
        lanes = [
            lane
            for kind in seat.free
            for work_class in seat.classes[kind]
            for lane in self._lanes.get(work_class, {}).values()
            if agent_id not in lane.barred
        ]
        heads = [(head[0], head[1], lane) for lane in lanes if (head := self._head(lane))]
        if not heads:
            return None
        _, ticket, lane = min(heads, key=lambda entry: entry[0])
        item = self._waiting[self._by_ticket[ticket]].item
        return Decision(item.id, agent_id, self._reason(item, lane, agent_id, now))

    def _line_up(self, item: Item, needs: dict[str, int]) -> None:
        work_class = self._floor.work_class(item.tenant, item.channel, item.units, needs)
        lanes = self._lanes.setdefault(work_class, {})
        lane = lanes.get(item.not_agents)
        if lane is None:
            lane = lanes[item.not_agents] = Lane(work_class, item.not_agents)
        ticket = next(self._tickets)
        heapq.heappush(lane.heap, (self.policy.key(item), ticket))
        lane.live += 1
        self._waiting[item.id] = Waiting(item, lane, ticket)
        self._by_ticket[ticket] = item.id
        self._touched[lane] = None

    def _relax(self, now: float) -> None:
        """Move the items whose needs have softened by now into the lane of what they still need."""
        softened: dict[str, Item] = {}
        while self._relaxing and self._relaxing[0][0] <= now:
            item_id = self._by_ticket.get(heapq.heappop(self._relaxing)[1])
            if item_id is not None:
                softened[item_id] = self._waiting[item_id].item
        for item in softened.values():
            self.remove_item(item.id)
            self._line_up(item, needs_after(item, now - item.entered_at))
            for after, _, _ in item.relaxations:
                if item.entered_at + after > now:
                    heapq.heappush(self._relaxing, (item.entered_at + after, self._waiting[item.id].ticket))

    def _head(self, lane: Lane) -> tuple[Key, int] | None:
        while lane.heap and lane.heap[0][1] not in self._by_ticket:
            heapq.heappop(lane.heap)
        return lane.heap[0] if lane.heap else None

    def _touch(self, work_class: WorkClass) -> None:
        for lane in self._lanes.get(work_class, {}).values():
            self._touched[lane] = None

    def _close(self, lane: Lane) -> None:
        lanes = self._lanes[lane.work_class]
        del lanes[lane.barred]
        if not lanes:
            del self._lanes[lane.work_class]
        self._touched.pop(lane, None)
        lane.heap.clear()

    def _reason(self, item: Item, lane: Lane, agent_id: str, now: float) -> Reason:
        work_class, agent = lane.work_class, self._floor.seats[agent_id].agent
        waited, idle = round(now - item.entered_at, 3), round(now - agent.idle_since, 3)
        level = -work_class.able[agent_id][0]
        alternatives = len(work_class.free) - 1 - sum(1 for barred in lane.barred if barred in work_class.free)
        still = dict(work_class.needs)
        relaxed = sorted(skill for skill, need in needs_at_first(item).items() if still.get(skill) != need)
        preferred = item.preferred_agent == agent_id
        words = f"{self.policy.words} (waited {waited:g} s)"
        words += ", for the preferred agent" if preferred else f", for the highest level ({level}), idle {idle:g} s"
        words += f"; {alternatives} other free agents" + (f"; relaxed: {', '.join(relaxed)}" if relaxed else "")
        return {
            "policy": self.policy.name,
            "waited": waited,
            "level": level,
            "idle": idle,
            "alternatives": alternatives,
            "preferred": preferred,
            "relaxed": relaxed,
            "words": words,
            **self.policy.terms(item, now),
        }
