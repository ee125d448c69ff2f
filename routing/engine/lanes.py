"""Where items wait: lanes of items that any agent may take or refuse alike, best first."""

from __future__ import annotations

import heapq
from collections.abc import Container
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from routing.engine.policies import IndexRules, Key, due_of
from routing.engine.types import Item

if TYPE_CHECKING:
    from routing.engine.seats import WorkClass

Head = tuple[Key, int]


@dataclass(slots=True, eq=False)
class Lane:
    """A heap in the order of a key that does not change; `live` counts the items not yet removed.

    The head is always one that waits: it is looked at far more often than items leave.
    """

    work_class: WorkClass
    barred: frozenset[str]
    waiting: Container[int]
    heap: list[Head] = field(default_factory=list)
    live: int = 0

    def push(self, key: Key, ticket: int, item: Item) -> None:
        heapq.heappush(self.heap, (key, ticket))
        self.live += 1

    def head(self, now: float) -> Head | None:
        """The best item's key and ticket at this moment."""
        return self.heap[0] if self.heap else None

    def wish(self, agent_id: str, now: float) -> Head | None:
        """Nothing is held in such a lane, and so nothing passes its head."""
        return None

    def drop(self) -> None:
        """One of its items is gone; the heap is tidied when half of it is."""
        self.live -= 1
        heap, waiting = self.heap, self.waiting
        while heap and heap[0][1] not in waiting:
            heapq.heappop(heap)
        if len(heap) > 2 * self.live + 64:
            self.heap = [entry for entry in heap if entry[1] in waiting]
            heapq.heapify(self.heap)


Dated = tuple[float, float, str, int]  # due, entered, id, ticket


@dataclass(slots=True, eq=False)
class IndexLane:
    """Two heaps by due date, in time and late: between them the order changes with time, inside each it does not.

    `soon` and `over` are the keys of their heads but for the time that has passed: `soon − now/τ` and `over − now/τ₂`
    are comparable with those of any other lane, and the lower comes first. They are right until `crosses_at`, when the
    head of those in time is late.

    `wishes` are those in time that prefer an agent, by that agent, kept where work is held: an agent from whom the head
    is held may begin with these.
    """

    work_class: WorkClass
    barred: frozenset[str]
    waiting: Container[int]
    rules: IndexRules
    worth: float
    sample: Item
    in_time: list[Dated] = field(default_factory=list)
    late: list[Dated] = field(default_factory=list)
    wishes: dict[str, list[Dated]] = field(default_factory=dict)
    wished: int = 0
    live: int = 0
    soon: float = inf
    over: float = inf
    crosses_at: float = inf
    log_discount: float = field(init=False)

    def __post_init__(self) -> None:
        self.log_discount = self.rules.log_discount

    def push(self, key: Key, ticket: int, item: Item) -> None:
        entry = due_of(item), item.entered_at, item.id, ticket
        heapq.heappush(self.in_time, entry)
        self.live += 1
        if self.in_time[0] is entry:
            self.crosses_at = entry[0]
            self.soon = entry[0] / self.rules.tau - self.worth
        if item.preferred_agent is not None and self.work_class.is_deferrable:
            heapq.heappush(self.wishes.setdefault(item.preferred_agent, []), entry)
            self.wished += 1

    def advance(self, now: float) -> None:
        """Move what has become late."""
        waiting, in_time, late = self.waiting, self.in_time, self.late
        while in_time and (in_time[0][0] < now or in_time[0][3] not in waiting):
            entry = heapq.heappop(in_time)
            if entry[3] in waiting:
                heapq.heappush(late, entry)
        self._reckon()

    def reprice(self, worth: float) -> None:
        self.worth = worth
        self._reckon()

    def head(self, now: float) -> Head | None:
        """The larger of two indices; the key is its negative, so that the lowest is first."""
        if self.crosses_at < now:
            self.advance(now)
        best: Head | None = None
        if self.in_time:
            _, entered, name, ticket = self.in_time[0]
            best = (self.soon - now / self.rules.tau, entered, name), ticket
        if self.late:
            _, entered, name, ticket = self.late[0]
            key = self.over - now / self.rules.tau_late, entered, name
            if best is None or key < best[0]:
                best = key, ticket
        return best

    def tie(self, now: float) -> tuple[float, str]:
        """When the best item entered, and its id: they decide between lanes that are equal but for them."""
        soon, over = self.soon - now / self.rules.tau, self.over - now / self.rules.tau_late
        if soon == over:
            return min(self.in_time[0][1:3], self.late[0][1:3])
        first = self.in_time[0] if soon < over else self.late[0]
        return first[1], first[2]

    def wish(self, agent_id: str, now: float) -> Head | None:
        """The best of those in time that prefer this agent, with the same key as in ``head``."""
        heap, waiting = self.wishes.get(agent_id), self.waiting
        if heap is None:
            return None
        while heap and (heap[0][0] < now or heap[0][3] not in waiting):
            heapq.heappop(heap)
            self.wished -= 1
        if not heap:
            del self.wishes[agent_id]
            return None
        due, entered, name, ticket = heap[0]
        return (due / self.rules.tau - self.worth - now / self.rules.tau, entered, name), ticket

    def drop(self) -> None:
        self.live -= 1
        if self.wished > 2 * self.live + 64:
            self._tidy_wishes()
        waiting, in_time, late, gone = self.waiting, self.in_time, self.late, False
        while in_time and in_time[0][3] not in waiting:
            heapq.heappop(in_time)
            gone = True
        while late and late[0][3] not in waiting:
            heapq.heappop(late)
            gone = True
        if len(in_time) + len(late) > 2 * self.live + 128:
            for heap in (in_time, late):
                heap[:] = [entry for entry in heap if entry[3] in waiting]
                heapq.heapify(heap)
        if gone:
            self._reckon()

    def _tidy_wishes(self) -> None:
        """Nobody may ever ask for the wishes of an agent who is away."""
        kept = {agent_id: [each for each in heap if each[3] in self.waiting] for agent_id, heap in self.wishes.items()}
        self.wishes = {agent_id: heap for agent_id, heap in kept.items() if heap}
        for heap in self.wishes.values():
            heapq.heapify(heap)
        self.wished = sum(map(len, self.wishes.values()))

    def _reckon(self) -> None:
        rules, in_time, late = self.rules, self.in_time, self.late
        self.crosses_at = in_time[0][0] if in_time else inf
        self.soon = in_time[0][0] / rules.tau - self.worth if in_time else inf
        self.over = late[0][0] / rules.tau_late - self.worth - self.log_discount if late else inf


AnyLane = Lane | IndexLane
