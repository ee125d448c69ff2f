"""What a planner may change of a scenario: head count, policy, one person trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from routing.simulator.scenario import Group, Scenario


def with_changes(scenario: Scenario, *, policy: str | None = None, heads: Mapping[str, int] | None = None) -> Scenario:
    """Another policy; and so many people more or fewer of a group whenever the group is on duty, never below none."""
    heads = heads or {}
    groups = tuple(replace(each, count=_moved(each.count, heads.get(each.name, 0))) for each in scenario.groups)
    return replace(scenario, policy=policy or scenario.policy, groups=groups)


def with_one_trained(scenario: Scenario, group: str, *, tenant: str = "", skill: str = "", level: int = 0) -> Scenario:
    """One person of the group may also serve the client, or has the skill at the level."""
    groups: list[Group] = []
    for each in scenario.groups:
        if each.name != group:
            groups.append(each)
            continue
        learned = replace(
            each,
            name=f"{each.name}+",
            count=tuple(min(1, count) for count in each.count),
            tenants=each.tenants | ({tenant} if tenant else set()),
            skills={**each.skills, **({skill: level} if skill else {})},
        )
        groups += [replace(each, count=tuple(max(0, count - 1) for count in each.count)), learned]
    return replace(scenario, groups=tuple(groups))


def _moved(counts: tuple[int, ...], by: int) -> tuple[int, ...]:
    return tuple(max(0, count + by) if count else 0 for count in counts)
