"""One replication: the engine fed with simulated events, in order of time."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from math import inf

from routing.engine.policies import POLICIES, IndexRules, Policy, index_policy
from routing.engine.pool import Pool
from routing.engine.prices import Terms, full_price, price_now
from routing.engine.types import CALL, Agent, Decision, Item
from routing.simulator.sampling import Crowd, draw
from routing.simulator.scenario import Clause, Group, Scenario
from routing.simulator.tally import Count, Hour, Outcome, charge

# At equal times: who finishes is free for who arrives, and who arrives at the last moment is not yet gone.
_FINISH, _STAFF, _ARRIVE, _GIVE_UP = range(4)
_HOUR = 3600.0


@dataclass(slots=True)
class Worker:
    """An agent of the run: what is in hand, and since when the group has been paying."""

    group: Group
    on_duty: bool = False
    in_hand: dict[int, int] = field(default_factory=dict)  # number of the conversation → units
    since: float = 0.0
    busy_since: float = 0.0


def play(scenario: Scenario, replication: int, policy: Policy | None = None) -> Outcome:
    """Same scenario and replication, same outcome. `policy` replaces the scenario's (other rules, what-if)."""
    run = Run(scenario, draw(scenario, replication), policy or policy_of(scenario))
    return run.play()


def policy_of(scenario: Scenario, rules: IndexRules | None = None) -> Policy:
    """The scenario's policy; ``index`` reckons with the capacity that most agents have."""
    if scenario.policy != "index":
        return POLICIES[scenario.policy]
    capacities = Counter(group.capacity for group in scenario.groups for _ in range(max(group.count)))
    usual = max(capacities, key=lambda each: (capacities[each], each), default=1)
    return index_policy(replace(rules or IndexRules(), capacity=float(usual)))


