"""What the shop's side says: an agent's reply or note, and the platform's own sayings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import nh3
from django.conf import settings
from django.db import transaction

from automation.replies import require_filled
from carriers.contract import IncomingFile
from carriers.registry import carrier_for
from conversations import attachments as files
from conversations import collisions, drafting, mentioning, threads
from conversations.acknowledging import say_automatically
from conversations.answering import meet_answers
from conversations.attachments import Kept
from conversations.card_numbers import redact_message, redact_name
from conversations.cleaning import clean, file_name, is_blank
from conversations.composing_models import Draft
from conversations.delivery import deliver
from conversations.envelopes import Envelope, checked_envelope
from conversations.models import Conversation, Message
from conversations.parts import require_part_in
from conversations.promising import goes_by_mail
from conversations.ringing import ring_delivery, tell_added, tell_changed
from kernel import clock
from kernel.errors import Refusal, invalid
from kernel.tenancy import require_entered
from people.access import alias_for
from people.models import Person
from routing import queue
from sla_contracts import clocks
from tenants.models import Tenant

__all__ = ["deliver", "note", "reply", "say_automatically"]

WAITING_REASON = "waiting_customer"


def reply(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    text: str,
    html: str = "",
    client_key: str,
    attachments: Sequence[IncomingFile] = (),
    waiting_for_customer: bool = False,
    envelope: Mapping[str, str] | None = None,
    seen_seq: int | None = None,
) -> Message:
    """Answer the shopper, as the agent who has the conversation in hand.

    envelope: a mail's subject, to and cc where they are changed. seen_seq: the last message that the writer has seen;
    without one, nobody is asked whether something came in between.

    A repeated ``client_key`` answers the message that is there. Refuses with not_in_hand, invalid, text_too_long,
    thread_moved, blanks_left or file_refused; nothing is stored then.
    """
    require_entered()
    text, client_key = checked_text(text, client_key, has_files=bool(attachments))
    require_filled(text)
    kept = keep_files(tenant, attachments)
    try:
        with transaction.atomic():
            conversation = threads.lock(conversation_id)
            earlier = threads.said_before(conversation_id, client_key)
            if earlier is None:
                queue.require_in_hand(person, conversation_id)
                collisions.require_unmoved(person, conversation, seen_seq)
                heading = checked_envelope(conversation, envelope or {})
                message = answer(person, tenant, conversation, text, html, client_key, kept, heading)
                if waiting_for_customer:
                    wait_for_customer(person, tenant, conversation, message)
                drafting.drop_draft(
                    person=person, tenant=tenant, conversation_id=conversation_id, mode=Draft.Mode.REPLY
                )
                return message
    except BaseException:
        files.discard(tenant, kept)
        raise
    files.discard(tenant, kept)
    return earlier


def note(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    text: str,
    client_key: str,
    mentions: Collection[UUID] = (),
    was_drafted: bool = False,
) -> Message:
    """Write an internal note, also where the conversation is another's or closed; whom it names is told.

    was_drafted: it was written in the composer, whose draft is gone with it.

    By who has part in the conversation, or was named in a note of it. Refuses with not_in_hand, not_a_colleague.
    """
    require_entered()
    text, client_key = checked_text(text, client_key, has_files=False)
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        earlier = threads.said_before(conversation_id, client_key)
        if earlier is not None:
            return earlier
        if not mentioning.was_mentioned(person, conversation_id):
            require_part_in(person, conversation)
        named = mentioning.require_colleagues(tenant, mentions, by=person)
        written = Message(
            direction=Message.Direction.NOTE,
            author=Message.Author.AGENT,
            person=person,
            alias=alias_for(person, tenant),
            channel=conversation.channel,
            text=text,
            event={"mentions": [{"id": str(one.pk), "name": one.name} for one in named]} if named else {},
            created_at=clock.now(),
            delivery=Message.Delivery.SENT,
            client_key=client_key,
        )
        message = threads.add_message(conversation, redact_message(written, conversation))
        tell_added(tenant, message)
        queue.touch(conversation_id=conversation_id, seq=message.seq)
        mentioning.tell_mentioned(tenant, message, named, by=person)
        if was_drafted:
            drafting.drop_draft(person=person, tenant=tenant, conversation_id=conversation_id, mode=Draft.Mode.NOTE)
    return message


def answer(
    person: Person,
    tenant: Tenant,
    conversation: Conversation,
    text: str,
    html: str,
    client_key: str,
    kept: Sequence[Kept],
    envelope: Envelope,
) -> Message:
    """Write the answer into its locked conversation, and ring whoever sends it."""
    by_mail = goes_by_mail(conversation)
    is_delivered = carrier_for(conversation.line).row_is_delivery and not by_mail
    now = clock.now()
    written = Message(
        direction=Message.Direction.OUT,
        author=Message.Author.AGENT,
        person=person,
        alias=alias_for(person, tenant),
        channel="email" if by_mail else conversation.channel,
        text=text,
        html=nh3.clean(html) if html else "",
        language=conversation.language,
        created_at=now,
        delivery=Message.Delivery.SENT if is_delivered else Message.Delivery.PENDING,
        next_attempt_at=None if is_delivered else now,
        client_key=client_key,
        headers={**({"to": by_mail} if by_mail else {}), **envelope.as_headers()},
    )
    message = threads.add_message(conversation, redact_message(written, conversation))
    files.add_rows(message.id, kept)
    if conversation.last_agent_id != person.id:
        conversation.last_agent = person
        conversation.save(update_fields=["last_agent"])
        tell_changed(tenant, message)
    queue.first_reply(conversation_id=conversation.id, at=now, person=person)
    queue.touch(conversation_id=conversation.id, seq=message.seq)
    tell_added(tenant, message)
    if is_delivered:
        meet_answers(message, at=now)
    else:
        ring_delivery(tenant, message)
    return message


def wait_for_customer(person: Person, tenant: Tenant, conversation: Conversation, message: Message) -> None:
    """After the reply stopped its clocks: the resolution waits until the customer writes; the client's answer first."""
    if conversation.status == Conversation.Status.WAITING_CLIENT:
        return
    conversation.status = Conversation.Status.WAITING_CUSTOMER
    conversation.save(update_fields=["status"])
    clocks.pause(
        conversation_id=conversation.id,
        reason=WAITING_REASON,
        at=message.created_at,
        cause_id=message.id,
        seq=message.seq,
        by=person,
    )
    tell_changed(tenant, message)


