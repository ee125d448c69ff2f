"""One conversation as the console opens it: messages, customer, clocks, and the shop it belongs to."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from carriers.registry import carrier_for
from conversations import approval_reading, reading, tagging
from conversations.reading import FileLink
from desk.customer_card import hide, hide_headers
from desk.work import show_work
from kernel import clock
from kernel.tenancy import enter
from people.access import alias_for, audit
from people.models import Person
from routing.models import WorkItem
from sla_contracts.contracts import open_hours
from sla_contracts.reading import clocks_of
from tenants.models import Tenant


def open_conversation(person: Person, tenant: Tenant, conversation_id: UUID, link: FileLink) -> dict[str, Any]:
    """Everything the console shows of it; grant checked by the caller. Call from the public schema."""
    with enter(tenant):
        row = reading.conversation(conversation_id)
        messages = reading.messages_before(conversation_id, link=link, limit=reading.LATEST)
        tags = tagging.of(conversation_id)
        reasons = reading.contact_reasons(person.language)
        asked = approval_reading.open_of(conversation_id) if row["status"] == "waiting_client" else None
    work = current_work(conversation_id)
    shown = show_work([work], person.language)[0] if work else None
    if work is None or work.agent_id != person.pk:
        audit(person, "conversation.opened", tenant=tenant, object_id=conversation_id)
    return {
        "conversation": {
            **hide(tenant, row),
            "work": shown,
            "clocks": shown["clocks"]
            if shown
            else clocks_of([conversation_id], language=person.language)[conversation_id],
            "shop": shop_card(person, tenant, row["channel"]),
            "contact_reasons": reasons,
            "tags": tags,
            "approval": asked,
        },
        "messages": hide_headers(tenant, messages),
    }


def current_work(conversation_id: UUID) -> WorkItem | None:
    """The spell that is open, else the one in wrap-up."""
    rows = WorkItem.objects.filter(conversation=conversation_id, state__in=WorkItem.OPEN_STATES)
    found = list(rows.select_related("queue", "tenant").order_by("-entered_at", "-pk"))
    still_open = [item for item in found if item.state != WorkItem.State.WRAP_UP]
    return next(iter(still_open or found), None)


def shop_card(person: Person, tenant: Tenant, channel: str) -> dict[str, Any]:
    now = clock.now()
    hours = open_hours(tenant.id, carrier_for(channel).channel_group, now)
    return {
        "name": tenant.name,
        "mark": tenant.mark,
        "color": tenant.color,
        "tone": tenant.tone,
        "languages": list(tenant.languages),
        "time_zone": tenant.time_zone,
        "local_time": now.astimezone(ZoneInfo(tenant.time_zone)).isoformat(),
        "open_now": hours.is_open(now) if hours else None,
        "next_change": hours.next_change(now) if hours else None,
        "alias": alias_for(person, tenant),
        "sneak_peek": tenant.sneak_peek,
    }
