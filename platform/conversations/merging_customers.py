"""Two records of one person become one, and are taken apart again within a day.

Lock order: the customers by their ids, as a message that comes in takes one; then their conversations.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from conversations.erasing import lock_conversations
from conversations.models import Conversation
from customers import carding
from customers.models import Customer, CustomerMerge, CustomerNote, Identity, Tag, TagOnCustomer
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.access import audit
from people.models import Person
from tenants.models import Tenant

UNDO_FOR = timedelta(days=1)
Json = dict[str, Any]


def merge(*, person: Person, tenant: Tenant, kept_id: UUID, absorbed_id: UUID) -> CustomerMerge:
    """The kept record has everything of the other's; what both say, the kept one says. Refusal not_found or invalid."""
    require_entered()
    if kept_id == absorbed_id:
        raise invalid("That is the same customer; choose another one.", absorbed="The same.")
    with transaction.atomic():
        both = {each: carding.lock_living(each) for each in sorted((kept_id, absorbed_id))}
        kept, absorbed = both[kept_id], both[absorbed_id]
        before = _standing(kept)
        moved = {
            "identities": _move(Identity.objects.filter(customer=absorbed), kept),
            "conversations": _move_conversations(absorbed, kept),
            "notes": _move(CustomerNote.objects.filter(customer=absorbed), kept),
            "tags": _move_tags(absorbed, kept),
            "before": before,
        }
        _fill(kept, absorbed)
        moved["after"] = _standing(kept)
        absorbed.merged_into = kept
        absorbed.save(update_fields=["merged_into"])
        made = CustomerMerge.objects.create(kept=kept, absorbed=absorbed, person=person, at=clock.now(), moved=moved)
        audit(person, "customer.merged", tenant=tenant, object_id=kept_id, absorbed=str(absorbed_id))
    return made


def undo(*, person: Person, tenant: Tenant, kept_id: UUID, merge_id: UUID) -> CustomerMerge:
    """Take them apart: what came since stays with the kept one. Refuses with not_found, too_late or merged_on."""
    require_entered()
    with transaction.atomic():
        found = CustomerMerge.objects.filter(pk=merge_id, kept=kept_id, undone_at=None).first()
        if found is None:
            raise not_found()
        kept = carding.lock_living(kept_id)
        absorbed = Customer.objects.select_for_update(no_key=True).get(pk=found.absorbed_id)
        if absorbed.merged_into_id != kept.pk or absorbed.erased_at is not None:
            raise not_found()
        if clock.now() - found.at > UNDO_FOR:
            raise Refusal("too_late", 409, "They were merged more than a day ago; this cannot be undone any more.")
        later = CustomerMerge.objects.filter(kept=kept, undone_at=None, at__gt=found.at)
        if later.exists():
            raise Refusal("merged_on", 409, "Another customer was merged into this one since; undo that first.")
        _take_apart(found, kept, absorbed)
        found.undone_at = clock.now()
        found.save(update_fields=["undone_at"])
        audit(person, "customer.merge_undone", tenant=tenant, object_id=kept_id, absorbed=str(absorbed.pk))
    return found


def merges_of(customer_id: UUID) -> list[Json]:
    """Those that stand, newest first; the newest can be undone for a day."""
    rows = CustomerMerge.objects.filter(kept=customer_id, undone_at=None).select_related("absorbed")
    found = list(rows.order_by("-at", "-pk"))
    return [
        {
            "id": row.pk,
            "name": row.absorbed.name,
            "at": row.at,
            "can_undo": place == 0 and clock.now() - row.at <= UNDO_FOR,
        }
        for place, row in enumerate(found)
    ]


def _move(rows: Any, kept: Customer) -> list[str]:
    ids = list(rows.values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=ids).update(customer=kept)
    return [str(each) for each in ids]


def _move_conversations(absorbed: Customer, kept: Customer) -> list[str]:
    lock_conversations(absorbed.pk)
    return _move(Conversation.objects.filter(customer=absorbed), kept)


def _move_tags(absorbed: Customer, kept: Customer) -> Json:
    """had: what the absorbed one carried; new: what the kept one did not."""
    had = set(TagOnCustomer.objects.filter(customer=absorbed).values_list("tag", flat=True))
    own = set(TagOnCustomer.objects.filter(customer=kept).values_list("tag", flat=True))
    TagOnCustomer.objects.filter(customer=absorbed).delete()
    TagOnCustomer.objects.bulk_create([TagOnCustomer(customer=kept, tag_id=tag, at=clock.now()) for tag in had - own])
    return {"had": sorted(map(str, had)), "new": sorted(map(str, had - own))}


def _standing(customer: Customer) -> Json:
    return {
        "name": customer.name,
        "language": customer.language,
        "is_vip": customer.is_vip,
        "legal_priority": customer.legal_priority,
        "fields": dict(customer.fields),
    }


def _fill(kept: Customer, absorbed: Customer) -> None:
    kept.name, kept.language = kept.name or absorbed.name, kept.language or absorbed.language
    kept.is_vip = kept.is_vip or absorbed.is_vip
    kept.legal_priority = kept.legal_priority or absorbed.legal_priority
    kept.fields = {**absorbed.fields, **kept.fields}
    kept.save(update_fields=["name", "language", "is_vip", "legal_priority", "fields"])


def _take_apart(found: CustomerMerge, kept: Customer, absorbed: Customer) -> None:
    moved = found.moved
    lock_conversations(kept.pk)
    for model, name in ((Identity, "identities"), (Conversation, "conversations"), (CustomerNote, "notes")):
        model._default_manager.filter(pk__in=moved[name], customer=kept).update(customer=absorbed)
    for one, other in ((kept, absorbed), (absorbed, kept)):
        # What comes to a case of the one leads to none of the other.
        Conversation.objects.filter(customer=one, merged_into__customer=other).update(merged_into=None)
    TagOnCustomer.objects.filter(customer=kept, tag__in=moved["tags"]["new"]).delete()
    still = Tag.objects.filter(pk__in=moved["tags"]["had"])
    TagOnCustomer.objects.bulk_create([TagOnCustomer(customer=absorbed, tag=tag, at=clock.now()) for tag in still])
    # What somebody changed since stays as they left it.
    for name, value in moved["before"].items():
        if getattr(kept, name) == moved["after"][name]:
            setattr(kept, name, value)
    kept.save(update_fields=list(moved["before"]))
    absorbed.merged_into = None
    absorbed.save(update_fields=["merged_into"])
