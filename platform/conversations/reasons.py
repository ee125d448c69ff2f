"""A client's contact reasons, in two levels: what conversations are said to have been about."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from conversations.defaults import label
from conversations.models import ContactReason
from kernel.errors import Refusal, invalid
from kernel.tenancy import require_entered

LABEL_MAX, REASONS_MAX = 80, 200
Json = dict[str, Any]


def all_of(language: str) -> list[Json]:
    """Every reason, those that are out of use too; each parent before its own."""
    require_entered()
    rows = list(ContactReason.objects.select_related("parent"))
    rows.sort(key=lambda row: _place(row))
    return [
        {
            "code": row.code,
            "parent": row.parent.code if row.parent else None,
            "label": label(row.labels, language),
            "labels": row.labels,
            "is_active": row.is_active,
        }
        for row in rows
    ]


def _place(row: ContactReason) -> tuple[int, str, int, int, str]:
    top = row.parent or row
    return (top.position, top.code, 0 if row.parent is None else 1, row.position, row.code)


def add(*, labels: Json, parent: str = "") -> ContactReason:
    """One more at the end of its level. Refuses with invalid or too_many_reasons."""
    require_entered()
    labels = _checked(labels)
    with transaction.atomic():
        above = _parent(parent)
        siblings = ContactReason.objects.select_for_update().filter(parent=above)
        if ContactReason.objects.count() >= REASONS_MAX:
            raise Refusal("too_many_reasons", 409, f"A client has at most {REASONS_MAX} contact reasons.")
        last = max((row.position for row in siblings), default=-1)
        return ContactReason.objects.create(
            code=_free_code(next(iter(labels.values())), above), labels=labels, parent=above, position=last + 1
        )


def change(*, code: str, labels: Json, is_active: bool) -> ContactReason:
    """What it is called, and whether it can be chosen; conversations keep the code that they were closed with."""
    require_entered()
    labels = _checked(labels)
    with transaction.atomic():
        row = ContactReason.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise invalid("This client has no such reason; nothing was changed.", code="Not known.")
        still = ContactReason.objects.filter(is_active=True, parent=None).exclude(pk=row.pk)
        if not is_active and row.parent is None and not still.exists():
            raise invalid("One reason has to stay in use: conversations are closed with it.", is_active="The last one.")
        row.labels, row.is_active = labels, is_active
        row.save(update_fields=["labels", "is_active"])
    return row


def require_choice(code: str) -> None:
    """A conversation can be closed with it: in use, and of the second level where there is one; Refusal."""
    row = ContactReason.objects.filter(code=code, is_active=True).first() if code else None
    if row is None or (row.parent and not row.parent.is_active):
        raise Refusal(
            "contact_reason_missing",
            400,
            "Say what the conversation was about: choose one of the shop's contact reasons. It is still open.",
            fields={"contact_reason": "Choose one of the list."},
        )
    if row.children.filter(is_active=True).exists():
        raise Refusal(
            "contact_reason_missing",
            400,
            "Say it more exactly: choose one of the reasons below this one. It is still open.",
            fields={"contact_reason": "Choose one of the second level."},
        )


def family_of(code: str) -> list[str]:
    """The code and those below it."""
    return [code, *ContactReason.objects.filter(parent__code=code).values_list("code", flat=True)]


def _parent(code: str) -> ContactReason | None:
    if not code:
        return None
    found = ContactReason.objects.filter(code=code).first()
    if found is None:
        raise invalid("There is no such reason to put it under.", parent="Not known.")
    if found.parent_id is not None:
        raise invalid("Reasons have two levels; this would be a third.", parent="Already of the second level.")
    return found


def _checked(labels: Json) -> dict[str, str]:
    kept = {
        str(language)[:8]: " ".join(str(text).split())
        for language, text in labels.items()
        if str(text).strip() and str(language).isalpha()
    }
    if not kept or any(len(text) > LABEL_MAX for text in kept.values()):
        raise invalid(f"A reason needs a name of at most {LABEL_MAX} characters.", labels="1 to 80 characters.")
    return kept


def _free_code(text: str, above: ContactReason | None) -> str:
    base = slugify(text).replace("-", "_")[:30] or "reason"
    base = f"{above.code[:12]}_{base}"[:34] if above else base
    taken = set(ContactReason.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}_{n}" for n in range(2, 500))) if code not in taken)
