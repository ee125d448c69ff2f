"""Search over everything one may see: what was said, subjects and customers of the clients one is granted.

Without words, one's own latest. A client's rows are looked through in its own schema, by its own index; what was not
looked through (too many clients, too little time) is counted and said.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from datetime import date, datetime, timedelta
from datetime import time as hour
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from conversations import finding, reading
from conversations.finding import TookTooLong, Wanted
from desk.search_words import Asked, read
from desk.work import mark_of
from kernel.errors import invalid
from kernel.tenancy import enter
from people.access import clients_of
from people.models import Person
from routing.models import WorkItem
from tenants.models import Tenant

MOST = 30
CLIENTS_MAX = 50
SECONDS_MAX = 4.0
_CASE = re.compile(r"^#?(?:([A-Za-z0-9]{2})-)?(\d*)$")


def search(person: Person, text: str) -> dict[str, Any]:
    """``{results, left_out, more}``, newest first: left_out, clients not looked through; more, there are others.

    A case number's first part and ``client:`` name clients. Refusal invalid for what cannot be understood.
    """
    clients = clients_of(person)
    if not text.strip():
        return {"results": _own_latest(person, clients), "left_out": 0, "more": False}
    asked = read(text)
    named = clients_named(asked, clients)
    until = time.monotonic() + SECONDS_MAX
    found: list[dict[str, Any]] = []
    left_out, more = max(0, len(named) - CLIENTS_MAX), False
    for client in named[:CLIENTS_MAX]:
        if time.monotonic() > until:
            left_out += 1
            continue
        try:
            with enter(client):
                rows = finding.find(wanted_of(asked, person, client), limit=MOST + 1)
        except TookTooLong:
            left_out += 1
            continue
        more = more or len(rows) > MOST
        found += [{"tenant": mark_of(client), **row} for row in rows[:MOST]]
    latest = sorted(found, key=lambda row: (row["opened_at"], str(row["conversation"])), reverse=True)
    return {"results": latest[:MOST], "left_out": left_out, "more": more or len(latest) > MOST}


def wanted_of(asked: Asked, person: Person, client: Tenant) -> Wanted:
    """What is asked of one client; days begin where the reader is."""
    zone = ZoneInfo(person.time_zone)
    return Wanted(
        words=asked.words,
        phrases=asked.phrases,
        case=_case_of(asked, client),
        senders=asked.senders,
        states=asked.states,
        tags=asked.tags,
        reasons=asked.reasons,
        languages=asked.languages,
        channels=asked.channels,
        opened=(
            _midnight(asked.after + timedelta(days=1), zone) if asked.after else None,
            _midnight(asked.before, zone) if asked.before else None,
        ),
        person=person.pk,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour.min, zone)


def clients_named(asked: Asked, clients: list[Tenant]) -> list[Tenant]:
    """Those that ``client:`` or a case number names, else all."""
    if asked.clients:
        return [client for client in clients if any(_is_named(client, name, clients) for name in asked.clients)]
    case = _CASE.match(asked.words[0]) if len(asked.words) == 1 and not asked.phrases else None
    by_mark = [client for client in clients if case and case[1] and client.mark.lower() == case[1].lower()]
    return by_mark or clients


def _is_named(client: Tenant, name: str, clients: list[Tenant]) -> bool:
    """By its letters or its address; else by a part of its name."""
    folded = name.casefold()
    exact = [each for each in clients if folded in (each.mark.casefold(), each.slug.casefold(), each.name.casefold())]
    chosen = exact or [each for each in clients if folded in each.name.casefold()]
    if not chosen:
        raise invalid(f"No client of yours is called {name[:60]}.", client="None of your clients.")
    return client in chosen


def _case_of(asked: Asked, client: Tenant) -> str:
    """A pattern for the case number: whole for digits alone, a beginning with the client's letters; or empty."""
    if len(asked.words) != 1 or asked.phrases:
        return ""
    found = _CASE.match(asked.words[0])
    if found is None or not (found[1] or found[2]):
        return ""
    if found[1] is None:
        return f"{client.mark}-{found[2]}"
    return f"{client.mark}-{found[2]}%" if found[1].lower() == client.mark.lower() else ""


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
        shown = [{name: row[name] for name in _SHOWN} for row in rows.values()]
        found += [{"tenant": mark_of(client), **row, **_NO_HIT} for row in shown]
    return sorted(found, key=lambda row: str(row["opened_at"]), reverse=True)


_SHOWN = (
    "conversation", "case_number", "customer_name", "subject", "status", "channel", "language", "opened_at",
    "last_message_at",
)  # fmt: skip
_NO_HIT: dict[str, Any] = {"contact_reason": "", "seq": None, "direction": None, "excerpt": []}
