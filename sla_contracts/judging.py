"""One clock under one clause: what its ledger up to the cut-off amounts to, and whether the clause leaves it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sla_contracts.attainment_math import Outcome, outcome_of
from sla_contracts.clauses import ABANDONMENT, ANSWER, Clause
from sla_contracts.clock_math import ClockState, Event, Kind, fold
from sla_contracts.terms import Terms

BY_CHANGE = "target_changed"
ABANDONED = "abandoned"
SHORT_ABANDON = "short_abandon"
ABOVE_FORECAST = "above_forecast"
UNANSWERED = "closed_without_reply"
DISPUTED = "disputed"
# What a client may ask for in a dispute, by how the item was judged.
CLAIMS = {"met": ("count_late", "leave_out"), "breached": ("leave_out",), "excluded": ("count",)}


@dataclass(frozen=True, slots=True)
class Item:
    """One clock of a clause and its ledger up to the cut-off."""

    clock: UUID
    conversation: UUID
    channel: str
    language: str
    calendar: str
    priority: str
    target_seconds: int
    events: Sequence[Event]
    outcome: Outcome
    reason: str = ""
    # What an accepted dispute made of it; empty where there is none.
    claim: str = ""

    @property
    def started_at(self) -> datetime:
        return self.events[0].at


def judge(row: Sequence[Any], terms: Terms, clause: Clause, cut_off: datetime, *, claim: str = "") -> Item:
    """A row: clock, conversation, channel, language, calendar, priority, target, instants, steps.

    A step is ``kind/seconds/reason``, its seconds empty where it sets no target. claim: what an accepted dispute asked
    for, of CLAIMS.
    """
    clock, conversation, channel, language, calendar, priority, target, instants, steps = row
    events = [_event(at, step) for at, step in zip(instants, steps, strict=True)]
    item = Item(clock, conversation, channel, language, calendar, priority, target, events, "running", "", claim)
    outcome, reason = _outcome(item, terms, clause, cut_off)
    if claim:
        outcome, reason = _corrected(item, outcome, terms, clause, cut_off)
    return replace(item, outcome=outcome, reason=reason)


def _event(at: datetime, step: str) -> Event:
    kind, seconds, reason = step.split("/", 2)
    return Event(cast(Kind, kind), at, int(seconds) if seconds else None, reason)


def state_of(item: Item, terms: Terms) -> ClockState:
    """What the item's ledger amounts to."""
    return _fold(item, item.events, terms)


def leave_out_above(items: list[Item], limit: int, before: int) -> list[Item]:
    """The items in order of arrival; those beyond ``limit`` of the month are left out. ``before``: counted earlier."""
    kept, volume = [], before
    for item in items:
        if item.outcome != "excluded":
            volume += 1
            if volume > limit and item.claim != "count":
                item = replace(item, outcome="excluded", reason=ABOVE_FORECAST)
        kept.append(item)
    return kept


def _corrected(item: Item, outcome: Outcome, terms: Terms, clause: Clause, cut_off: datetime) -> tuple[Outcome, str]:
    if item.claim == "leave_out":
        return "excluded", DISPUTED
    if item.claim == "count_late":
        return "breached", ""
    # It counts after all: as if it had never been taken out, whether by hand or by a changed target.
    events = item.events[:-1] if item.events[-1].kind == "voided" else item.events
    if outcome != "excluded" or not events:
        return outcome, ""
    counts = replace(clause, count_changes=True)
    return _outcome(replace(item, events=events), terms, counts, cut_off)


def _outcome(item: Item, terms: Terms, clause: Clause, cut_off: datetime) -> tuple[Outcome, str]:
    events = item.events
    if events[-1].kind == "voided":
        reason = events[-1].reason or "voided"
        if clause.clock == ANSWER and reason == ABANDONED:
            return _abandoned(item, terms, clause)
        if clause.exclusions.allow(reason):
            return "excluded", reason
        # Taken out for a reason that this contract does not know: the promise ran on.
        events = events[:-1]
    kinds = {event.kind for event in events}
    if "retargeted" in kinds and _is_by_change(_fold(item, events, terms), clause):
        return "excluded", BY_CHANGE
    late = "breached" in kinds
    if late and clause.clock != ANSWER:
        return "breached", ""
    state = _fold(item, events, terms)
    late = late or state.breached_at is not None or (state.breaches_at is not None and state.breaches_at < cut_off)
    is_met = state.state == "met"
    if clause.clock == ANSWER:
        answered = is_met and events[-1].reason != UNANSWERED
        if clause.metric == ABANDONMENT:
            return ("met" if is_met else "running"), ""
        return outcome_of("answered" if answered else "waiting", clause.formula, in_target=not late), ""
    if late:
        return "breached", ""
    return ("met" if is_met else "running"), ""


def _abandoned(item: Item, terms: Terms, clause: Clause) -> tuple[Outcome, str]:
    """The customer left the queue: judged by how long they had waited, in the clock's own time."""
    state = state_of(item, terms)
    if _is_by_change(state, clause):
        return "excluded", BY_CHANGE
    short = clause.exclusions.short_abandons
    if short is not None and state.elapsed_seconds <= short:
        return "excluded", SHORT_ABANDON
    if clause.metric == ABANDONMENT:
        return "breached", ""
    outcome = outcome_of(
        "abandoned",
        clause.formula,
        in_target=state.elapsed_seconds <= state.target_seconds,
        is_short=state.elapsed_seconds <= clause.abandons_under,
    )
    return outcome, ABANDONED if outcome == "excluded" else ""


def _is_by_change(state: ClockState, clause: Clause) -> bool:
    """A changed target broke it, and the clause does not count that; giving up waiting knows no target."""
    return state.by_change and not clause.count_changes and clause.metric != ABANDONMENT


def _fold(item: Item, events: Sequence[Event], terms: Terms) -> ClockState:
    target = events[0].seconds
    return fold(events, terms.calendars[item.calendar], item.target_seconds if target is None else target)
