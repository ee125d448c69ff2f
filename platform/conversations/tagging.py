"""Tags of a conversation: what its people put on it, for search and for figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from conversations import threads
from conversations.models import TagOnConversation
from conversations.parts import require_part_in
from customers import tags
from customers.models import Tag, TagOnCustomer
from kernel import clock, live
from kernel.errors import invalid
from kernel.events import ConversationChanged
from kernel.tenancy import require_entered
from people.models import Person
from tenants.models import Tenant

Json = dict[str, Any]


def put_on(*, person: Person, tenant: Tenant, conversation_id: UUID, names: Sequence[str]) -> list[Json]:
    """Its tags are these now; new names are made. Refuses with not_in_hand, not_found or invalid."""
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        require_part_in(person, conversation)
        wanted = tags.take(names)
        TagOnConversation.objects.filter(conversation=conversation_id).exclude(tag__in=wanted).delete()
        rows = [
            TagOnConversation(conversation_id=conversation_id, tag=tag, person=person, at=clock.now()) for tag in wanted
        ]
        TagOnConversation.objects.bulk_create(rows, ignore_conflicts=True)
        live.tell(
            ConversationChanged(tenant=str(tenant.id), conversation=str(conversation_id)),
            live.conversation_feed(tenant.id, conversation_id),
        )
    return of(conversation_id)


def of(conversation_id: UUID) -> list[Json]:
    rows = Tag.objects.filter(on_conversations__conversation=conversation_id).order_by("key")
    return [tags.head(row) for row in rows]


def tagged_with(conversation_ids: Iterable[UUID], name: str) -> set[UUID]:
    """Those of these conversations that carry the tag of this name."""
    rows = TagOnConversation.objects.filter(conversation__in=list(conversation_ids), tag__key=tags.key_of(name))
    return set(rows.values_list("conversation_id", flat=True))


def in_use() -> list[Json]:
    """Every tag of the client with how often it is used, by name."""
    require_entered()
    on_conversations = dict(TagOnConversation.objects.values_list("tag").annotate(Count("pk")))
    on_customers = dict(TagOnCustomer.objects.values_list("tag").annotate(Count("pk")))
    return [
        {**tags.head(row), "conversations": on_conversations.get(row.pk, 0), "customers": on_customers.get(row.pk, 0)}
        for row in Tag.objects.order_by("key")
    ]


def merge(*, tag_id: UUID, into_id: UUID) -> Json:
    """Everything that carries the first carries the second instead; the first is gone. not_found or invalid."""
    if tag_id == into_id:
        raise invalid("A tag cannot be merged into itself.", into="Choose another tag.")
    with transaction.atomic():
        # In the order of their ids, so that two merges do not wait for each other.
        found = {each: tags.lock(each) for each in sorted((tag_id, into_id))}
        for model, what in ((TagOnConversation, "conversation"), (TagOnCustomer, "customer")):
            held = model._default_manager.filter(tag=into_id).values(what)
            model._default_manager.filter(tag=tag_id).exclude(**{f"{what}__in": held}).update(tag=into_id)
        found[tag_id].delete()
    return tags.head(found[into_id])


def forget_unused(tag_id: UUID) -> None:
    """Delete a tag that nothing carries; not_found, or invalid while it is used."""
    with transaction.atomic():
        tag = tags.lock(tag_id)
        if tag.on_conversations.exists() or tag.on_customers.exists():
            raise invalid("Something carries this tag; merge it into another one instead.", tag="In use.")
        tag.delete()
