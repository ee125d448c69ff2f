"""The clocks of conversations: each step is a row of the ledger, and the clock's columns are its fold.

Call inside the transaction of the change that causes the step; the clock rows are locked here, after Conversation,
WorkItem and AgentState. Every step may be repeated: a clock that is already there stays as it is. Inside one change,
clocks are stopped first (``meet``), then the status applies (``pause``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import QuerySet

from kernel import statements
from kernel.ids import new_id
from people.models import Person
from sla_contracts import contracts
from sla_contracts.clock_ledger import add_steps, fold_ledger
from sla_contracts.clock_math import ClockState, Kind
from sla_contracts.clock_timers import first_timer
from sla_contracts.models import Clock, ClockEvent

ARRIVAL_METRICS = ("first_response", "resolution", "answer")
UNANSWERED_METRICS = ("first_response", "next_response", "answer")
# The client's own: what the client takes is no promise of the BPO's.
CLIENT_ANSWER = "client_answer"
OPEN = (Clock.State.RUNNING, Clock.State.PAUSED, Clock.State.BREACHED)
By = Person | UUID | None

_START = """
SELECT started, earliest FROM public.start_clocks(%s::jsonb, %s::uuid, %s::uuid, %s::uuid, %s::text, %s::text, %s::text,
  %s::text, %s::uuid, %s::timestamptz, %s::uuid, %s::int)
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a step happened: ``kind`` is message, person, rule or sweep; ``id`` the row; ``seq`` the conversation's."""

    kind: str
    id: UUID | None = None
    seq: int | None = None
    by: By = None

    def event(
        self, clock: Clock, step: Kind, at: datetime, *, reason: str = "", seconds: int | None = None
    ) -> ClockEvent:
        by = self.by.pk if isinstance(self.by, Person) else self.by
        return ClockEvent(
            clock=clock,
            kind=step,
            at=at,
            cause=self.kind,
            cause_id=self.id,
            conversation_seq=self.seq,
            reason=reason,
            seconds=seconds,
            by_id=by,
        )


