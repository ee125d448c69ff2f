"""The reasons for breaks, training and the like: the BPO's own list. What is retired stays readable in the past."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from people.access import audit, roles_of
from people.models import Person
from routing.models import StateReason

SILENT = "silent"
MOST = 40
# The product's own words for what it begins with, and for what no person sets.
WORDS = {
    "rest": {"en": "Rest", "es": "Descanso"},
    "lunch": {"en": "Lunch", "es": "Comida"},
    "meeting": {"en": "Meeting", "es": "Reunión"},
    "training": {"en": "Training", "es": "Formación"},
    "coaching": {"en": "Coaching", "es": "Sesión de mejora"},
    SILENT: {"en": "Connection lost", "es": "Conexión perdida"},
}


def in_order(*, with_retired: bool = False) -> list[StateReason]:
    """By state, then as the BPO ordered them; the retired last."""
    rows = StateReason.objects.all() if with_retired else StateReason.objects.filter(retired_at=None)
    states = [str(status) for status in StateReason.Status]
    return sorted(rows, key=lambda row: (row.retired_at is not None, states.index(row.status), row.position, row.code))


def name_of(row: StateReason, language: str) -> str:
    return row.name or word(row.code, language)


def names(language: str) -> dict[str, str]:
    """Code → name of all that ever were, for the past; a code that is not in it says itself."""
    known = {row.code: name_of(row, language) for row in StateReason.objects.all()}
    return {SILENT: word(SILENT, language), **known}


def require_offered(status: str, reason: str) -> None:
    """A reason is one of its state's, and not retired. A state without a reason is one, too."""
    if reason and not StateReason.objects.filter(code=reason, status=status, retired_at=None).exists():
        raise invalid("That reason is not offered for this state (any more); nothing was changed.", reason="unknown")


def add(*, by: Person, status: str, name: str) -> StateReason:
    """A new reason, at the end of its state's; its code is made from its name and stays."""
    _require_supervisor(by)
    with transaction.atomic():
        rows = list(StateReason.objects.select_for_update())
        name = _fitting(name, rows, None)
        if len([row for row in rows if row.retired_at is None]) >= MOST:
            raise Refusal("too_many", 409, f"{MOST} reasons are the most that a menu can show; retire one first.")
        row = StateReason.objects.create(
            code=_code_for(name, {row.code for row in rows}), status=status, name=name, position=_next_position(status)
        )
        audit(by, "state_reason.added", object_id=row.code, status=status)
    return row


def rename(*, by: Person, code: str, name: str) -> StateReason:
    """Another name for what is set from now on, and for the past alike; empty: the product's own word for it."""
    _require_supervisor(by)
    with transaction.atomic():
        rows = list(StateReason.objects.select_for_update())
        row = _known(rows, code)
        if name.strip() or code not in WORDS:
            name = _fitting(name, rows, row)
        row.name = name.strip()
        row.save(update_fields=["name"])
        audit(by, "state_reason.renamed", object_id=code)
    return row


def retire(*, by: Person, code: str) -> StateReason:
    """From now on nobody is offered it; who is in it stays so until they choose again."""
    _require_supervisor(by)
    with transaction.atomic():
        row = _known(list(StateReason.objects.select_for_update()), code)
        if row.retired_at is None:
            row.retired_at = clock.now()
            row.save(update_fields=["retired_at"])
            audit(by, "state_reason.retired", object_id=code)
    return row


def restore(*, by: Person, code: str) -> StateReason:
    """Offer it again, at the end of its state's."""
    _require_supervisor(by)
    with transaction.atomic():
        rows = list(StateReason.objects.select_for_update())
        row = _known(rows, code)
        if row.retired_at is not None:
            if row.name:
                _fitting(row.name, rows, row)
            row.retired_at, row.position = None, _next_position(row.status)
            row.save(update_fields=["retired_at", "position"])
            audit(by, "state_reason.restored", object_id=code)
    return row


def reorder(*, by: Person, status: str, codes: Sequence[str]) -> list[StateReason]:
    """These first, in this order; what is not named keeps its order behind them."""
    _require_supervisor(by)
    with transaction.atomic():
        rows = [row for row in StateReason.objects.select_for_update() if row.status == status]
        for code in codes:
            _known(rows, code)
        place = {code: number for number, code in enumerate(codes)}
        rows.sort(key=lambda row: (place.get(row.code, len(place)), row.position, row.code))
        for position, row in enumerate(rows):
            row.position = position
        StateReason.objects.bulk_update(rows, ["position"])
        audit(by, "state_reason.reordered", object_id=status)
    return rows


def word(code: str, language: str) -> str:
    """The product's own word for a code; else the code itself."""
    known = WORDS.get(code)
    return known.get(language, known["en"]) if known else code


def _known(rows: list[StateReason], code: str) -> StateReason:
    for row in rows:
        if row.code == code:
            return row
    raise not_found()


def _fitting(name: str, rows: list[StateReason], own: StateReason | None) -> str:
    """The name without spaces around it; refused where it is empty, too long, or taken by one that is offered."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 40:
        raise invalid("A name has 1 to 40 characters; nothing was changed.", name="1 to 40 characters")
    taken = {
        word.casefold()
        for row in rows
        if row is not own and row.retired_at is None
        for word in ([row.name] if row.name else WORDS.get(row.code, {"en": row.code}).values())
    }
    if name.casefold() in taken:
        raise Refusal("name_taken", 409, "Another reason has this name; nothing was changed.")
    return name


def _code_for(name: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32] or "reason"
    numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, 1000))
    return next(code for code in numbered if code not in taken and code != SILENT)


def _next_position(status: str) -> int:
    last: int | None = StateReason.objects.filter(status=status).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _require_supervisor(by: Person) -> None:
    if not roles_of(by, None) & {"supervisor", "operator"}:
        raise Refusal("not_allowed", 403, "Only a supervisor or an operator may do this; nothing was changed.")
