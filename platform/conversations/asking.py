"""Ask the client: what an agent may not decide alone. The resolution waits, and the client's own clock runs.

Each step locks Conversation, WorkItem, AgentState and clocks in this order, and writes an event into the conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from carriers.registry import carrier_for
from conversations import approval_letters as letters
from conversations import threads
from conversations.approval_models import Approval
from conversations.approval_readers import readers_of
from conversations.cleaning import clean, is_blank
from conversations.happenings import add_event
from conversations.models import Conversation, Message
from conversations.parts import require_part_in
from conversations.ringing import tell_added, tell_changed
from kernel import cards, clock, live
from kernel.errors import Refusal, invalid, not_found
from kernel.events import ApprovalChanged
from kernel.tenancy import require_entered
from people.access import alias_for, roles_of
from people.models import Person
from routing import feed, queue
from routing.models import WorkItem
from sla_contracts import client_clock, clocks
from sla_contracts.clocks import Cause
from sla_contracts.models import Clock
from tenants.models import Tenant

ASKED_MAX, NOTE_MAX, OPTION_MAX, OPTIONS_MAX = 1_000, 4_000, 120, 6
AMOUNT_MAX = Decimal("9999999.99")
# Where no contract tells when.
REMIND_AFTER = timedelta(hours=24)
State = Approval.State


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, in the words of who asks."""

    kind: str
    asked: str
    note: str = ""
    amount: Decimal | None = None
    options: Sequence[str] = ()


def ask(*, person: Person, tenant: Tenant, conversation_id: UUID, asked: Asked, client_key: str) -> Approval:
    """The agent who has it in hand, or a supervisor, asks. A repeated ``client_key`` answers the one that is there.

    Refuses with not_in_hand, already_asked, closed, nobody_to_ask or invalid; nothing is stored then.
    """
    require_entered()
    asked = _checked(asked)
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        earlier = threads.said_before(conversation_id, client_key)
        if earlier is not None:
            return _of_event(earlier)
        _require_leave(person, conversation)
        item = lock_item(conversation_id)
        if Approval.objects.filter(conversation=conversation_id, state=State.OPEN).exists():
            raise Refusal("already_asked", 409, "The client is asked already; take that back to ask anew.")
        readers = readers_of(tenant)
        if not readers:
            raise Refusal("nobody_to_ask", 409, "This client has no user who could answer; ask an operator.")
        approval = _store(person, tenant, conversation, asked)
        conversation.status = Conversation.Status.WAITING_CLIENT
        shown = {"kind": approval.kind, "asked": approval.asked}
        message = add_event(conversation, "client_asked", person=person, client_key=client_key, **shown)
        queue.touch(conversation_id=conversation_id, seq=message.seq)
        _start_clocks(approval, tenant, conversation, item, message, person)
        letters.write(tenant, approval, readers, kind="asked")
        tell(tenant, approval, message)
    return approval


def withdraw(*, person: Person, tenant: Tenant, approval_id: UUID, conversation_id: UUID) -> Approval:
    """Take it back; repeating it changes nothing. Refuses with not_found, not_in_hand or already_answered."""
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        require_part_in(person, conversation)
        found = Approval.objects.select_for_update(no_key=True).filter(pk=approval_id, conversation=conversation_id)
        approval = found.first()
        if approval is None:
            raise not_found()
        if approval.state == State.ANSWERED:
            raise Refusal("already_answered", 409, "The client has answered meanwhile; the answer stands.")
        if approval.state == State.OPEN:
            lock_item(conversation_id)
            _withdraw(tenant, approval, conversation, person, "agent")
    return approval


def withdraw_open(*, tenant: Tenant, conversation: Conversation, person: Person | None, why: str) -> None:
    """The locked conversation ends or changes hands (``closed``, ``handed_on``): nobody waits for the client."""
    open_one = Approval.objects.select_for_update(no_key=True).filter(conversation=conversation.id, state=State.OPEN)
    approval = open_one.first()
    if approval is not None:
        _withdraw(tenant, approval, conversation, person, why)


def lock_item(conversation_id: UUID) -> WorkItem | None:
    """The open spell of work, locked: before any desk, and before any clock."""
    found = WorkItem.objects.select_for_update(no_key=True, of=("self",)).select_related("queue")
    return found.filter(conversation=conversation_id, state__in=("waiting", "offered", "active")).first()


def tell(tenant: Tenant, approval: Approval, message: Message) -> None:
    """Readers of the conversation, the floor, and the client's portal."""
    tell_added(tenant, message)
    tell_changed(tenant, message)
    live.tell(ApprovalChanged(tenant=str(tenant.id), approval=str(approval.id)), live.portal_feed(tenant.id))
    feed.tell_floor(tenant.id)


