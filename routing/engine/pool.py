"""The brain of a routing pool: events in, decisions out. No clock, no I/O, no Django.

Waiting items stand in lanes (a class of work, the agents it must not go to, and its worth), so that only heads are
compared. Between rounds nothing that waits can be placed; a round therefore looks only at the lanes that got a new
item and at the agents that can take more than before.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from math import inf

from routing.engine.floor import Floor
from routing.engine.lanes import AnyLane, Head, IndexLane, Lane
from routing.engine.policies import FIFO, IndexRules, Policy, worth
from routing.engine.reasons import reason_of
from routing.engine.seats import Seat, WorkClass, lanes_of, lowest_lane, wishes_for
from routing.engine.types import Agent, Decision, Item, needs_after, needs_at_first

_TICK = 1e-6


@dataclass(slots=True, eq=False)
class Waiting:
    item: Item
    lane: AnyLane
    ticket: int
    for_one: str | None = None


class Pool:
    """Tenants and agents that share work. Equal events in any order lead to equal decisions.

    explain: give each decision its reason (the simulator does without).
    spread: who was given an item stands behind those who were given one longer ago, within a round too.
    """

    def __init__(self, policy: Policy = FIFO, *, explain: bool = True, spread: bool = False) -> None:
        self.policy = policy
        self.explain = explain
        self.spread = spread
        self.rules = policy.index
        self._floor = Floor(self.rules)
        self._waiting: dict[str, Waiting] = {}
        self._by_ticket: dict[int, Waiting] = {}
        self._touched: dict[AnyLane, None] = {}
        self._wished: dict[tuple[AnyLane, str], None] = {}
        self._timers: list[tuple[float, int]] = []
        self._held: dict[AnyLane, None] = {}
        self._look_at: float | None = None
        self._personal: dict[str, dict[int, None]] = {}
        self._stirred: set[str] = set()
        self._prices: dict[tuple[str, str, str], float] = {}
        self._tickets = count()

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._waiting

    @property
    def wakes_at(self) -> float | None:
        """When time alone may change a decision: a need softens, a grace ends, held work is looked at again."""
        while self._timers and self._timers[0][1] not in self._by_ticket:
            heapq.heappop(self._timers)
        times = [self._timers[0][0]] if self._timers else []
        if self._look_at is not None and self._held:
            times.append(self._look_at)
        return min(times, default=None)

    def add_item(self, item: Item) -> None:
        """Let an item wait; one with the same id is replaced."""
        if item.units < 1:
            raise ValueError(f"an item takes at least one unit of capacity, not {item.units}")
        if item.id in self._waiting:
            self.remove_item(item.id)
        self._line_up(item, needs_at_first(item))

    def remove_item(self, item_id: str) -> None:
        """Take an item out (abandoned, assigned elsewhere); nothing happens if it does not wait."""
        waiting = self._waiting.pop(item_id, None)
        if waiting is None:
            return
        del self._by_ticket[waiting.ticket]
        if waiting.for_one is not None:
            del self._personal[waiting.for_one][waiting.ticket]
            return
        lane = waiting.lane
        lane.drop()
        if not lane.live and lane.barred:
            self._close(lane)

    def put_agent(self, agent: Agent) -> None:
        """Add an agent or replace what is known of it, the load included."""
        self._floor.put(agent)
        if agent.id in self._personal:
            self._stirred.add(agent.id)

    def remove_agent(self, agent_id: str) -> None:
        """Forget an agent; nothing happens if it is unknown."""
        self._floor.remove(agent_id)
        if agent_id in self._personal:
            self._stirred.add(agent_id)

    def release(self, agent_id: str, units: int, idle_since: float) -> None:
        """The agent has finished work of that many units and is idle (with that much) since."""
        self._floor.release(agent_id, units, idle_since)

    def set_workload(self, tenant: str, channel: str, units: int, needs: dict[str, int], agents: float) -> None:
        """How many agents a class of work keeps busy (erlang × share of an agent); see ``weigh``."""
        self._floor.work_class(tenant, channel, units, needs).workload = agents

    def weigh(self) -> None:
        """Reckon the agents' scarcity anew, after workloads, skills or accreditations changed."""
        for work_class in self._floor.classes():
            for key in [key for key, lane in work_class.lanes.items() if not lane.live]:
                self._touched.pop(work_class.lanes.pop(key), None)
        self._floor.refresh_scarcity()

    def set_price(self, tenant: str, channel: str, value: float | None, queue: str = "") -> None:
        """The price (€) of one more breach of the clause for a channel in that queue, instead of the items' own."""
        if self._prices.get((tenant, channel, queue)) == value:
            return
        if value is None:
            del self._prices[tenant, channel, queue]
        else:
            self._prices[tenant, channel, queue] = value
        if self.rules is None:
            return
        for work_class in self._floor.branch_classes(tenant):
            if work_class.channel == channel:
                for lane in work_class.lanes.values():
                    if isinstance(lane, IndexLane) and lane.sample.queue == queue:
                        lane.reprice(worth(lane.sample, self.rules, value))

    def decide(self, now: float) -> list[Decision]:
        """One round: place, best item first, whatever can be placed. Decided items leave, loads are booked."""
        self._pass_time(now)
        decisions: list[Decision] = []
        freed, self._floor.freed = self._floor.freed, {}
        touched, self._touched = self._touched, {}
        wished, self._wished = self._wished, {}
        self._serve_waiters_for_one(freed, now, decisions)
        if not touched and len(freed) == 1:
            [agent_id] = freed
            self._fill(agent_id, now, decisions)
        else:
            lanes = lanes_of(self._floor.seats, touched, freed)
            self._match(lanes, {**wished, **wishes_for(self._floor.seats, freed)}, now, decisions)
        return decisions

    def next_for(self, agent_id: str, now: float) -> Decision | None:
        """*Next*: the best waiting item that this agent may and can take now. Nothing is booked or removed."""
        self._pass_time(now)
        seat = self._floor.seats.get(agent_id)
        if seat is None or seat.listed is None:
            return None
        mine = [self._by_ticket[ticket] for ticket in self._personal.get(agent_id, ())]
        mine = [waiting for waiting in mine if self._floor.may(seat, waiting.lane)]
        while (best := self._best_lane(seat, now, ask=True)) is not None:
            if not self._set_aside(self._by_ticket[best[1]], now):
                break
        if mine:
            first = min(mine, key=lambda waiting: self.policy.key(waiting.item))
            if best is None or self.policy.key(first.item) < self.policy.key(self._by_ticket[best[1]].item):
                return self._decision(first, seat, now, 0.0)
        return None if best is None else self._decision(self._by_ticket[best[1]], seat, now, 0.0)

    # --- one freed agent --------------------------------------------------------------------------------------------

    def _fill(self, agent_id: str, now: float, decisions: list[Decision]) -> None:
        """Give one freed agent the best items that fit, until the hands are full or nothing fits."""
        seat = self._floor.seats.get(agent_id)
        while seat is not None and seat.listed is not None:
            best = self._best_lane(seat, now)
            if best is None:
                return
            waiting = self._by_ticket[best[1]]
            if not self._set_aside(waiting, now):
                self._take(waiting, seat, now, 0.0, decisions)

    def _best_lane(self, seat: Seat, now: float, *, ask: bool = False) -> Head | None:
        """The best head over the lanes that this agent may serve; `ask`: the agent asks for work, nothing is held."""
        if self.rules is not None:
            return self._best_by_index(seat, now, self.rules, ask=ask)
        best: Head | None = None
        agent_id = seat.agent.id
        for work_class in seat.fitting():
            for lane in work_class.lanes.values():
                if not lane.live or agent_id in lane.barred:
                    continue
                head = lane.head(now)
                if head is not None and (best is None or head[0] < best[0]):
                    best = head
        return best

    def _best_by_index(self, seat: Seat, now: float, rules: IndexRules, *, ask: bool) -> Head | None:
        """The same by the two figures that each lane keeps of its heads."""
        refused: set[IndexLane] = set()
        wished: Head | None = None
        while (lane := lowest_lane(seat, now, rules, refused)) is not None:
            head = lane.head(now)
            assert head is not None
            if wished is not None and wished < head:
                return wished
            if ask or not lane.work_class.is_deferrable or self._may_start(seat, lane, head[1], now):
                return head
            refused.add(lane)
            wish = lane.wish(seat.agent.id, now)
            if wish is not None and (wished is None or wish < wished):
                wished = wish
        return wished

    # --- many events ------------------------------------------------------------------------------------------------

    def _match(
        self, lanes: Iterable[AnyLane], wishes: Iterable[tuple[AnyLane, str]], now: float, decisions: list[Decision]
    ) -> None:
        """The best item over these lanes to its best agent, again and again; capacity only shrinks within a round.

        wishes: of these lanes the best of what prefers that agent, too: it may begin where the head is held.
        """
        heads = [(head[0], head[1], "", lane) for lane in lanes if lane.live and (head := lane.head(now))]
        heads += [(head[0], head[1], name, lane) for lane, name in wishes if (head := lane.wish(name, now))]
        heapq.heapify(heads)
        while heads:
            _, ticket, wisher, lane = heads[0]
            waiting = self._by_ticket.get(ticket)
            if waiting is not None and not self._set_aside(waiting, now):
                chosen = self._agent_for(waiting, now)
                if chosen is None:
                    heapq.heappop(heads)
                    continue
                self._take(waiting, chosen[0], now, chosen[1], decisions)
            head = lane.wish(wisher, now) if wisher else lane.head(now)
            if head is None:
                heapq.heappop(heads)
            else:
                heapq.heapreplace(heads, (head[0], head[1], wisher, lane))

    def _agent_for(self, waiting: Waiting, now: float) -> tuple[Seat, float] | None:
        lane = waiting.lane
        if self.rules is None or lane.work_class.channel not in self.rules.deferrable:
            return self._floor.best(lane, waiting.item)
        return self._floor.best(lane, waiting.item, lambda seat: self._may_start(seat, lane, waiting.ticket, now))

    # --- what waits for a while -------------------------------------------------------------------------------------

    def _may_start(self, seat: Seat, lane: AnyLane, ticket: int, now: float) -> bool:
        """Whether this agent may begin long deferrable work: not while needed for calls (see ``IndexRules``)."""
        rules = self.rules
        if rules is None or not seat.takes_calls or lane.work_class.channel not in rules.deferrable:
            return True
        item = self._by_ticket[ticket].item
        if item.preferred_agent == seat.agent.id:
            return True
        if item.due_at is None or not item.target or item.due_at - now < rules.hold_share * item.target:
            return True
        if self._floor.spare_for_calls(seat) > rules.hold_idle:
            return True
        self._held[lane] = None
        if self._look_at is None:
            self._look_at = now + rules.look_again
        return False

    def _pass_time(self, now: float) -> None:
        """Soften needs, end graces and look at held work again, as far as their time has come."""
        if self._look_at is not None and self._look_at <= now:
            self._touched.update((lane, None) for lane in self._held if lane.live)
            self._held, self._look_at = {}, None
        due: dict[int, Waiting] = {}
        while self._timers and self._timers[0][0] <= now:
            ticket = heapq.heappop(self._timers)[1]
            if ticket in self._by_ticket:
                due[ticket] = self._by_ticket[ticket]
        for waiting in due.values():
            self._line_up_again(waiting.item, now)
        for agent_id in sorted(self._stirred):
            for ticket in list(self._personal[agent_id]):
                waiting = self._by_ticket[ticket]
                seat = self._floor.seats.get(agent_id)
                is_free = seat is not None and self._floor.may(seat, waiting.lane)
                if not is_free and self._waits_for_one(waiting, now) is None:
                    self._line_up_again(waiting.item, now)
        self._stirred.clear()

    def _line_up_again(self, item: Item, now: float) -> None:
        self.remove_item(item.id)
        self._line_up(item, needs_after(item, now - item.entered_at), now)

    def _set_aside(self, waiting: Waiting, now: float) -> bool:
        """Let the item wait for its preferred agent alone, if that one is here but busy and the grace lasts."""
        for_one = self._waits_for_one(waiting, now)
        if for_one is None:
            return False
        self.remove_item(waiting.item.id)
        waiting.ticket, waiting.for_one = next(self._tickets), for_one
        self._waiting[waiting.item.id] = self._by_ticket[waiting.ticket] = waiting
        self._personal.setdefault(for_one, {})[waiting.ticket] = None
        self._set_timers(waiting, now)
        return True

    def _set_timers(self, waiting: Waiting, now: float) -> None:
        item = waiting.item
        later = [item.entered_at + after for after, _, _ in item.relaxations]
        if item.preferred_agent is not None and item.preferred_until is not None:
            later.append(item.preferred_until)
        for at in later:
            if at > now:
                heapq.heappush(self._timers, (at, waiting.ticket))

    def _serve_waiters_for_one(self, freed: Iterable[str], now: float, decisions: list[Decision]) -> None:
        """Who is waited for by items of their own gets those first."""
        for agent_id in sorted(self._personal.keys() & freed) if self._personal else ():
            seat = self._floor.seats.get(agent_id)
            waiting = [self._by_ticket[ticket] for ticket in self._personal[agent_id]]
            for each in sorted(waiting, key=lambda each: self.policy.key(each.item)):
                if seat is not None and self._floor.may(seat, each.lane):
                    self._take(each, seat, now, 0.0, decisions)

    # --- lanes ------------------------------------------------------------------------------------------------------

    def _line_up(self, item: Item, needs: dict[str, int], now: float = -inf) -> None:
        work_class = self._floor.work_class(item.tenant, item.channel, item.units, needs)
        lane = self._lane(work_class, item)
        waiting = Waiting(item, lane, next(self._tickets))
        self._waiting[item.id] = self._by_ticket[waiting.ticket] = waiting
        lane.push(self.policy.key(item), waiting.ticket, item)
        self._touched[lane] = None
        if item.preferred_agent is not None and work_class.is_deferrable:
            self._wished[lane, item.preferred_agent] = None
        if item.relaxations or item.preferred_agent is not None:
            self._set_timers(waiting, now)

    def _waits_for_one(self, waiting: Waiting, now: float) -> str | None:
        """The preferred agent, if here and able but busy, while the grace lasts."""
        item, lane = waiting.item, waiting.lane
        if item.preferred_agent is None or item.preferred_until is None or now >= item.preferred_until:
            return None
        seat = self._floor.seats.get(item.preferred_agent)
        if seat is None or not seat.agent.available or seat.agent.capacity < item.units:
            return None
        is_able = item.preferred_agent in lane.work_class.able and item.preferred_agent not in lane.barred
        return item.preferred_agent if is_able and not seat.can_take(lane.work_class) else None

    def _lane_key(self, item: Item) -> object:
        if self.rules is None:
            return item.not_agents
        return item.not_agents, item.queue, item.value, item.expected_handle, item.priority

    def _lane(self, work_class: WorkClass, item: Item) -> AnyLane:
        key = self._lane_key(item)
        lane = work_class.lanes.get(key)
        if lane is None:
            lane = work_class.lanes[key] = self._open_lane(work_class, item)
        return lane

    def _open_lane(self, work_class: WorkClass, item: Item) -> AnyLane:
        if self.rules is None:
            return Lane(work_class, item.not_agents, self._by_ticket)
        price = self._prices.get((item.tenant, item.channel, item.queue))
        return IndexLane(work_class, item.not_agents, self._by_ticket, self.rules, worth(item, self.rules, price), item)

    def _close(self, lane: AnyLane) -> None:
        lanes = lane.work_class.lanes
        for key in [key for key, known in lanes.items() if known is lane]:
            del lanes[key]
        self._touched.pop(lane, None)
        self._held.pop(lane, None)

    def _take(self, waiting: Waiting, seat: Seat, now: float, score: float, decisions: list[Decision]) -> None:
        decisions.append(self._decision(waiting, seat, now, score))
        # A step of its own for each of a round: else the first of all would be the longest idle again.
        idle_since = now + len(decisions) * _TICK if self.spread else None
        self._floor.book(seat, waiting.lane.work_class, idle_since)
        self.remove_item(waiting.item.id)

    def _decision(self, waiting: Waiting, seat: Seat, now: float, score: float) -> Decision:
        item = waiting.item
        if not self.explain:
            return Decision(item.id, seat.agent.id, {})
        reason = reason_of(self.policy, self._floor, item, waiting.lane, seat, now, score)
        if self.rules is not None:
            reason["price"] = self._prices.get((item.tenant, item.channel, item.queue), item.value)
        return Decision(item.id, seat.agent.id, reason)
