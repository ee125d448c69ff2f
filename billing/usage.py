"""Usage: each finished work item, booked once per kind. The unique key decides; booking twice is harmless."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from billing.models import Usage
from billing.pricing import CONVERSATION, HANDLE
from conversations.models import Conversation
from kernel.tenancy import enter
from routing.models import WorkItem
from tenants.models import Tenant

NOT_BILLED = ("abandoned", "spam")
KINDS = (CONVERSATION, HANDLE)
BATCH = 1000


def collect(tenant: Tenant, *, since: datetime | None = None) -> int:
    """Book what this tenant's finished work used up; returns how many work items were looked at.

    Kind ``conversation``: quantity 1. Kind ``handle``: seconds from acceptance to the end of wrap-up.
    since: only work finished after that; all of it if None.
    """
    looked_at = 0
    with enter(tenant):
        waiting = unbooked(since).filter(tenant=tenant).order_by("finished_at", "id")
        while items := list(waiting[:BATCH]):
            _book(tenant, items)
            looked_at += len(items)
    return looked_at


def tenants_with_unbooked(since: datetime) -> list[Tenant]:
    """Tenants with work finished after ``since`` that is not booked; one query of the public schema."""
    return list(Tenant.objects.filter(Exists(unbooked(since).filter(tenant=OuterRef("pk")))))


def unbooked(since: datetime | None = None) -> QuerySet[WorkItem]:
    """Billable finished work items that lack usage of some kind."""
    billable = WorkItem.objects.filter(state=WorkItem.State.DONE, finished_at__isnull=False)
    if since is not None:
        billable = billable.filter(finished_at__gt=since)
    booked = Usage.objects.filter(work_item=OuterRef("pk"))
    # Both rows of an item are written by one statement, so one of them stands for both.
    return billable.exclude(outcome__in=NOT_BILLED).filter(~Exists(booked))


def _book(tenant: Tenant, items: Sequence[WorkItem]) -> None:
    numbers: dict[UUID, str] = dict(
        Conversation.objects.filter(pk__in={item.conversation for item in items}).values_list("pk", "case_number")
    )
    rows = [
        Usage(
            tenant=tenant,
            work_item=item.id,
            conversation=item.conversation,
            case_number=numbers.get(item.conversation, ""),
            kind=kind,
            channel=item.channel,
            quantity=_quantity(item, kind),
            at=cast(datetime, item.finished_at),
        )
        for item in items
        for kind in KINDS
    ]
    with transaction.atomic():
        Usage.objects.bulk_create(rows, ignore_conflicts=True)


def _quantity(item: WorkItem, kind: str) -> Decimal:
    if kind == CONVERSATION:
        return Decimal(1)
    if item.accepted_at is None or item.finished_at is None:
        return Decimal(0)
    span = max(item.finished_at - item.accepted_at, timedelta(0))
    return (Decimal(span // timedelta(microseconds=1)) / 1_000_000).quantize(Decimal("0.001"))
