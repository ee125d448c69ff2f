"""The floor, now: queues by client, agents by state, what waits and who could take it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import redis
from django.db import connection
from django.db.models import Count, Min, Q

from desk.at_risk import at_risk
from desk.work import mark_of
from kernel import clock, live
from people.access import clients_of, serves_all
from people.models import Person
from routing import reasons
from routing.able import Leave, leave_of, serves
from routing.dispatcher.loop import HEALTH_KEY
from routing.models import AgentState, Queue, WorkItem
from sla_contracts import contracts
from sla_contracts.models import ContractVersion
from tenants.models import Tenant

WAITING_SHOWN = 200
State = WorkItem.State
_LEVEL = """
SELECT tenant_id, channel_group, count(*) FILTER (WHERE breached_at IS NULL), count(*) FROM sla_contracts_clock
 WHERE metric = 'first_response' AND state <> 'voided' AND started_at >= %s
   AND (met_at IS NOT NULL OR breached_at IS NOT NULL)
 GROUP BY 1, 2
"""


def show_floor(person: Person) -> dict[str, Any]:
    """One snapshot of the clients that this person serves; as many queries whatever the number of clients and items."""
    now = clock.now()
    clients = [client.id for client in clients_of(person)]
    rows = AgentState.objects.select_related("person", "set_by").order_by("person__name")
    states = agents_of(person, list(rows), clients)
    leave = leave_of([state.person_id for state in states], clients)
    risks = at_risk(clients, now)
    return {
        "at": now,
        "dispatcher_alive": _dispatcher_alive(),
        "queues": _queues(clients, risks.counted, now),
        "risks": risks.shown,
        "agents": _agents(states, leave, person.language),
        "waiting": _waiting(clients, [state for state in states if state.status == "available"], leave, now),
    }


def agents_of(person: Person, states: list[AgentState], clients: list[UUID]) -> list[AgentState]:
    """All agents for who serves all clients; else those who serve one of the same."""
    if serves_all(person):
        return states
    leave = leave_of([state.person_id for state in states], clients)
    return [state for state in states if leave.tenants_of(state.person_id)]


def _queues(clients: list[UUID], at_risk: dict[tuple[UUID, str], int], now: datetime) -> list[dict[str, Any]]:
    hour = now - timedelta(hours=1)
    here = Q(state=State.WAITING) & ~Q(starts_at__gt=now)
    open_now = _by_queue(
        WorkItem.objects.filter(state__in=(State.WAITING, State.OFFERED, State.ACTIVE))
        .values("queue_id")
        .annotate(
            waiting=Count("id", filter=here),
            offered=Count("id", filter=Q(state=State.OFFERED)),
            active=Count("id", filter=Q(state=State.ACTIVE)),
            oldest=Min("entered_at", filter=here),
        )
    )
    lately = _by_queue(
        WorkItem.objects.filter(Q(entered_at__gte=hour) | Q(finished_at__gte=hour))
        .values("queue_id")
        .annotate(
            arrived=Count("id", filter=Q(entered_at__gte=hour)),
            finished=Count("id", filter=Q(finished_at__gte=hour, state=State.DONE)),
            abandoned=Count("id", filter=Q(finished_at__gte=hour, state=State.ABANDONED)),
        )
    )
    levels = _rows(_LEVEL, hour)
    in_force = contracts.versions_in_force(now)
    queues = Queue.objects.filter(is_active=True, tenant__in=clients)
    return [
        _queue(
            queue,
            open_now.get(queue.id, {}),
            lately.get(queue.id, {}),
            levels.get((queue.tenant_id, queue.channel_group), (0, 0)),
            at_risk.get((queue.tenant_id, queue.channel_group), 0),
            _goal(queue, in_force.get(queue.tenant_id)),
            now,
        )
        for queue in queues.select_related("tenant").order_by("tenant__name", "name")
    ]


def _queue(
    queue: Queue,
    open_now: dict[str, Any],
    lately: dict[str, Any],
    level: tuple[int, ...],
    at_risk: int,
    goal: float | None,
    now: datetime,
) -> dict[str, Any]:
    oldest, (met, counted) = open_now.get("oldest"), level
    return {
        "queue": {"id": queue.id, "name": queue.name, "channel_group": queue.channel_group},
        "tenant": mark_of(queue.tenant),
        "waiting": open_now.get("waiting", 0),
        "longest_wait_seconds": int((now - oldest).total_seconds()) if oldest else 0,
        "offered": open_now.get("offered", 0),
        "active": open_now.get("active", 0),
        "service_level": {"met": met, "counted": counted, "share": met / counted if counted else None, "goal": goal},
        "at_risk": at_risk,
        "last_hour": {name: lately.get(name, 0) for name in ("arrived", "finished", "abandoned")},
    }


def _goal(queue: Queue, version: ContractVersion | None) -> float | None:
    """The share of first responses in time that the contract promises of this queue's channels."""
    if version is None:
        return None
    terms = contracts.terms_of(version.id, version)
    clause = terms.clause_of(metric="first_response", channel_group=queue.channel_group)
    return float(clause.goal) if clause else None


