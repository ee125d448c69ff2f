"""What else is worth an evaluation: work that a rule points at. Never part of the random sample's averages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Min

from people.models import Accreditation
from routing.models import WorkItem
from sla_contracts.models import Clock
from tenants.models import Tenant

LONG_SILENCE = timedelta(hours=24)
FIRST_DAYS = timedelta(days=30)


def matching(rule: str, tenant: Tenant, items: Sequence[WorkItem]) -> list[WorkItem]:
    """Those of the items that the rule points at, the latest first."""
    ids = RULES[rule](tenant, items) if rule in RULES else set()
    return sorted((item for item in items if item.id in ids), key=lambda one: (one.finished_at, one.id), reverse=True)


def _breached(tenant: Tenant, items: Sequence[WorkItem]) -> set[UUID]:
    """A promise was broken on the conversation."""
    rows = Clock.objects.filter(tenant=tenant, conversation__in=_talks(items), breached_at__isnull=False)
    return _of(items, rows.values_list("conversation", flat=True))


def _reopened(tenant: Tenant, items: Sequence[WorkItem]) -> set[UUID]:
    """The matter came back: its conversation had more than one spell of work that was finished."""
    rows = WorkItem.objects.filter(tenant=tenant, conversation__in=_talks(items), state=WorkItem.State.DONE)
    twice = rows.order_by().values("conversation").annotate(n=Count("pk")).filter(n__gt=1)
    return _of(items, twice.values_list("conversation", flat=True))


def _long_silence(tenant: Tenant, items: Sequence[WorkItem]) -> set[UUID]:
    """The work lay in hand for more than a day."""
    return {one.id for one in items if one.accepted_at and one.finished_at and _took(one) > LONG_SILENCE}


def _first_month(tenant: Tenant, items: Sequence[WorkItem]) -> set[UUID]:
    """Done in the agent's first thirty days at this client."""
    rows = Accreditation.objects.filter(tenant=tenant, person__in=[one.agent_id for one in items])
    began = dict(rows.order_by().values_list("person").annotate(Min("valid_from")))
    return {
        one.id
        for one in items
        if one.finished_at and one.agent_id in began and one.finished_at - began[one.agent_id] < FIRST_DAYS
    }


RULES: dict[str, Callable[[Tenant, Sequence[WorkItem]], set[UUID]]] = {
    "breach": _breached,
    "reopened": _reopened,
    "long_in_hand": _long_silence,
    "first_month": _first_month,
}


def _talks(items: Sequence[WorkItem]) -> list[UUID]:
    return [one.conversation for one in items]


def _of(items: Sequence[WorkItem], conversations: Iterable[UUID]) -> set[UUID]:
    there = set(conversations)
    return {one.id for one in items if one.conversation in there}


def _took(item: WorkItem) -> timedelta:
    assert item.accepted_at and item.finished_at
    return item.finished_at - item.accepted_at
