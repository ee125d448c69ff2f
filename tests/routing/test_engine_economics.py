"""``index`` with everything in it: prices, holds, graces, barred pairs and limits, against a matcher that tries all."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.policies import IndexRules, index_policy
from routing.engine.types import Agent, Item, needs_after
from tests.routing import pools
from tests.routing.pools import pairs

seeds = st.integers(0, 2**48).map(random.Random)
RULES = IndexRules(hold_idle=1)
pool = partial(pools.pool, policy=index_policy(RULES))
SHOPS = ["acme", "zest", "north"]
TARGETS = {"chat": 60.0, "mail": 3600.0, "call": 20.0}
VALUES = {("acme", "chat"): 2.0, ("acme", "mail"): 1.0, ("zest", "chat"): 9.0, ("north", "call"): 4.0}


def item(name: str, **more: Any) -> Item:
    base = Item(id=name, tenant="acme", channel="chat", needs={"it": 1}, due_at=60.0, target=60.0, value=1.0)
    return replace(base, **more)


def agent(name: str, **more: Any) -> Agent:
    base = Agent(
        id=name,
        skills={"it": 5},
        tenants=frozenset(SHOPS),
        channels=frozenset({"chat", "mail"}),
        capacity=2,
        available=True,
    )
    return replace(base, **more)


# --- each rule by itself ------------------------------------------------------------------------------------------


def test_barred_pairs_are_never_in_one_pair_of_hands() -> None:
    busy = agent("ana", load=1, barred_tenants=frozenset({"acme"}))
    found = pool(item("a", preferred_agent="ana"), item("z", tenant="zest"), busy)
    assert pairs(found.decide(0)) == [("z", "ana")]
    found.put_agent(replace(busy, load=0, barred_tenants=frozenset()))
    assert pairs(found.decide(1)) == [("a", "ana")]


def test_the_least_flexible_agent_is_taken_first() -> None:
    polyglot, simple = agent("ana", skills={"it": 5, "de": 5}), agent("bea", idle_since=5.0)
    found = pool(polyglot, simple)
    found.set_workload("acme", "chat", 1, {"it": 1}, 3.0)
    found.set_workload("acme", "chat", 1, {"de": 1}, 3.0)
    found.weigh()
    found.add_item(item("a"))
    assert pairs(found.decide(9)) == [("a", "bea")]


def test_a_quick_agent_for_this_client_comes_before_a_slow_one() -> None:
    slow, quick = agent("ana", handle_factor={"acme": 1.4}), agent("bea", idle_since=5.0, handle_factor={"zest": 1.4})
    assert pairs(pool(item("a"), slow, quick).decide(9)) == [("a", "bea")]


def test_an_agent_past_the_limit_of_switches_stays_with_the_client_of_before() -> None:
    tired = agent("ana", last_tenant="zest", switches_left=0)
    fresh = agent("bea", idle_since=5.0, last_tenant="zest", switches_left=3)
    assert pairs(pool(item("a"), tired, fresh).decide(9)) == [("a", "bea")]
    assert pairs(pool(item("a", tenant="zest"), tired, fresh).decide(9)) == [("a", "ana")]
    assert pairs(pool(item("a"), tired).decide(9)) == [("a", "ana")]  # the limit is soft: nobody waits for it


def test_mail_is_held_while_calls_may_come_until_its_time_presses() -> None:
    both = agent("ana", channels=frozenset({"call", "mail"}))
    letter = item("m", channel="mail", due_at=3600.0, target=3600.0)
    found = pool(letter, both)
    assert found.decide(0) == [] and found.wakes_at == 60.0
    assert found.decide(2400) == []
    assert pairs(found.decide(2600)) == [("m", "ana")]
    assert pairs(pool(letter, agent("bea")).decide(0)) == [("m", "bea")]


def test_held_mail_does_not_stand_in_the_way_of_mail_for_this_very_agent() -> None:
    both = agent("ana", capacity=1, channels=frozenset({"call", "mail"}))
    first = item("first", channel="mail", due_at=3600.0, target=3600.0)
    hers, later = (replace(first, id=name, due_at=due, preferred_agent="ana") for name, due in (("b", 4e3), ("c", 5e3)))
    bea_s = replace(first, id="a", preferred_agent="bea")
    assert pairs(pool(first, bea_s, later, hers, both).decide(0)) == [("b", "ana")]
    found = pool(replace(both, load=1), first, bea_s, later, hers)
    assert found.decide(0) == []
    for now, expected in ((1, "b"), (2, "c")):
        found.release("ana", 1, now)
        assert pairs(found.decide(now)) == [(expected, "ana")]
    found.release("ana", 1, 3)
    assert found.decide(3) == []
    found.add_item(replace(hers, id="d"))
    assert pairs(found.decide(4)) == [("d", "ana")]


def test_changes_of_client_within_a_round_count_against_the_limit() -> None:
    ana, bea = agent("ana", switches_left=0), agent("bea", idle_since=5.0)
    at_acme, at_zest = item("a"), item("z", tenant="zest", entered_at=1.0, due_at=61.0)
    assert pairs(pool(at_acme, at_zest, ana, bea).decide(9)) == [("a", "ana"), ("z", "bea")]
    free = replace(ana, switches_left=None)
    assert pairs(pool(at_acme, at_zest, free, bea).decide(9)) == [("a", "ana"), ("z", "ana")]


def test_who_asks_for_work_is_given_held_work() -> None:
    both = agent("ana", channels=frozenset({"call", "mail"}))
    found = pool(item("m", channel="mail", due_at=3600.0, target=3600.0), both)
    asked = found.next_for("ana", 0)
    assert asked is not None and asked.item == "m"


def test_a_busy_preferred_agent_is_waited_for_whatever_was_fed_first() -> None:
    mine = item("a", preferred_agent="ana", preferred_until=30.0)
    people = [agent("ana", load=2), agent("bea")]
    for found in (pool(mine, *people), pool(*people, mine)):
        assert found.decide(1) == [] and found.wakes_at == 30.0
        found.put_agent(agent("ana", load=1))
        assert pairs(found.decide(2)) == [("a", "ana")]


def test_the_grace_ends_with_time_and_with_the_agent_who_leaves() -> None:
    mine = item("a", preferred_agent="ana", preferred_until=30.0)
    found = pool(mine, agent("ana", load=2), agent("bea"))
    assert found.decide(1) == []
    assert pairs(found.decide(30)) == [("a", "bea")]
    found = pool(mine, agent("ana", load=2), agent("bea"))
    assert found.decide(1) == []
    found.put_agent(agent("ana", load=2, available=False))
    assert pairs(found.decide(2)) == [("a", "bea")]
    found = pool(mine, agent("ana", load=2), agent("bea"))
    assert found.decide(1) == []
    found.remove_agent("ana")
    assert pairs(found.decide(2)) == [("a", "bea")]


def test_wrap_up_counts_until_it_is_over() -> None:
    found = pool(item("a"), agent("ana", capacity=1, load=1))  # in wrap-up: the row still says load 1
    assert found.decide(5) == []
    found.release("ana", 1, 6.0)
    assert pairs(found.decide(6)) == [("a", "ana")]


def test_nobody_starves_behind_a_stream_of_dearer_work() -> None:
    """One agent, a dear chat each second for two hours; the cheap one is late, ages, and is served."""
    found = pool(item("cheap", value=0.01, due_at=60.0), agent("ana", capacity=1))
    found.decide(0)
    served = None
    for second in range(1, 7200):
        found.add_item(item(f"d{second}", value=50.0, entered_at=float(second), due_at=second + 60.0))
        found.release("ana", 1, float(second))
        if any(decision.item == "cheap" for decision in found.decide(float(second))):
            served = second
            break
        found.remove_item(f"d{second}")
    assert served is None  # "cheap" was the first and only one at 0
    found = pool(agent("ana", capacity=1, load=1), item("cheap", value=0.01, due_at=60.0))
    for second in range(1, 7200):
        found.add_item(item(f"d{second}", value=50.0, entered_at=float(second), due_at=second + 60.0))
        found.release("ana", 1, float(second))
        chosen = [decision.item for decision in found.decide(float(second))]
        if chosen == ["cheap"]:
            served = second
            break
        assert chosen
    assert served is not None and served < 3600


# --- against all at once ------------------------------------------------------------------------------------------


def some_item(name: str, chance: random.Random) -> Item:
    shop, channel = chance.choice(SHOPS), chance.choice(["chat", "chat", "mail", "mail", "call"])
    entered = float(chance.randint(0, 40))
    return Item(
        id=name,
        tenant=shop,
        channel=channel,
        needs=chance.choice([{"it": 1}, {"it": 2}, {"es": 1}, {"it": 1, "gold": 1}]),
        units=chance.choice([1, 1, 2]) if channel != "call" else 1,
        entered_at=entered,
        due_at=entered + TARGETS[channel],
        target=TARGETS[channel],
        value=VALUES.get((shop, channel), 0.5),
        expected_handle=120.0 if channel == "chat" else 400.0,
        preferred_agent=chance.choice([None, None, "a1", "a2", "a9"]),
        preferred_until=chance.choice([None, entered + 30, entered + 3000]),
        not_agents=chance.choice([frozenset(), frozenset(), frozenset({"a1"})]),
        relaxations=chance.choice([(), (), ((20.0, "gold", None),)]),
    )


def some_agent(name: str, chance: random.Random) -> Agent:
    capacity = chance.choice([4, 3, 2, 1, 0])
    return Agent(
        id=name,
        skills=chance.choice([{"it": 3, "es": 2, "gold": 1}, {"it": 5}, {"es": 4}, {"it": 1, "es": 1}]),
        tenants=frozenset(chance.sample(SHOPS, chance.choice([1, 2, 3]))),
        channels=chance.choice([frozenset({"chat", "mail"}), frozenset({"chat", "mail", "call"}), frozenset({"call"})]),
        capacity=capacity,
        load=chance.choice([0, 0, chance.randint(0, capacity)]),
        available=chance.random() < 0.9,
        idle_since=float(chance.randint(0, 5)),
        handle_factor={shop: chance.choice([0.8, 1.0, 1.2]) for shop in SHOPS},
        barred_tenants=chance.choice([frozenset(), frozenset(), frozenset({"zest"})]),
        last_tenant=chance.choice([None, "acme", "zest"]),
        switches_left=chance.choice([None, 0, 2]),
    )


def needs(thing: Item, now: float) -> dict[str, int]:
    return needs_after(thing, now - thing.entered_at)


def able(thing: Item, person: Agent, now: float) -> bool:
    """The hard constraints but for what is in hand."""
    return (
        thing.tenant in person.tenants
        and thing.channel in person.channels
        and person.id not in thing.not_agents
        and all(person.skills.get(skill, 0) >= level for skill, level in needs(thing, now).items())
    )


def may(thing: Item, person: Agent, now: float) -> bool:
    fits = person.load + thing.units <= person.capacity and (thing.channel != "call" or person.load == 0)
    return able(thing, person, now) and person.available and fits and thing.tenant not in person.barred_tenants


def waits_for_one(thing: Item, people: dict[str, Agent], now: float) -> bool:
    person = people.get(thing.preferred_agent or "")
    if person is None or thing.preferred_until is None or now >= thing.preferred_until:
        return False
    is_here = person.available and person.capacity >= thing.units
    return is_here and able(thing, person, now) and not may(thing, person, now)


def is_held(thing: Item, person: Agent, people: dict[str, Agent], now: float) -> bool:
    """routing.md §3: long deferrable work and an agent who takes calls."""
    if thing.channel != "mail" or "call" not in person.channels or thing.preferred_agent == person.id:
        return False
    assert thing.due_at is not None and thing.target is not None
    if thing.due_at - now < 0.3 * thing.target:
        return False
    callers = [each for each in people.values() if "call" in each.channels]
    scarcest = min(person.skills, key=lambda skill: (sum(skill in each.skills for each in callers), skill))
    free = [each for each in callers if each.available and each.load == 0 and each.capacity and scarcest in each.skills]
    return len(free) <= RULES.hold_idle


def switched(person: Agent, thing: Item) -> Agent:
    """The agent after work of this client was given."""
    if person.switches_left is None:
        return person
    changes = person.last_tenant not in (None, thing.tenant)
    return replace(person, last_tenant=thing.tenant, switches_left=max(0, person.switches_left - changes))


def order(thing: Item, now: float) -> tuple[Any, ...]:
    assert thing.due_at is not None and thing.value is not None and thing.expected_handle is not None
    share = 1 if thing.channel == "call" else min(1, thing.units / 4)
    worth = math.log(thing.value / (thing.expected_handle * share))
    left = thing.due_at - now
    index = worth - left / 60 if left >= 0 else worth + math.log(0.35) - left / 300
    return round(-index, 6), thing.entered_at, thing.id


def score(thing: Item, person: Agent, now: float) -> tuple[Any, ...]:
    """The lowest takes it: pace + 0.4 × scarcity (1 without workloads), level, spared for calls, switches."""
    total = person.handle_factor[thing.tenant] + 0.4
    total += 0.05 * (5 - min(person.skills[skill] for skill in needs(thing, now)))
    total += 0.4 * (person.load == 0 and "call" in person.channels and thing.channel != "call")
    total += 0.4 * (person.switches_left == 0 and person.last_tenant not in (None, thing.tenant))
    return thing.preferred_agent != person.id, round(total, 9), person.idle_since, person.id


def brute_force(waiting: dict[str, Item], people: dict[str, Agent], now: float) -> list[tuple[str, str]]:
    """Again and again the best item that anybody may start, to its best agent. Changes both."""
    chosen: list[tuple[str, str]] = []
    while True:
        for thing in sorted(waiting.values(), key=lambda each: order(each, now)):
            if waits_for_one(thing, people, now):
                continue
            free = [each for each in people.values() if may(thing, each, now) and not is_held(thing, each, people, now)]
            if free:
                best = min(free, key=lambda person, thing=thing: score(thing, person, now))  # type: ignore[misc]
                load = best.capacity if thing.channel == "call" else best.load + thing.units
                people[best.id] = replace(switched(best, thing), load=load)
                del waiting[thing.id]
                chosen.append((thing.id, best.id))
                break
        else:
            return chosen


@settings(max_examples=300, deadline=None)
@given(seeds, st.integers(41, 120))
def test_a_round_equals_trying_all_whatever_the_feeding_order(chance: random.Random, now: int) -> None:
    waiting = [some_item(f"i{n}", chance) for n in range(chance.randint(0, 8))]
    people = [some_agent(f"a{n}", chance) for n in range(1, chance.randint(2, 7))]
    first = pool(*waiting, *people).decide(now)
    assert pairs(first) == brute_force({i.id: i for i in waiting}, {a.id: a for a in people}, now)
    shuffled: list[Item | Agent] = [*waiting, *people]
    chance.shuffle(shuffled)
    assert pool(*shuffled).decide(now) == first


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_over_many_rounds_no_constraint_breaks_and_nobody_waits_for_nothing(chance: random.Random) -> None:
    found = pool()
    waiting: dict[str, Item] = {}
    people: dict[str, Agent] = {}
    now = 40.0
    for turn in range(chance.randint(2, 8)):
        for number in range(chance.randint(0, 4)):
            thing = replace(some_item(f"t{turn}n{number}", chance), entered_at=now)
            thing = replace(thing, due_at=now + TARGETS[thing.channel], preferred_until=now + 30)
            waiting[thing.id] = thing
            found.add_item(thing)
        for name in chance.sample(["a1", "a2", "a3", "a4"], 2):
            people[name] = some_agent(name, chance)
            found.put_agent(people[name])
        if people and chance.random() < 0.2:
            gone = chance.choice(sorted(people))
            del people[gone]
            found.remove_agent(gone)
        now += chance.choice([0.0, 5.0, 61.0])
        for decision in found.decide(now):
            thing, person = waiting.pop(decision.item), people[decision.agent]
            assert may(thing, person, now)
            load = person.capacity if thing.channel == "call" else person.load + thing.units
            people[person.id] = replace(switched(person, thing), load=load)
        assert all(0 <= person.load <= person.capacity for person in people.values())
        for thing in waiting.values():
            idle = [each for each in people.values() if may(thing, each, now)]
            excused = waits_for_one(thing, people, now)
            # What is held is looked at each minute, not with every event: the reserve may have grown since.
            held = all("call" in each.channels and each.id != thing.preferred_agent for each in idle)
            assert excused or not idle or (thing.channel == "mail" and held)
