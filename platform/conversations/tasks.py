"""Doorbells of the worker: ids only, each repeatable at any time."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from celery import shared_task

from conversations import approval_letters, delivery, holding, mail_tasks, receipts, sweeping
from kernel import statements
from kernel.access import access, system
from kernel.tenancy import TenantRow, tenant_task
from tenants.models import Tenant

__all__ = [
    "deliver",
    "mail_tasks",
    "post_letter",
    "release_held",
    "sweep_approvals",
    "sweep_outbound",
    "sweep_receipts",
    "take_in",
]


@shared_task(name="conversations.take_in")
@access(system(opens="receipt", by="row"))
@tenant_task
def take_in(tenant: TenantRow, /, receipt_id: str) -> None:
    """Handle one receipt, and what its sender said next."""
    with statements.plans_kept():
        receipts.take_in(cast(Tenant, tenant), UUID(receipt_id))


@shared_task(name="conversations.deliver")
@access(system(opens="message", by="row"))
@tenant_task
def deliver(tenant: TenantRow, /, message_id: str) -> None:
    """Send one message."""
    delivery.deliver(cast(Tenant, tenant), UUID(message_id))


@shared_task(name="conversations.release_held")
@access(system(opens="message", by="row"))
@tenant_task
def release_held(tenant: TenantRow, /, held_id: str) -> None:
    """Send one reply that was held back, if its time has come."""
    holding.release(cast(Tenant, tenant), UUID(held_id))


@shared_task(name="conversations.sweep_receipts")
@access(system(opens="receipt", by="rows"))
def sweep_receipts() -> int:
    """Ring again for every receipt whose doorbell was lost or whose time has come."""
    return sweeping.sweep_receipts()


@shared_task(name="conversations.sweep_outbound")
@access(system(opens="message", by="rows"))
def sweep_outbound() -> int:
    """Ring again for messages to send; flag those whose sender fell silent."""
    return sweeping.sweep_outbound()


@shared_task(name="conversations.post_letter")
@access(system(opens="approval", by="row"))
@tenant_task
def post_letter(tenant: TenantRow, /, letter_id: str) -> None:
    """Send one letter to a user of the client."""
    approval_letters.deliver(cast(Tenant, tenant), UUID(letter_id))


@shared_task(name="conversations.sweep_approvals")
@access(system(opens="approval", by="rows"))
def sweep_approvals() -> int:
    """Remind of what is unanswered; ring again for letters."""
    return sweeping.sweep_approvals()
