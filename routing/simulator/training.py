"""Who to train next: the one accreditation or skill, for one person, that would save most.

Candidates are screened with one play: what was missed of the work that the training opens, in the hours in which the
group is there, by its price and by how few could take it. The best are then played against the scenario as it is,
with the same crowds, and compared in pairs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from routing.simulator.changes import with_one_trained
from routing.simulator.compare import Play, Version, as_play, differences, play_outcome, play_version
from routing.simulator.scenario import Group, Scenario, Stream
from routing.simulator.tally import Outcome

CANDIDATES = 12
# What a busy group's free time is taken to be at least: it can also change places with others.
LEAST_IDLE = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of the group is accredited for the client, or learns the skill up to the level."""

    group: str
    tenant: str = ""
    skill: str = ""
    level: int = 0
    score: float = 0.0

    def applied_to(self, scenario: Scenario) -> Scenario:
        return with_one_trained(scenario, self.group, tenant=self.tenant, skill=self.skill, level=self.level)


def screen(scenario: Scenario, outcome: Outcome, most: int = CANDIDATES) -> list[Candidate]:
    """The most promising trainings by a play of the scenario as it is, best first; none that opens no missed work."""
    abilities = [[_can(group, stream, scenario) for stream in scenario.streams] for group in scenario.groups]
    hours = [_hours_on_duty(scenario, group) for group in scenario.groups]
    scored = []
    for place, group in enumerate(scenario.groups):
        staffed = outcome.staffed[group.name]
        idle = max(LEAST_IDLE, 1 - outcome.busy[group.name] / staffed) if staffed else 0.0
        for candidate in _trainings(scenario, group):
            learned = candidate.applied_to(scenario)
            new = next(each for each in learned.groups if each.name == f"{group.name}+")
            opened = {
                number
                for number, stream in enumerate(scenario.streams)
                if not abilities[place][number] and _can(new, stream, scenario)
            }
            score = idle * sum(
                missed * _price(scenario, scenario.streams[number]) / (1 + _able(abilities, hours, number, at))
                for (number, at), missed in outcome.missed.items()
                if number in opened and at in hours[place]
            )
            if score:
                scored.append(replace(candidate, score=score))
    return sorted(scored, key=lambda each: (-each.score, each.group, each.tenant, each.skill))[:most]


def gains(
    candidates: Sequence[Candidate], before: Sequence[Play], after: Sequence[Sequence[Play]]
) -> list[dict[str, Any]]:
    """What each training saves, most first: € of penalties, or seconds of mean wait where no penalty is at stake."""
    is_priced = any(play["total"]["penalty"] for play in before)
    rows = []
    for candidate, plays in zip(candidates, after, strict=True):
        found = differences(before, plays)["total"]
        saved = {name: _turned(found[name]) for name in ("penalty", "wait", "abandoned")}
        rows.append({**asdict(candidate), **saved, "service_level": found["service_level"]})
    by = "penalty" if is_priced else "wait"
    return sorted(rows, key=lambda row: -row[by]["mean"])


def who_to_train(scenario: Scenario, *, replications: int, most: int = CANDIDATES) -> Iterator[tuple[int, int, Any]]:
    """(plays made, plays in all, None) after each play; at the end the rows of ``gains`` in the third place."""
    base = Version(scenario)
    outcome = play_outcome(base, 0)
    candidates = screen(scenario, outcome, most)
    versions = [Version(each.applied_to(scenario)) for each in candidates]
    total, made = (1 + len(versions)) * replications, 1
    before = [as_play(scenario, outcome)]
    yield made, total, None
    for number in range(1, replications if versions else 1):
        before.append(play_version(base, number))
        made += 1
        yield made, total, None
    after: list[list[Play]] = []
    for version in versions:
        after.append([])
        for number in range(replications):
            after[-1].append(play_version(version, number))
            made += 1
            yield made, total, None
    yield made, made, gains(candidates, before, after)


def _trainings(scenario: Scenario, group: Group) -> Iterator[Candidate]:
    for tenant in sorted({stream.tenant for stream in scenario.streams} - group.tenants):
        yield Candidate(group.name, tenant=tenant)
    asked: dict[str, int] = {}
    for stream in scenario.streams:
        if stream.tenant in group.tenants and stream.channel in group.channels:
            for skill, level in stream.needs.items():
                asked[skill] = max(level, asked.get(skill, 0))
    for skill, level in sorted(asked.items()):
        if group.skills.get(skill, 0) < level:
            yield Candidate(group.name, skill=skill, level=level)


def _can(group: Group, stream: Stream, scenario: Scenario) -> bool:
    return (
        stream.tenant in group.tenants
        and stream.channel in group.channels
        and scenario.units.get(stream.channel, 1) <= group.capacity
        and all(group.skills.get(skill, 0) >= level for skill, level in stream.needs.items())
    )


def _hours_on_duty(scenario: Scenario, group: Group) -> dict[int, int]:
    """Hour → people of the group who are there in the middle of it."""
    found = {}
    for hour in range(int(scenario.end // 3600) + 1):
        count = group.count[bisect_right(scenario.periods, hour * 3600 + 1800) - 1]
        if count:
            found[hour] = count
    return found


def _able(abilities: list[list[bool]], hours: list[dict[int, int]], number: int, at: int) -> int:
    return sum(hours[place].get(at, 0) for place, able in enumerate(abilities) if able[number])


def _price(scenario: Scenario, stream: Stream) -> float:
    """€ of one more miss; where nothing is ever paid, each miss counts alike."""
    if not any(each.credit_per_point for clauses in scenario.contracts.values() for each in clauses):
        return 1.0
    clause = scenario.clause_of(stream)
    return 100 * clause.credit_per_point / clause.expected_volume if clause else 0.0


def _turned(figure: dict[str, float]) -> dict[str, float]:
    """A saving is what there is less of."""
    return {"mean": -figure["mean"], "sd": figure["sd"], "low": -figure["high"], "high": -figure["low"]}
