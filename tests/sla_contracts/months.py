"""Months of arrivals for tests: clocks started, met, missed, paused and voided through the use cases."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kernel.ids import new_id
from routing.models import Queue, WorkItem
from sla_contracts import answers, clocks
from tenants.models import Tenant

GROUPS = {"webchat": "chat", "relay": "chat", "email": "mail", "form": "mail"}


def utc(text: str) -> datetime:
    """``2026-10-05 09:00`` as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrival:
    conversation: UUID
    work_item: UUID
    at: datetime


def arrive(
    tenant: Tenant,
    at: datetime,
    *,
    channel: str = "webchat",
    language: str = "",
    priority: str = "normal",
    metrics: Sequence[str] = clocks.ARRIVAL_METRICS,
) -> Arrival:
    """A conversation arrives: its work item waits and its clocks start."""
    group, spoken = GROUPS[channel], language or tenant.default_language
    queue = Queue.objects.filter(tenant=tenant, channel_group=group).first() or Queue.objects.create(
        tenant=tenant, code=group, name=group, channel_group=group
    )
    conversation = new_id()
    item = WorkItem.objects.create(
        tenant=tenant,
        conversation=conversation,
        queue=queue,
        channel=channel,
        language=spoken,
        priority=priority,
        entered_at=at,
        state=WorkItem.State.DONE,
        finished_at=at + timedelta(hours=1),
    )
    clocks.start_for_arrival(
        tenant_id=tenant.id,
        conversation_id=conversation,
        work_item_id=item.id,
        channel=channel,
        channel_group=group,
        language=spoken,
        priority=priority,
        at=at,
        cause_id=new_id(),
        seq=1,
        metrics=metrics,
    )
    return Arrival(conversation, item.id, at)


def answer(arrival: Arrival, seconds: float) -> None:
    answers.answered(conversation_id=arrival.conversation, at=arrival.at + timedelta(seconds=seconds), seq=2)


def leave(arrival: Arrival, seconds: float) -> None:
    """The shopper gives up waiting."""
    clocks.void(
        conversation_id=arrival.conversation,
        metric="answer",
        reason="abandoned",
        at=arrival.at + timedelta(seconds=seconds),
    )


def close(arrival: Arrival, seconds: float) -> None:
    clocks.meet(
        conversation_id=arrival.conversation,
        metric="resolution",
        at=arrival.at + timedelta(seconds=seconds),
        cause="person",
        seq=3,
    )


def live_month(tenant: Tenant, first: datetime, count: int, *, seed: int = 1, slow: float = 0.15) -> list[Arrival]:
    """``count`` conversations over 27 days from ``first``; the same seed gives the same month."""
    chance = random.Random(seed)
    arrivals = []
    for _ in range(count):
        hour = chance.choices(range(24), weights=[1] * 8 + [6, 9, 10, 8, 6, 5, 7, 8, 9, 8, 6, 4, 3, 2, 1, 1])[0]
        at = first + timedelta(
            days=chance.randrange(27), hours=hour, seconds=chance.randrange(3600), microseconds=chance.randrange(10**6)
        )
        channel = chance.choices(list(GROUPS), weights=[5, 1, 3, 1])[0]
        arrival = arrive(tenant, at, channel=channel, language=chance.choice(tenant.languages))
        arrivals.append(arrival)
        _live(arrival, GROUPS[channel], chance, slow)
    return arrivals


def _live(arrival: Arrival, group: str, chance: random.Random, slow: float) -> None:
    fate, target = chance.random(), 60 if group == "chat" else 4 * 3600
    if fate < 0.03:
        clocks.void(conversation_id=arrival.conversation, reason="spam", at=arrival.at + timedelta(seconds=20))
        return
    if fate < 0.05:
        close(arrival, 50)
        return
    if fate < 0.06:
        return
    late = chance.random() < slow
    seconds = target * (chance.uniform(1.01, 4) if late else chance.uniform(0.1, 0.98))
    answer(arrival, seconds)
    if chance.random() < 0.3:
        clocks.pause(
            conversation_id=arrival.conversation,
            reason="waiting_customer",
            at=arrival.at + timedelta(seconds=seconds + 5),
        )
        clocks.resume(conversation_id=arrival.conversation, at=arrival.at + timedelta(seconds=seconds + 9000))
    close(arrival, seconds + chance.uniform(600, 40000))
