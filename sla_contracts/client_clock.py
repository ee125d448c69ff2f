"""The client's own clock: how long the client takes to answer what it was asked. Its time is not the BPO's.

While the client is asked, the resolution waits (``waiting_client``) and this clock runs, under the client's own target.
It has no pause: it ends with the answer, or is void when the question is taken back in time. Call as ``clocks``: inside
the transaction of the change, with the conversation locked, after WorkItem and AgentState.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Avg, Count, F, Q

from sla_contracts import contracts
from sla_contracts.clock_ledger import add_steps
from sla_contracts.clocks import CLIENT_ANSWER, OPEN, Cause, lock, recompute
from sla_contracts.models import Clock, ClockEvent
from sla_contracts.terms import Terms

RESOLUTION, WAITING_CLIENT = "resolution", "waiting_client"
# A working day, where the contract names no time for the client to answer.
DEFAULT_SECONDS = 8 * 3600


@dataclass(frozen=True, slots=True)
class Taken:
    """What the client was asked in a period: ``late`` and ``overdue`` (late, and not answered yet) are apart."""

    asked: int
    in_time: int
    late: int
    running: int
    overdue: int
    withdrawn: int
    average_seconds: float | None

    @property
    def share(self) -> float | None:
        """Answered in time, of what was answered or is overdue."""
        judged = self.in_time + self.late + self.overdue
        return self.in_time / judged if judged else None


def start(
    *,
    tenant_id: UUID,
    conversation_id: UUID,
    work_item_id: UUID | None,
    channel: str,
    channel_group: str,
    language: str,
    priority: str,
    at: datetime,
    why: Cause,
) -> Clock | None:
    """Under the version in force at ``at``; None without one."""
    version = contracts.version_in_force(tenant_id, at)
    if version is None:
        return None
    seconds, calendar = promised(contracts.terms_of(version.id, version))
    clock = Clock.objects.create(
        tenant_id=tenant_id,
        conversation=conversation_id,
        work_item=work_item_id,
        metric=CLIENT_ANSWER,
        channel_group=channel_group,
        channel=channel,
        language=language,
        priority=priority,
        version=version,
        calendar=calendar,
        target_seconds=seconds,
        started_at=at,
        running_since=at,
    )
    add_steps(clock, [why.event(clock, "started", at, seconds=seconds)])
    return clock


def promised(terms: Terms) -> tuple[int, str]:
    """Seconds and calendar of the client's answer: the contract's, else a working day of the promised hours."""
    if terms.client_answer is not None:
        return terms.client_answer
    hours = next((terms.hours[group] for group in ("mail", "chat", "call") if group in terms.hours), "")
    return DEFAULT_SECONDS, hours or min(terms.calendars)


def hold_resolution(*, conversation_id: UUID, at: datetime, why: Cause) -> None:
    """The resolution waits for the client from now on, whatever it waited for before."""
    for clock in _open(conversation_id, RESOLUTION):
        waited = [why.event(clock, "resumed", at, reason="client_asked")] if clock.state == Clock.State.PAUSED else []
        add_steps(clock, [*waited, why.event(clock, "paused", at, reason=WAITING_CLIENT)])


def answered(*, conversation_id: UUID, at: datetime, why: Cause) -> None:
    """The client's clock stops, and the resolution goes on."""
    for clock in _open(conversation_id, CLIENT_ANSWER):
        add_steps(clock, [why.event(clock, "met", at)])
    _go_on(conversation_id, at, why, "client_answered")


def taken_back(*, conversation_id: UUID, at: datetime, why: Cause) -> None:
    """Nobody waits for the client any more: in time, its clock is void; what was late stays late."""
    for clock in _open(conversation_id, CLIENT_ANSWER):
        state = recompute(clock)
        late = state.breached_at is not None or (state.breaches_at is not None and state.breaches_at < at)
        add_steps(clock, [why.event(clock, "met" if late else "voided", at, reason="withdrawn")])
    _go_on(conversation_id, at, why, "withdrawn")


def taken(tenant_id: UUID, *, start: datetime, end: datetime) -> Taken:
    """The client's own attainment, of what it was asked in [start, end)."""
    asked = Clock.objects.filter(tenant=tenant_id, metric=CLIENT_ANSWER, started_at__gte=start, started_at__lt=end)
    met, still = Q(state=Clock.State.MET), Q(state__in=OPEN)
    over = Q(breached_at__isnull=False)
    kept = Q(met_at__isnull=False) & ~Q(state=Clock.State.VOIDED)
    found = asked.aggregate(
        asked=Count("id"),
        in_time=Count("id", filter=met & Q(within_target=True)),
        late=Count("id", filter=met & Q(within_target=False)),
        running=Count("id", filter=still & ~over),
        overdue=Count("id", filter=still & over),
        withdrawn=Count("id", filter=Q(state=Clock.State.VOIDED)),
        average=Avg(F("met_at") - F("started_at"), filter=kept),
    )
    average: timedelta | None = found.pop("average")
    return Taken(**found, average_seconds=None if average is None else average.total_seconds())


def _go_on(conversation_id: UUID, at: datetime, why: Cause, reason: str) -> None:
    held = Clock.objects.filter(
        conversation=conversation_id,
        metric=RESOLUTION,
        state=Clock.State.PAUSED,
        paused_reason=WAITING_CLIENT,
    )
    for clock in lock(held):
        event: ClockEvent = why.event(clock, "resumed", at, reason=reason)
        add_steps(clock, [event])


def _open(conversation_id: UUID, metric: str) -> list[Clock]:
    return lock(Clock.objects.filter(conversation=conversation_id, metric=metric, state__in=OPEN))
