"""Find a conversation by its case number, among the clients one may enter; without words, one's own latest."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from conversations import reading
from desk.work import mark_of
from kernel.tenancy import enter
from people.access import clients_of
from people.models import Person
from routing.models import WorkItem
from tenants.models import Tenant

MOST = 20
CLIENTS_MAX = 50


def search(person: Person, words: str) -> tuple[list[dict[str, Any]], int]:
    """Newest first, and how many clients were left out. A case number's first part names its client.

    With it most searches enter one schema; without it, ``CLIENTS_MAX`` at most.
    """
    wanted = words.strip().lstrip("#")
    clients = clients_of(person)
    if not wanted:
        return _own_latest(person, clients), 0
    head, dash, _ = wanted.partition("-")
    named = [client for client in clients if dash and client.mark.lower() == head.lower()]
    asked = named or clients
    found: list[dict[str, Any]] = []
    for client in asked[:CLIENTS_MAX]:
        with enter(client):
            found += [{"tenant": mark_of(client), **row} for row in reading.search(wanted, limit=MOST)]
    latest = sorted(found, key=lambda row: str(row["opened_at"]), reverse=True)[:MOST]
    return latest, max(0, len(asked) - CLIENTS_MAX)


def _own_latest(person: Person, clients: list[Tenant]) -> list[dict[str, Any]]:
    mine = WorkItem.objects.filter(agent=person, tenant__in=clients).order_by("-entered_at")[:MOST]
    by_client: dict[UUID, list[UUID]] = defaultdict(list)
    for item in mine:
        by_client[item.tenant_id].append(item.conversation)
    found: list[dict[str, Any]] = []
    for client in clients:
        if client.id not in by_client:
            continue
        with enter(client):
            rows = reading.previews(dict.fromkeys(by_client[client.id], 0))
        found += [{"tenant": mark_of(client), **{name: row[name] for name in _SHOWN}} for row in rows.values()]
    return sorted(found, key=lambda row: str(row["opened_at"]), reverse=True)


_SHOWN = ("conversation", "case_number", "customer_name", "subject", "status", "opened_at")
