"""Take one message of a shopper in: customer, conversation, message, work, clocks, in one transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from carriers.contract import Incoming
from carriers.registry import carrier_for
from conversations import acknowledging, attachments, card_numbers, goes_first, language, promising, threads
from conversations.attachments import Kept, RefusedFile
from conversations.cleaning import clean_incoming
from conversations.models import Conversation, Message
from conversations.ringing import tell_added, tell_changed
from customers.recognise import Recognised, learn, recognise
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import require_entered
from routing import queue
from routing.queues import closed_chats
from sla_contracts import answers, clocks, contracts
from tenants.models import Line, Tenant


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What one message brings along on its way down; nothing of it outlives the transaction."""

    tenant: Tenant
    line: Line
    incoming: Incoming
    at: datetime
    guess: str
    kept: list[Kept]
    refused: list[RefusedFile]
    message_id: uuid.UUID


def receive(*, tenant: Tenant, line: Line, incoming: Incoming, message_id: uuid.UUID | None = None) -> Message:
    """Take one message in, in one transaction; the message as stored, or the one that its ``client_key`` names already.

    message_id: what a new message is to be called, where the caller has named it already.
    Files that may not be kept are named in ``headers["refused_files"]``; they never cost the text. Call inside
    ``enter(tenant)``.
    """
    require_entered()
    incoming = card_numbers.redact_incoming(clean_incoming(incoming, max_chars=settings.MESSAGE_MAX_CHARS))
    kept, refused = attachments.keep(tenant, incoming.files)
    guess = _detect(tenant, incoming, {})
    arrival = _Arrival(tenant, line, incoming, clock.now(), guess, kept, refused, message_id or new_id())
    try:
        with transaction.atomic(savepoint=False):
            message, is_new = _take(arrival)
    except BaseException:
        attachments.discard(tenant, kept)
        raise
    if not is_new:
        attachments.discard(tenant, kept)
    return message


def _take(arrival: _Arrival) -> tuple[Message, bool]:
    incoming = arrival.incoming
    customer = _customer_of(arrival)
    known = None if customer is None or customer.is_new else customer.id
    found = None
    if known is not None or incoming.conversation_id is not None:
        found = threads.find(line=arrival.line, incoming=incoming, customer_id=known, at=arrival.at)
    if found is not None:
        earlier = threads.said_before(found.conversation.id, incoming.client_key)
        if earlier is not None:
            return earlier, False
        return _continue(arrival, customer, found), True
    if customer is None:
        customer = _recognise(arrival)
    return _begin(arrival, customer), True


def _customer_of(arrival: _Arrival) -> Recognised | None:
    """Who wrote; None while the conversation is proven: it says whose it is, and the address adds nothing."""
    return None if arrival.incoming.conversation_id is not None else _recognise(arrival)


def _recognise(arrival: _Arrival) -> Recognised:
    incoming = arrival.incoming
    return recognise(
        kind=incoming.sender_kind,
        address=incoming.sender_address[:254],
        name=incoming.sender_name,
        language=arrival.guess,
        verified=incoming.sender_kind == "widget",
    )


def _begin(arrival: _Arrival, customer: Recognised) -> Message:
    """The first message of a new conversation."""
    tenant, incoming, at = arrival.tenant, arrival.incoming, arrival.at
    spoken = _language(arrival, customer.language, "")
    message = _message(arrival, spoken, conversation_id=new_id())
    version = contracts.version_in_force(tenant.id, at)
    conversation = threads.open_new(
        tenant=tenant,
        line=arrival.line,
        incoming=incoming,
        customer_id=customer.id,
        language=spoken,
        version=version,
        message=message,
    )
    attachments.add_rows(message.id, arrival.kept)
    _learn(customer, incoming, spoken)
    priority = goes_first.raised(conversation.priority, customer.is_vip, customer.legal_priority)
    _put_to_work(arrival, conversation, message, priority, is_first=True)
    if carrier_for(arrival.line).channel_group == "mail" and not incoming.is_automatic:
        acknowledging.acknowledge(tenant=tenant, conversation=conversation)
    card_numbers.tell_shopper(tenant, conversation, message, is_automatic=incoming.is_automatic)
    return message


def _continue(arrival: _Arrival, customer: Recognised | None, found: threads.Found) -> Message:
    """One more message of a conversation, which is open or opens again."""
    conversation = found.conversation
    was_waiting = conversation.status == Conversation.Status.WAITING_CUSTOMER
    spoken = _language(arrival, customer.language if customer else "", conversation.language)
    # A machine's answer (out of office, a bounce) is kept where it belongs, and changes nothing.
    is_quiet = arrival.incoming.is_automatic and conversation.status != Conversation.Status.OPEN
    reopens = found.reopens and not is_quiet
    if not is_quiet and conversation.status != Conversation.Status.WAITING_CLIENT:
        conversation.status = Conversation.Status.OPEN
    if reopens:
        conversation.closed_at = conversation.closed_by_id = None
        conversation.contact_reason = ""
        promising.forget(conversation, unless_by=arrival.incoming.channel)
    message = card_numbers.redact_split(_message(arrival, spoken, conversation_id=conversation.id))
    message = threads.add_message(conversation, message)
    attachments.add_rows(message.id, arrival.kept)
    if customer is not None:
        _learn(customer, arrival.incoming, spoken)
    if is_quiet:
        queue.touch(conversation_id=conversation.id, seq=message.seq)
    else:
        _wake(arrival, conversation, message, reopens=reopens)
    if was_waiting and not is_quiet:
        clocks.resume(conversation_id=conversation.id, at=arrival.at, cause_id=message.id, seq=message.seq)
    if reopens:
        tell_changed(arrival.tenant, message)
    tell_added(arrival.tenant, message)
    card_numbers.tell_shopper(arrival.tenant, conversation, message, is_automatic=arrival.incoming.is_automatic)
    return message


