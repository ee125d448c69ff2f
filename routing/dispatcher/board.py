"""What the dispatcher keeps in memory: waiting items and present agents, as the engine knows them. Rows always win."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from kernel import clock, statements
from routing import rows
from routing.able import engine_agent, leave_of, starts_at
from routing.dispatcher.knowledge import Knowledge
from routing.engine.policies import POLICIES
from routing.engine.pool import Pool
from routing.engine.types import Agent, Decision, Item
from routing.models import AgentState, WorkItem
from routing.room import in_hand
from routing.switching import left_of

_WAITING = WorkItem.State.WAITING
_PRESENT = "WHERE t.status = 'available'"
_BOOKED = "SELECT person_id, load, status FROM public.routing_agentstate WHERE idle_since > %s"
_ENTERED = "SELECT id FROM public.routing_workitem WHERE state = 'waiting' AND entered_at > %s AND entered_at <= %s"
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
        self._pool = Pool(POLICIES[settings.ROUTING_POLICY], spread=True)
        self._knowledge = Knowledge(self._pool)
        self._items: dict[str, Item] = {}
        # Loads of those at work, and their rows as the pool was last told them (none since a booking).
        self._loads: dict[str, int] = {}
        self._agents: dict[str, Agent] = {}
        self._later: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._items)

    def load_all(self) -> None:
        """Read everything, at the start."""
        # Few queues stand behind many items: read once each, not with every row.
        waiting = WorkItem.objects.filter(state=_WAITING).prefetch_related("queue").order_by("entered_at", "pk")
        self._knowledge.read_prices()
        self._knowledge.read_measures()
        self._settle(waiting.iterator(5000), {*self._items, *self._later})
        self._seat(statements.load(AgentState, _PRESENT, []), set(self._loads))
        self._knowledge.weigh()

    def compare_slice(self) -> bool:
        """Compare the next slice of waiting items and of present agents with the rows; whether both are through."""
        items_through = self._compare_items(self._item_cycle)
        return self._compare_agents(self._agent_cycle) and items_through

    def load_items(self, ids: Iterable[UUID]) -> None:
        """Read these rows again; those that wait no more are forgotten."""
        named = set(ids)
        if named:
            self._settle(rows.waiting(named), {str(name) for name in named})

    def load_agents(self, ids: Iterable[UUID]) -> None:
        named = set(ids)
        if named:
            present = statements.load(AgentState, f"{_PRESENT} AND t.person_id = ANY(%s::uuid[])", [list(named)])
            self._seat(present, {str(name) for name in named})

    def load_recent(self, seconds: float) -> None:
        """What entered or changed state lately, for doorbells that were lost."""
        now = clock.now()
        since = now - timedelta(seconds=seconds)
        self.load_items(pk for (pk,) in statements.run(_ENTERED, [since, now]) if str(pk) not in self._items)
        self.load_agents(row[0] for row in statements.run(_BOOKED, [since]) if self._is_unlike(*row))

    def load_started(self) -> None:
        """Read again what was put off until now: its time has come, or its queue has opened."""
        now = clock.now().timestamp()
        self.load_items([UUID(name) for name, at in self._later.items() if at <= now])

    def load_prices(self) -> None:
        self._knowledge.read_prices()

    def load_measures(self) -> None:
        self._knowledge.read_measures()

    def decide(self) -> list[Decision]:
        """One round. The items decided on have left the board until a row brings them back."""
        made = self._pool.decide(clock.now().timestamp())
        for decision in made:
            item = self._items.pop(decision.item)
            # The pool has booked it. What the row says next replaces that.
            self._agents.pop(decision.agent, None)
            self._loads[decision.agent] += item.units
        return made

    def barred(self) -> list[UUID]:
        """Items that some agent let go and that still wait."""
        return [UUID(item.id) for item in self._items.values() if item.not_agents]

    def _is_unlike(self, person_id: UUID, load: int, status: str) -> bool:
        known = self._loads.get(str(person_id))
        return known != (load if status == AgentState.Status.AVAILABLE else None)

    def _compare_items(self, cycle: Cycle) -> bool:
        found = rows.waiting_after(cycle.mark, SLICE)
        self._settle(found, set())
        cycle.seen |= {str(row.pk) for row in found}
        if len(found) == SLICE:
            cycle.mark = (found[-1].entered_at, found[-1].pk)
            return False
        self.load_items(cycle.gone())
        self._item_cycle = Cycle(known=frozenset([*self._items, *self._later]))
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
        self._agent_cycle = Cycle(known=frozenset(self._loads))
        return True

    def _settle(self, found: Iterable[WorkItem], looked_at: set[str]) -> None:
        now = clock.now()
        here: set[str] = set()
        put_off: dict[str, float] = {}
        for row in found:
            later = starts_at(row, now)
            if later is not None:
                put_off[str(row.pk)] = later.timestamp()
                continue
            item = self._knowledge.item(row)
            here.add(item.id)
            if self._items.get(item.id) != item:
                self._items[item.id] = item
                self._pool.add_item(item)
        for gone in (looked_at - here) | put_off.keys():
            if self._items.pop(gone, None) is not None:
                self._pool.remove_item(gone)
        for name in looked_at | here:
            self._later.pop(name, None)
        self._later |= put_off

    def _seat(self, found: Iterable[AgentState], looked_at: set[str]) -> None:
        states = list(found)
        leave = leave_of([state.person_id for state in states], None) if states else None
        limited, held = left_of(states), in_hand(states)
        present = set()
        for state in states:
            assert leave is not None
            pace = self._knowledge.pace(state.person_id)
            agent = engine_agent(state, leave, pace, held.get(state.person_id))
            if state.person_id in limited:
                last, left = limited[state.person_id]
                agent = replace(agent, last_tenant=str(last) if last else None, switches_left=left)
            present.add(agent.id)
            if self._agents.get(agent.id) != agent:
                self._agents[agent.id], self._loads[agent.id] = agent, state.load
                self._pool.put_agent(agent)
        for gone in looked_at - present:
            self._agents.pop(gone, None)
            if self._loads.pop(gone, None) is not None:
                self._pool.remove_agent(gone)
