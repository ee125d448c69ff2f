"""A client's tags: found or made by their name, renamed, merged, put on a customer and taken off."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from customers.models import Customer, Tag, TagOnCustomer
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.models import Person

NAME_MAX, ON_ONE_MAX, TAGS_MAX = 40, 20, 500
Json = dict[str, Any]


def key_of(name: str) -> str:
    """Tags compare without case, accents and outer space."""
    plain = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))[:NAME_MAX]


def suggest(part: str = "", *, most: int = 20) -> list[Json]:
    """Tags whose name holds this, by name."""
    require_entered()
    rows = Tag.objects.filter(key__contains=key_of(part)) if part.strip() else Tag.objects.all()
    return [head(row) for row in rows.order_by("key")[:most]]


def head(row: Tag) -> Json:
    return {"id": row.pk, "name": row.name}


def take(names: Sequence[str]) -> list[Tag]:
    """The tags of these names, in their order; those that are new are made. Refusal invalid."""
    require_entered()
    wanted = {key_of(name): checked(name) for name in names}
    if len(wanted) > ON_ONE_MAX:
        raise invalid(f"At most {ON_ONE_MAX} tags; nothing was changed.", tags="Too many.")
    known = {row.key: row for row in Tag.objects.filter(key__in=wanted)}
    missing = {key: name for key, name in wanted.items() if key not in known}
    if missing and Tag.objects.count() + len(missing) > TAGS_MAX:
        raise Refusal("too_many_tags", 409, "This client has its full number of tags; use one of them, or merge some.")
    now = clock.now()
    Tag.objects.bulk_create(
        [Tag(name=name, key=key, created_at=now) for key, name in missing.items()], ignore_conflicts=True
    )
    if missing:
        known = {row.key: row for row in Tag.objects.filter(key__in=wanted)}
    return [known[key] for key in wanted]


def checked(name: str) -> str:
    """A name as it is kept; Refusal invalid."""
    shown = "".join(each for each in " ".join(name.split()) if each.isprintable())
    if not key_of(shown) or len(shown) > NAME_MAX:
        raise invalid(f"A tag has 1 to {NAME_MAX} characters; nothing was changed.", tags="1 to 40 characters.")
    return shown


def rename(*, tag_id: UUID, name: str) -> Tag:
    """Refuses with tag_exists where another tag has this name: those two can be merged."""
    shown = checked(name)
    with transaction.atomic():
        tag = lock(tag_id)
        other = Tag.objects.filter(key=key_of(shown)).exclude(pk=tag.pk).first()
        if other is not None:
            raise Refusal("tag_exists", 409, f"There is a tag {other.name} already; merge the two instead.")
        tag.name, tag.key = shown, key_of(shown)
        tag.save(update_fields=["name", "key"])
    return tag


def lock(tag_id: UUID) -> Tag:
    require_entered()
    found = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if found is None:
        raise not_found()
    return found


def put_on_customer(*, person: Person, customer_id: UUID, names: Sequence[str]) -> list[Json]:
    """Their tags are these now; not_found or invalid."""
    with transaction.atomic():
        customer = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id, erased_at=None).first()
        if customer is None:
            raise not_found()
        tags = take(names)
        TagOnCustomer.objects.filter(customer=customer).exclude(tag__in=tags).delete()
        rows = [TagOnCustomer(customer=customer, tag=tag, person=person, at=clock.now()) for tag in tags]
        TagOnCustomer.objects.bulk_create(rows, ignore_conflicts=True)
    return of_customer(customer_id)


def of_customer(customer_id: UUID) -> list[Json]:
    rows = Tag.objects.filter(on_customers__customer=customer_id).order_by("key")
    return [head(row) for row in rows]