def _wake(arrival: _Arrival, conversation: Conversation, message: Message, *, reopens: bool) -> None:
    """Ring whoever has it in hand; wake what waits; a matter without open work gets new work."""
    heard = queue.touch(conversation_id=conversation.id, seq=message.seq)
    if heard.in_hand:
        _expect_reply(arrival, conversation, message)
    elif heard.open_item is None:
        if reopens:
            clocks.reopen(conversation_id=conversation.id, at=arrival.at, cause_id=message.id, seq=message.seq)
        _put_to_work(arrival, conversation, message, goes_first.priority_of(conversation))
    elif not promising.is_to_be_called(conversation):
        queue.wake(heard=heard)
        _expect_reply(arrival, conversation, message)


def _expect_reply(arrival: _Arrival, conversation: Conversation, message: Message) -> None:
    """Whom a person has answered before is owed the next answer, too; a machine is owed none."""
    if conversation.last_agent_id is None or arrival.incoming.is_automatic:
        return
    answers.expect_reply(
        tenant_id=arrival.tenant.id,
        conversation_id=conversation.id,
        channel=conversation.channel,
        channel_group=carrier_for(arrival.line).channel_group,
        language=conversation.language,
        priority=conversation.priority,
        at=arrival.at,
        cause_id=message.id,
        seq=message.seq,
    )


def _put_to_work(
    arrival: _Arrival, conversation: Conversation, message: Message, priority: str, *, is_first: bool = False
) -> None:
    """A work item in its queue, under clocks that started with this message. Out of hours a chat is work like mail."""
    group: str = carrier_for(arrival.line).channel_group
    closed = closed_chats(arrival.tenant.id, arrival.at) if group == "chat" else None
    if closed is not None:
        group = "mail"
    work_item_id = new_id()
    due = clocks.start_for_arrival(
        tenant_id=arrival.tenant.id,
        conversation_id=conversation.id,
        work_item_id=work_item_id,
        channel=conversation.channel,
        channel_group=group,
        language=conversation.language,
        priority=conversation.priority,
        at=arrival.at,
        cause_id=message.id,
        seq=message.seq,
        metrics=(*clocks.ARRIVAL_METRICS, answers.NEXT) if conversation.last_agent_id else clocks.ARRIVAL_METRICS,
        is_first=is_first,
    )
    queue.enqueue(
        work_item_id=work_item_id,
        tenant_id=arrival.tenant.id,
        conversation_id=conversation.id,
        channel=conversation.channel,
        channel_group=group,
        language=conversation.language,
        priority=priority,
        due_at=due,
        preferred_agent=conversation.last_agent_id,
        is_first=is_first,
    )
    if closed is not None and not arrival.incoming.is_automatic:
        acknowledging.say_closed(tenant=arrival.tenant, conversation=conversation, opens=closed.opens)


def _language(arrival: _Arrival, customers: str, conversations: str) -> str:
    """What the text says, weighed with what is known of who wrote it."""
    known = {"customer": customers, "conversation": conversations}
    # Knowledge that agrees with the text alone cannot change the answer.
    if all(code in ("", arrival.guess) for code in known.values()):
        return arrival.guess
    return _detect(arrival.tenant, arrival.incoming, known)


def _detect(tenant: Tenant, incoming: Incoming, known: dict[str, str]) -> str:
    hints = {who: code for who, code in {**known, "widget": incoming.language_hint}.items() if code}
    return language.detect(incoming.text, tenant.languages, hints).language


def _learn(customer: Recognised, incoming: Incoming, spoken: str) -> None:
    name = incoming.sender_name if not customer.name else ""
    if name or spoken != customer.language:
        learn(customer.id, name=name, language=spoken)


def _message(arrival: _Arrival, spoken: str, *, conversation_id: uuid.UUID) -> Message:
    incoming = arrival.incoming
    headers = dict(incoming.headers)
    if arrival.refused:
        headers["refused_files"] = [file.as_json() for file in arrival.refused]
    return Message(
        id=arrival.message_id,
        conversation_id=conversation_id,
        seq=1,
        direction=Message.Direction.IN,
        author=Message.Author.SHOPPER,
        channel=incoming.channel,
        text=incoming.text,
        html=incoming.html,
        language=spoken,
        created_at=arrival.at,
        delivery=Message.Delivery.RECEIVED,
        client_key=incoming.client_key,
        external_id=incoming.external_id,
        headers=headers,
    )
