"""Clocks as screens show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel import clock as time
from sla_contracts import contracts
from sla_contracts.clock_ledger import calendar_of
from sla_contracts.clock_timers import EVENTS
from sla_contracts.models import Clock


def clocks_of(
    conversation_ids: Iterable[UUID],
    now: datetime | None = None,
    *,
    language: str = "en",
    tenant_id: UUID | None = None,
) -> dict[UUID, list[dict[str, Any]]]:
    """Each conversation's clocks in the order they started; voided ones too. One query, every id answered.

    tenant_id: of this client alone, for its own screens. ``fraction`` is the share of the target used by ``now``;
    ``remaining_seconds`` are open seconds, below 0 once late.
    """
    at = now or time.now()
    found: dict[UUID, list[dict[str, Any]]] = {conversation: [] for conversation in conversation_ids}
    clocks = Clock.objects.filter(conversation__in=list(found))
    if tenant_id is not None:
        clocks = clocks.filter(tenant=tenant_id)
    for clock in clocks.order_by("started_at", "metric"):
        found[clock.conversation].append(show(clock, at, language))
    return found


def show(clock: Clock, now: datetime, language: str = "en") -> dict[str, Any]:
    terms = contracts.terms_of(clock.version_id)
    calendar = calendar_of(clock)
    clause = terms.clause_of(metric=clock.metric, channel_group=clock.channel_group)
    elapsed = clock.elapsed_seconds
    if clock.running_since is not None:
        elapsed += calendar.elapsed(clock.running_since, now)
    fraction = elapsed / clock.target_seconds
    runs = clock.state in (Clock.State.RUNNING, Clock.State.BREACHED)
    return {
        "id": str(clock.id),
        "metric": clock.metric,
        "state": clock.state,
        "target_seconds": clock.target_seconds,
        "elapsed_seconds": elapsed,
        "remaining_seconds": clock.target_seconds - elapsed,
        "fraction": fraction,
        "at_risk": clock.state == Clock.State.RUNNING and fraction >= terms.at_risk_share,
        "told": EVENTS[clock.told],
        "counting": runs and calendar.is_open(now),
        "due_at": clock.due_at,
        "started_at": clock.started_at,
        "running_since": clock.running_since,
        "paused_reason": clock.paused_reason,
        "breached_at": clock.breached_at,
        "met_at": clock.met_at,
        "within_target": clock.within_target,
        "clause": clause.title(language) if clause else "",
        "calendar": clock.calendar,
    }
