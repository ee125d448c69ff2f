"""Who can take what: for each tenant its agents with room, in order of preference.

A class is what makes items equal for an agent: tenant, channel, units and needs. A freed agent is entered once with
each of its tenants, not once with each class; an arriving item looks through its tenant's free agents from the best
on, or through the class's able agents where these are fewer.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from math import inf

from routing.engine.lanes import AnyLane
from routing.engine.policies import IndexRules
from routing.engine.seats import Branch, Entry, Rank, Seat, Signature, WorkClass
from routing.engine.types import CALL, Agent, Item, Skill

_BEST_LEVEL = 5


class Floor:
    """All agents and classes. ``freed`` collects the agents that can take more than before."""

    def __init__(self, rules: IndexRules | None) -> None:
        self.rules = rules
        self.seats: dict[str, Seat] = {}
        self.freed: dict[str, None] = {}
        self.free_for_calls: dict[Skill, int] = {}
        self._classes: dict[Signature, WorkClass] = {}
        self._branches: dict[str, Branch] = {}
        self.calls_by_skill: dict[Skill, int] = {}
        self.mean_scarcity = 0.0
        # Free, and not yet in the lists of their tenants: who is given work at once need never be.
        self._unlisted: dict[str, Seat] = {}

    def work_class(self, tenant: str, channel: str, units: int, needs: Mapping[Skill, int]) -> WorkClass:
        """The class of that signature; on first sight the tenant's agents are looked through once."""
        signature = (tenant, channel, units, tuple(sorted(needs.items())))
        known = self._classes.get(signature)
        if known is None:
            branch = self._branch(tenant)
            known = self._classes[signature] = WorkClass(*signature, branch)
            known.is_deferrable = self.rules is not None and channel in self.rules.deferrable
            branch.classes.append(known)
            for agent_id in sorted(branch.seats):
                known.enrol(branch.seats[agent_id])
        return known

    def classes(self) -> Iterator[WorkClass]:
        return iter(self._classes.values())

    def put(self, agent: Agent) -> None:
        """Add an agent, or replace what is known of it (the told load replaces what was booked)."""
        seat = self.seats.get(agent.id)
        if seat is not None:
            before = seat.agent
            as_booked = (seat.load, seat.idle_since) == (agent.load, agent.idle_since) and seat.held == agent.in_hand
            if before == agent and as_booked:
                return
            same = (before.skills, before.tenants, before.channels, before.handle_factor)
            if same == (agent.skills, agent.tenants, agent.channels, agent.handle_factor):
                gains = agent.available and (
                    not before.available
                    or agent.load < seat.load
                    or agent.capacity > before.capacity
                    or agent.barred_tenants != before.barred_tenants
                    or agent.limits != before.limits
                    or (agent.limits and agent.in_hand != seat.held)
                )
                self._unlist(seat)
                seat.agent, seat.load, seat.idle_since = agent, agent.load, agent.idle_since
                seat.held = dict(agent.in_hand)
                self._list(seat)
                if gains and seat.listed:
                    self.freed[agent.id] = None
                return
            self.remove(agent.id)
        self._place(agent)

    def remove(self, agent_id: str) -> None:
        seat = self.seats.pop(agent_id, None)
        if seat is None:
            return
        self._unlist(seat)
        self.freed.pop(agent_id, None)
        self._count_for_calls(seat, -1)
        for tenant in seat.agent.tenants:
            del self._branches[tenant].seats[agent_id]
        for work_class in seat.classes:
            if work_class.able.pop(agent_id) == work_class.best_rank:
                work_class.best_rank = min(work_class.able.values(), default=(0, 0))

    def book(self, seat: Seat, work_class: WorkClass, idle_since: float | None = None) -> None:
        """Fill the agent's hands: a call takes the whole capacity, anything else its units.

        idle_since: from now on the agent stands behind those who were given work longer ago.
        """
        self._unlist(seat)
        if idle_since is not None:
            seat.idle_since = idle_since
        seat.load = seat.agent.capacity if work_class.channel == CALL else seat.load + work_class.units
        if seat.agent.switches_left is not None:
            seat.agent = _switched(seat.agent, seat.agent.switches_left, work_class.tenant)
        if seat.agent.limits:
            seat.held[work_class.channel] = seat.held.get(work_class.channel, 0) + work_class.units
        self._list(seat)

    def release(self, agent_id: str, units: int, idle_since: float) -> None:
        """The agent has finished that much; the shorter way than telling all about the agent again."""
        seat = self.seats[agent_id]
        self._unlist(seat)
        seat.load = max(0, seat.load - units)
        seat.idle_since = idle_since
        self._list(seat)
        if seat.listed:
            self.freed[agent_id] = None

    def best(self, lane: AnyLane, item: Item, may: Callable[[Seat], bool] | None = None) -> tuple[Seat, float] | None:
        """The agent for an item, with its score: the preferred one if free, else by level or by score.

        `may`: who must leave this item alone for now.
        """
        branch = lane.work_class.branch
        if not (self._unlisted or branch.idle or branch.partial or branch.spare):
            return None
        if item.preferred_agent is not None:
            seat = self.seats.get(item.preferred_agent)
            if seat and self.may(seat, lane):
                return seat, 0.0
        if self.rules is None:
            return self._highest_level(lane)
        return self._lowest_score(lane, self.rules, may)

    def may(self, seat: Seat, lane: AnyLane) -> bool:
        """Every hard constraint, and room."""
        is_able = seat.agent.id in lane.work_class.able and seat.agent.id not in lane.barred
        return is_able and seat.can_take(lane.work_class)

    def branch_classes(self, tenant: str) -> list[WorkClass]:
        branch = self._branches.get(tenant)
        return branch.classes if branch else []

    def alternatives(self, lane: AnyLane, chosen: Seat, most: int = 10) -> int:
        """How many others could have taken it, counted up to `most` and among the tenant's first hundred free ones."""
        if len(self._unlisted) > (chosen.agent.id in self._unlisted):
            self._enter()
        branch, count = lane.work_class.branch, 0
        for _, _, _, seat in islice(chain(branch.idle, branch.spare, branch.partial), 100):
            if seat is not chosen and self.may(seat, lane):
                count += 1
                if count >= most:
                    break
        return count

    def refresh_scarcity(self) -> None:
        """Weigh all agents anew: the sum over an agent's classes of workload ÷ able agents, scaled to mean 1."""
        shares = {work_class: self._share(work_class) for work_class in self._classes.values()}
        sums = {seat.agent.id: sum(shares[each] for each in seat.classes) for seat in self.seats.values()}
        self.mean_scarcity = sum(sums.values()) / len(sums) if sums else 0.0
        for seat in self.seats.values():
            scarcity = sums[seat.agent.id] / self.mean_scarcity if self.mean_scarcity else 1.0
            if scarcity != seat.scarcity:
                self._unlist(seat)
                seat.scarcity = scarcity
                self._score(seat)
                self._list(seat)

    def _highest_level(self, lane: AnyLane) -> tuple[Seat, float] | None:
        """Highest level, then empty hands, then longest idle, then id."""
        work_class = lane.work_class
        able, best_rank, units = work_class.able, work_class.best_rank, work_class.units
        barred, tenant, channel = lane.barred, work_class.tenant, work_class.channel
        best: tuple[Rank, int, float, str] | None = None
        found: Seat | None = None
        for part, (_, entries) in enumerate(self._listed(work_class, 0.0)):
            for _, idle_since, agent_id, seat in entries:
                rank = able.get(agent_id)
                if rank is None or seat.load + units > seat.agent.capacity or agent_id in barred:
                    continue
                if tenant in seat.agent.barred_tenants or (seat.agent.limits and seat.is_full_of(channel, units)):
                    continue
                key = (rank, part, idle_since, agent_id)
                if best is None or key < best:
                    best, found = key, seat
                if rank == best_rank:
                    break
        return (found, 0.0) if found else None

    def _lowest_score(
        self, lane: AnyLane, rules: IndexRules, may: Callable[[Seat], bool] | None
    ) -> tuple[Seat, float] | None:
        work_class = lane.work_class
        able, units, tenant, barred = work_class.able, work_class.units, work_class.tenant, lane.barred
        channel = work_class.channel
        spare = 0.0 if channel == CALL else rules.spare_calls
        level = rules.level if work_class.needs else 0.0
        best: tuple[float, float, str] | None = None
        found: Seat | None = None
        for extra, entries in self._listed(work_class, spare):
            # Nobody in this list scores less than this more than its place in it says.
            least = extra + level * (_BEST_LEVEL + work_class.best_rank[0])
            for score, idle_since, agent_id, seat in entries:
                if best is not None and (round(score + least, 9), idle_since, agent_id) >= best:
                    break
                rank = able.get(agent_id)
                if rank is None or seat.load + units > seat.agent.capacity or agent_id in barred:
                    continue
                if tenant in seat.agent.barred_tenants or (seat.agent.limits and seat.is_full_of(channel, units)):
                    continue
                total = score + (extra + level * (_BEST_LEVEL + rank[0]))
                if seat.agent.switches_left == 0 and seat.agent.last_tenant not in (None, tenant):
                    total += rules.switch
                key = (round(total, 9), idle_since, agent_id)  # equal but for the order of adding is equal
                if (best is None or key < best) and (may is None or may(seat)):
                    best, found = key, seat
        return (found, best[0]) if found and best else None

    def _listed(self, work_class: WorkClass, spare: float) -> list[tuple[float, list[Entry]]]:
        """The tenant's free agents, with what taking them costs beside their score.

        Those with empty hands, those of them who take calls, and (not for a call) those with room.
        """
        if self._unlisted:
            self._enter()
        branch = work_class.branch
        lists = [(0.0, branch.idle), (spare, branch.spare)]
        if work_class.channel != CALL:
            lists.append((0.0, branch.partial))
        if len(work_class.able) * 3 >= sum(len(entries) for _, entries in lists):
            return lists
        few: dict[int, list[Entry]] = {id(entries): [] for _, entries in lists}
        for agent_id in work_class.able:
            seat = self.seats[agent_id]
            if seat.listed:
                entries = branch.listing(seat, is_idle=seat.listed[0], splits=self.rules is not None)
                if id(entries) in few:
                    few[id(entries)].append(self._entry(seat, branch))
        return [(extra, sorted(few[id(entries)])) for extra, entries in lists]

    def _branch(self, tenant: str) -> Branch:
        branch = self._branches.get(tenant)
        if branch is None:
            branch = self._branches[tenant] = Branch(tenant)
        return branch

    def _place(self, agent: Agent) -> None:
        seat = self.seats[agent.id] = Seat(agent, agent.load, agent.idle_since, takes_calls=CALL in agent.channels)
        seat.held = dict(agent.in_hand)
        for tenant in agent.tenants:
            branch = self._branch(tenant)
            branch.seats[agent.id] = seat
            for work_class in branch.classes:
                work_class.enrol(seat)
        if self.rules and self.mean_scarcity:
            seat.scarcity = sum(map(self._share, seat.classes)) / self.mean_scarcity
        self._count_for_calls(seat, 1)
        self._score(seat)
        self._list(seat)
        if seat.listed:
            self.freed[agent.id] = None

    def _count_for_calls(self, seat: Seat, by: int) -> None:
        if seat.takes_calls:
            for skill in seat.agent.skills:
                self.calls_by_skill[skill] = self.calls_by_skill.get(skill, 0) + by

    def _score(self, seat: Seat) -> None:
        """The agent's score with each tenant: the static part of what choosing it costs."""
        agent, weight = seat.agent, self.rules.scarcity * seat.scarcity if self.rules else 0.0
        seat.branches = [
            (self._branch(tenant), agent.handle_factor.get(tenant, 1.0) + weight if self.rules else 0.0)
            for tenant in agent.tenants
        ]

    def spare_for_calls(self, seat: Seat) -> float:
        """How many are entirely free for calls in the skill of this agent's that fewest who take calls have."""
        scarcest = min(seat.agent.skills, key=lambda skill: (self.calls_by_skill.get(skill, 0), skill), default=None)
        return inf if scarcest is None else self.free_for_calls.get(scarcest, 0)

    @staticmethod
    def _share(work_class: WorkClass) -> float:
        return work_class.workload / len(work_class.able) if work_class.able else 0.0

    def _entry(self, seat: Seat, branch: Branch) -> Entry:
        score = next(score for known, score in seat.branches if known is branch)
        return score, seat.idle_since, seat.agent.id, seat

    def _list(self, seat: Seat) -> None:
        agent = seat.agent
        if not agent.available or seat.load >= agent.capacity:
            return
        is_idle = seat.load == 0
        seat.listed = (is_idle, seat.idle_since)
        self._unlisted[agent.id] = seat
        if is_idle and seat.takes_calls:
            for skill in agent.skills:
                self.free_for_calls[skill] = self.free_for_calls.get(skill, 0) + 1

    def _enter(self) -> None:
        """Put who is free into the lists of their tenants."""
        splits = self.rules is not None
        for seat in self._unlisted.values():
            assert seat.listed is not None
            is_idle, idle_since = seat.listed
            for branch, score in seat.branches:
                entries = branch.listing(seat, is_idle=is_idle, splits=splits)
                insort(entries, (score, idle_since, seat.agent.id, seat))
        self._unlisted.clear()

    def _unlist(self, seat: Seat) -> None:
        if seat.listed is None:
            return
        is_idle, idle_since = seat.listed
        agent_id = seat.agent.id
        if self._unlisted.pop(agent_id, None) is None:
            splits = self.rules is not None
            for branch, score in seat.branches:
                entries = branch.listing(seat, is_idle=is_idle, splits=splits)
                del entries[bisect_left(entries, (score, idle_since, agent_id, seat))]
        if is_idle and seat.takes_calls:
            for skill in seat.agent.skills:
                self.free_for_calls[skill] -= 1
        seat.listed = None


def _switched(agent: Agent, left: int, tenant: str) -> Agent:
    """The agent after work of this tenant was booked: a change of client is one less, within a round too."""
    if agent.last_tenant is not None and agent.last_tenant != tenant:
        left = max(0, left - 1)
    return replace(agent, last_tenant=tenant, switches_left=left)
