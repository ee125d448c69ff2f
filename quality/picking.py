"""How an evaluation came about: its origin, and the picks that it fulfils."""

from __future__ import annotations

from uuid import UUID

from quality.models import Evaluation, SamplePick


def origin_of(work_item: UUID) -> tuple[str, str]:
    """(origin, rule): of the random sample if it was drawn, whatever rule picked it too; else by rule; else by hand."""
    picks = list(SamplePick.objects.filter(work_item=work_item, state=SamplePick.State.OPEN).order_by("picked_at"))
    if any(pick.origin == SamplePick.Origin.SAMPLE for pick in picks):
        return Evaluation.Origin.SAMPLE, ""
    if picks:
        return Evaluation.Origin.RULE, picks[0].rule
    return Evaluation.Origin.MANUAL, ""


def fulfil(evaluation: Evaluation) -> None:
    """What was picked is done, whoever did it."""
    rows = SamplePick.objects.filter(work_item=evaluation.work_item, state=SamplePick.State.OPEN)
    rows.update(state=SamplePick.State.DONE, evaluation=evaluation, evaluator=evaluation.evaluator_id)