def _agents(states: list[AgentState], leave: Leave, language: str) -> list[dict[str, Any]]:
    words = reasons.names(language)
    marks = dict(Tenant.objects.filter(status=Tenant.Status.ACTIVE).values_list("id", "mark"))
    counted = (
        WorkItem.objects.filter(state=State.ACTIVE, agent__in=[state.person_id for state in states])
        .values("agent_id")
        .annotate(n=Count("id"))
    )
    active = {row["agent_id"]: row["n"] for row in counted}
    return [
        {
            "id": state.person_id,
            "name": state.person.name,
            "status": state.status,
            "reason": state.reason,
            "reason_name": words.get(state.reason, state.reason),
            "set_by": {"id": state.set_by.pk, "name": state.set_by.name} if state.set_by else None,
            "since": state.since,
            "load": state.load,
            "capacity": state.capacity,
            "languages": [
                {"code": code.removeprefix("lang:"), "level": level}
                for code, level in sorted(leave.levels.get(state.person_id, {}).items())
                if code.startswith("lang:")
            ],
            "clients": sorted(marks[tenant] for tenant in leave.tenants_of(state.person_id) if tenant in marks),
            "active": active.get(state.person_id, 0),
            "last_heartbeat": state.last_heartbeat,
        }
        for state in states
    ]


def _waiting(clients: list[UUID], available: list[AgentState], leave: Leave, now: datetime) -> list[dict[str, Any]]:
    waiting = WorkItem.objects.filter(state=State.WAITING, tenant__in=clients).exclude(starts_at__gt=now)
    items = waiting.select_related("queue", "tenant").order_by("entered_at", "pk")
    able: dict[tuple[object, ...], int] = {}
    shown = []
    for item in items[:WAITING_SHOWN]:
        alike = (item.tenant_id, item.channel, item.queue_id, tuple(sorted(item.needs.items())))
        if alike not in able:
            able[alike] = sum(
                item.channel in state.channels and serves(item, state.person_id, leave, now) for state in available
            )
        shown.append(
            {
                "work": item.id,
                "conversation": item.conversation,
                "tenant": mark_of(item.tenant),
                "channel": item.channel,
                "language": item.language,
                "waited_seconds": int((now - item.entered_at).total_seconds()),
                "due_at": item.due_at,
                "able_agents": able[alike],
            }
        )
    return shown


def _by_queue(rows: Iterable[Any]) -> dict[UUID, dict[str, Any]]:
    return {row["queue_id"]: row for row in rows}


def _rows(sql: str, at: datetime) -> dict[tuple[UUID, str], tuple[int, ...]]:
    found: dict[tuple[UUID, str], tuple[int, ...]] = defaultdict(tuple)
    with connection.cursor() as cursor:
        cursor.execute(sql, [at])
        for tenant_id, group, *figures in cursor.fetchall():
            found[(tenant_id, group)] = tuple(figures)
    return dict(found)


def _dispatcher_alive() -> bool:
    try:
        return bool(live.valkey().exists(HEALTH_KEY))
    except redis.RedisError:
        return False
