"""Why a decision was made: the winner's terms, and a sentence that a supervisor understands."""

from __future__ import annotations

from routing.engine.floor import Floor
from routing.engine.lanes import AnyLane
from routing.engine.policies import Policy
from routing.engine.seats import Seat
from routing.engine.types import Item, Reason, needs_at_first


def reason_of(policy: Policy, floor: Floor, item: Item, lane: AnyLane, seat: Seat, now: float, score: float) -> Reason:
    work_class, agent = lane.work_class, seat.agent
    waited, idle = round(now - item.entered_at, 3), round(now - seat.idle_since, 3)
    level = -work_class.able[agent.id][0]
    alternatives = floor.alternatives(lane, seat)
    relaxed = _relaxed(item, dict(work_class.needs)) if item.relaxations else []
    preferred = item.preferred_agent == agent.id
    words = f"{policy.words} (waited {waited:g} s)"
    words += ", for the preferred agent" if preferred else _choice(policy, level, idle, seat)
    words += f"; {alternatives} other free agents" + (f"; relaxed: {', '.join(relaxed)}" if relaxed else "")
    reason: Reason = {
        "policy": policy.name,
        "waited": waited,
        "level": level,
        "idle": idle,
        "alternatives": alternatives,
        "preferred": preferred,
        "relaxed": relaxed,
        "words": words,
        **policy.terms(item, now),
    }
    if policy.index is not None:
        reason["scarcity"] = round(seat.scarcity, 3)
        reason["score"] = round(score, 3)
    return reason


def _choice(policy: Policy, level: int, idle: float, seat: Seat) -> str:
    if policy.index is None:
        return f", for the highest level ({level}), idle {idle:g} s"
    return f", for who can best be spared (scarcity {seat.scarcity:.2f}, level {level}), idle {idle:g} s"


def _relaxed(item: Item, still: dict[str, int]) -> list[str]:
    return sorted(skill for skill, need in needs_at_first(item).items() if still.get(skill) != need)