def _checked(asked: Asked) -> Asked:
    text, note = cards.redact(clean(asked.asked).strip()).text, cards.redact(clean(asked.note).strip()).text
    options = tuple(cards.redact(clean(one).strip()).text for one in asked.options)
    options = tuple(dict.fromkeys(one for one in options if one))
    if is_blank(text):
        raise invalid("Say what the client is asked; nothing was sent.", asked="Empty.")
    if len(text) > ASKED_MAX or len(note) > NOTE_MAX:
        raise invalid("That is too long; nothing was sent.", asked=f"At most {ASKED_MAX} characters.")
    if len(options) > OPTIONS_MAX or any(len(one) > OPTION_MAX for one in options) or len(options) == 1:
        raise invalid("Give two to six short options, or none; nothing was sent.", options="Two to six.")
    if asked.amount is not None and not 0 < asked.amount <= AMOUNT_MAX:
        raise invalid("An amount is more than nothing; nothing was sent.", amount="Not an amount.")
    return Asked(asked.kind, text, note, asked.amount, options)


def _require_leave(person: Person, conversation: Conversation) -> None:
    """In hand; a supervisor of the client may ask for whoever has it."""
    if not roles_of(person, None) & {"supervisor", "operator"}:
        queue.require_in_hand(person, conversation.id)
    if conversation.status == Conversation.Status.CLOSED:
        raise Refusal("closed", 409, "This conversation is closed; there is nothing to ask any more.")


def _store(person: Person, tenant: Tenant, conversation: Conversation, asked: Asked) -> Approval:
    return Approval.objects.create(
        conversation=conversation,
        kind=asked.kind,
        asked=asked.asked,
        note=asked.note,
        amount=asked.amount,
        currency=tenant.currency if asked.amount is not None else "",
        options=list(asked.options),
        asked_by=person,
        alias=alias_for(person, tenant),
        asked_at=clock.now(),
    )


def _start_clocks(
    approval: Approval,
    tenant: Tenant,
    conversation: Conversation,
    item: WorkItem | None,
    message: Message,
    person: Person,
) -> None:
    at, why = approval.asked_at, Cause("person", message.id, message.seq, person)
    client_clock.hold_resolution(conversation_id=conversation.id, at=at, why=why)
    started = client_clock.start(
        tenant_id=tenant.id,
        conversation_id=conversation.id,
        work_item_id=item.id if item else None,
        channel=conversation.channel,
        channel_group=item.queue.channel_group if item else carrier_for(conversation.channel).channel_group,
        language=conversation.language,
        priority=conversation.priority,
        at=at,
        why=why,
    )
    approval.asked_seq = message.seq
    _note_times(approval, started)
    settle_due(item, conversation)


def _note_times(approval: Approval, started: Clock | None) -> None:
    approval.clock = started.id if started else None
    approval.due_at = started.due_at if started else None
    approval.remind_at = (started.timer_at if started else None) or approval.asked_at + REMIND_AFTER
    approval.save(update_fields=["asked_seq", "clock", "due_at", "remind_at"])


def settle_due(item: WorkItem | None, conversation: Conversation) -> None:
    """What waits in its queue is due by the promises that still run."""
    if item is not None and item.state == WorkItem.State.WAITING:
        queue.set_due(item.id, clocks.earliest_due(conversation.id))


def _withdraw(tenant: Tenant, approval: Approval, conversation: Conversation, person: Person | None, why: str) -> None:
    at: datetime = clock.now()
    approval.state, approval.withdrawn_as, approval.ended_at = State.WITHDRAWN, why, at
    approval.remind_at = None
    approval.save(update_fields=["state", "withdrawn_as", "ended_at", "remind_at"])
    letters.drop(approval)
    if conversation.status == Conversation.Status.WAITING_CLIENT:
        conversation.status = Conversation.Status.OPEN
    message = add_event(conversation, "client_ask_withdrawn", person=person, why=why)
    queue.touch(conversation_id=conversation.id, seq=message.seq)
    cause = Cause("person" if person else "rule", message.id, message.seq, person)
    client_clock.taken_back(conversation_id=conversation.id, at=at, why=cause)
    item = queue.open_item(conversation.id)
    settle_due(item, conversation)
    tell(tenant, approval, message)


def _of_event(message: Message) -> Approval:
    found = Approval.objects.filter(conversation=message.conversation_id, asked_seq=message.seq).first()
    if found is None:
        raise not_found()
    return found
