"""Evaluate a finished piece of work on the shop's scorecard; its agent sees it once it is released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from conversations.models import Conversation
from kernel import clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.access import audit, may_serve, roles_of
from people.models import Person
from quality import filling, picking, releasing
from quality.models import Evaluation, EvaluationDraft, Scorecard
from quality.releasing import tell_agent
from quality.scoring import Score, ScoringError, asked_in, needs_comment, score
from routing.models import WorkItem
from tenants.models import Tenant

MADE, READ = "evaluation.made", "evaluation.read"


def evaluate(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    work_item: UUID,
    answers: Mapping[str, object],
    comments: Mapping[str, object],
    summary: str,
    scorecard: UUID | None = None,
    coaching: str = "",
    pins: list[Any] | None = None,
    release_on: datetime | None = None,
    seconds: int | None = None,
) -> Evaluation:
    """A supervisor's evaluation of what one agent did in one spell of work; the agent is told when it is released.

    answers: question code → true/false, 0…max, an option, a number, or "na". scorecard: the version that the form was
    begun on (the one in force if none is given). release_on: at once if none is given. Refuses with not_allowed,
    not_found, not_finished, own_work, invalid (a reason per answer), no_scorecard or already_evaluated; nothing is kept
    then.
    """
    require_entered()
    item, conversation, agent_id = item_to_evaluate(person, tenant, conversation_id, work_item)
    card = scorecard_in_force(conversation.channel) if scorecard is None else _published(scorecard)
    filled = _filled(card, conversation.channel, answers, comments)
    now = clock.now()
    origin, rule = picking.origin_of(item.id)
    made = Evaluation(
        scorecard=card,
        conversation=conversation,
        work_item=item.id,
        agent_id=agent_id,
        evaluator=person,
        origin=origin,
        picked_by=rule,
        **filled,
        summary=filling.text("summary", summary, filling.SUMMARY_CHARS),
        coaching=filling.text("coaching", coaching, filling.SUMMARY_CHARS),
        pins=filling.pins(pins or [], filled["answers"], conversation.pk),
        made_at=now,
        released_at=now if release_on is None else None,
        release_on=releasing.day(release_on),
        seconds=seconds,
    )
    _keep(person, tenant, made)
    return made


def _filled(
    card: Scorecard, channel: str, answers: Mapping[str, object], comments: Mapping[str, object]
) -> dict[str, Any]:
    """What was answered of what this form asks, its comments and score; refuses with invalid."""
    result = _scored(card, answers, channel)
    kept = {code: answers[code] for code in asked_in(card.definition, answers, channel)}
    explained = _explained(card, filling.comments(comments, answers, kept), kept, channel)
    return {"answers": kept, "comments": explained, "percent": result.percent, "fatal": result.fatal}


def item_to_evaluate(
    person: Person, tenant: Tenant, conversation_id: UUID, work_item: UUID
) -> tuple[WorkItem, Conversation, UUID]:
    """The finished work that this person may evaluate, its conversation and agent; refuses with not_allowed, not_found,
    not_finished or own_work."""
    if not may_evaluate(person):
        raise Refusal("not_allowed", 403, "Only a supervisor may evaluate; nothing was kept.")
    if not may_serve(person, tenant):
        raise not_found()
    item, conversation, agent_id = _finished(tenant, conversation_id, work_item)
    if agent_id == person.pk:
        raise Refusal("own_work", 403, "Nobody evaluates their own work; ask a colleague. Nothing was kept.")
    return item, conversation, agent_id


def read(*, person: Person, tenant: Tenant, evaluation_id: UUID) -> Evaluation:
    """The agent has opened the evaluation; the first time counts. Only theirs, and only by them."""
    require_entered()
    with transaction.atomic():
        locked = Evaluation.objects.select_for_update(no_key=True, of=("self",))
        found = locked.filter(pk=evaluation_id, agent=person, released_at__isnull=False).first()
        if found is None:
            raise not_found()
        if found.read_at is None:
            found.read_at = clock.now()
            found.save(update_fields=["read_at"])
            audit(person, READ, tenant=tenant, object_id=found.id, agent=str(person.pk))
            tell_agent(tenant, found)
    return found


def may_evaluate(person: Person) -> bool:
    return "supervisor" in roles_of(person, None)


def scorecard_in_force(channel: str = "") -> Scorecard:
    """The shop's scorecard for this channel: one made for it, else one for all; the newest that is valid now."""
    require_entered()
    newest: dict[str, Scorecard] = {}
    rows = Scorecard.objects.filter(valid_from__lte=clock.now(), is_draft=False)
    for card in rows.order_by("-valid_from", "-version"):
        newest.setdefault(card.name, card)
    fitting = [card for card in newest.values() if not (named := card.definition.get("channels")) or channel in named]
    if not fitting:
        raise Refusal("no_scorecard", 409, "This client has no scorecard in force; an operator must add one.")
    return max(fitting, key=lambda card: (bool(card.definition.get("channels")), card.valid_from, card.version))


def _published(scorecard: UUID) -> Scorecard:
    card = Scorecard.objects.filter(pk=scorecard, is_draft=False).first()
    if card is None:
        raise invalid("This form's scorecard is not known; open the form again.", scorecard="is not known")
    return card


def _keep(person: Person, tenant: Tenant, made: Evaluation) -> None:
    ids = {"agent": str(made.agent_id), "work_item": str(made.work_item), "conversation": str(made.conversation_id)}
    held = {} if made.released_at else {"held": True}
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            EvaluationDraft.objects.filter(work_item=made.work_item, evaluator=person).delete()
            picking.fulfil(made)
            audit(person, MADE, tenant=tenant, object_id=made.id, **ids, **held)
            if made.released_at:
                tell_agent(tenant, made)
            else:
                audit(person, releasing.HELD, tenant=tenant, object_id=made.id, agent=str(made.agent_id))
    except IntegrityError as error:
        raise Refusal(
            "already_evaluated", 409, "You have evaluated this work already; the first evaluation stands."
        ) from error


def _finished(tenant: Tenant, conversation_id: UUID, work_item: UUID) -> tuple[WorkItem, Conversation, UUID]:
    """The work item, of this tenant and this conversation, handled and done; and the conversation."""
    item = WorkItem.objects.filter(pk=work_item, tenant=tenant, conversation=conversation_id).first()
    conversation = Conversation.objects.filter(pk=conversation_id).first()
    if item is None or conversation is None:
        raise not_found()
    if item.state != WorkItem.State.DONE or item.agent_id is None:
        raise Refusal("not_finished", 409, "Only work that an agent has finished can be evaluated; nothing was kept.")
    return item, conversation, item.agent_id


def _scored(card: Scorecard, answers: Mapping[str, object], channel: str) -> Score:
    try:
        return score(card.definition, answers, channel)
    except ScoringError as error:
        field = error.field
        raise invalid("An answer does not fit the scorecard; nothing was kept.", **{field: error.reason}) from error


def _explained(
    card: Scorecard, comments: dict[str, str], answers: Mapping[str, object], channel: str
) -> dict[str, str]:
    """The comments, if every answer that must be explained is."""
    silent = [code for code in needs_comment(card.definition, answers, channel) if not comments.get(code)]
    if silent:
        fields = {f"comments.{code}": "this answer needs a comment" for code in silent}
        raise invalid("An answer must be explained; nothing was kept.", **fields)
    return comments
