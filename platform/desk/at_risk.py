"""Promises at risk now: whose first warning has come, who will wait too long, and what is broken and still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from desk.work import mark_of
from kernel import statements
from routing.outlook import outlook
from sla_contracts.clock_timers import EVENTS
from tenants.models import Tenant

SHOWN = 200
FORECAST = "forecast"
# So far ahead the pace of the last minutes is trusted, and so many promises are looked at, the next due first.
AHEAD = timedelta(hours=4)
LOOKED_AT = 500
# By the timer, whether or not it has been swept: an event that is due counts. Two partial indexes answer, and calm
# clocks are not read. Broken for good, and owed no more, is what the shopper left: nothing of it is open.
_AT_RISK = """
WITH owed AS (
  SELECT DISTINCT ON (c.conversation) c.tenant_id, c.channel_group, c.conversation, c.channel, c.metric, c.due_at,
         c.breached_at IS NULL AS is_whole, p.name,
         CASE WHEN c.breached_at IS NOT NULL THEN 3 WHEN c.timer_at <= %s AND c.timer_event = 'nearly' THEN 2
              ELSE greatest(c.warned, 1) END AS event
    FROM public.sla_contracts_clock c
    JOIN public.routing_workitem w ON w.conversation = c.conversation AND w.state IN ('waiting', 'offered', 'active')
    LEFT JOIN public.people_person p ON p.id = w.agent_id
   WHERE c.tenant_id = ANY(%s::uuid[]) AND c.metric <> 'client_answer'
     AND (c.timer_at <= %s OR c.warned > 0 AND c.state IN ('running', 'breached'))
   ORDER BY c.conversation, c.breached_at IS NULL, c.due_at, c.id
), ranked AS (
  SELECT owed.*, row_number() OVER (ORDER BY is_whole, due_at, conversation) AS place,
         row_number() OVER kind AS in_kind, count(*) OVER kind_whole AS counted
    FROM owed
  WINDOW kind AS (PARTITION BY tenant_id, channel_group ORDER BY conversation),
         kind_whole AS (PARTITION BY tenant_id, channel_group)
)
SELECT tenant_id, channel_group, conversation, channel, metric, due_at, event, name, place, counted
  FROM ranked WHERE place <= %s OR in_kind = 1 ORDER BY place
"""
# Answers owed to who waits, due soon and not at risk yet: by the index of timers, which has no calm clock so near.
_DUE_SOON = """
SELECT DISTINCT ON (c.due_at, c.conversation) c.tenant_id, c.channel_group, c.conversation, c.channel, c.metric,
       c.due_at, w.queue_id
  FROM public.sla_contracts_clock c
  JOIN public.routing_workitem w ON w.conversation = c.conversation AND w.state = 'waiting'
   AND (w.starts_at IS NULL OR w.starts_at <= %s)
 WHERE c.timer_at > %s AND c.timer_at <= %s AND c.due_at <= %s AND c.timer_event = 'at_risk' AND c.state = 'running'
   AND c.metric IN ('first_response', 'next_response', 'answer') AND c.tenant_id = ANY(%s::uuid[])
   AND NOT EXISTS (SELECT FROM public.sla_contracts_clock o
                    WHERE o.conversation = c.conversation
                      AND (o.timer_at <= %s OR o.warned > 0 AND o.state IN ('running', 'breached')))
 ORDER BY c.due_at, c.conversation LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Risks:
    """``counted``: conversations by client and channels; ``shown``: a promise a row, of each conversation the first."""

    counted: dict[tuple[UUID, str], int]
    shown: list[dict[str, Any]]


def at_risk(clients: list[UUID], now: datetime) -> Risks:
    """As many queries whatever runs; broken promises first, then by what is due next, ``SHOWN`` at most."""
    counted, shown = dict[tuple[UUID, str], int](), list[dict[str, Any]]()
    marks = {tenant.id: mark_of(tenant) for tenant in Tenant.objects.filter(id__in=clients)}
    for tenant, group, conversation, channel, metric, due_at, event, agent, place, count in statements.run(
        _AT_RISK, [now, clients, now, SHOWN]
    ):
        counted[tenant, group] = count
        if place <= SHOWN:
            promise = _promise(conversation, marks[tenant], channel, group, metric, due_at)
            shown.append({**promise, "event": EVENTS[event], "expected_at": None, "agent": agent or ""})
    for tenant, promise in _expected_late(clients, marks, now):
        kind = tenant, promise["channel_group"]
        counted[kind] = counted.get(kind, 0) + 1
        shown.append(promise)
    shown.sort(key=lambda row: (row["event"] != "breach", row["due_at"] is None, row["due_at"] or now))
    return Risks(counted, shown[:SHOWN])


def _expected_late(
    clients: list[UUID], marks: dict[UUID, dict[str, Any]], now: datetime
) -> list[tuple[UUID, dict[str, Any]]]:
    """Who waits, and will wait longer than their promise lasts as the queue moves now; each conversation once."""
    soon = statements.run(_DUE_SOON, [now, now, now + AHEAD, now + AHEAD, clients, now, LOOKED_AT])
    expected = outlook.expected({row[2]: row[6] for row in soon})
    found: dict[UUID, tuple[UUID, dict[str, Any]]] = {}
    for tenant, group, conversation, channel, metric, due_at, _ in soon:
        seconds = expected.get(conversation)
        if conversation in found or seconds is None or now + timedelta(seconds=seconds) <= due_at:
            continue
        promise = _promise(conversation, marks[tenant], channel, group, metric, due_at)
        answer = now + timedelta(seconds=seconds)
        found[conversation] = tenant, {**promise, "event": FORECAST, "expected_at": answer, "agent": ""}
    return list(found.values())


def _promise(
    conversation: UUID, mark: dict[str, Any], channel: str, group: str, metric: str, due_at: datetime | None
) -> dict[str, Any]:
    return {
        "conversation": conversation,
        "tenant": mark,
        "channel": channel,
        "channel_group": group,
        "metric": metric,
        "due_at": due_at,
    }