class Run:
    def __init__(self, scenario: Scenario, crowd: Crowd, policy: Policy) -> None:
        self.scenario, self.crowd = scenario, crowd
        self.pool = Pool(policy, explain=False)
        self.counts = [Count() for _ in scenario.streams]
        self.workers: dict[str, Worker] = {}
        self.busy = {group.name: 0.0 for group in scenario.groups}
        self.staffed = {group.name: 0.0 for group in scenario.groups}
        self.events: list[tuple[float, int, int, str, int]] = []
        self.order = count()
        self.last = scenario.end
        self.clauses = [scenario.clause_of(stream) for stream in scenario.streams]
        self.values = [None if clause is None else full_price(_terms(clause)) for clause in self.clauses]
        self.price_at = 0.0
        self.units = [scenario.units.get(stream.channel, 1) for stream in scenario.streams]
        self.hours = [Hour() for _ in range(int(scenario.end // _HOUR) + 1)]
        self.missed: Counter[tuple[int, int]] = Counter()

    def play(self) -> Outcome:
        self._say_workloads()
        for at in self.scenario.periods:
            self._push(at, _STAFF, "", 0)
        crowd, now, arrived = self.crowd, 0.0, 0
        self._staff(0.0)
        self.pool.weigh()
        while True:
            coming = crowd.times[arrived] if arrived < len(crowd.times) else inf
            event = self.events[0][:2] if self.events else (inf, _GIVE_UP)
            now = min(coming, event[0])
            wake = self.pool.wakes_at
            if now == inf or (now > self.scenario.end and not self.scenario.drain):
                if (
                    now == inf
                    and wake is not None
                    and len(self.pool)
                    and self.scenario.drain
                    and wake < self.last + 1e7
                ):
                    self.last = max(self.last, wake)
                    self._act(self.pool.decide(wake), wake)
                    if self.events:
                        continue
                    if self.pool.wakes_at is not None:
                        continue
                break
            if wake is not None and wake < now:
                self._act(self.pool.decide(wake), wake)
                continue
            if (coming, _ARRIVE) < event:
                self._arrive(arrived, coming)
                arrived += 1
            else:
                _, kind, _, name, number = heapq.heappop(self.events)
                self._happen(kind, name, number, now)
            self._act(self.pool.decide(now), now)
            if now >= self.price_at:
                self._price(now)
        return self._close(now)

    def _price(self, now: float) -> None:
        """Once a minute: what a breach of each clause costs by now."""
        rules = self.pool.rules
        if rules is None or not rules.pivotal:
            self.price_at = inf
            return
        self.price_at = now + rules.look_again
        counted: dict[tuple[str, str], tuple[Clause, int, int]] = {}
        for stream, tally, clause in zip(self.scenario.streams, self.counts, self.clauses, strict=True):
            if clause is not None:
                key = stream.tenant, stream.channel
                _, before, in_target = counted.get(key, (clause, 0, 0))
                ended = tally.served + tally.abandoned - tally.abandoned_in_target
                counted[key] = clause, before + ended, in_target + tally.served_in_target
        for (tenant, channel), (clause, ended, in_target) in counted.items():
            self.pool.set_price(tenant, channel, price_now(_terms(clause), ended, in_target))

    def _happen(self, kind: int, name: str, number: int, now: float) -> None:
        if kind == _FINISH:
            self._finish(name, number, now)
        elif kind == _STAFF:
            self._staff(now)
        else:
            self._give_up(number, now)

    def _arrive(self, number: int, now: float) -> None:
        which = self.crowd.streams[number]
        stream = self.scenario.streams[which]
        self.counts[which].offered += 1
        self.hours[int(now // _HOUR)].offered += 1
        self.pool.add_item(
            Item(
                id=f"{number:09d}",
                tenant=stream.tenant,
                channel=stream.channel,
                needs=stream.needs,
                units=self.units[which],
                entered_at=now,
                due_at=now + stream.target,
                target=stream.target,
                value=self.values[which],
                expected_handle=stream.expected_handle,
            )
        )
        patience = self.crowd.patience[number]
        if patience < inf:
            self._push(now + patience, _GIVE_UP, "", number)

    def _act(self, decisions: list[Decision], now: float) -> None:
        for decision in decisions:
            number = int(decision.item)
            which = self.crowd.streams[number]
            stream, tally = self.scenario.streams[which], self.counts[which]
            waited = now - self.crowd.times[number]
            tally.served += 1
            tally.waited += waited
            tally.waits.append(waited)
            tally.max_wait = max(tally.max_wait, waited)
            tally.served_in_target += waited <= stream.target
            self._note(number, which, waited, is_served=True)
            worker = self.workers[decision.agent]
            if not worker.in_hand:
                worker.busy_since = now
            worker.in_hand[number] = worker.group.capacity if stream.channel == CALL else self.units[which]
            takes = self.crowd.handle[number] * worker.group.handle_factor.get(stream.tenant, 1.0)
            self._push(now + takes, _FINISH, decision.agent, number)

    def _finish(self, name: str, number: int, now: float) -> None:
        worker = self.workers[name]
        units = worker.in_hand.pop(number)
        if not worker.in_hand:
            self.busy[worker.group.name] += now - worker.busy_since
        if worker.on_duty:
            self.pool.release(name, units, now)
        elif not worker.in_hand:
            self.staffed[worker.group.name] += now - worker.since

    def _give_up(self, number: int, now: float) -> None:
        name = f"{number:09d}"
        if name not in self.pool:
            return
        self.pool.remove_item(name)
        which = self.crowd.streams[number]
        tally, waited = self.counts[which], now - self.crowd.times[number]
        tally.abandoned += 1
        tally.abandoned_in_target += waited <= self.scenario.streams[which].target
        tally.max_wait = max(tally.max_wait, waited)
        tally.waits.append(waited)
        self._note(number, which, waited, is_served=False)

    def _note(self, number: int, which: int, waited: float, *, is_served: bool) -> None:
        """By the hour of arrival: how it went."""
        at = int(self.crowd.times[number] // _HOUR)
        hour, in_target = self.hours[at], waited <= self.scenario.streams[which].target
        if not in_target:
            self.missed[which, at] += 1
        if is_served:
            hour.served += 1
            hour.waited += waited
            hour.served_in_target += in_target
        else:
            hour.abandoned += 1
            hour.abandoned_in_target += in_target

    def _staff(self, now: float) -> None:
        """Bring each group to its count of this period: who is idle goes first, the others finish what they have."""
        period = sum(1 for begin in self.scenario.periods if begin <= now) - 1
        for group in self.scenario.groups:
            names = [f"{group.name}/{n}" for n in range(max(group.count))]
            here = [name for name in names if name in self.workers and self.workers[name].on_duty]
            for name in [name for name in names if name not in here][: max(0, group.count[period] - len(here))]:
                self._come(name, group, now)
            leaving = sorted(here, key=lambda name: len(self.workers[name].in_hand))
            for name in leaving[: max(0, len(here) - group.count[period])]:
                self._go(name, now)

    def _come(self, name: str, group: Group, now: float) -> None:
        worker = self.workers.setdefault(name, Worker(group))
        if not worker.in_hand:
            worker.since = now
        worker.on_duty = True
        self.pool.put_agent(
            Agent(
                id=name,
                skills=group.skills,
                tenants=group.tenants,
                channels=group.channels,
                capacity=group.capacity,
                load=min(group.capacity, sum(worker.in_hand.values())),
                available=True,
                idle_since=now,
                handle_factor=group.handle_factor,
            )
        )

    def _go(self, name: str, now: float) -> None:
        worker = self.workers[name]
        worker.on_duty = False
        self.pool.remove_agent(name)
        if not worker.in_hand:
            self.staffed[worker.group.name] += now - worker.since

    def _say_workloads(self) -> None:
        """What each class brings, for the scarcity of agents: erlang × the share of an agent that it takes."""
        seen = Counter(self.crowd.streams)
        rules = self.pool.rules
        for number, stream in enumerate(self.scenario.streams):
            share = 1.0 if stream.channel == CALL or rules is None else min(1.0, self.units[number] / rules.capacity)
            agents = seen[number] * stream.expected_handle * share / max(self.scenario.end, 1.0)
            self.pool.set_workload(stream.tenant, stream.channel, self.units[number], dict(stream.needs), agents)

    def _push(self, at: float, kind: int, name: str, number: int) -> None:
        heapq.heappush(self.events, (at, kind, next(self.order), name, number))

    def _close(self, now: float) -> Outcome:
        end = max(self.scenario.end, min(now, self.last) if now == inf else now)
        for worker in self.workers.values():
            if worker.in_hand:
                self.busy[worker.group.name] += end - worker.busy_since
            if worker.on_duty or worker.in_hand:
                self.staffed[worker.group.name] += end - worker.since
        charge(self.scenario, self.counts)
        return Outcome(self.counts, self.busy, self.staffed, len(self.pool), self.hours, dict(self.missed))


def _terms(clause: Clause) -> Terms:
    return Terms(clause.goal, clause.credit_per_point, clause.cap_points, clause.expected_volume)
