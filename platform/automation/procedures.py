"""How far a conversation has come in a procedure: its steps, ticked one by one and kept with it."""

from __future__ import annotations

from uuid import UUID

from automation import playbook
from automation.models import PlaybookItem, PlaybookVersion, ProcedureStep
from kernel import clock
from kernel.errors import invalid, not_found
from kernel.tenancy import require_entered
from people.models import Person

Done = dict[int, ProcedureStep]


def steps_of(conversation_id: UUID) -> list[tuple[PlaybookVersion, Done]]:
    """The procedures in use, by name, each with the steps done here.

    One that was begun goes on by the version that it was begun with, also when a newer one is in force.
    """
    require_entered()
    rows = ProcedureStep.objects.filter(conversation=conversation_id).select_related("version")
    begun: dict[UUID, tuple[PlaybookVersion, Done]] = {}
    for row in rows.order_by("version__number"):
        version, done = begun.setdefault(row.version.item_id, (row.version, {}))
        if version.pk == row.version_id:
            done[row.step] = row
    fresh: list[tuple[PlaybookVersion, Done]] = [
        (row, {}) for row in playbook.all_in_force(PlaybookItem.Kind.PROCEDURE) if row.item_id not in begun
    ]
    return sorted([*begun.values(), *fresh], key=lambda each: each[0].name)


def tick(*, person: Person, conversation_id: UUID, item_id: UUID, number: int, step: int, is_done: bool) -> None:
    """A step is done, or is not after all; repeating it changes nothing. Refuses with not_found or invalid."""
    require_entered()
    version = PlaybookVersion.objects.filter(
        item=item_id, item__kind=PlaybookItem.Kind.PROCEDURE, number=number
    ).first()
    if version is None:
        raise not_found()
    if not 0 <= step < len(version.body["steps"]):
        raise invalid("There is no such step.", step="Not a step of this procedure.")
    if is_done:
        ProcedureStep.objects.get_or_create(
            version=version,
            conversation=conversation_id,
            step=step,
            defaults={"person": person, "done_at": clock.now()},
        )
    else:
        ProcedureStep.objects.filter(version=version, conversation=conversation_id, step=step).delete()
