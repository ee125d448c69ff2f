"""Who can take what: agents indexed by the classes of work that they may serve.

A class is what makes items equal for an agent: tenant, channel, units and needs. Each class keeps the agents that may
serve it and, of these, the free ones in order of preference, so that an arriving item costs one look at a head and an
agent's change costs the number of classes that this agent may serve.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from routing.engine.types import Agent, Skill

CALL = "call"
Rank = tuple[int, int]  # (− lowest level among the needs, − sum of the levels): lower is better
Entry = tuple[Rank, float, str, int]  # rank, idle since, agent, ticket
Signature = tuple[str, str, int, tuple[tuple[Skill, int], ...]]


@dataclass(slots=True, eq=False)
class WorkClass:
    """Items that ask the same of an agent."""

    tenant: str
    channel: str
    units: int
    needs: tuple[tuple[Skill, int], ...]
    able: dict[str, Rank] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)  # agent → ticket of its entry that still holds
    heap: list[Entry] = field(default_factory=list)

    def rank(self, agent: Agent) -> Rank | None:
        """How well the agent fits; None where a hard constraint forbids it for good (not for want of capacity)."""
        if self.tenant not in agent.tenants or self.channel not in agent.channels:
            return None
        levels = [agent.skills.get(skill, 0) for skill, _ in self.needs]
        if any(level < need for level, (_, need) in zip(levels, self.needs, strict=True)):
            return None
        return -min(levels, default=0), -sum(levels)


@dataclass(slots=True, eq=False)
class Seat:
    """An agent with the load that this round has booked already, and its classes by (channel, units)."""

    agent: Agent
    load: int
    classes: dict[tuple[str, int], list[WorkClass]] = field(default_factory=dict)
    free: set[tuple[str, int]] = field(default_factory=set)

    def can_take(self, channel: str, units: int) -> bool:
        if not self.agent.available or self.load + units > self.agent.capacity or self.agent.capacity < 1:
            return False
        return channel != CALL or self.load == 0


class Floor:
    """All agents and classes. Methods that free someone return the classes that gained a free agent."""

    def __init__(self) -> None:
        self.seats: dict[str, Seat] = {}
        self._classes: dict[Signature, WorkClass] = {}
        self._by_tenant: dict[str, list[WorkClass]] = {}
        self._accredited: dict[str, set[str]] = {}
        self._tickets = count()

    def work_class(self, tenant: str, channel: str, units: int, needs: Mapping[Skill, int]) -> WorkClass:
        """The class of that signature; on first sight the tenant's agents are looked through once."""
        signature = (tenant, channel, units, tuple(sorted(needs.items())))
        known = self._classes.get(signature)
        if known is None:
            known = self._classes[signature] = WorkClass(*signature)
            self._by_tenant.setdefault(tenant, []).append(known)
            for agent_id in sorted(self._accredited.get(tenant, ())):
                self._enrol(self.seats[agent_id], known)
        return known

    def put(self, agent: Agent) -> list[WorkClass]:
        """Add an agent, or replace what is known of it (the told load replaces what was booked)."""
        seat = self.seats.get(agent.id)
        if seat is None:
            seat = self.seats[agent.id] = Seat(agent, agent.load)
            return self._place(seat)
        before, booked = seat.agent, seat.load
        if before == agent and booked == agent.load:
            return []
        if (before.skills, before.tenants, before.channels) != (agent.skills, agent.tenants, agent.channels):
            self.remove(agent.id)
            seat = self.seats[agent.id] = Seat(agent, agent.load)
            return self._place(seat)
        if before.idle_since != agent.idle_since:
            self._withdraw(seat)  # its place in every order changes
        seat.agent, seat.load = agent, agent.load
        return self._refresh(seat)

    def remove(self, agent_id: str) -> None:
        seat = self.seats.pop(agent_id, None)
        if seat is None:
            return
        for tenant in seat.agent.tenants:
            self._accredited[tenant].discard(agent_id)
        for classes in seat.classes.values():
            for work_class in classes:
                work_class.able.pop(agent_id, None)
                work_class.free.pop(agent_id, None)

    def book(self, agent_id: str, work_class: WorkClass) -> None:
        """Fill the agent's hands: a call takes the whole capacity, anything else its units."""
        seat = self.seats[agent_id]
        seat.load = seat.agent.capacity if work_class.channel == CALL else seat.load + work_class.units
        self._refresh(seat)

    def best(self, work_class: WorkClass, barred: frozenset[str], preferred: str | None) -> str | None:
        """The free agent for a class: the preferred one if free, else highest level, then longest idle, then id."""
        if preferred is not None and preferred in work_class.free and preferred not in barred:
            return preferred
        heap, aside, found = work_class.heap, [], None
        if not work_class.free:
            heap.clear()
        while heap and found is None:
            _, _, agent_id, ticket = heap[0]
            if work_class.free.get(agent_id) != ticket:
                heapq.heappop(heap)
            elif agent_id in barred:
                aside.append(heapq.heappop(heap))
            else:
                found = agent_id
        for entry in aside:
            heapq.heappush(heap, entry)
        return found

    def _place(self, seat: Seat) -> list[WorkClass]:
        for tenant in seat.agent.tenants:
            self._accredited.setdefault(tenant, set()).add(seat.agent.id)
            self._enter(seat, self._by_tenant.get(tenant, ()))
        return self._refresh(seat)

    def _enter(self, seat: Seat, classes: Iterable[WorkClass]) -> None:
        for work_class in classes:
            rank = work_class.rank(seat.agent)
            if rank is not None:
                work_class.able[seat.agent.id] = rank
                seat.classes.setdefault((work_class.channel, work_class.units), []).append(work_class)

    def _enrol(self, seat: Seat, work_class: WorkClass) -> None:
        """A new class for an agent that is placed already."""
        self._enter(seat, (work_class,))
        kind = (work_class.channel, work_class.units)
        if seat.agent.id in work_class.able and seat.can_take(*kind):
            seat.free.add(kind)
            self._free(seat, work_class)

    def _refresh(self, seat: Seat) -> list[WorkClass]:
        """Bring the classes' lists of free agents up to date with what this one can take now."""
        gained: list[WorkClass] = []
        for kind, classes in seat.classes.items():
            free = seat.can_take(*kind)
            if free == (kind in seat.free):
                continue
            if free:
                seat.free.add(kind)
                gained += classes
                for work_class in classes:
                    self._free(seat, work_class)
            else:
                seat.free.discard(kind)
                for work_class in classes:
                    work_class.free.pop(seat.agent.id, None)
        return gained

    def _withdraw(self, seat: Seat) -> None:
        for kind in seat.free:
            for work_class in seat.classes[kind]:
                work_class.free.pop(seat.agent.id, None)
        seat.free.clear()

    def _free(self, seat: Seat, work_class: WorkClass) -> None:
        agent_id, ticket = seat.agent.id, next(self._tickets)
        work_class.free[agent_id] = ticket
        heapq.heappush(work_class.heap, (work_class.able[agent_id], seat.agent.idle_since, agent_id, ticket))
        if len(work_class.heap) > 2 * len(work_class.free) + 64:
            work_class.heap = [entry for entry in work_class.heap if work_class.free.get(entry[2]) == entry[3]]
            heapq.heapify(work_class.heap)
