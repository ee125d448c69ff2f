"""A client's queues as its operator sets them: hours, grace, offers, and from when on a wait is long."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from desk.shop_settings import require_shop
from kernel import clock
from kernel.errors import Refusal
from people.access import audit, roles_of
from people.models import Person
from routing.models import Queue
from routing.queues import QueueTerms, set_terms
from sla_contracts import contracts, pricing
from tenants.models import Tenant

Json = dict[str, Any]
OPENINGS_SHOWN = 7


def queues(tenant_id: UUID) -> Json:
    """The client's open queues, with the next openings that its contract promises; not_found 404."""
    tenant, now = require_shop(tenant_id), clock.now()
    rows = Queue.objects.filter(tenant=tenant, is_active=True).order_by("channel_group", "code")
    return {"time_zone": tenant.time_zone, "queues": [_show(tenant, row, now) for row in rows]}


def choose(*, person: Person, tenant_id: UUID, code: str, **terms: Any) -> Json:
    """Set one queue; refuses with not_allowed and not_found. In force within half a minute everywhere."""
    if "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may set a queue; nothing was changed.")
    tenant, now = require_shop(tenant_id), clock.now()
    with transaction.atomic():
        queue = set_terms(tenant_id=tenant.id, code=code, terms=QueueTerms(**terms))
        # What is written each minute is written now: a queue without openings counts as open.
        pricing.write_openings(queue, now)
        audit(person, "queue.changed", tenant=tenant, object_id=queue.id, **terms)
    return queues(tenant_id)


_at = datetime.fromisoformat


def _show(tenant: Tenant, row: Queue, now: datetime) -> Json:
    hours = contracts.open_hours(tenant.id, row.channel_group, now)
    spans = pricing.openings(hours, now)[:OPENINGS_SHOWN]
    return {
        "code": row.code,
        "name": row.name,
        "channel_group": row.channel_group,
        "keeps_hours": row.keeps_hours,
        "preferred_seconds": row.preferred_seconds,
        "offer_seconds": row.offer_seconds,
        "long_wait_seconds": row.long_wait_seconds,
        "is_open": hours.is_open(now) if hours and row.keeps_hours else True,
        "has_hours": hours is not None,
        "openings": [{"opens": _at(opens), "closes": _at(closes)} for opens, closes in spans if opens != closes],
    }
