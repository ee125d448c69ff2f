"""Work items as the console lists them: the public rows, with a glance at each conversation in its client's schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from conversations.reading import previews
from kernel.tenancy import enter
from routing.models import WorkItem
from routing.queue import wrap_up_end
from sla_contracts.reading import clocks_of
from tenants.models import Tenant

_NOTHING: dict[str, Any] = {
    "case_number": "",
    "subject": "",
    "status": "",
    "last_message_at": None,
    "customer_name": "",
    "preview": "",
    "unread": 0,
}


def show_work(items: Iterable[WorkItem], language: str = "en") -> list[dict[str, Any]]:
    """Work dicts in the given order. Items need ``queue`` and ``tenant`` loaded; call from the public schema."""
    listed = list(items)
    clocks = clocks_of([item.conversation for item in listed], language=language) if listed else {}
    glances = _glance_by_client(listed)
    return [_show(item, glances.get(item.id, _NOTHING), clocks.get(item.conversation, [])) for item in listed]


def mark_of(tenant: Tenant) -> dict[str, Any]:
    """The client's tile."""
    return {"id": tenant.id, "name": tenant.name, "mark": tenant.mark, "color": tenant.color}


def _glance_by_client(items: list[WorkItem]) -> dict[UUID, dict[str, Any]]:
    by_client: dict[Tenant, list[WorkItem]] = defaultdict(list)
    for item in items:
        by_client[item.tenant].append(item)
    glances: dict[UUID, dict[str, Any]] = {}
    for tenant, theirs in by_client.items():
        with enter(tenant):
            seen = previews({item.conversation: item.read_seq for item in theirs})
        for item in theirs:
            if item.conversation in seen:
                glances[item.id] = {name: seen[item.conversation][name] for name in _NOTHING}
    return glances


def _show(item: WorkItem, glance: dict[str, Any], clocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": item.id,
        "tenant": mark_of(item.tenant),
        "conversation": item.conversation,
        "channel": item.channel,
        "channel_group": item.queue.channel_group,
        "language": item.language,
        "state": item.state,
        "priority": item.priority,
        "entered_at": item.entered_at,
        "offered_at": item.offered_at,
        "offer_expires_at": item.offer_expires_at,
        "accepted_at": item.accepted_at,
        "wrap_up_ends_at": wrap_up_end(item) if item.state == WorkItem.State.WRAP_UP else None,
        "clocks": clocks,
        "reason": item.reason,
        **glance,
    }
