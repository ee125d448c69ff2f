"""A form that is being filled: begun on the version in force, kept on the server, on that version to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel import cards, clock
from kernel.errors import invalid
from kernel.tenancy import require_entered
from people.models import Person
from quality.evaluating import item_to_evaluate, scorecard_in_force
from quality.models import Evaluation, EvaluationDraft
from tenants.models import Tenant

PARTS = ("answers", "comments", "summary", "coaching", "pins", "release_on")
MOST_CHARS = 60_000
LONGEST_SECONDS = 24 * 3600


def form_of(*, person: Person, tenant: Tenant, conversation_id: UUID, work_item: UUID) -> EvaluationDraft:
    """This evaluator's form on this work: as it was left, or empty on the version in force (and not kept yet).

    Refuses as ``evaluating.item_to_evaluate``, or with no_scorecard.
    """
    require_entered()
    item, conversation, _ = item_to_evaluate(person, tenant, conversation_id, work_item)
    kept = EvaluationDraft.objects.select_related("scorecard").filter(work_item=item.id, evaluator=person).first()
    if kept is not None:
        return kept
    now = clock.now()
    card = scorecard_in_force(conversation.channel)
    return EvaluationDraft(
        scorecard=card, conversation=conversation, work_item=item.id, evaluator=person, begun_at=now, saved_at=now
    )


def keep(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    work_item: UUID,
    scorecard: UUID,
    form: Mapping[str, Any],
    seconds: int,
) -> EvaluationDraft:
    """Keep what was filled so far; answers are judged when the form is handed in. Refusals of ``form_of``, invalid."""
    draft = form_of(person=person, tenant=tenant, conversation_id=conversation_id, work_item=work_item)
    if draft.scorecard_id != scorecard and not _is_old_version(draft, scorecard):
        raise invalid("This form's scorecard is not known; open the form again.", scorecard="is not known")
    draft.form = _clean({name: form[name] for name in PARTS if name in form})
    draft.seconds = min(max(seconds, draft.seconds), LONGEST_SECONDS)
    draft.saved_at = clock.now()
    if not Evaluation.objects.filter(work_item=work_item, evaluator=person).exists():
        _save(draft)
    return draft


def discard(*, person: Person, tenant: Tenant, conversation_id: UUID, work_item: UUID) -> None:
    """Throw this evaluator's draft away; a repeat changes nothing."""
    require_entered()
    item, _, _ = item_to_evaluate(person, tenant, conversation_id, work_item)
    EvaluationDraft.objects.filter(work_item=item.id, evaluator=person).delete()


def _is_old_version(draft: EvaluationDraft, scorecard: UUID) -> bool:
    """The form was opened on another published version than the one in force at its first save."""
    found = type(draft.scorecard).objects.filter(pk=scorecard, is_draft=False).first()
    if found is None or not draft._state.adding:
        return False
    draft.scorecard = found
    return True


def _save(draft: EvaluationDraft) -> None:
    """Two windows of one evaluator may save the first time at once: the later one has the last word."""
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        rows = EvaluationDraft.objects.filter(work_item=draft.work_item, evaluator=draft.evaluator_id)
        rows.update(form=draft.form, seconds=draft.seconds, saved_at=draft.saved_at)


def _clean(form: Any) -> Any:
    """No card numbers and no NUL, however deep; refuses what is longer than any form."""
    room = MOST_CHARS

    def clean(value: Any) -> Any:
        nonlocal room
        if isinstance(value, str):
            room -= len(value)
            if room < 0:
                raise invalid("This form is too long to be kept.", form=f"at most {MOST_CHARS} characters")
            return cards.redact(value.replace("\x00", "")).text
        if isinstance(value, Mapping):
            return {str(key)[:100]: clean(each) for key, each in value.items()}
        if isinstance(value, list):
            return [clean(each) for each in value]
        return value

    return clean(form)
