"""Evaluate a finished piece of work on the shop's scorecard, and share it with its agent."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from conversations.models import Conversation
from kernel import cards, clock, live
from kernel.errors import Refusal, invalid, not_found
from kernel.events import EvaluationShared
from kernel.tenancy import require_entered
from people.access import audit, may_serve, roles_of
from people.models import Person
from quality.models import Evaluation, Scorecard
from quality.scoring import Score, ScoringError, score
from routing import feed
from routing.models import WorkItem
from tenants.models import Tenant

MADE, READ = "evaluation.made", "evaluation.read"
COMMENT_CHARS = 2000
SUMMARY_CHARS = 4000


def evaluate(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    work_item: UUID,
    answers: Mapping[str, object],
    comments: Mapping[str, object],
    summary: str,
) -> Evaluation:
    """A supervisor's evaluation of what one agent did in one spell of work; the agent is told.

    answers: question code → true/false, 0…max, or "na". Refuses with not_allowed, not_found, not_finished, own_work,
    invalid (a reason per answer), no_scorecard or already_evaluated; nothing is kept then.
    """
    require_entered()
    if not may_evaluate(person):
        raise Refusal("not_allowed", 403, "Only a supervisor may evaluate; nothing was kept.")
    if not may_serve(person, tenant):
        raise not_found()
    item, agent_id = _finished(tenant, conversation_id, work_item)
    if agent_id == person.pk:
        raise Refusal("own_work", 403, "Nobody evaluates their own work; ask a colleague. Nothing was kept.")
    card = scorecard_in_force()
    result = _scored(card, answers)
    made = Evaluation(
        scorecard=card,
        conversation_id=item.conversation,
        work_item=item.id,
        agent_id=agent_id,
        evaluator=person,
        answers=dict(answers),
        comments=_comments(comments, answers),
        summary=_text("summary", summary, SUMMARY_CHARS),
        percent=result.percent,
        fatal=result.fatal,
        made_at=clock.now(),
    )
    _keep(person, tenant, made)
    return made


def read(*, person: Person, tenant: Tenant, evaluation_id: UUID) -> Evaluation:
    """The agent has opened the evaluation; the first time counts. Only theirs, and only by them."""
    require_entered()
    with transaction.atomic():
        locked = Evaluation.objects.select_for_update(no_key=True, of=("self",))
        found = locked.filter(pk=evaluation_id, agent=person).first()
        if found is None:
            raise not_found()
        if found.read_at is None:
            found.read_at = clock.now()
            found.save(update_fields=["read_at"])
            audit(person, READ, tenant=tenant, object_id=found.id, agent=str(person.pk))
            _tell(tenant, found)
    return found


def may_evaluate(person: Person) -> bool:
    return "supervisor" in roles_of(person, None)


def scorecard_in_force() -> Scorecard:
    """The newest version of the shop's scorecard that is valid now [inside the tenant]."""
    require_entered()
    card = Scorecard.objects.filter(valid_from__lte=clock.now()).order_by("-valid_from", "-version").first()
    if card is None:
        raise Refusal("no_scorecard", 409, "This client has no scorecard in force; an operator must add one.")
    return card


def _keep(person: Person, tenant: Tenant, made: Evaluation) -> None:
    ids = {"agent": str(made.agent_id), "work_item": str(made.work_item), "conversation": str(made.conversation_id)}
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            audit(person, MADE, tenant=tenant, object_id=made.id, **ids)
            _tell(tenant, made)
    except IntegrityError as error:
        raise Refusal(
            "already_evaluated", 409, "You have evaluated this work already; the first evaluation stands."
        ) from error


def _finished(tenant: Tenant, conversation_id: UUID, work_item: UUID) -> tuple[WorkItem, UUID]:
    """The work item and its agent: of this tenant and this conversation, handled and done."""
    item = WorkItem.objects.filter(pk=work_item, tenant=tenant, conversation=conversation_id).first()
    if item is None or not Conversation.objects.filter(pk=conversation_id).exists():
        raise not_found()
    if item.state != WorkItem.State.DONE or item.agent_id is None:
        raise Refusal("not_finished", 409, "Only work that an agent has finished can be evaluated; nothing was kept.")
    return item, item.agent_id


def _scored(card: Scorecard, answers: Mapping[str, object]) -> Score:
    try:
        return score(card.definition, answers)
    except ScoringError as error:
        field = error.field
        raise invalid("An answer does not fit the scorecard; nothing was kept.", **{field: error.reason}) from error


def _comments(comments: Mapping[str, object], answers: Mapping[str, object]) -> dict[str, str]:
    kept = {}
    for code, text in comments.items():
        field = f"comments.{code}"
        if code not in answers:
            raise invalid("A comment belongs to no question; nothing was kept.", **{field: "is no question here"})
        kept[code] = _text(field, text, COMMENT_CHARS)
    return {code: text for code, text in kept.items() if text}


def _text(field: str, text: object, limit: int) -> str:
    if not isinstance(text, str) or len(text) > limit:
        reason = f"must be a text of at most {limit} characters"
        raise invalid("A text does not fit; nothing was kept.", **{field: reason})
    return cards.redact(text.replace("\x00", "").strip()).text


def _tell(tenant: Tenant, evaluation: Evaluation) -> None:
    n = feed.bump(evaluation.agent_id)
    live.tell(
        EvaluationShared(n=n, tenant=str(tenant.id), evaluation=str(evaluation.id)),
        live.person_feed(evaluation.agent_id),
    )
