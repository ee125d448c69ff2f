"""Promises at risk now: those whose first warning has come, and those that are broken and still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from desk.work import mark_of
from kernel import statements
from sla_contracts.clock_timers import EVENTS
from tenants.models import Tenant

SHOWN = 200
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
   WHERE c.tenant_id = ANY(%s::uuid[])
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


@dataclass(frozen=True, slots=True)
class Risks:
    """``counted``: conversations by client and channels; ``shown``: a promise a row, of each conversation the first."""

    counted: dict[tuple[UUID, str], int]
    shown: list[dict[str, Any]]


def at_risk(clients: list[UUID], now: datetime) -> Risks:
    """One query whatever runs; broken promises first, then by what is due next, ``SHOWN`` at most."""
    counted, shown = dict[tuple[UUID, str], int](), list[dict[str, Any]]()
    marks = {tenant.id: mark_of(tenant) for tenant in Tenant.objects.filter(id__in=clients)}
    for tenant, group, conversation, channel, metric, due_at, event, agent, place, count in statements.run(
        _AT_RISK, [now, clients, now, SHOWN]
    ):
        counted[tenant, group] = count
        if place <= SHOWN:
            shown.append(
                {
                    "conversation": conversation,
                    "tenant": marks[tenant],
                    "channel": channel,
                    "channel_group": group,
                    "metric": metric,
                    "event": EVENTS[event],
                    "due_at": due_at,
                    "agent": agent or "",
                }
            )
    return Risks(counted, shown)
