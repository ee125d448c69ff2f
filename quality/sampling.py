"""A random sample that anybody can draw again from its seed; pure.

Each piece of work gets the number SHA-256("<seed>:<id>"), read as an unsigned integer. The candidates of an agent are
put in order by stratum (the strata in the order of SHA-256("<seed>:stratum:<name>")), within it by their number; then a
systematic sample is taken: n of N at the places floor((u + i) · N / n), i = 0 … n-1, with u = SHA-256("<seed>:start") /
2^256. Every piece of work has the same chance n/N, and every stratum gets its share, rounded up or down
(Cochran, Sampling Techniques, 1977, chapter 8).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

WHOLE = 2**256


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finished piece of work that may be drawn."""

    id: str
    agent: str
    stratum: str


def draw(seed: str, candidates: Iterable[Candidate], wanted: Mapping[str, int]) -> list[Candidate]:
    """So many of each agent's (agent → how many; all of them where there are fewer), by agent. Same seed, same draw."""
    by_agent: dict[str, list[Candidate]] = {}
    for one in candidates:
        by_agent.setdefault(one.agent, []).append(one)
    picked: list[Candidate] = []
    for agent in sorted(wanted):
        picked += _systematic(f"{seed}:{agent}", by_agent.get(agent, []), wanted[agent])
    return picked


def _systematic(seed: str, candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    if count <= 0:
        return []
    if count >= len(candidates):
        return sorted(candidates, key=lambda one: one.id)
    ordered = sorted(
        candidates, key=lambda one: (_number(f"{seed}:stratum:{one.stratum}"), _number(f"{seed}:{one.id}"), one.id)
    )
    start = Fraction(_number(f"{seed}:start"), WHOLE)
    return [ordered[int((start + place) * len(ordered) / count)] for place in range(count)]


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


@dataclass(frozen=True, slots=True)
class Evaluator:
    id: str
    languages: frozenset[str]
    load: int


def assign(picks: Sequence[Candidate], languages: Mapping[str, str], evaluators: Iterable[Evaluator]) -> dict[str, str]:
    """Pick → evaluator: one who understands its language, is not its agent, and has least to do; of equals, the first
    by id. languages: pick → its language. A pick that nobody may take is left out."""
    people = sorted(evaluators, key=lambda one: one.id)
    load = {one.id: one.load for one in people}
    found: dict[str, str] = {}
    # What few can do is given first, so that the others' hands are free for the rest.
    by_choice = sorted(picks, key=lambda pick: (len(_able(pick, languages, people)), pick.id))
    for pick in by_choice:
        able = _able(pick, languages, people)
        if able:
            chosen = min(able, key=lambda one: (load[one.id], one.id))
            load[chosen.id] += 1
            found[pick.id] = chosen.id
    return found


def _able(pick: Candidate, languages: Mapping[str, str], people: Sequence[Evaluator]) -> list[Evaluator]:
    return [one for one in people if one.id != pick.agent and languages[pick.id] in one.languages]


def due_by_now(quota: int, *, month: date, today: date) -> int:
    """How many of a month's quota should have been drawn by the end of this day: its even share, rounded up."""
    first = month.replace(day=1)
    days = ((first + timedelta(days=32)).replace(day=1) - first).days
    gone = min(max((today - first).days + 1, 0), days)
    return -(-quota * gone // days)


@dataclass(frozen=True, slots=True)
class Progress:
    """How a quota stands: done, still open, and what the month will end with at this pace."""

    quota: int
    done: int
    open: int
    finished: int
    forecast: int
    shortfall: int
    # Why it will fall short: "work" (too little is finished), "pace" (evaluations are too slow), or empty.
    reason: str


def progress(*, quota: int, done: int, open: int, finished: int, share: Fraction) -> Progress:
    """share: the part of the month that is gone, over 0 to 1. finished: candidates there were, drawn or not.

    Forecast: evaluations go on at the pace so far, and no more can be evaluated than work will be finished.
    """
    if share <= 0:
        return Progress(quota, done, open, finished, quota, 0, "")
    at_pace = max(int(Fraction(done) / share), done)
    work = max(int(Fraction(finished) / share), done)
    forecast = min(quota, at_pace, work)
    shortfall = quota - forecast
    reason = "" if not shortfall else "work" if work < quota and work <= at_pace else "pace"
    return Progress(quota, done, open, finished, forecast, shortfall, reason)
