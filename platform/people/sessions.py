"""The sessions of one person: which there are, and ending them. ASVS 7.4.1, 7.5.2."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kernel import live
from people.models import Person, Session
from people.session_store import in_force


def list_mine(person: Person, *, current_key: str | None) -> list[dict[str, Any]]:
    """The sessions in force, the one that asks first; never their keys."""
    rows = in_force().filter(person=person).order_by("-seen_at")
    shown = [
        {
            "id": row.id,
            "host": row.host,
            "program": row.program,
            "started_at": row.started_at,
            "seen_at": row.seen_at,
            "is_this_one": row.session_key == current_key,
        }
        for row in rows
    ]
    return sorted(shown, key=lambda row: not row["is_this_one"])


def end_one(person: Person, session_id: UUID) -> bool:
    """End one session of this person; whether there was one."""
    live.call_the_roll()
    return Session.objects.filter(person=person, id=session_id).delete()[0] > 0


def end_all(person: Person, *, but_key: str | None = None) -> int:
    """End the sessions of this person (save the one with ``but_key``), open sockets within a second; how many."""
    rows = Session.objects.filter(person=person)
    if but_key:
        rows = rows.exclude(session_key=but_key)
    live.call_the_roll()
    return rows.delete()[0]
