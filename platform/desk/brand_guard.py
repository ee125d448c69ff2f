"""Nothing leaves for a client's shopper that names another of the BPO's clients; what was stopped is counted.

Who is stopped is shown their own words, never whose they are. The books of it hold ids and codes alone, and belong to
no client: its archive must not tell which other clients there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from automation.brands import known_brands
from automation.guard import REASONS, Found
from desk.work import mark_of
from kernel import clock
from kernel.errors import Refusal
from people.access import audit, clients_of, require_client
from people.models import AuditEntry, Person
from routing import queue

STOPPED, SENT = "brand.stopped", "brand.sent_anyway"
ROWS_MAX = 200
Json = dict[str, Any]


@contextmanager
def guarded(*, person: Person, tenant_id: UUID, conversation_id: UUID, text: str, despite: str = "") -> Iterator[None]:
    """Send inside this, and enter the client inside it. Refuses with other_brand 409: ``fields`` says which letters.

    despite: one of REASONS; then it is sent, and that is written down.
    """
    found = known_brands().find(text, str(tenant_id))
    if not found:
        yield
        return
    require_client(person, tenant_id, to_work=True)
    queue.require_in_hand(person, conversation_id)
    if despite not in REASONS:
        _note(STOPPED, person, tenant_id, conversation_id, found)
        raise _other_brand(found)
    yield
    _note(SENT, person, tenant_id, conversation_id, found, why=despite)


def stops(*, person: Person, days: int) -> Json:
    """What was stopped and what was sent all the same at the clients that this person serves, the newest first."""
    clients = {str(row.id): row for row in clients_of(person)}
    since = clock.now() - timedelta(days=days)
    entries = AuditEntry.objects.filter(action__in=(STOPPED, SENT), at__gte=since, detail__client__in=list(clients))
    rows = list(entries.select_related("person").order_by("-at", "-pk"))
    agents = Counter((row.person_id, row.action) for row in rows)
    names = {row.person_id: row.person.name for row in rows if row.person}
    return {
        "stopped": sum(row.action == STOPPED for row in rows),
        "sent_anyway": sum(row.action == SENT for row in rows),
        "agents": [
            {"id": one, "name": name, "stopped": agents[one, STOPPED], "sent_anyway": agents[one, SENT]}
            for one, name in sorted(names.items(), key=lambda each: -agents[each[0], STOPPED])
        ],
        "rows": [_show(row, clients) for row in rows[:ROWS_MAX]],
    }


def _show(row: AuditEntry, clients: dict[str, Any]) -> Json:
    """Of the other brands only those that the reader serves are named."""
    named = [clients[each] for each in row.detail.get("named", ()) if each in clients]
    return {
        "at": row.at,
        "agent": row.person.name if row.person else "",
        "client": mark_of(clients[row.detail["client"]]),
        "conversation": row.detail["conversation"],
        "kinds": row.detail["kinds"],
        "named": [mark_of(each) for each in named],
        "outcome": "stopped" if row.action == STOPPED else "sent",
        "why": row.detail.get("why", ""),
    }


def _note(
    action: str, person: Person, tenant_id: UUID, conversation_id: UUID, found: list[Found], *, why: str = ""
) -> None:
    audit(
        person,
        action,
        object_id=conversation_id,
        client=str(tenant_id),
        conversation=str(conversation_id),
        kinds=sorted({one.kind for one in found}),
        named=sorted({owner for one in found for owner in one.owners}),
        why=why,
    )


def _other_brand(found: list[Found]) -> Refusal:
    return Refusal(
        "other_brand",
        409,
        "This text may name another brand; nothing was sent. Change what is marked, or say why it is no mistake.",
        fields={f"{one.start}-{one.end}": one.kind for one in found},
    )
