"""Write, restore, archive and read the items of a client's playbook. A change is a new version; none is rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from automation.bodies import checked_body, checked_name
from automation.faults import Faulty
from automation.models import PlaybookItem, PlaybookVersion
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.models import Person

Kind = PlaybookItem.Kind
ITEMS_MAX = 500
Json = dict[str, Any]


def write(
    *,
    person: Person | None,
    kind: str,
    name: str,
    body: Mapping[str, Any],
    item_id: UUID | None = None,
    number: int = 0,
) -> PlaybookVersion:
    """A new item, or the next version of one. The same again makes none. Who may is settled at the client's door.

    number: the version that the writer had before them; another's change since then is not written over.
    Refuses with invalid (a reason per field), name_taken, changed_meanwhile or too_many.
    """
    require_entered()
    try:
        kept_name, kept = checked_name(name), checked_body(kind, body)
    except Faulty as faults:
        raise invalid("It was not saved: something in it does not fit.", **faults.fields) from faults
    try:
        with transaction.atomic():
            item = _new(kind, kept_name) if item_id is None else _locked(item_id, kind)
            if item_id is not None and number != item.number:
                raise _changed_meanwhile()
            return _add(item, kept_name, kept, person)
    except IntegrityError as clash:
        raise _name_taken(kept_name) from clash


def restore(*, person: Person, item_id: UUID, number: int) -> PlaybookVersion:
    """What an earlier version said is in force again, as a new version."""
    require_entered()
    try:
        with transaction.atomic():
            item = _locked(item_id)
            earlier = PlaybookVersion.objects.filter(item=item, number=number).first()
            if earlier is None:
                raise not_found()
            return _add(item, earlier.name, earlier.body, person, restored=number)
    except IntegrityError as clash:
        raise _name_taken(item.name) from clash


def archive(*, item_id: UUID, is_archived: bool) -> PlaybookItem:
    """Out of everybody's way, with its history; or back again. Repeating it changes nothing."""
    require_entered()
    try:
        with transaction.atomic():
            item = _locked(item_id)
            if (item.archived_at is not None) != is_archived:
                item.archived_at = clock.now() if is_archived else None
                item.save(update_fields=["archived_at"])
            return item
    except IntegrityError as clash:
        raise _name_taken(item.name) from clash


def in_force(item_id: UUID, kind: str = "", *, number: int | None = None) -> PlaybookVersion:
    """The version in force of an item that is in use; not_found, or changed_meanwhile where ``number`` is another."""
    require_entered()
    found = PlaybookVersion.objects.select_related("item").filter(
        item=item_id, item__archived_at=None, number=F("item__number")
    )
    version = (found.filter(item__kind=kind) if kind else found).first()
    if version is None:
        raise not_found()
    if number is not None and number != version.number:
        raise _changed_meanwhile()
    return version


def all_in_force(*kinds: str) -> list[PlaybookVersion]:
    """Every item in use of these kinds by its version in force, by name."""
    require_entered()
    rows = PlaybookVersion.objects.select_related("item").filter(
        item__kind__in=kinds, item__archived_at=None, number=F("item__number")
    )
    return list(rows.order_by("name"))


def rules_in_force() -> PlaybookVersion | None:
    """What the client has written about tone, returns and what may be granted; one item at most."""
    return next(iter(all_in_force(Kind.RULES)), None)


def count_use(version: PlaybookVersion) -> None:
    PlaybookItem.objects.filter(pk=version.item_id).update(used=F("used") + 1, last_used_at=clock.now())


def listed(kind: str, *, archived: bool = False) -> list[PlaybookVersion]:
    """For who looks after them: by name; those out of use apart."""
    require_entered()
    rows = PlaybookVersion.objects.select_related("item").filter(
        item__kind=kind, item__archived_at__isnull=not archived, number=F("item__number")
    )
    return list(rows.order_by("name"))


def history(item_id: UUID) -> list[PlaybookVersion]:
    """All versions of an item, the latest first; not_found 404."""
    require_entered()
    rows = PlaybookVersion.objects.select_related("item").filter(item=item_id)
    found = list(rows.order_by("-number"))
    if not found:
        raise not_found()
    return found


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Person → name [inside the tenant]: of a person nothing else may be read there."""
    wanted = {person for person in people if person is not None}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _new(kind: str, name: str) -> PlaybookItem:
    if kind == Kind.RULES and (only := PlaybookItem.objects.filter(kind=kind, archived_at=None).first()):
        raise _name_taken(only.name)
    if PlaybookItem.objects.filter(kind=kind, archived_at=None).count() >= ITEMS_MAX:
        raise Refusal("too_many", 409, f"There are {ITEMS_MAX} already; archive what nobody uses. Nothing was saved.")
    return PlaybookItem.objects.create(kind=kind, name=name, number=0, made_at=clock.now())


def _locked(item_id: UUID, kind: str = "") -> PlaybookItem:
    rows = PlaybookItem.objects.select_for_update(no_key=True).filter(pk=item_id)
    item = (rows.filter(kind=kind) if kind else rows).first()
    if item is None:
        raise not_found()
    return item


def _add(
    item: PlaybookItem, name: str, body: Json, person: Person | None, *, restored: int | None = None
) -> PlaybookVersion:
    latest = PlaybookVersion.objects.filter(item=item, number=item.number).select_related("item").first()
    if latest is not None and (latest.name, latest.body) == (name, body):
        return latest
    item.number, item.name = item.number + 1, name
    item.save(update_fields=["number", "name"])
    return PlaybookVersion.objects.create(
        item=item, number=item.number, name=name, body=body, restored=restored, made_by=person, made_at=clock.now()
    )


def _changed_meanwhile() -> Refusal:
    return Refusal(
        "changed_meanwhile", 409, "Somebody changed it since you opened it; nothing was saved. Look at it anew."
    )


def _name_taken(name: str) -> Refusal:
    fields = {"name": "Another one in use has this name."}
    return Refusal("name_taken", 409, f"There is one called “{name}” already; nothing was saved.", fields=fields)
