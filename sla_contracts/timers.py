"""What is due: each clock's next event is claimed once, a breach goes into the ledger, and who should know is told.

The next event stands in the clock's own row, so that starting, pausing or stopping a clock sets it without a statement
more. Claiming raises the row's number under its lock: whatever happens to the sweeper, no event is claimed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kernel import live, statements
from kernel.events import ClockWarned
from people.access import supervisors_of
from routing import feed
from routing.models import WorkItem
from sla_contracts import contracts
from sla_contracts.clock_ledger import COLUMNS, calendar_of, columns_from, fold_ledger, ledgers_of
from sla_contracts.clock_timers import BREACH, EVENTS, next_timer
from sla_contracts.clocks import CLIENT_ANSWER, Cause
from sla_contracts.models import Clock, ClockEvent

URGENT = "urgent"
# Whose grant has ended hears nothing more of what is in their hands; who serves all clients has no grants.
_HELD = """
SELECT w.conversation, w.agent_id
  FROM public.routing_workitem w
 WHERE w.state IN ('offered', 'active') AND w.agent_id IS NOT NULL
   AND COALESCE((SELECT bool_or(a.valid_from <= %s AND (a.valid_until IS NULL OR a.valid_until > %s))
                   FROM public.people_accreditation a
                  WHERE a.person_id = w.agent_id AND a.tenant_id = w.tenant_id), true)
   AND w.conversation = ANY(%s::uuid[])
"""
_TOLD = f"""
UPDATE public.sla_contracts_clock t SET told = t.warned, tell_at = NULL
  FROM (SELECT id FROM public.sla_contracts_clock WHERE id = ANY(%s::uuid[]) AND tell_at <= %s
         ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) due
 WHERE t.id = due.id
RETURNING {statements.columns(Clock)}
"""


@dataclass(slots=True)
class Swept:
    """``read``: rows looked at. ``claimed``: (clock, event) in order; the breaches among them in ``breaches``."""

    read: int = 0
    claimed: list[tuple[UUID, str]] = field(default_factory=list)

    @property
    def breaches(self) -> int:
        return sum(event == "breach" for _, event in self.claimed)


def sweep(now: datetime, *, batch: int = 200) -> Swept:
    """Claim every event that lies before ``now``; its instant is its own, not that of its detection.

    One indexed query reads what is due and nothing else. Clocks locked by others are left for the next sweep.
    """
    swept = Swept()
    while True:
        with transaction.atomic(savepoint=False):
            due = Clock.objects.filter(timer_at__lt=now).order_by("timer_at")
            clocks = list(due.select_for_update(no_key=True, of=("self",), skip_locked=True)[:batch])
            _claim(clocks, now, swept)
        swept.read += len(clocks)
        if len(clocks) < batch:
            return swept


def tell_due(now: datetime, *, batch: int = 500) -> int:
    """Tell whoever should know of what was claimed; once each. What waits for opening hours stays."""
    with transaction.atomic():
        due = Clock.objects.filter(tell_at__lte=now).order_by("tell_at")
        conversations = dict(due.values_list("id", "conversation")[:batch])
        if not conversations:
            return 0
        # Asked before any desk is held: many break at one opening.
        bosses = {tenant: supervisors_of(tenant) for tenant in dict(due.values_list("tenant_id", "id")[:batch])}
        # Desks before clocks, as everywhere; a number too many makes a desk look once for nothing.
        held = {row[0]: row[1] for row in statements.run(_HELD, [now, now, list(conversations.values())])}
        numbers = {agent: feed.bump(agent) for agent in sorted(set(held.values()))}
        told = statements.build(Clock, statements.run(_TOLD, [list(conversations), now]))
        # What was stopped before its hour had come is nobody's worry any more.
        for clock in (one for one in told if one.state in (Clock.State.RUNNING, Clock.State.BREACHED)):
            _tell(clock, held.get(clock.conversation), numbers, bosses.get(clock.tenant_id, ()))
        if told:
            _tell_queues_and_floor(told)
    return len(told)


def _claim(clocks: Sequence[Clock], now: datetime, swept: Swept) -> None:
    ledgers = ledgers_of(clocks)
    breaches: list[ClockEvent] = []
    for clock in clocks:
        ledger = ledgers[clock.pk]
        before = clock.warned
        terms, calendar = contracts.terms_of(clock.version_id), calendar_of(clock)
        while True:
            state = fold_ledger(clock, ledger)
            timer = next_timer(state, calendar, at_risk_share=terms.at_risk_share, claimed=clock.warned)
            if timer.at is None or timer.at >= now:
                break
            clock.warned = EVENTS.index(timer.event)
            swept.claimed.append((clock.pk, timer.event))
            if timer.event == "breach" and state.breached_at is None:
                ledger.append(Cause("sweep").event(clock, "breached", timer.at))
                breaches.append(ledger[-1])
        if clock.warned != before:
            clock.tell_at = _tell_at(clock, now)
        for column, value in columns_from(clock, ledger).items():
            setattr(clock, column, value)
    if clocks:
        ClockEvent.objects.bulk_create(breaches)
        Clock.objects.bulk_update(clocks, [*COLUMNS, "warned", "tell_at"])


def _tell_at(clock: Clock, now: datetime) -> datetime | None:
    """Now, if the promised hours are open or the matter is urgent; else when they open."""
    hours = contracts.terms_of(clock.version_id).open_hours(clock.channel_group)
    if clock.priority == URGENT or hours is None or hours.is_open(now):
        return now
    return hours.next_change(now)


def _tell(clock: Clock, agent: UUID | None, numbers: Mapping[UUID, int], bosses: Iterable[UUID]) -> None:
    """The agent who has it in hand; of a breach the supervisors as well, unless the contract wants the floor alone.

    The client's own clock breaks no promise of the BPO's: the floor shows it.
    """
    if agent is not None:
        live.tell(_event(clock, numbers[agent]), live.person_feed(agent))
    if clock.metric == CLIENT_ANSWER or clock.told != BREACH:
        return
    if contracts.terms_of(clock.version_id).on_breach == "supervisor":
        for person in bosses:
            if person != agent:
                live.tell(_event(clock, 0), live.person_feed(person))


def _tell_queues_and_floor(clocks: Sequence[Clock]) -> None:
    waiting = WorkItem.objects.filter(
        conversation__in=[clock.conversation for clock in clocks], state=WorkItem.State.WAITING
    )
    changed = [f"w:{item}" for item in waiting.values_list("id", flat=True)]
    if changed:
        live.wake_dispatcher(*changed)
    feed.tell_floor(*(clock.tenant_id for clock in clocks))


def _event(clock: Clock, n: int) -> ClockWarned:
    return ClockWarned(
        n=n,
        tenant=str(clock.tenant_id),
        conversation=str(clock.conversation),
        clock=str(clock.pk),
        event=EVENTS[clock.told],
    )