def checked_text(text: str, client_key: str, *, has_files: bool) -> tuple[str, str]:
    text, client_key = clean(text), clean(client_key)
    if is_blank(text) and not has_files:
        raise invalid("There is nothing to send; write something first.", text="Empty.")
    if len(text) > settings.MESSAGE_MAX_CHARS:
        raise text_too_long()
    if not 0 < len(client_key) <= 64:
        raise invalid("The message needs a key of its own, at most 64 characters.", client_key="1 to 64 characters.")
    return text, client_key


def text_too_long() -> Refusal:
    """The same words at every door that takes text from a person."""
    most = settings.MESSAGE_MAX_CHARS
    return Refusal(
        "text_too_long",
        400,
        f"The text is longer than {most:,} characters; nothing was sent. Shorten it, or attach it as a file.",
        fields={"text": f"At most {most:,} characters."},
    )


def keep_files(tenant: Tenant, offered: Sequence[IncomingFile]) -> list[Kept]:
    named = [replace(file, name=redact_name(file_name(file))) for file in offered]
    kept, refused = files.keep(tenant, named)
    if refused:
        files.discard(tenant, kept)
        raise Refusal(
            "file_refused",
            400,
            "A file cannot be attached; nothing was sent, your text is kept.",
            fields={file.name: file.reason for file in refused},
        )
    return kept
