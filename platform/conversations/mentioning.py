"""A colleague named in a note: told at once, and listed until they have looked.

The list goes over many clients: the audit entries of the public schema say which mentions there are (ids alone), and
only the clients on the page are entered for what was written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from conversations.models import Message
from kernel import live
from kernel.errors import Refusal
from kernel.events import Mentioned
from kernel.tenancy import enter
from people.access import audit, clients_of, colleagues_of
from people.models import AuditEntry, Person
from routing import feed
from tenants.models import Tenant

MADE, READ = "mention.made", "mention.read"
MOST = 10
PAGE = 30
_EXCERPT = 200
Json = dict[str, Any]


def require_colleagues(tenant: Tenant, ids: Collection[UUID], *, by: Person) -> list[Person]:
    """Those who are named, all of whom may see this client's conversations; Refusal not_a_colleague 409."""
    wanted = set(ids) - {by.pk}
    if len(wanted) > MOST:
        raise Refusal("too_many_mentions", 400, f"A note names at most {MOST} colleagues; nothing was written.")
    found = list(colleagues_of(tenant.id).filter(pk__in=wanted)) if wanted else []
    if len(found) < len(wanted):
        raise Refusal(
            "not_a_colleague", 409, "Somebody you named may not see this client's conversations; nothing was written."
        )
    return found


def tell_mentioned(tenant: Tenant, message: Message, people: Sequence[Person], *, by: Person) -> None:
    """Write down who was named in this note, and ring them."""
    for person in people:
        ids = {"agent": str(person.pk), "conversation": str(message.conversation_id)}
        audit(by, MADE, tenant=tenant, object_id=message.id, **ids)
        live.tell(
            Mentioned(n=feed.bump(person.pk), tenant=str(tenant.id), conversation=str(message.conversation_id)),
            live.person_feed(person.pk),
        )


def was_mentioned(person: Person, conversation_id: UUID) -> bool:
    """By a note of this conversation; inside the client."""
    notes = Message.objects.filter(conversation=conversation_id, direction=Message.Direction.NOTE)
    return notes.filter(event__mentions__contains=[{"id": str(person.pk)}]).exists()


def note_seen(*, person: Person, tenant: Tenant, conversation_id: UUID) -> int:
    """They have looked at the conversation: its mentions of them count as read; how many were new."""
    new = _unread(person, [tenant.id]).filter(detail__conversation=str(conversation_id))
    ids = list(new.values_list("object_id", flat=True))
    for message_id in ids:
        audit(person, READ, tenant=tenant, object_id=message_id)
    if ids:
        n = feed.bump(person.pk)
        live.tell(Mentioned(n=n, tenant=str(tenant.id), conversation=str(conversation_id)), live.person_feed(person.pk))
    return len(ids)


def mentions_of(person: Person) -> Json:
    """The latest notes that name this person, newest first, of the clients that they serve now. Call outside shops."""
    clients = {client.id: client for client in clients_of(person)}
    entries = list(_made(person, clients).select_related("person").order_by("-at", "-pk")[:PAGE])
    unread = set(_unread(person, clients).values_list("object_id", flat=True))
    by_client: dict[UUID, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.tenant_id is not None:
            by_client[entry.tenant_id].append(entry.object_id)
    notes: dict[str, Json] = {}
    for tenant_id, ids in by_client.items():
        with enter(clients[tenant_id]):
            for row in Message.objects.filter(pk__in=ids).select_related("conversation__customer"):
                notes[str(row.pk)] = _shown(row)
    shown = [
        {
            "tenant": clients[entry.tenant_id],
            "by": entry.person.name if entry.person else "",
            "at": entry.at,
            "is_unread": entry.object_id in unread,
            **notes[entry.object_id],
        }
        for entry in entries
        if entry.tenant_id is not None and entry.object_id in notes
    ]
    return {"unread": len(unread), "mentions": shown}


def _made(person: Person, clients: Collection[UUID]) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(action=MADE, detail__agent=str(person.pk), tenant__in=list(clients))


def _unread(person: Person, clients: Collection[UUID]) -> QuerySet[AuditEntry]:
    seen = AuditEntry.objects.filter(action=READ, object_id=OuterRef("object_id"), person=person)
    return _made(person, clients).filter(~Exists(seen))


def _shown(row: Message) -> Json:
    return {
        "id": row.pk,
        "conversation": row.conversation_id,
        "case_number": row.conversation.case_number,
        "customer_name": row.conversation.customer.name,
        "text": " ".join(row.text.split())[:_EXCERPT],
        "seq": row.seq,
    }
