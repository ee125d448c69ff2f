"""Replies held back: for the seconds of an undo, or until the time that was chosen.

Nobody but staff knows of one. When it leaves it becomes a message, and what is counted (first reply, clocks) counts
from then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from carriers.contract import IncomingFile
from conversations import attachments as files
from conversations import collisions, doorbells, drafting, outbound, threads
from conversations.attachments import Kept
from conversations.composing_models import Draft, HeldReply
from conversations.envelopes import Envelope, checked_envelope, leaves_by_mail
from conversations.models import Conversation, Message
from conversations.parts import require_part_in
from kernel import cards, clock, live
from kernel.errors import Refusal, invalid, not_found
from kernel.events import HeldChanged
from kernel.tenancy import require_entered
from people.access import audit, may_serve
from people.models import Person
from routing import queue
from tenants.models import Tenant

UNDO = timedelta(seconds=10)
SOONEST, LATEST = timedelta(seconds=30), timedelta(days=90)
MOST = 10
RELEASE = "conversations.release_held"
State = HeldReply.State


def hold(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    text: str,
    client_key: str,
    attachments: Sequence[IncomingFile] = (),
    waiting_for_customer: bool = False,
    envelope: Mapping[str, str] | None = None,
    seen_seq: int | None = None,
    send_at: datetime | None = None,
) -> HeldReply:
    """Write a reply that leaves later: at ``send_at``, else after the seconds of an undo (mail).

    By who has the conversation in hand. A repeated ``client_key`` answers what is there. Refuses as a reply does, and
    with invalid for a time that is past or too far off.
    """
    require_entered()
    text, client_key = outbound.checked_text(text, client_key, has_files=bool(attachments))
    now = clock.now()
    _check_time(send_at, now)
    kept = outbound.keep_files(tenant, attachments)
    try:
        with transaction.atomic():
            conversation = threads.lock(conversation_id)
            earlier = HeldReply.objects.filter(conversation=conversation_id, client_key=client_key).first()
            if earlier is not None:
                [earlier] = _with_writers([earlier])
            else:
                queue.require_in_hand(person, conversation_id)
                _require_room(conversation, send_at)
                collisions.require_unmoved(person, conversation, seen_seq)
                row = HeldReply(person=person, text=text, waiting_for_customer=waiting_for_customer, written_at=now)
                row.client_key, row.is_scheduled, row.send_at = client_key, send_at is not None, send_at or now + UNDO
                return _put_aside(tenant, conversation, row, envelope or {}, kept)
    except BaseException:
        files.discard(tenant, kept)
        raise
    files.discard(tenant, kept)
    return earlier


def _put_aside(
    tenant: Tenant, conversation: Conversation, row: HeldReply, envelope: Mapping[str, str], kept: Sequence[Kept]
) -> HeldReply:
    """Store it, with its files and heading; its words are no draft any more."""
    row.conversation, row.seen_seq, row.next_attempt_at = conversation, conversation.last_seq, row.send_at
    row.text = cards.redact(row.text).text
    row.envelope = checked_envelope(conversation, envelope).as_headers()
    row.files = [{**asdict(file), "id": str(file.id)} for file in kept]
    row.save(force_insert=True)
    drafting.drop_draft(person=row.person, tenant=tenant, conversation_id=conversation.id, mode=Draft.Mode.REPLY)
    _tell(tenant, row)
    _ring(tenant, row)
    return row


def cancel(*, person: Person, tenant: Tenant, conversation_id: UUID, held_id: UUID) -> HeldReply:
    """It does not leave: its words are a draft of its writer again. Its files are put aside with it.

    Refuses with too_late once it left; one that was cancelled already stays so.
    """
    require_entered()
    with transaction.atomic():
        conversation, row = _lock(person, conversation_id, held_id)
        if row.state == State.CANCELLED:
            return row
        _require_here(row)
        row.state, row.next_attempt_at = State.CANCELLED, None
        # What it held lies in the draft from now on, and nowhere twice; the answer still shows it.
        HeldReply.objects.filter(pk=row.pk).update(
            state=row.state, next_attempt_at=None, text="", envelope={}, files=[]
        )
        drafting.put_back(
            person=row.person,
            tenant=tenant,
            conversation_id=conversation.id,
            text=row.text,
            envelope=row.envelope,
        )
        audit(person, "reply.cancelled", tenant=tenant, object_id=row.id)
        _tell(tenant, row)
    files.discard(tenant, kept_files(row))
    return row


def change(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    held_id: UUID,
    text: str | None = None,
    send_at: datetime | None = None,
) -> HeldReply:
    """Other words, or another time; one that was stopped waits again. Refuses with too_late once it left."""
    require_entered()
    now = clock.now()
    _check_time(send_at, now)
    with transaction.atomic():
        conversation, row = _lock(person, conversation_id, held_id)
        _require_here(row)
        if text is not None:
            text, _ = outbound.checked_text(text, row.client_key, has_files=bool(row.files))
            row.text = cards.redact(text).text
        if send_at is not None:
            row.send_at, row.is_scheduled = send_at, True
        if row.state == State.STOPPED and send_at is None:
            raise Refusal("stopped", 409, "It was stopped; choose when it is to leave, or send it now.")
        row.state, row.stopped_why, row.next_attempt_at = State.HELD, "", row.send_at
        row.seen_seq = conversation.last_seq
        row.save()
        _tell(tenant, row)
        _ring(tenant, row)
    return row


def send_now(*, person: Person, tenant: Tenant, conversation_id: UUID, held_id: UUID) -> HeldReply:
    """It leaves at once, whatever time was chosen, and whatever was said since: its reader has seen that."""
    require_entered()
    with transaction.atomic():
        conversation, row = _lock(person, conversation_id, held_id)
        if row.state == State.SENT:
            return row
        _require_here(row)
        if conversation.status == Conversation.Status.CLOSED:
            raise Refusal("closed", 409, "The conversation is closed; nothing was sent.")
        if not may_serve(row.person, tenant, to_work=True):
            raise Refusal("not_allowed", 409, "Its writer no longer serves this client; copy it and send it yourself.")
        _leave(tenant, conversation, row)
    return row


def release(tenant: Tenant, held_id: UUID) -> str | None:
    """Its time has come: it leaves, or is stopped where that would be wrong; its state, or None before its time."""
    require_entered()
    conversation_id = HeldReply.objects.filter(pk=held_id).values_list("conversation_id", flat=True).first()
    if conversation_id is None:
        return None
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        [row] = _with_writers(HeldReply.objects.select_for_update(no_key=True, of=("self",)).filter(pk=held_id))
        if row.state != State.HELD or row.send_at > clock.now():
            return None
        why = _reason_against(tenant, conversation, row)
        if why:
            _stop(tenant, row, why)
        else:
            _leave(tenant, conversation, row)
        return row.state


def settle_before_closing(tenant: Tenant, conversation: Conversation) -> None:
    """What waits for an undo leaves before the matter is closed; Refusal still_scheduled 409 for what was scheduled.

    Inside the transaction that closes, with the conversation locked.
    """
    rows = HeldReply.objects.select_for_update(no_key=True, of=("self",))
    waiting = list(rows.filter(conversation=conversation.id, state__in=(State.HELD, State.STOPPED)).order_by("id"))
    if any(row.is_scheduled or row.state == State.STOPPED for row in waiting):
        raise Refusal(
            "still_scheduled", 409, "A reply is scheduled here. Send it now or cancel it, then close. It is still open."
        )
    for row in _with_writers(waiting):
        _leave(tenant, conversation, row)


def postpone(held_ids: Sequence[UUID], until: datetime) -> None:
    """The sweep rang for these: it looks again only after ``until``."""
    HeldReply.objects.filter(pk__in=held_ids, state=State.HELD).update(next_attempt_at=until)


def held_in(conversation_id: UUID) -> list[dict[str, Any]]:
    """What has been written here and has not left, by when it leaves."""
    require_entered()
    rows = HeldReply.objects.filter(conversation=conversation_id, state__in=(State.HELD, State.STOPPED))
    return [shown(row) for row in _with_writers(rows.order_by("send_at", "id"))]


def shown(row: HeldReply) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "envelope": row.envelope,
        "files": [file["name"] for file in row.files],
        "person_name": row.person.name,
        "written_at": row.written_at,
        "send_at": row.send_at,
        "is_scheduled": row.is_scheduled,
        "state": row.state,
        "stopped_why": row.stopped_why,
        "client_key": row.client_key,
    }


def kept_files(row: HeldReply) -> list[Kept]:
    return [Kept(**{**file, "id": UUID(file["id"])}) for file in row.files]


def _leave(tenant: Tenant, conversation: Conversation, row: HeldReply) -> None:
    """It becomes a message of this moment."""
    heading = Envelope(
        subject=str(row.envelope.get("subject", "")),
        to=_split(row.envelope.get("to", "")),
        cc=_split(row.envelope.get("cc", "")),
    )
    message = outbound.answer(row.person, tenant, conversation, row.text, "", row.client_key, kept_files(row), heading)
    if row.waiting_for_customer:
        outbound.wait_for_customer(row.person, tenant, conversation, message)
    row.state, row.stopped_why, row.next_attempt_at, row.message = State.SENT, "", None, message.id
    # It is a message now, and what that holds is kept, shown and erased there.
    row.text, row.envelope, row.files = "", {}, []
    row.save(update_fields=["state", "stopped_why", "next_attempt_at", "message", "text", "envelope", "files"])
    _tell(tenant, row)


def _stop(tenant: Tenant, row: HeldReply, why: str) -> None:
    row.state, row.stopped_why, row.next_attempt_at = State.STOPPED, why, None
    row.save(update_fields=["state", "stopped_why", "next_attempt_at"])
    _tell(tenant, row)
    queue.touch(conversation_id=row.conversation_id, seq=row.seen_seq)


def _reason_against(tenant: Tenant, conversation: Conversation, row: HeldReply) -> str:
    if not may_serve(row.person, tenant, to_work=True):
        return "not_allowed"
    if conversation.status == Conversation.Status.CLOSED:
        return "closed"
    said = Message.objects.filter(
        conversation=conversation.id, seq__gt=row.seen_seq, direction__in=(Message.Direction.IN, Message.Direction.OUT)
    )
    # Within the seconds of an undo nobody could have read it; over hours somebody should.
    return "thread_moved" if row.is_scheduled and said.exclude(author=Message.Author.SYSTEM).exists() else ""


def _lock(person: Person, conversation_id: UUID, held_id: UUID) -> tuple[Conversation, HeldReply]:
    """Its writer, and who has part in the conversation."""
    conversation = threads.lock(conversation_id)
    rows = HeldReply.objects.select_for_update(no_key=True, of=("self",))
    row = next(iter(_with_writers(rows.filter(pk=held_id, conversation=conversation_id))), None)
    if row is None:
        raise not_found()
    if row.person_id != person.pk:
        require_part_in(person, conversation)
    return conversation, row


def _with_writers(rows: Iterable[HeldReply]) -> list[HeldReply]:
    """The rows with who wrote them: of a person a shop may read some columns only."""
    found = list(rows)
    ids = {row.person_id for row in found}
    people = Person.objects.only("id", "name", "language", "is_active").in_bulk(ids) if ids else {}
    for row in found:
        row.person = people[row.person_id]
    return found


def _require_here(row: HeldReply) -> None:
    if row.state not in (State.HELD, State.STOPPED):
        raise Refusal("too_late", 409, "It has left already, or was cancelled; nothing was changed.")


def _require_room(conversation: Conversation, send_at: datetime | None) -> None:
    if send_at is None and not leaves_by_mail(conversation):
        raise invalid("Only a mail can be undone; send this one, or choose a time.", send_at="Choose a time.")
    waiting = HeldReply.objects.filter(conversation=conversation.id, state__in=(State.HELD, State.STOPPED))
    if waiting.count() >= MOST:
        raise Refusal("too_many_held", 409, f"At most {MOST} replies wait in one conversation; nothing was stored.")


def _check_time(send_at: datetime | None, now: datetime) -> None:
    if send_at is not None and not now + SOONEST <= send_at <= now + LATEST:
        raise invalid("Choose a time from half a minute to 90 days from now; nothing was stored.", send_at="Not then.")


def _split(addresses: object) -> tuple[str, ...]:
    return tuple(one for one in str(addresses).split(", ") if one)


def _tell(tenant: Tenant, row: HeldReply) -> None:
    live.tell(
        HeldChanged(tenant=str(tenant.id), conversation=str(row.conversation_id)),
        live.conversation_feed(tenant.id, row.conversation_id),
    )


def _ring(tenant: Tenant, row: HeldReply) -> None:
    """An undo is over in seconds, before a sweep would find it on time; what is scheduled waits for the sweep."""
    seconds = None if row.is_scheduled else max(0.0, (row.send_at - clock.now()).total_seconds())
    if seconds is not None:
        transaction.on_commit(lambda: doorbells.ring(RELEASE, tenant.id, row.id, after=seconds))
