"""How long somebody who waits will wait still. Pure; times are seconds on one clock of the caller's.

A queueing model alone must know how many agents a lane has; but agents serve many clients, and who is free for this one
next is what nobody knows. The history of delays alone lags behind the queue. So both count: the rate at which a lane's
waiters were taken while they waited (a Gamma–Poisson rate), with what the agents at work should manage as its belief
beforehand. Those ahead leave by being taken or by giving up, hence one step of the line for each of them:

    r = (taken + B) / (kept + B / r0)          r0 = places / handle_seconds, B = ``BELIEF``
    W = answer + Σ j=0..ahead 1 / (r + j·θ)    θ = left / waited (each waiter's rate of giving up)

Of an agent who serves several lanes, one gets the part that its waiters are of all whom the agent could take next.

Sources: W. Whitt, "Predicting queueing delays", Management Science 45 (1999), for the sum over those ahead; R. Ibrahim
and W. Whitt, "Real-time delay estimation in overloaded multiserver queues with abandonments", Management Science 55
(2009), where queue-length estimators with abandonment beat the delay of the last to enter service; the classical Gamma
prior of a Poisson rate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["soon", "about", "long", "unknown"]

# So much of the past is looked at.
WINDOW = 1200.0
# What the agents should manage counts as this many people taken.
BELIEF = 20.0
# Too few to know a rate by where nothing is measured.
LEAST_TAKEN = 3
# The rate of giving up is believed to be nothing, with the weight of so many seconds of waiting.
PATIENT_SECONDS = 600.0
# A line longer than this is long in any case.
AHEAD_MOST = 500

STEPS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60)
SOON = 45.0
LONG = 70 * 60.0
# Told anew only if what was said is wrong by more than this share.
TOLERANCE = 0.3


class Spell(NamedTuple):
    """One spell of waiting in a lane. ``ended``: None while it lasts; ``taken``: by an agent, else by giving up."""

    began: float
    ended: float | None
    taken: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What a lane's last ``WINDOW`` seconds show.

    taken, left: how many were taken, and gave up, who had waited; kept: seconds in which somebody waited; waited:
    seconds of waiting of all of them together.
    """

    taken: int = 0
    left: int = 0
    kept: float = 0.0
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known where somebody stands.

    ahead: those of the same needs who come first. places: items that the able agents at work can have in hand for this
    lane (``share`` of each agent's, over the agent's pace). free: how many of those are free now. handle_seconds: that
    one takes, from acceptance to the end of wrap-up; None if not measured. answer_seconds: from being next to being
    answered.
    """

    ahead: int
    places: float
    free: float
    handle_seconds: float | None
    past: Past = Past()
    answer_seconds: float = 0.0


class Told(NamedTuple):
    """What is said: ``minutes`` with "about", else 0."""

    kind: Kind
    minutes: int = 0


UNKNOWN = Told("unknown")


def estimate(sight: Sight) -> float | None:
    """Expected seconds until taken; None where nobody can say: no able agent is at work, or nothing is measured."""
    if sight.places <= 0:
        return None
    if sight.free > sight.ahead:
        return sight.answer_seconds
    rate = _rate(sight)
    if rate is None:
        return None
    past = sight.past
    giving_up = past.left / (past.waited + PATIENT_SECONDS)
    return sight.answer_seconds + sum(1 / (rate + j * giving_up) for j in range(min(sight.ahead, AHEAD_MOST) + 1))


def look_back(spells: Iterable[Spell], now: float, *, at_once: float = 0.0) -> Past:
    """Fold a lane's spells of waiting. at_once: so long nobody waits for an agent, but for an answer to the offer."""
    since = now - WINDOW
    kept: list[tuple[float, float]] = []
    taken, left, waited = 0, 0, 0.0
    for began, ended, was_taken in spells:
        start, end = max(began + at_once, since), now if ended is None else ended
        if end <= start:
            continue
        kept.append((start, end))
        waited += end - start
        if ended is not None:
            taken += was_taken
            left += not was_taken
    return Past(taken, left, _union(kept), waited)


def share(mine: int, others: int) -> float:
    """The part of an agent that a lane gets: ``mine`` wait in it, who asks included, ``others`` in its others."""
    return mine / (mine + others)


def tell(seconds: float | None) -> Told:
    """In words that promise no more than is known: "soon", "about 3 minutes", "more than an hour", or nothing."""
    if seconds is None:
        return UNKNOWN
    if seconds < SOON:
        return Told("soon")
    if seconds > LONG:
        return Told("long")
    minutes = seconds / 60
    return Told("about", min(STEPS, key=lambda step: (abs(step - minutes) / step, step)))


def tell_again(before: Told | None, seconds: float | None) -> Told:
    """What is said now: the same as before while that is not far wrong."""
    now = tell(seconds)
    if before is None or seconds is None or now.kind != "about" or before.kind != "about":
        return now
    said = 60.0 * before.minutes
    return before if abs(seconds - said) <= TOLERANCE * said else now


def _rate(sight: Sight) -> float | None:
    """People taken a second."""
    past = sight.past
    if sight.handle_seconds is None:
        return past.taken / past.kept if past.taken >= LEAST_TAKEN else None
    believed = sight.places / sight.handle_seconds
    return (past.taken + BELIEF) / (past.kept + BELIEF / believed)


def _union(spans: list[tuple[float, float]]) -> float:
    covered, until = 0.0, float("-inf")
    for start, end in sorted(spans):
        covered += max(0.0, end - max(start, until))
        until = max(until, end)
    return covered
