"""A client's own fields of its customers: defined once, typed, and checked whenever a value is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from customers.models import CustomField
from kernel.errors import Refusal, invalid
from kernel.tenancy import require_entered

FIELDS_MAX, OPTIONS_MAX, TEXT_MAX, LABEL_MAX = 30, 40, 500, 80
Kind = CustomField.Kind
Json = dict[str, Any]


def defined(*, all_of_them: bool = False) -> list[Json]:
    """In their order; those out of use only if asked for."""
    require_entered()
    rows = CustomField.objects.order_by("position", "label")
    return [_shown(row) for row in (rows if all_of_them else rows.filter(is_active=True))]


def define(
    *,
    field_id: UUID | None,
    label: str,
    kind: str,
    options: Sequence[str],
    is_personal: bool,
    is_active: bool = True,
) -> CustomField:
    """Add a field, or change one; what kind it is stays, because values of it are kept. Refusal invalid."""
    require_entered()
    label = " ".join(label.split())
    chosen = list(dict.fromkeys(" ".join(one.split()) for one in options if one.strip()))
    if not label or len(label) > LABEL_MAX:
        raise invalid(f"A field needs a name of at most {LABEL_MAX} characters.", label="1 to 80 characters.")
    if kind == Kind.CHOICE and not 2 <= len(chosen) <= OPTIONS_MAX:
        raise invalid(f"A choice is among 2 to {OPTIONS_MAX} options.", options="2 to 40.")
    with transaction.atomic():
        row = CustomField.objects.select_for_update().filter(pk=field_id).first() if field_id else None
        if field_id and row is None:
            raise invalid("This client has no such field; nothing was changed.", field="Not known.")
        if row is None:
            if CustomField.objects.count() >= FIELDS_MAX:
                raise Refusal("too_many_fields", 409, f"A client has at most {FIELDS_MAX} fields.")
            row = CustomField(code=_free_code(label), kind=kind, position=CustomField.objects.count())
        if row.kind != kind:
            raise invalid("What kind of field it is stays; make another one.", kind="Cannot be changed.")
        row.label, row.options, row.is_personal, row.is_active = label, chosen, is_personal, is_active
        row.save()
    return row


def checked(values: Mapping[str, Any]) -> Json:
    """Values as they are kept, by code; empty ones are left out. Refusal invalid names each that does not fit."""
    rows = {row.code: row for row in CustomField.objects.filter(is_active=True)}
    kept: Json = {}
    wrong: dict[str, str] = {}
    for code, value in values.items():
        row = rows.get(code)
        if row is None:
            wrong[code] = "This client has no such field."
            continue
        try:
            found = _read(row, value)
        except (ValueError, InvalidOperation) as error:
            wrong[code] = str(error) if isinstance(error, _Unfit) else "Not understood."
            continue
        if found is not None:
            kept[code] = found
    if wrong:
        raise invalid("Some fields do not fit; nothing was changed.", **wrong)
    return kept


class _Unfit(ValueError):
    pass


def _read(row: CustomField, value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    match row.kind:
        case Kind.YES_NO:
            if not isinstance(value, bool):
                raise _Unfit("Yes or no.")
            return value
        case Kind.NUMBER:
            number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
            if not number.is_finite() or abs(number) >= Decimal("1e12"):
                raise _Unfit("A number.")
            return format(number.normalize(), "f")
        case Kind.DATE:
            try:
                return date.fromisoformat(str(value)).isoformat()
            except ValueError as error:
                raise _Unfit("A day is year-month-day.") from error
        case Kind.CHOICE:
            if value not in row.options:
                raise _Unfit("One of its options.")
            return value
    text = " ".join(str(value).split())
    if len(text) > TEXT_MAX:
        raise _Unfit(f"At most {TEXT_MAX} characters.")
    return text


def _shown(row: CustomField) -> Json:
    return {
        "id": row.pk,
        "code": row.code,
        "label": row.label,
        "kind": row.kind,
        "options": row.options,
        "is_personal": row.is_personal,
        "is_active": row.is_active,
    }


def _free_code(label: str) -> str:
    base = slugify(label).replace("-", "_")[:34] or "field"
    taken = set(CustomField.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}_{n}" for n in range(2, 100))) if code not in taken)
