"""The client answers what it was asked: once, by whoever of its managers comes first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from conversations import approval_letters as letters
from conversations import threads
from conversations.approval_models import Approval, ApprovalLetter
from conversations.approval_readers import may_answer
from conversations.asking import lock_item, settle_due, tell
from conversations.cleaning import clean
from conversations.happenings import add_event
from conversations.models import Conversation
from kernel import cards, clock
from kernel.errors import Refusal, invalid, not_found
from kernel.tenancy import require_entered
from people.access import audit
from people.models import Person
from routing import queue
from routing.models import WorkItem
from sla_contracts import client_clock
from sla_contracts.clocks import Cause
from tenants.models import Tenant

COMMENT_MAX = 2_000
State, Answer, Kind = Approval.State, Approval.Answer, Approval.Kind
ANSWERS = {
    Kind.APPROVAL: (Answer.APPROVED, Answer.DENIED, Answer.MORE_INFO),
    Kind.QUESTION: (Answer.REPLIED, Answer.MORE_INFO),
}


@dataclass(frozen=True, slots=True)
class Given:
    """What a user of the client answers."""

    answer: str
    option: str = ""
    comment: str = ""


def answer(
    *, person: Person, tenant: Tenant, approval_id: UUID, given: Given, letter: ApprovalLetter | None = None
) -> Approval:
    """The resolution goes on and the agent is told. The same answer of the same person again changes nothing.

    letter: whose link brought them; else they are in the portal. Refuses with not_found, already_answered (saying by
    whom), withdrawn or invalid.
    """
    require_entered()
    if not may_answer(person.pk, tenant):
        raise not_found()
    asked_of = Approval.objects.filter(pk=approval_id).values_list("conversation_id", flat=True).first()
    if asked_of is None:
        raise not_found()
    with transaction.atomic():
        conversation = threads.lock(asked_of)
        item = lock_item(asked_of)
        approval = Approval.objects.select_for_update(no_key=True).get(pk=approval_id)
        given = _checked(given)
        if _is_repeat(approval, person, given):
            return approval
        _require_open(approval)
        _require_fitting(approval, given)
        _settle(approval, person, given, letter)
        _go_on(tenant, approval, conversation, item, person)
        audit(person, "approval.answered", tenant=tenant, object_id=approval.id, answer=given.answer)
    return approval


def _checked(given: Given) -> Given:
    comment = cards.redact(clean(given.comment).strip()).text
    if len(comment) > COMMENT_MAX:
        raise invalid("The comment is too long; nothing was sent.", comment=f"At most {COMMENT_MAX} characters.")
    return Given(given.answer, given.option.strip(), comment)


def _is_repeat(approval: Approval, person: Person, given: Given) -> bool:
    """A lost answer of ours, or a second click."""
    mine = approval.state == State.ANSWERED and approval.answered_by_id == person.pk
    return mine and (approval.answer, approval.option, approval.comment) == (given.answer, given.option, given.comment)


def _require_open(approval: Approval) -> None:
    if approval.state == State.WITHDRAWN:
        raise Refusal("withdrawn", 409, "This was taken back meanwhile; no answer is needed any more.")
    if approval.state == State.ANSWERED:
        name = name_of(approval.answered_by_id)
        raise Refusal("already_answered", 409, f"{name or 'A colleague'} has answered already; that answer stands.")


def _require_fitting(approval: Approval, given: Given) -> None:
    if given.answer not in ANSWERS[Kind(approval.kind)]:
        raise invalid("Choose one of the answers; nothing was sent.", answer="Not one of them.")
    settles = given.answer in (Answer.APPROVED, Answer.REPLIED)
    if given.option and (not settles or given.option not in approval.options):
        raise invalid("Choose one of the options; nothing was sent.", option="Not one of them.")
    if settles and approval.options and not given.option:
        raise invalid("Choose one of the options; nothing was sent.", option="Choose one.")
    needs_words = given.answer == Answer.MORE_INFO or (given.answer == Answer.REPLIED and not approval.options)
    if needs_words and not given.comment:
        raise invalid("Write a line, so that the agent can go on; nothing was sent.", comment="Empty.")


def _settle(approval: Approval, person: Person, given: Given, letter: ApprovalLetter | None) -> None:
    approval.state, approval.ended_at, approval.remind_at = State.ANSWERED, clock.now(), None
    approval.answer, approval.option, approval.comment = given.answer, given.option, given.comment
    approval.answered_by_id = person.pk
    approval.answered_via = Approval.Via.MAIL if letter else Approval.Via.PORTAL
    approval.save(
        update_fields=[
            "state", "ended_at", "remind_at", "answer", "option", "comment", "answered_by", "answered_via",
        ]
    )  # fmt: skip
    if letter is not None:
        ApprovalLetter.objects.filter(pk=letter.pk).update(used_at=approval.ended_at)
    letters.drop(approval)


def _go_on(
    tenant: Tenant, approval: Approval, conversation: Conversation, item: WorkItem | None, person: Person
) -> None:
    if conversation.status == Conversation.Status.WAITING_CLIENT:
        conversation.status = Conversation.Status.OPEN
    message = add_event(
        conversation,
        "client_answered",
        answer=approval.answer,
        option=approval.option,
        comment=approval.comment,
        name=name_of(person.pk),
        via=approval.answered_via,
    )
    queue.wake(heard=queue.touch(conversation_id=conversation.id, seq=message.seq))
    at = approval.ended_at or message.created_at
    why = Cause("person", message.id, message.seq, person)
    client_clock.answered(conversation_id=conversation.id, at=at, why=why)
    settle_due(item, conversation)
    tell(tenant, approval, message)


def name_of(person_id: UUID | None) -> str:
    """Of the client's own users, or of staff."""
    names = Person.objects.filter(pk=person_id).values_list("name", flat=True) if person_id else ()
    return next(iter(names), "")
