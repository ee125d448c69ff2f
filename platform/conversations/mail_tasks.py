"""Celery: find the mailboxes to poll, and poll them one line at a time. Ids only."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from celery import shared_task

from conversations import mail_polling
from kernel.access import access, system
from kernel.tenancy import TenantRow, tenant_task
from tenants.models import Tenant

# A line that is still waiting when the next round rings is in that round again.
_EXPIRES_SECONDS = 20


@shared_task(name="carriers.poll_mailboxes")
@access(system(opens="mailbox", by="rows"))
def poll_mailboxes() -> None:
    for tenant_id, line_id in mail_polling.lines_to_poll():
        poll_line.apply_async((str(tenant_id), str(line_id)), expires=_EXPIRES_SECONDS)


@shared_task(name="conversations.poll_line")
@access(system(opens="mailbox", by="row"))
@tenant_task
def poll_line(tenant: TenantRow, line_id: str) -> None:
    mail_polling.poll_line(tenant=cast(Tenant, tenant), line_id=UUID(line_id))
