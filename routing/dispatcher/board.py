"""What the dispatcher keeps in memory: waiting items and present agents, as the engine knows them. Rows always win."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from kernel import clock, statements
from routing import rows
from routing.able import engine_item, leave_of
from routing.engine.policies import FIFO
from routing.engine.pool import Pool
from routing.engine.types import Agent, Decision, Item
from routing.models import AgentState, WorkItem

_WAITING = WorkItem.State.WAITING
_PRESENT = "WHERE t.status = 'available'"
_BOOKED = "SELECT person_id, load, status FROM public.routing_agentstate WHERE idle_since > %s"
_ENTERED = "SELECT id FROM public.routing_workitem WHERE state = 'waiting' AND entered_at > %s"
# Rows compared at a stretch: an arrival waits for no more than this.
SLICE = 50


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
        waiting = WorkItem.objects.filter(state=_WAITING).prefetch_related("queue").order_by("entered_at", "pk")
        self._settle({item.id: item for item in map(engine_item, waiting.iterator(5000))}, set(self._items))
        self._seat(statements.load(AgentState, _PRESENT, []), set(self._agents))

    def compare_slice(self) -> bool:
        """Compare the next slice of waiting items and of present agents with the rows; whether both are through."""
        items_through = self._compare_items(self._item_cycle)
        return self._compare_agents(self._agent_cycle) and items_through

    def load_items(self, ids: Iterable[UUID]) -> None:
        """Read these rows again; those that wait no more are forgotten."""
        named = set(ids)
        if named:
            found = map(engine_item, rows.waiting(named))
            self._settle({item.id: item for item in found}, {str(name) for name in named})

    def load_agents(self, ids: Iterable[UUID]) -> None:
        named = set(ids)
        if named:
            present = statements.load(AgentState, f"{_PRESENT} AND t.person_id = ANY(%s::uuid[])", [list(named)])
            self._seat(present, {str(name) for name in named})

    def load_recent(self, seconds: float) -> None:
        """What entered or changed state lately, for doorbells that were lost."""
        since = clock.now() - timedelta(seconds=seconds)
        self.load_items(pk for (pk,) in statements.run(_ENTERED, [since]) if str(pk) not in self._items)
        self.load_agents(row[0] for row in statements.run(_BOOKED, [since]) if self._is_unlike(*row))

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

    def _is_unlike(self, person_id: UUID, load: int, status: str) -> bool:
        known = self._agents.get(str(person_id))
        if status != AgentState.Status.AVAILABLE:
            return known is not None
        return known is None or known.load != load

    def _compare_items(self, cycle: Cycle) -> bool:
        found = rows.waiting_after(cycle.mark, SLICE)
        items = {item.id: item for item in map(engine_item, found)}
        self._settle(items, set())
        cycle.seen |= items.keys()
        if len(found) == SLICE:
            cycle.mark = (found[-1].entered_at, found[-1].pk)
            return False
        self.load_items(cycle.gone())
        self._item_cycle = Cycle(known=frozenset(self._items))
        return True

    def _compare_agents(self, cycle: Cycle) -> bool:
        after, values = (" AND t.person_id > %s", [cycle.mark]) if cycle.mark else ("", [])
        found = statements.load(AgentState, f"{_PRESENT}{after} ORDER BY t.person_id LIMIT %s", [*values, SLICE])
        self._seat(found, set())
        cycle.seen |= {str(state.person_id) for state in found}
        if len(found) == SLICE:
            cycle.mark = found[-1].pk
            return False
        self.load_agents(cycle.gone())
        self._agent_cycle = Cycle(known=frozenset(self._agents))
        return True

    def _settle(self, found: dict[str, Item], looked_at: set[str]) -> None:
        for gone in looked_at - found.keys():
            if self._items.pop(gone, None) is not None:
                self._pool.remove_item(gone)
        for item in found.values():
            if self._items.get(item.id) != item:
                self._items[item.id] = item
                self._pool.add_item(item)

    def _seat(self, found: Iterable[AgentState], looked_at: set[str]) -> None:
        states = list(found)
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
