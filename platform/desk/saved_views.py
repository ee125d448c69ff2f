"""Saved views: mine, and those shared with everybody who serves a client, each with how many it shows now."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from conversations import finding
from conversations.finding import TookTooLong
from desk.search import clients_named, wanted_of
from desk.search_words import Asked, read
from desk.work import mark_of
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import enter
from people.access import clients_of, require_client, roles_of
from people.models import Person, SavedView
from tenants.models import Tenant

VIEWS_MAX, COUNTED_UP_TO, CLIENTS_COUNTED, COUNT_SECONDS = 30, 100, 12, 1.5
Json = dict[str, Any]


def views_of(person: Person) -> list[Json]:
    """By name, mine first. count is null where counting would not be cheap."""
    clients = clients_of(person)
    rows = SavedView.objects.filter(Q(person=person, tenant=None) | Q(tenant__in=clients)).select_related("tenant")
    found = sorted(rows[: 2 * VIEWS_MAX], key=lambda row: (row.tenant_id is not None, row.name.casefold(), str(row.pk)))
    counts = _counts(person, clients, found)
    return [_shown(row, person, counts.get(row.pk)) for row in found]


def save(*, person: Person, name: str, query: str, tenant_id: UUID | None = None) -> Json:
    """A view of one's own, or of a client's team where a supervisor shares it. Refuses with invalid or not_allowed."""
    name, query = " ".join(name.split()), " ".join(query.split())
    asked = read(query)
    if asked.says:
        raise invalid(
            "A view keeps operators alone: words and from: may name a person, and are searched anew each time.",
            query="Operators alone.",
        )
    if not asked.narrows:
        raise invalid("A view needs at least one operator, as is:open.", query="Empty.")
    if not name:
        raise invalid("Give the view a name.", name="Empty.")
    tenant = None
    if tenant_id is not None:
        tenant = require_client(person, tenant_id)
        if not roles_of(person, None) & {"supervisor", "operator"}:
            raise Refusal("not_allowed", 403, "Only a supervisor shares views; save it for yourself.")
    with transaction.atomic():
        if SavedView.objects.filter(person=person).count() >= VIEWS_MAX:
            raise Refusal("too_many_views", 409, f"You have {VIEWS_MAX} views; delete one first.")
        row = SavedView.objects.create(person=person, tenant=tenant, name=name, query=query, created_at=clock.now())
    return _shown(row, person, None)


def forget(*, person: Person, view_id: UUID) -> None:
    """Its own person's; a shared one's also by a supervisor of that client. not_found 404 otherwise."""
    row = SavedView.objects.filter(pk=view_id).first()
    if row is None or not _may_change(person, row):
        raise not_found()
    row.delete()


def _may_change(person: Person, row: SavedView) -> bool:
    if row.person_id == person.pk:
        return True
    leads = bool(roles_of(person, None) & {"supervisor", "operator"})
    return leads and row.tenant_id in {client.id for client in clients_of(person)}


def _counts(person: Person, clients: list[Tenant], views: list[SavedView]) -> dict[UUID, int]:
    """Each client is entered once for all views. A view over more than ``CLIENTS_COUNTED`` clients has no count."""
    asked: dict[UUID, tuple[Asked, list[Tenant]]] = {}
    for view in views:
        try:
            read_ = read(view.query)
            among = [view.tenant] if view.tenant is not None else clients
            asked[view.pk] = (read_, [client for client in clients_named(read_, clients) if client in among])
        except Refusal:
            continue  # a client that it names is served no more
    cheap = {pk: (each, among) for pk, (each, among) in asked.items() if len(among) <= CLIENTS_COUNTED}
    counts, until = dict.fromkeys(cheap, 0), time.monotonic() + COUNT_SECONDS
    for client in {client for _, among in cheap.values() for client in among}:
        with enter(client):
            for pk, (each, among) in cheap.items():
                if client not in among or pk not in counts:
                    continue
                try:
                    if time.monotonic() > until:
                        raise TookTooLong
                    counts[pk] += finding.count(wanted_of(each, person, client), most=COUNTED_UP_TO)
                except TookTooLong:
                    del counts[pk]
    return counts


def _shown(row: SavedView, person: Person, count: int | None) -> Json:
    return {
        "id": row.pk,
        "name": row.name,
        "query": row.query,
        "mine": row.person_id == person.pk,
        "shared_with": mark_of(row.tenant) if row.tenant else None,
        "count": None if count is None else min(count, COUNTED_UP_TO),
        "is_more": count is not None and count >= COUNTED_UP_TO,
    }
