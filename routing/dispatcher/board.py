"""What the dispatcher keeps in memory: waiting items and present agents, as the engine knows them. Rows always win."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from kernel import clock
from routing.able import engine_item, leave_of
from routing.engine.policies import FIFO
from routing.engine.pool import Pool
from routing.engine.types import Agent, Decision, Item
from routing.models import AgentState, WorkItem

_WAITING = WorkItem.State.WAITING


SLICE = 1000


@dataclass(slots=True)
class Cycle:
    """A comparison with all rows that goes on slice by slice, so that no event waits long for it."""

    known: frozenset[str] = frozenset()
    seen: set[str] = field(default_factory=set)
    mark: Any = None

    def gone(self) -> set[UUID]:
        """At the end of the cycle: what was on the board at its start and was not among the rows."""
        return {UUID(name) for name in self.known - self.seen}


class Board:
    def __init__(self) -> None:
        self._item_cycle, self._agent_cycle = Cycle(), Cycle()
        self._pool = Pool(FIFO)
        self._items: dict[str, Item] = {}
        self._agents: dict[str, Agent] = {}

    def __len__(self) -> int:
        return len(self._items)

    def load_all(self) -> None:
        """Read everything, at the start."""
        # Few queues stand behind many items: read once each, not with every row.
        rows = WorkItem.objects.filter(state=_WAITING).prefetch_related("queue").order_by("entered_at", "pk")
        self._settle({item.id: item for item in map(engine_item, rows.iterator(5000))}, set(self._items))
        self._seat(AgentState.objects.filter(status=AgentState.Status.AVAILABLE), set(self._agents))

    def compare_slice(self) -> None:
        """Compare the next slice of waiting items and of present agents with the rows."""
        self._compare_items(self._item_cycle)
        self._compare_agents(self._agent_cycle)

    def load_items(self, ids: Iterable[UUID]) -> None:
        """Read these rows again; those that wait no more are forgotten."""
        named = set(ids)
        if named:
            rows = WorkItem.objects.filter(pk__in=named, state=_WAITING).select_related("queue")
            self._settle({item.id: item for item in map(engine_item, rows)}, {str(name) for name in named})

    def load_agents(self, ids: Iterable[UUID]) -> None:
        named = set(ids)
        if named:
            rows = AgentState.objects.filter(pk__in=named, status=AgentState.Status.AVAILABLE)
            self._seat(rows, {str(name) for name in named})

    def load_recent(self, seconds: float) -> None:
        """What entered or changed state lately, for doorbells that were lost."""
        since = clock.now() - timedelta(seconds=seconds)
        recent = WorkItem.objects.filter(state=_WAITING, entered_at__gt=since)
        self.load_items(pk for pk in recent.values_list("pk", flat=True) if str(pk) not in self._items)
        self.load_agents(AgentState.objects.filter(idle_since__gt=since).values_list("pk", flat=True))

    def decide(self) -> list[Decision]:
        """One round. The items decided on have left the board until a row brings them back.

        Arrivals of the same moment are spread: one item an agent, then the order of agents is looked at anew.
        """
        made: list[Decision] = []
        while decisions := self._pool.decide(clock.now().timestamp()):
            first: dict[str, Decision] = {}
            again: list[Item] = []
            for decision in decisions:
                if first.setdefault(decision.agent, decision) is not decision:
                    again.append(self._items[decision.item])
            for decision in first.values():
                made.append(decision)
                self._book(self._agents[decision.agent], self._items.pop(decision.item))
            for item in again:
                self._pool.add_item(item)
            if not again:
                break
        return made

    def barred(self) -> list[UUID]:
        """Items that some agent let go and that still wait."""
        return [UUID(item.id) for item in self._items.values() if item.not_agents]

    def _book(self, agent: Agent, item: Item) -> None:
        busier = replace(agent, load=agent.load + item.units, idle_since=clock.now().timestamp())
        self._agents[agent.id] = busier
        self._pool.put_agent(busier)

    def _compare_items(self, cycle: Cycle) -> None:
        rows = WorkItem.objects.filter(state=_WAITING).prefetch_related("queue").order_by("entered_at", "pk")
        if cycle.mark is not None:
            at, last = cycle.mark
            rows = rows.filter(Q(entered_at__gt=at) | Q(entered_at=at, pk__gt=last), entered_at__gte=at)
        found = list(rows[:SLICE])
        items = {item.id: item for item in map(engine_item, found)}
        self._settle(items, set())
        cycle.seen |= items.keys()
        if len(found) == SLICE:
            cycle.mark = (found[-1].entered_at, found[-1].pk)
            return
        self.load_items(cycle.gone())
        self._item_cycle = Cycle(known=frozenset(self._items))

    def _compare_agents(self, cycle: Cycle) -> None:
        rows = AgentState.objects.filter(status=AgentState.Status.AVAILABLE).order_by("pk")
        found = list((rows.filter(pk__gt=cycle.mark) if cycle.mark else rows)[:SLICE])
        self._seat(found, set())
        cycle.seen |= {str(state.person_id) for state in found}
        if len(found) == SLICE:
            cycle.mark = found[-1].pk
            return
        self.load_agents(cycle.gone())
        self._agent_cycle = Cycle(known=frozenset(self._agents))

    def _settle(self, found: dict[str, Item], looked_at: set[str]) -> None:
        for gone in looked_at - found.keys():
            if self._items.pop(gone, None) is not None:
                self._pool.remove_item(gone)
        for item in found.values():
            if self._items.get(item.id) != item:
                self._items[item.id] = item
                self._pool.add_item(item)

    def _seat(self, rows: Iterable[AgentState], looked_at: set[str]) -> None:
        states = list(rows)
        leave = leave_of([state.person_id for state in states], None) if states else None
        present = set()
        for state in states:
            assert leave is not None
            agent = Agent(
                id=str(state.person_id),
                skills=leave.levels.get(state.person_id, {}),
                tenants=frozenset(str(tenant) for tenant in leave.tenants_of(state.person_id)),
                channels=frozenset(state.channels),
                capacity=state.capacity,
                load=state.load,
                available=True,
                idle_since=(state.idle_since or state.since).timestamp(),
            )
            present.add(agent.id)
            if self._agents.get(agent.id) != agent:
                self._agents[agent.id] = agent
                self._pool.put_agent(agent)
        for gone in looked_at - present:
            if self._agents.pop(gone, None) is not None:
                self._pool.remove_agent(gone)
