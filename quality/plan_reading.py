"""What screens show of sampling: a client's plans and quotas, and what an evaluator is to evaluate next."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.access import clients_of, require_client
from people.models import AuditEntry, Person
from quality import plans, reading
from quality.models import SamplePick, SamplingPlan
from routing.models import WorkItem
from sla_contracts.period import Period
from tenants.models import Tenant

log = logging.getLogger(__name__)

SAVED = "sample.plan_saved"
_LOOKS_BACK = timedelta(days=92)
MOST = 100


def sampling_of(*, person: Person, tenant_id: UUID, now: datetime | None = None) -> dict[str, Any]:
    """The client's plans with this month's quotas, and its averages by origin. Call from the public schema."""
    tenant = require_client(person, tenant_id)
    at = now or clock.now()
    period = Period.holding(at, tenant.time_zone)
    with enter(tenant):
        rows = list(SamplingPlan.objects.order_by("-is_active", "name"))
        shown = [_plan(tenant, row, period, at) for row in rows]
        averages = reading.averages(start=period.start, end=period.end)
    agents = {UUID(str(line["agent"])) for plan in shown for line in plan["quotas"]}
    people = {one for plan in shown for one in plan["by_evaluator"]} | agents
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    for plan in shown:
        plan["quotas"] = [{**line, "agent": _named(line["agent"], names)} for line in plan["quotas"]]
        plan["quotas"].sort(key=lambda line: (-line["shortfall"], line["agent"]["name"]))
        plan["by_evaluator"] = [
            {"evaluator": _named(one, names), "open": count}
            for one, count in sorted(plan["by_evaluator"].items(), key=lambda each: names.get(each[0], ""))
        ]
    return {"month": period.month, "plans": shown, "averages": averages, "languages": list(tenant.languages)}


def to_evaluate(person: Person) -> list[dict[str, Any]]:
    """What this evaluator was given, the longest waiting first, over all clients; the BPO's own book says where to
    look."""
    since = clock.now() - _LOOKS_BACK
    drawn = AuditEntry.objects.filter(action=plans.DRAWN, at__gte=since, tenant__in=[c.pk for c in clients_of(person)])
    found: list[dict[str, Any]] = []
    for tenant in Tenant.objects.filter(pk__in=drawn.values("tenant")).order_by("name"):
        with enter(tenant):
            rows = SamplePick.objects.filter(evaluator=person, state=SamplePick.State.OPEN)
            rows = rows.filter(conversation__customer__erased_at__isnull=True).select_related("conversation", "plan")
            found += [_pick(row, tenant) for row in rows.order_by("picked_at", "pk")[:MOST]]
    items = {row.pk: row for row in WorkItem.objects.filter(pk__in=[each["work_item"] for each in found])}
    names = dict(Person.objects.filter(pk__in=[each["agent"] for each in found]).values_list("pk", "name"))
    for each in found:
        item = items.get(each["work_item"])
        each["finished_at"] = item.finished_at if item else None
        each["agent"] = _named(each["agent"], names)
    return sorted(found, key=lambda each: (each["picked_at"], str(each["id"])))


def draw_all(now: datetime | None = None) -> int:
    """Draw for every plan of every client that has one; how many picks. Repeating draws nothing more."""
    count = 0
    with_plans = AuditEntry.objects.filter(action=SAVED).values("tenant")
    for tenant in Tenant.objects.filter(pk__in=with_plans, status=Tenant.Status.ACTIVE).order_by("pk"):
        with enter(tenant):
            ids = list(SamplingPlan.objects.filter(is_active=True).values_list("pk", flat=True))
        for plan_id in ids:
            try:
                count += sum(plans.draw_now(person=None, tenant=tenant, plan_id=plan_id, now=now).values())
            except Refusal:
                log.info("plan %s was not drawn from; it is gone", plan_id)
    return count


def _plan(tenant: Tenant, row: SamplingPlan, period: Period, at: datetime) -> dict[str, Any]:
    picks = list(row.picks.filter(month=period.month).values_list("origin", "rule", "state", "evaluator"))
    last = row.draws.order_by("-drawn_at").first()
    return {
        "id": row.pk,
        "name": row.name,
        "per_agent": row.per_agent,
        "channels": row.channels,
        "languages": row.languages,
        "rules": row.rules,
        "is_active": row.is_active,
        "quotas": [{"agent": agent, **asdict(line)} for agent, line in plans.quotas(tenant, row, now=at)],
        "by_rule": [
            {
                "rule": rule["rule"],
                "open": sum(1 for _, code, state, _ in picks if code == rule["rule"] and state == "open"),
                "done": sum(1 for _, code, state, _ in picks if code == rule["rule"] and state == "done"),
            }
            for rule in row.rules
        ],
        "by_evaluator": Counter(one for _, _, state, one in picks if state == "open" and one is not None),
        "unassigned": sum(1 for _, _, state, one in picks if state == "open" and one is None),
        "last_draw": {"at": last.drawn_at, "seed": last.seed, "candidates": len(last.candidates)} if last else None,
    }


def _pick(row: SamplePick, tenant: Tenant) -> dict[str, Any]:
    return {
        "id": row.pk,
        "tenant": {"id": tenant.id, "name": tenant.name, "mark": tenant.mark, "color": tenant.color},
        "conversation": row.conversation_id,
        "case_number": row.conversation.case_number,
        "channel": row.conversation.channel,
        "language": row.language,
        "work_item": row.work_item,
        "agent": row.agent_id,
        "origin": row.origin,
        "rule": row.rule,
        "plan": row.plan.name,
        "picked_at": row.picked_at,
    }


def _named(person_id: UUID, names: dict[UUID, str]) -> dict[str, Any]:
    return {"id": person_id, "name": names.get(person_id, "")}