def start_for_arrival(
    *,
    tenant_id: UUID,
    conversation_id: UUID,
    work_item_id: UUID | None,
    channel: str,
    channel_group: str,
    language: str,
    priority: str = "normal",
    at: datetime,
    cause_id: UUID | None,
    seq: int | None,
    metrics: Sequence[str] = ARRIVAL_METRICS,
    is_first: bool = False,
) -> datetime | None:
    """Start what the version in force at ``at`` promises; the earliest deadline, or None if nothing is promised.

    One statement writes clocks and ledger. A clock that the conversation already has is left alone. A thread that an
    agent starts has no first response: pass ``metrics=("resolution",)``. A next response starts only where neither it
    nor the first one is owed already: of several messages in a row the first counts.

    is_first: the conversation was opened in this transaction and has no clocks, so the statement is not waited for.
    """
    of = (tenant_id, conversation_id, work_item_id, channel, channel_group, language, priority)
    asked = ask_to_start(*of, at=at, cause_id=cause_id, seq=seq, metrics=metrics)
    if asked is None:
        return None
    if is_first:
        return min((due for due in asked.due if due is not None), default=None)
    [(started, earliest)] = asked.answer.rows()
    return earliest if started == len(asked.due) else earliest_due(conversation_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """The deadlines of what is promised; the answer says how many clocks began, and the earliest deadline of those."""

    due: list[datetime | None]
    answer: statements.Answer


def ask_to_start(
    tenant_id: UUID,
    conversation_id: UUID,
    work_item_id: UUID | None,
    channel: str,
    channel_group: str,
    language: str,
    priority: str,
    *,
    at: datetime,
    cause_id: UUID | None,
    seq: int | None,
    metrics: Sequence[str],
) -> Asked | None:
    """As ``start_for_arrival``, in one statement, or none where nothing is promised."""
    version = contracts.version_in_force(tenant_id, at)
    if version is None:
        return None
    terms = contracts.terms_of(version.id, version)
    promised = [
        terms.target(metric=m, channel_group=channel_group, priority=priority, language=language) for m in metrics
    ]
    targets = [target for target in promised if target is not None]
    if not targets:
        return None
    due = [terms.calendars[target.calendar].due(at, target.seconds) for target in targets]
    given = [
        {
            "id": new_id(),
            "metric": target.metric,
            "calendar": target.calendar,
            "target": target.seconds,
            "due_at": due_at,
            "timer_at": first_timer(terms.calendars[target.calendar], at, target.seconds, terms.at_risk_share),
        }
        for target, due_at in zip(targets, due, strict=True)
    ]
    of: list[Any] = [tenant_id, conversation_id, work_item_id, channel_group, channel, language, priority, version.id]
    return Asked(due, statements.ask(_START, [orjson.dumps(given).decode(), *of, at, cause_id, seq]))


def meet(
    *,
    conversation_id: UUID,
    metric: str,
    at: datetime,
    cause: str = "message",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
) -> Clock | None:
    """Stop the clock; the clock, or None if there was none to stop.

    Stopping the resolution also ends an answer nobody gave: it is void as ``closed_without_reply``, unless it was late
    already, which stays.
    """
    why = Cause(cause, cause_id, seq, by)
    with transaction.atomic(savepoint=False):
        clocks = lock(Clock.objects.filter(conversation=conversation_id, state__in=OPEN))
        stopped = next((clock for clock in clocks if clock.metric == metric), None)
        if stopped is not None:
            _step(stopped, "met", at, why)
        if metric == "resolution":
            for clock in clocks:
                if clock.metric in UNANSWERED_METRICS:
                    _end_unanswered(clock, at, why)
    return stopped


def pause(
    *,
    conversation_id: UUID,
    reason: str,
    at: datetime,
    metric: str = "resolution",
    cause: str = "message",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
) -> Clock | None:
    """Hold the clock, with a reason (``waiting_customer``, ``waiting_client``); None if nothing ran."""
    running = (Clock.State.RUNNING, Clock.State.BREACHED)
    return _step_one(conversation_id, metric, running, "paused", at, Cause(cause, cause_id, seq, by), reason=reason)


def resume(
    *,
    conversation_id: UUID,
    at: datetime,
    metric: str = "resolution",
    reason: str = "",
    cause: str = "message",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
) -> Clock | None:
    """Let a held clock run on; None if none was held."""
    held = (Clock.State.PAUSED,)
    return _step_one(conversation_id, metric, held, "resumed", at, Cause(cause, cause_id, seq, by), reason=reason)


def void(
    *,
    conversation_id: UUID,
    reason: str,
    at: datetime,
    metric: str | None = None,
    cause: str = "person",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
) -> int:
    """Take the conversation's clocks (or those of one metric) out of the count, with the clause that allows it."""
    why = Cause(cause, cause_id, seq, by)
    with transaction.atomic(savepoint=False):
        standing = Clock.objects.filter(conversation=conversation_id).exclude(state=Clock.State.VOIDED)
        clocks = lock(standing.filter(metric=metric) if metric else standing)
        for clock in clocks:
            _step(clock, "voided", at, why, reason=reason)
    return len(clocks)


def void_unbroken(
    *,
    conversation_id: UUID,
    reason: str,
    at: datetime,
    metrics: Sequence[str] | None = None,
    cause: str = "message",
    cause_id: UUID | None = None,
    seq: int | None = None,
) -> None:
    """Take out of the count what is owed and still within its promise; what was broken before ``at`` stays broken.

    Judged by the ledger: whether the sweep has noted the breach makes no difference.
    """
    why = Cause(cause, cause_id, seq)
    with transaction.atomic(savepoint=False):
        owed = Clock.objects.filter(conversation=conversation_id, state__in=OPEN)
        for clock in lock(owed if metrics is None else owed.filter(metric__in=metrics)):
            if not is_late(clock, at):
                _step(clock, "voided", at, why, reason=reason)


def end_unanswered(*, conversation_id: UUID, at: datetime, cause: str, cause_id: UUID | None, seq: int | None) -> None:
    """The matter ended before an answer: what was still within its promise is void, what was late stays late."""
    states = (Clock.State.RUNNING, Clock.State.BREACHED)
    running = Clock.objects.filter(conversation=conversation_id, metric__in=UNANSWERED_METRICS, state__in=states)
    with transaction.atomic(savepoint=False):
        for clock in lock(running):
            _end_unanswered(clock, at, Cause(cause, cause_id, seq, None))


def reopen(
    *,
    conversation_id: UUID,
    at: datetime,
    metric: str = "resolution",
    cause: str = "message",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
) -> Clock | None:
    """A closed matter comes back: its clock runs on, or, past the contract's window, a new one starts.

    The new one is under the version in force at ``at``. None if the clock still runs, or none was ever met.
    """
    why = Cause(cause, cause_id, seq, by)
    with transaction.atomic(savepoint=False):
        clocks = lock(Clock.objects.filter(conversation=conversation_id, metric=metric))
        last = max(clocks, key=lambda clock: clock.started_at, default=None)
        if last is None or last.state != Clock.State.MET or last.met_at is None:
            return None
        window = timedelta(days=contracts.terms_of(last.version_id).reopen_days)
        if at - last.met_at <= window:
            _step(last, "resumed", at, why, reason="reopened")
            return last
        return _start_again(last, at, why)


def retarget(
    *,
    conversation_id: UUID,
    priority: str,
    at: datetime,
    cause: str = "person",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
) -> datetime | None:
    """Another priority: elapsed time is kept, the promise is that of the clock's own version. The earliest deadline."""
    why = Cause(cause, cause_id, seq, by)
    with transaction.atomic(savepoint=False):
        for clock in lock(Clock.objects.filter(conversation=conversation_id, state__in=OPEN)):
            target = contracts.terms_of(clock.version_id).target(
                metric=clock.metric, channel_group=clock.channel_group, priority=priority, language=clock.language
            )
            if target is not None and target.calendar == clock.calendar and target.seconds != clock.target_seconds:
                _step(clock, "retargeted", at, why, reason="priority", seconds=target.seconds)
    return earliest_due(conversation_id)


def recompute(clock: Clock) -> ClockState:
    """What the ledger alone makes of the clock."""
    return fold_ledger(clock, list(clock.events.order_by("id")))


def _step_one(
    conversation_id: UUID, metric: str, states: Iterable[str], step: Kind, at: datetime, why: Cause, *, reason: str
) -> Clock | None:
    with transaction.atomic(savepoint=False):
        clocks = lock(Clock.objects.filter(conversation=conversation_id, metric=metric, state__in=list(states)))
        for clock in clocks:
            _step(clock, step, at, why, reason=reason)
    return clocks[0] if clocks else None


def _step(clock: Clock, step: Kind, at: datetime, why: Cause, *, reason: str = "", seconds: int | None = None) -> None:
    add_steps(clock, [why.event(clock, step, at, reason=reason, seconds=seconds)])


def _end_unanswered(clock: Clock, at: datetime, why: Cause) -> None:
    _step(clock, "met" if is_late(clock, at) else "voided", at, why, reason="closed_without_reply")


def is_late(clock: Clock, at: datetime) -> bool:
    """Whether its promise was broken before ``at``, by its ledger; whether the breach is noted there or not."""
    state = recompute(clock)
    return state.breached_at is not None or (state.breaches_at is not None and state.breaches_at < at)


def _start_again(last: Clock, at: datetime, why: Cause) -> Clock | None:
    version = contracts.version_in_force(last.tenant_id, at)
    if version is None:
        return None
    kind = {"metric": last.metric, "channel_group": last.channel_group}
    target = contracts.terms_of(version.id, version).target(**kind, priority=last.priority, language=last.language)
    if target is None:
        return None
    clock = Clock.objects.create(
        tenant_id=last.tenant_id,
        conversation=last.conversation,
        work_item=last.work_item,
        channel=last.channel,
        language=last.language,
        priority=last.priority,
        version=version,
        calendar=target.calendar,
        target_seconds=target.seconds,
        started_at=at,
        running_since=at,
        **kind,
    )
    _step(clock, "started", at, why, reason="reopened", seconds=target.seconds)
    return clock


def lock(clocks: QuerySet[Clock]) -> list[Clock]:
    return list(clocks.order_by("id").select_for_update(no_key=True, of=("self",)))


def earliest_due(conversation_id: UUID) -> datetime | None:
    """When the next promise on this conversation falls due; None while none runs."""
    running = Clock.objects.filter(conversation=conversation_id, state=Clock.State.RUNNING, due_at__isnull=False)
    return running.exclude(metric=CLIENT_ANSWER).order_by("due_at").values_list("due_at", flat=True).first()
