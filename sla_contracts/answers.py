"""Answers that are owed: the first one, the next ones, and that to whoever stands in a queue.

As in ``clocks``: inside the transaction of the change, with the conversation locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kernel import statements
from sla_contracts.clock_ledger import add_step_to_each, add_steps
from sla_contracts.clocks import OPEN, UNANSWERED_METRICS, By, Cause, ask_to_start, is_late, lock
from sla_contracts.models import Clock, ClockEvent

NEXT, ANSWER = "next_response", "answer"
ABANDONED, NO_REPLY_NEEDED, UNDELIVERED = "abandoned", "no_reply_needed", "undelivered"


def expect_reply(
    *,
    tenant_id: UUID,
    conversation_id: UUID,
    channel: str,
    channel_group: str,
    language: str,
    priority: str,
    at: datetime,
    cause_id: UUID | None,
    seq: int | None,
) -> bool:
    """The customer wrote after a person had answered: the next response is owed. One statement at most.

    False if the contract in force promises none, or an answer is owed already.
    """
    of = (tenant_id, conversation_id, None, channel, channel_group, language, priority)
    asked = ask_to_start(*of, at=at, cause_id=cause_id, seq=seq, metrics=(NEXT,))
    return asked is not None and asked.answer.rows()[0][0] > 0


def answered(
    *,
    conversation_id: UUID,
    at: datetime,
    cause: str = "message",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
    unless_late_at: datetime | None = None,
) -> list[Clock]:
    """A person's message left at ``at``: it meets whatever answer was owed by then; the clocks that it stopped.

    unless_late_at: leaves alone what was broken before this instant, for a message that has not left by then.
    """
    why = Cause(cause, cause_id, seq, by)
    owed = Clock.objects.filter(
        conversation=conversation_id, metric__in=UNANSWERED_METRICS, state__in=OPEN, started_at__lte=at
    )
    with transaction.atomic(savepoint=False):
        clocks = [one for one in lock(owed) if unless_late_at is None or not is_late(one, unless_late_at)]
        if clocks:
            add_step_to_each([why.event(clock, "met", at) for clock in clocks])
    return clocks


def run_on(
    *,
    conversation_id: UUID,
    metric: str = "first_response",
    cause: str = "message",
    cause_id: UUID | None = None,
    seq: int | None = None,
    by: By = None,
) -> Clock | None:
    """The reply that stopped the clock never left: the clock runs on as if it had not been stopped."""
    with transaction.atomic(savepoint=False):
        clocks = lock(Clock.objects.filter(conversation=conversation_id, metric=metric, state=Clock.State.MET))
        clock = max(clocks, key=lambda one: one.started_at, default=None)
        if clock is None or clock.met_at is None:
            return None
        if Clock.objects.filter(conversation=conversation_id, metric=metric, state__in=OPEN).exists():
            return None
        add_steps(clock, [Cause(cause, cause_id, seq, by).event(clock, "resumed", clock.met_at, reason=UNDELIVERED)])
        return clock


def stopped_by(conversation_id: UUID, message_id: UUID) -> list[str]:
    """The metrics whose clock was stopped last by this very message."""
    last = ClockEvent.objects.filter(
        clock__conversation=conversation_id, clock__metric__in=UNANSWERED_METRICS, kind="met"
    )
    causes = dict(last.order_by("id").values_list("clock__metric", "cause_id"))
    return [metric for metric in UNANSWERED_METRICS if causes.get(metric) == message_id]


def leave_queue(*, conversation_id: UUID, at: datetime, cause_id: UUID | None, seq: int | None) -> bool:
    """The customer left before a person wrote: whether in time or late, by how long they had waited."""
    return _void(ANSWER, ABANDONED, conversation_id, at, Cause("message", cause_id, seq))


def need_no_reply(
    *, conversation_id: UUID, at: datetime, by: By, cause_id: UUID | None = None, seq: int | None = None
) -> bool:
    """“Thanks” and the like: no next response is owed; False if none was."""
    return _void(NEXT, NO_REPLY_NEEDED, conversation_id, at, Cause("person", cause_id, seq, by))


def _void(metric: str, reason: str, conversation_id: UUID, at: datetime, why: Cause) -> bool:
    with transaction.atomic(savepoint=False):
        clocks = lock(Clock.objects.filter(conversation=conversation_id, metric=metric, state__in=OPEN))
        if clocks:
            add_step_to_each([why.event(clock, "voided", at, reason=reason) for clock in clocks])
    return bool(clocks)


@dataclass(frozen=True, slots=True)
class NoReplyRate:
    """How often an agent found that a client's customer needed no next answer."""

    tenant: UUID
    agent: UUID
    marked: int
    answered: int

    @property
    def share(self) -> float:
        return self.marked / (self.marked + self.answered)


_RATES = """
SELECT c.tenant_id, e.by_id, count(*) FILTER (WHERE e.kind = 'voided'), count(*) FILTER (WHERE e.kind = 'met')
  FROM public.sla_contracts_clock c
  JOIN public.sla_contracts_clockevent e ON e.clock_id = c.id AND e.by_id IS NOT NULL
   AND (e.kind = 'voided' AND e.reason = 'no_reply_needed' OR e.kind = 'met' AND e.reason = '')
 WHERE c.tenant_id = ANY(%s::uuid[]) AND c.metric = 'next_response' AND c.started_at >= %s AND c.started_at < %s
 GROUP BY 1, 2
 ORDER BY 3 DESC, 1, 2
"""


def no_reply_rates(tenant_ids: Sequence[UUID], *, start: datetime, end: datetime) -> list[NoReplyRate]:
    """By client and agent, of the next answers that came to be owed in [start, end); most marks first."""
    return [NoReplyRate(*row) for row in statements.run(_RATES, [list(tenant_ids), start, end])]
