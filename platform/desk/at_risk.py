"""Promises at risk now: those whose first warning has come, and those that are broken and still owed."""

from __future__ import annotations

from collections import Counter
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
SELECT c.tenant_id, c.channel_group, c.conversation, c.channel, c.metric, c.due_at,
       CASE WHEN c.breached_at IS NOT NULL THEN 3 WHEN c.timer_at <= %s AND c.timer_event = 'nearly' THEN 2
            ELSE greatest(c.warned, 1) END, p.name
  FROM public.sla_contracts_clock c
  JOIN public.routing_workitem w ON w.conversation = c.conversation AND w.state IN ('waiting', 'offered', 'active')
  LEFT JOIN public.people_person p ON p.id = w.agent_id
 WHERE c.tenant_id = ANY(%s::uuid[])
   AND (c.timer_at <= %s OR c.warned > 0 AND c.state IN ('running', 'breached'))
 ORDER BY c.breached_at IS NULL, c.due_at, c.id
"""


@dataclass(frozen=True, slots=True)
class Risks:
    """``counted``: conversations by client and channels; ``shown``: a promise a row, of each conversation the first."""

    counted: dict[tuple[UUID, str], int]
    shown: list[dict[str, Any]]


def at_risk(clients: list[UUID], now: datetime) -> Risks:
    """One query whatever runs; broken promises first, then by what is due next."""
    counted, shown, seen = Counter[tuple[UUID, str]](), list[dict[str, Any]](), set[UUID]()
    marks = {tenant.id: mark_of(tenant) for tenant in Tenant.objects.filter(id__in=clients)}
    for tenant, group, conversation, channel, metric, due_at, event, agent in statements.run(
        _AT_RISK, [now, clients, now]
    ):
        if conversation in seen:
            continue
        seen.add(conversation)
        counted[tenant, group] += 1
        if len(shown) < SHOWN:
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
    return Risks(dict(counted), shown)
