"""Finished work for tests: its conversation in the shop's schema, its work item in public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import RateCard
from conversations.models import Conversation
from customers.models import Customer
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from routing.models import Queue, WorkItem
from sla_contracts.period import Period
from tenants.models import Tenant

MARCH = datetime(2026, 3, 10, 9, tzinfo=UTC)
AFTER_MARCH = datetime(2026, 4, 2, 9, tzinfo=UTC)


def period(tenant: Tenant, month: str = "2026-03") -> Period:
    return Period.of_month(month, tenant.time_zone)


def local(tenant: Tenant, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(tenant.time_zone)).astimezone(UTC)  # type: ignore[arg-type,misc]


def finish(
    tenant: Tenant,
    at: datetime = MARCH,
    *,
    channel: str = "webchat",
    seconds: float = 300,
    agent: Person | None = None,
    outcome: str = "resolved",
    state: str = WorkItem.State.DONE,
) -> WorkItem:
    """One conversation handled for ``seconds`` and finished at ``at``."""
    with enter(tenant):
        conversation = Conversation.objects.create(
            case_number=f"{tenant.mark}-{str(new_id())[-12:]}",
            customer=Customer.objects.create(name="Giulia", created_at=at),
            line=tenant.lines.get(carrier=channel if channel in ("webchat", "email", "form") else "webchat"),
            channel=channel,
            language=tenant.languages[0],
            status=Conversation.Status.CLOSED,
            opened_at=at,
            last_message_at=at,
            closed_at=at,
        )
    began = at - timedelta(seconds=seconds)
    return WorkItem.objects.create(
        tenant=tenant,
        conversation=conversation.id,
        queue=Queue.objects.get(tenant=tenant, code="chat"),
        channel=channel,
        language=tenant.languages[0],
        entered_at=began - timedelta(seconds=30),
        accepted_at=began,
        finished_at=at,
        state=state,
        outcome=outcome,
        agent=agent,
    )


def finish_many(tenant: Tenant, count: int, at: datetime = MARCH, **more: Any) -> list[WorkItem]:
    return [finish(tenant, at + timedelta(minutes=n), **more) for n in range(count)]


def agree(tenant: Tenant, rates: list[dict[str, Any]], **more: Any) -> RateCard:
    """Another rate card, in force since the beginning of the year."""
    terms: dict[str, Any] = {"valid_from": "2026-01-01", "currency": "EUR", "vat_percent": "21.00", **more}
    version = RateCard.objects.filter(tenant=tenant).count() + 1
    return RateCard.objects.create(tenant=tenant, version=version, rates=rates, **terms)


PER_CHAT: list[dict[str, Any]] = [
    {"kind": "per_conversation", "code": "chat", "channel": "webchat", "price": "2.50"},
    {"kind": "per_minute", "code": "mail", "channel": "email", "price": "0.80", "granularity": 60},
]
