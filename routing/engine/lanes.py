"""Where items wait: lanes of items that any agent may take or refuse alike, best first."""

from __future__ import annotations

import heapq
from collections.abc import Container
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

from routing.engine.policies import IndexRules, Key, due_of
from routing.engine.types import Item

if TYPE_CHECKING:
    from routing.engine.floor import WorkClass

Head = tuple[Key, int]


@dataclass(slots=True, eq=False)
class Lane:
    """A heap in the order of a key that does not change; `live` counts the items not yet removed."""

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
        heap, waiting = self.heap, self.waiting
        while heap:
            if heap[0][1] in waiting:
                return heap[0]
            heapq.heappop(heap)
        return None

    def drop(self) -> None:
        """One of its items is gone; the heap is tidied when half of it is."""
        self.live -= 1
        if len(self.heap) > 2 * self.live + 64:
            self.heap = [entry for entry in self.heap if entry[1] in self.waiting]
            heapq.heapify(self.heap)


Dated = tuple[float, float, str, int]  # due, entered, id, ticket


@dataclass(slots=True, eq=False)
class IndexLane:
    """Two heaps by due date, in time and late: between them the order changes with time, inside each it does not."""

    work_class: WorkClass
    barred: frozenset[str]
    waiting: Container[int]
    rules: IndexRules
    worth: float
    sample: Item
    in_time: list[Dated] = field(default_factory=list)
    late: list[Dated] = field(default_factory=list)
    live: int = 0

    def push(self, key: Key, ticket: int, item: Item) -> None:
        heapq.heappush(self.in_time, (due_of(item), item.entered_at, item.id, ticket))
        self.live += 1

    def head(self, now: float) -> Head | None:
        """The larger of two indices; the key is its negative, so that the lowest is first."""
        waiting, in_time, late = self.waiting, self.in_time, self.late
        while in_time and (in_time[0][0] < now or in_time[0][3] not in waiting):
            entry = heapq.heappop(in_time)
            if entry[3] in waiting:
                heapq.heappush(late, entry)
        while late and late[0][3] not in waiting:
            heapq.heappop(late)
        best: Head | None = None
        if in_time:
            due, entered, name, ticket = in_time[0]
            best = ((due - now) / self.rules.tau - self.worth, entered, name), ticket
        if late:
            due, entered, name, ticket = late[0]
            bonus = (now - due) / self.rules.tau_late + log(self.rules.late_discount)
            key = (-self.worth - bonus, entered, name)
            if best is None or key < best[0]:
                best = key, ticket
        return best

    def drop(self) -> None:
        self.live -= 1
        for heap in (self.in_time, self.late):
            if len(heap) > 2 * self.live + 64:
                heap[:] = [entry for entry in heap if entry[3] in self.waiting]
                heapq.heapify(heap)


AnyLane = Lane | IndexLane
