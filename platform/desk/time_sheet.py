"""What agents' time went to, by agent, by client and by work item: reckoned from the rows when somebody asks."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from desk.agent_days import as_seconds, visible_agents
from desk.day_range import Days
from desk.work import mark_of
from kernel.access import declares, staff
from kernel.errors import not_found
from kernel.spreadsheet import safe_cells
from people.access import clients_of
from people.models import Person
from routing import reasons
from routing.agent_time import Ledger, Worked, ledgers, worked
from routing.time_ledger import WORK, WRAP_UP
from tenants.models import Tenant

ON_ITEMS = (WORK, WRAP_UP)
_ORDER = (WORK, WRAP_UP, "idle", "busy", "break", "training", "not_responding")
_COLUMNS = ("day", "agent", "agent_id", "kind", "reason", "client", "work_item", "conversation", "seconds")


@dataclass(frozen=True, slots=True)
class _View:
    """What the reader may see behind the figures: their clients, the items in question, the words for reasons."""

    clients: dict[UUID, Tenant]
    items: dict[str, Worked]
    words: dict[str, str]

    def client_of(self, item: str) -> Tenant | None:
        """None for a client that the reader does not serve."""
        found = self.items.get(item)
        return self.clients.get(found.tenant_id) if found else None


def show_sheet(by: Person, days: Days) -> dict[str, Any]:
    """Each agent who was there, and what each client took of them all."""
    people = visible_agents(by)
    found = {person_id: each for person_id, each in ledgers(people, days.start, days.end).items() if each.presence}
    view = _view(by, found.values())
    return {
        **_range(days),
        "agents": [
            _agent_time(person_id, name, found[person_id], view)
            for person_id, name in people.items()
            if person_id in found
        ],
        "clients": _by_client(found.values(), view),
    }


def show_parts(by: Person, agent: UUID, days: Days) -> dict[str, Any]:
    """One agent's time with each work item behind it; not_found for somebody whom the reader does not see."""
    people = visible_agents(by, agent)
    if agent not in people:
        raise not_found()
    ledger = ledgers([agent], days.start, days.end)[agent]
    view = _view(by, [ledger])
    items: dict[str, dict[str, Any]] = {}
    for (kind, item), micros in ledger.shares.items():
        client = view.client_of(item) if kind in ON_ITEMS else None
        if client is None:
            continue
        row = view.items[item]
        shown = {"work": row.id, "client": mark_of(client), "conversation": row.conversation, "channel": row.channel}
        known = items.setdefault(item, {**shown, "worked": 0, "wrapped_up": 0})
        known["worked" if kind == WORK else "wrapped_up"] += micros
    return {
        **_range(days),
        "total": _agent_time(agent, people[agent], ledger, view),
        "items": sorted(items.values(), key=lambda each: (-each["worked"] - each["wrapped_up"], str(each["work"]))),
    }


@declares("export", staff("supervisor", "operator", opens="agent", by="accreditation"))
def as_csv(by: Person, days: Days, agent: UUID | None = None) -> tuple[bytes, int]:
    """``(UTF-8 with a byte order mark, rows)``: a row for each day, agent and purpose; the seconds add up exactly."""
    people = visible_agents(by, agent)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    count = 0
    for day in days.each():
        found = ledgers(people, day.start, day.end)
        view = _view(by, found.values())
        for person_id, name in people.items():
            for cells in _rows(found[person_id], view):
                table.writerow(safe_cells([day.first.isoformat(), name, str(person_id), *cells]))
                count += 1
    return out.getvalue().encode("utf-8-sig"), count


def _rows(ledger: Ledger, view: _View) -> list[list[str]]:
    """What is of other people's clients is one row of each kind."""
    shares: dict[tuple[str, str, str, str, str], int] = defaultdict(int)
    for (kind, what), micros in ledger.shares.items():
        if kind not in ON_ITEMS:
            shares[kind, view.words.get(what, what), "", "", ""] += micros
            continue
        client = view.client_of(what)
        behind = (client.name, what, str(view.items[what].conversation)) if client else ("", "", "")
        shares[kind, "", *behind] += micros
    ordered = sorted(shares.items(), key=lambda share: (_place(share[0][0]), share[0]))
    return [[*cells, as_seconds(micros)] for cells, micros in ordered]


def _view(by: Person, found: Iterable[Ledger]) -> _View:
    ids = {item for each in found for kind, item in each.shares if kind in ON_ITEMS}
    return _View({client.id: client for client in clients_of(by)}, worked(ids), reasons.names(by.language))


def _range(days: Days) -> dict[str, Any]:
    return {"zone": days.zone, "starts_at": days.start, "ends_at": days.end}


def _agent_time(person_id: UUID, name: str, ledger: Ledger, view: _View) -> dict[str, Any]:
    shares: dict[tuple[str, str], int] = defaultdict(int)
    for (kind, what), micros in ledger.shares.items():
        shares[kind, "" if kind in ON_ITEMS else what] += micros
    ordered = sorted(shares.items(), key=lambda share: (_place(share[0][0]), share[0]))
    return {
        "agent": {"id": person_id, "name": name},
        "presence": ledger.presence,
        "shares": [
            {"kind": kind, "reason": reason, "reason_name": view.words.get(reason, reason), "micros": micros}
            for (kind, reason), micros in ordered
        ],
        "clients": _by_client([ledger], view),
    }


def _by_client(found: Iterable[Ledger], view: _View) -> list[dict[str, Any]]:
    taken: dict[UUID | None, dict[str, int]] = defaultdict(lambda: {WORK: 0, WRAP_UP: 0})
    for each in found:
        for (kind, item), micros in each.shares.items():
            if kind in ON_ITEMS:
                client = view.client_of(item)
                taken[client.id if client else None][kind] += micros
    rows = [
        {"client": mark_of(view.clients[tenant]) if tenant else None, "work": sums[WORK], "wrap_up": sums[WRAP_UP]}
        for tenant, sums in taken.items()
    ]
    return sorted(rows, key=_largest_first)


def _largest_first(row: Mapping[str, Any]) -> tuple[bool, int]:
    return row["client"] is None, -row["work"] - row["wrap_up"]


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
