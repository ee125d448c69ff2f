"""Disputes of evaluations: raised by its agent or by the client in time, question by question; decided once, by another
person than the evaluator. What is accepted changes the evaluation, and both scores stay on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.access import audit, may_serve, roles_of
from people.models import Person
from quality import filling
from quality.models import Evaluation, EvaluationDispute, QualityTerms
from quality.releasing import tell_agent
from quality.scoring import ScoringError, asked_in, score
from sla_contracts.business_time import Calendar
from tenants.models import Tenant

ACKNOWLEDGED, RAISED, DECIDED = "evaluation.acknowledged", "evaluation.disputed", "evaluation.dispute_decided"
REASON_CHARS = 1000
_OPEN = EvaluationDispute.State.OPEN


def terms() -> QualityTerms:
    """What is agreed with this client; the usual where nothing was [inside the tenant]."""
    require_entered()
    return QualityTerms.objects.first() or QualityTerms()


def change_terms(*, person: Person, tenant: Tenant, dispute_days: int, disputes_a_month: int) -> QualityTerms:
    require_entered()
    if not may_serve(person, tenant):
        raise not_found()
    if not roles_of(person, None) & {"supervisor", "operator"}:
        raise Refusal("not_allowed", 403, "Only a supervisor or an operator may change this; nothing was saved.")
    if not 1 <= dispute_days <= 60 or not 0 <= disputes_a_month <= 100:
        raise invalid("That does not fit; nothing was saved.", dispute_days="1 to 60", disputes_a_month="0 to 100")
    values = {"dispute_days": dispute_days, "disputes_a_month": disputes_a_month}
    with transaction.atomic():
        row, _ = QualityTerms.objects.update_or_create(only=True, defaults=values)
        audit(person, "quality.terms_changed", tenant=tenant, object_id=tenant.pk, **values)
    return row


def until(evaluation: Evaluation, tenant: Tenant, agreed: QualityTerms) -> datetime | None:
    """The end of the last working day (Monday to Friday, without holidays, of the shop's country) for a dispute."""
    if evaluation.released_at is None:
        return None
    days = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = Calendar.from_json(
        {"time_zone": tenant.time_zone, "weekly": days, "holidays": {"country": tenant.country}}
    )
    return calendar.business_day_due(evaluation.released_at, agreed.dispute_days)


def acknowledge(*, person: Person, tenant: Tenant, evaluation_id: UUID) -> Evaluation:
    """The agent accepts the evaluation; a repeat changes nothing. Refuses with not_found or still_disputed."""
    require_entered()
    with transaction.atomic():
        row = _released(evaluation_id)
        if row.agent_id != person.pk:
            raise not_found()
        if row.disputes.filter(state=_OPEN).exists():
            raise Refusal("still_disputed", 409, "A dispute of this evaluation is open; wait for its decision.")
        if row.acknowledged_at is None:
            row.acknowledged_at = clock.now()
            row.read_at = row.read_at or row.acknowledged_at
            row.save(update_fields=["acknowledged_at", "read_at"])
            audit(person, ACKNOWLEDGED, tenant=tenant, object_id=row.pk, agent=str(person.pk))
    return row


def dispute(*, person: Person, tenant: Tenant, evaluation_id: UUID, reasons: Mapping[str, object]) -> EvaluationDispute:
    """Its agent, or a manager of the client, disputes answers; reasons: question code → why.

    Refuses with not_found, acknowledged, window_over, disputed_already, too_many or invalid; nothing is kept then.
    """
    require_entered()
    with transaction.atomic():
        agreed, _ = QualityTerms.objects.select_for_update().get_or_create(only=True)
        row = _released(evaluation_id)
        side = _side_of(person, tenant, row)
        _refuse_late(row, tenant, side, agreed)
        kept = _reasons(row, reasons)
        if side == EvaluationDispute.Side.AGENT:
            _refuse_too_many(person, tenant, agreed)
        try:
            with transaction.atomic():
                made = EvaluationDispute.objects.create(
                    evaluation=row, side=side, reasons=kept, raised_by=person, raised_at=clock.now()
                )
        except IntegrityError as error:
            raise Refusal(
                "disputed_already", 409, "This evaluation was disputed already; its history stands below it."
            ) from error
        audit(person, RAISED, tenant=tenant, object_id=made.pk, evaluation=str(row.pk), side=str(side))
        tell_agent(tenant, row)
    return made


def decide(
    *, person: Person, tenant: Tenant, dispute_id: UUID, verdicts: Mapping[str, Mapping[str, Any]]
) -> EvaluationDispute:
    """A supervisor who did not evaluate decides every disputed question: {accepted, answer (the new one), reason}.

    An answer that makes another question asked brings that question's answer as a verdict of its own. Of two at once
    the second waits at the row, and is told what the first one said (decided_already). Refuses also with not_found,
    not_allowed, own_evaluation, own_work or invalid.
    """
    require_entered()
    with transaction.atomic():
        row, found = _to_decide(person, tenant, dispute_id)
        given = _verdicts(row, found, verdicts)
        changed = {code: verdict["answer"] for code, verdict in given.items() if verdict["accepted"]}
        found.before = _standing(row)
        if changed:
            _correct(row, changed)
        found.after = _standing(row)
        found.verdicts = given
        found.state = EvaluationDispute.State.ACCEPTED if changed else EvaluationDispute.State.REJECTED
        found.decided_by, found.decided_at = person, clock.now()
        found.save(update_fields=["before", "after", "verdicts", "state", "decided_by", "decided_at"])
        audit(person, DECIDED, tenant=tenant, object_id=found.pk, evaluation=str(row.pk), state=str(found.state))
        tell_agent(tenant, row)
    return found


def _released(evaluation_id: UUID) -> Evaluation:
    """The evaluation, locked; what is not released is not there."""
    locked = Evaluation.objects.select_for_update(no_key=True, of=("self",)).select_related("scorecard", "conversation")
    row = locked.filter(pk=evaluation_id, released_at__isnull=False).first()
    if row is None:
        raise not_found()
    return row


def _side_of(person: Person, tenant: Tenant, row: Evaluation) -> EvaluationDispute.Side:
    if row.agent_id == person.pk:
        return EvaluationDispute.Side.AGENT
    if "client" in roles_of(person, tenant):
        return EvaluationDispute.Side.CLIENT
    raise not_found()


def _refuse_late(row: Evaluation, tenant: Tenant, side: str, agreed: QualityTerms) -> None:
    if side == EvaluationDispute.Side.AGENT and row.acknowledged_at is not None:
        raise Refusal("acknowledged", 409, "You accepted this evaluation; it can no longer be disputed.")
    last = until(row, tenant, agreed)
    if last is not None and clock.now() > last:
        local = last.astimezone(ZoneInfo(tenant.time_zone))
        raise Refusal(
            "window_over",
            409,
            f"This evaluation could be disputed until {local:%Y-%m-%d %H:%M}, {agreed.dispute_days} working days after"
            " its release; nothing was saved.",
        )


def _refuse_too_many(person: Person, tenant: Tenant, agreed: QualityTerms) -> None:
    """Counted in the shop's calendar month; the caller holds the terms' row, so two at once are counted one by one."""
    now = clock.now().astimezone(ZoneInfo(tenant.time_zone))
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    raised = EvaluationDispute.objects.filter(
        side=EvaluationDispute.Side.AGENT, raised_by=person, raised_at__gte=start
    ).count()
    if agreed.disputes_a_month and raised >= agreed.disputes_a_month:
        raise Refusal(
            "too_many",
            409,
            f"You have disputed {raised} evaluations of this client this month, as many as are agreed; speak to your"
            " supervisor. Nothing was saved.",
        )


def _reasons(row: Evaluation, given: Mapping[str, object]) -> dict[str, str]:
    if not given:
        raise invalid("Say which answers you dispute; nothing was saved.", reasons="are needed")
    kept = {}
    for code, words in given.items():
        field = f"reasons.{code}"
        if code not in row.answers:
            raise invalid("That question was not answered here; nothing was saved.", **{field: "is no question here"})
        kept[code] = filling.text(field, words, REASON_CHARS)
        if not kept[code]:
            raise invalid("Say why for every answer that you dispute; nothing was saved.", **{field: "is needed"})
    return kept


def _to_decide(person: Person, tenant: Tenant, dispute_id: UUID) -> tuple[Evaluation, EvaluationDispute]:
    """The evaluation, locked, and its dispute."""
    if not may_serve(person, tenant):
        raise not_found()
    if "supervisor" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only a supervisor may decide a dispute; nothing was saved.")
    head = EvaluationDispute.objects.filter(pk=dispute_id).values_list("evaluation", flat=True).first()
    if head is None:
        raise not_found()
    row = _released(head)
    found = EvaluationDispute.objects.get(pk=dispute_id)
    if row.evaluator_id == person.pk:
        raise Refusal("own_evaluation", 403, "Whoever evaluated does not decide; ask a colleague. Nothing was saved.")
    if row.agent_id == person.pk:
        raise Refusal("own_work", 403, "Nobody decides about their own work; ask a colleague. Nothing was saved.")
    if found.state != _OPEN:
        by = [found.decided_by_id] if found.decided_by_id else []
        name = Person.objects.filter(pk__in=by).values_list("name", flat=True).first() or "Somebody"
        raise Refusal(
            "decided_already", 409, f"{name} has {found.state} this dispute already; your decision was not recorded."
        )
    return row, found


def _verdicts(
    row: Evaluation, found: EvaluationDispute, given: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    for code in found.reasons:
        if code not in given:
            raise invalid("Decide every disputed question; nothing was saved.", **{f"verdicts.{code}": "is needed"})
    for code, verdict in given.items():
        field = f"verdicts.{code}"
        accepted = bool(verdict.get("accepted"))
        if code not in found.reasons and (code in row.answers or not accepted):
            raise invalid("That question is not disputed; nothing was saved.", **{field: "is not disputed"})
        reason = filling.text(f"{field}.reason", verdict.get("reason", ""), REASON_CHARS)
        if code in found.reasons and not reason:
            raise invalid("Give a reason for every decision; nothing was saved.", **{f"{field}.reason": "is needed"})
        answer = verdict.get("answer")
        if accepted and code in found.reasons and _same(answer, row.answers.get(code)):
            raise invalid(
                "What is accepted needs another answer; nothing was saved.", **{f"{field}.answer": "is the one it has"}
            )
        kept[code] = {"accepted": accepted, "answer": answer if accepted else None, "reason": reason}
    return kept


def _same(one: object, other: object) -> bool:
    """1 is not true."""
    return type(one) is type(other) and one == other


def _correct(row: Evaluation, changed: Mapping[str, object]) -> None:
    answers, channel = {**row.answers, **changed}, row.conversation.channel
    try:
        result = score(row.scorecard.definition, answers, channel)
    except ScoringError as error:
        field = error.field
        raise invalid("An answer does not fit the scorecard; nothing was saved.", **{field: error.reason}) from error
    asked = asked_in(row.scorecard.definition, answers, channel)
    row.answers = {code: answers[code] for code in asked}
    row.percent, row.fatal = result.percent, result.fatal
    row.save(update_fields=["answers", "percent", "fatal"])


def _standing(row: Evaluation) -> dict[str, Any]:
    return {"answers": dict(row.answers), "percent": str(row.percent), "fatal": row.fatal}
