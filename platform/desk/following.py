"""Conversations that somebody follows, and which of them have news."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from conversations.models import Conversation
from desk.work import mark_of
from kernel import clock
from kernel.errors import Refusal, not_found
from kernel.tenancy import enter
from people.access import clients_of
from people.models import Follow, Person
from tenants.models import Tenant

MOST = 50
Json = dict[str, Any]


def follow(*, person: Person, tenant: Tenant, conversation_id: UUID) -> None:
    """From now on news in it are told; again changes nothing. Refuses with not_found or too_many_followed."""
    with enter(tenant):
        last_seq = Conversation.objects.filter(pk=conversation_id).values_list("last_seq", flat=True).first()
    if last_seq is None:
        raise not_found()
    if Follow.objects.filter(person=person).exclude(conversation=conversation_id).count() >= MOST:
        raise Refusal("too_many_followed", 409, f"You follow {MOST} conversations; leave one first.")
    Follow.objects.get_or_create(
        person=person,
        conversation=conversation_id,
        defaults={"tenant": tenant, "seen_seq": last_seq, "since": clock.now()},
    )


def unfollow(*, person: Person, conversation_id: UUID) -> None:
    Follow.objects.filter(person=person, conversation=conversation_id).delete()


def is_followed(person: Person, conversation_id: UUID) -> bool:
    return Follow.objects.filter(person=person, conversation=conversation_id).exists()


def see(*, person: Person, conversation_id: UUID, seq: int) -> None:
    """What was on their screen is no news any more."""
    Follow.objects.filter(person=person, conversation=conversation_id, seen_seq__lt=seq).update(seen_seq=seq)


def followed_by(person: Person) -> list[Json]:
    """Of the clients that they serve now, those with news first. Call from the public schema."""
    clients = {client.id: client for client in clients_of(person)}
    rows = {row.conversation: row for row in Follow.objects.filter(person=person, tenant__in=clients)}
    by_client: dict[UUID, list[UUID]] = defaultdict(list)
    for row in rows.values():
        by_client[row.tenant_id].append(row.conversation)
    found: list[Json] = []
    for tenant_id, ids in by_client.items():
        with enter(clients[tenant_id]):
            for each in Conversation.objects.filter(pk__in=ids).select_related("customer"):
                found.append(_shown(each, rows[each.pk], clients[tenant_id]))
    return sorted(found, key=lambda row: (row["news"] == 0, -row["last_message_at"].timestamp()))


def _shown(row: Conversation, followed: Follow, client: Tenant) -> Json:
    return {
        "tenant": mark_of(client),
        "conversation": row.pk,
        "case_number": row.case_number,
        "customer_name": row.customer.name,
        "status": row.status,
        "last_message_at": row.last_message_at,
        "news": max(0, row.last_seq - followed.seen_seq),
    }
