"""What a shopper may choose instead of waiting in the chat: to be called, or to be answered by mail.

The conversation goes on as work like mail: it leaves the line of the chats, under clocks of its own. Until somebody has
it in hand, the shopper may go back to its old place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from conversations import threads
from conversations.acknowledging import say_automatically
from conversations.happenings import add_event
from conversations.models import Conversation, Message
from conversations.ringing import tell_added, tell_changed
from kernel import cards, clock
from kernel.errors import Refusal, invalid
from kernel.tenancy import require_entered
from routing import queue
from routing.models import WorkItem
from routing.queues import closed_chats
from sla_contracts import answers, clocks, contracts
from sla_contracts.business_time import Calendar
from sla_contracts.speech import Speech
from tenants.models import Line, Tenant

# What a chat owes on the way, the next answer too.
_OWED = (*clocks.ARRIVAL_METRICS, answers.NEXT)

CALLBACK, MAIL = "callback", "mail"
# Nobody is called in less time than this: an agent must have read what it is about.
LEAD = timedelta(minutes=30)
SPAN = timedelta(hours=2)
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=4)
AHEAD = timedelta(days=7)
SHOWN = 6
_SHOWN = ("kind", "phone", "starts_at", "ends_at", "email")
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_BETWEEN = re.compile(r"[\s().\-/\u00a0]+")
Promise = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    starts_at: datetime
    ends_at: datetime


def windows(tenant: Tenant, now: datetime) -> list[Window]:
    """When the shopper may be called: spans of two hours from full hours of the shop's zone, while it is open."""
    hours = contracts.open_hours(tenant.id, "chat", now)
    if hours is None:
        return []
    zone, found = ZoneInfo(tenant.time_zone), list[Window]()
    at: datetime | None = _full_hour(now + LEAD, zone)
    while at is not None and at < now + AHEAD and len(found) < SHOWN:
        if not hours.is_open(at):
            at = hours.next_change(at)
            continue
        end = min(at + SPAN, hours.next_change(at) or at + SPAN)
        if end - at >= SHORTEST:
            found.append(Window(at, end))
        at = end
    return found


def offers(tenant: Tenant, conversation: Conversation, *, is_long: bool) -> dict[str, Any] | None:
    """What this shopper may choose now: ``{"windows": […], "mail": bool}``; None where there is nothing to choose.

    is_long: the wait is, or nobody can say. What was taken in while the chats were closed may choose, too.
    """
    if conversation.promise or conversation.status == Conversation.Status.CLOSED:
        return None
    item = queue.open_item(conversation.id)
    if item is None or item.state != WorkItem.State.WAITING:
        return None
    if not is_long and item.queue.channel_group == "chat":
        return None
    calls = [
        {"starts_at": _iso(each.starts_at), "ends_at": _iso(each.ends_at)} for each in windows(tenant, clock.now())
    ]
    found: dict[str, Any] = {"windows": calls, "mail": _mail_line(tenant) is not None}
    return found if any(found.values()) else None


def promise_call(
    *, tenant: Tenant, conversation_id: UUID, phone: str, starts_at: datetime, ends_at: datetime
) -> Conversation:
    """The shopper is called in that time. Refuses with phone_odd, window_gone or taken; they wait on then."""
    number, now = _checked_phone(phone), clock.now()
    _require_window(tenant, Window(starts_at, ends_at), now)
    promise = {"kind": CALLBACK, "phone": number, "starts_at": _iso(starts_at), "ends_at": _iso(ends_at)}

    def say(conversation: Conversation) -> dict[str, str]:
        speech = _speech(tenant, conversation)
        start, end = (at.astimezone(speech.zone) for at in (starts_at, ends_at))
        return {"phone": number, "when": f"{speech.day(start)}, {start:%H:%M}–{end:%H:%M} ({speech.zone.key})"}

    return _promise(tenant, conversation_id, promise, say, starts_at=starts_at, due_at=ends_at)


def promise_mail(*, tenant: Tenant, conversation_id: UUID, email: str) -> Conversation:
    """The answer is sent to this address, and stands in the chat as well. Refuses with no_mail or taken."""
    if _mail_line(tenant) is None:
        raise Refusal("no_mail", 409, "This shop cannot answer by mail; you are still in the queue.")
    return _promise(tenant, conversation_id, {"kind": MAIL, "email": email}, lambda _: {"email": email})


def wait_on(*, tenant: Tenant, conversation_id: UUID) -> Conversation:
    """The shopper would rather wait in the chat after all: back to their old place, unless somebody has it by now."""
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        if not conversation.promise:
            return conversation
        group = "mail" if closed_chats(tenant.id, clock.now()) else "chat"
        item = _move(conversation, group)
        event = add_event(conversation, "waits_on")
        _write(conversation, {})
        queue.set_due(item.id, _promise_again(tenant, conversation, item, group, event, reason="waits_on"))
        tell_added(tenant, event)
        tell_changed(tenant, event)
    return conversation


def shown(promise: Promise) -> Promise | None:
    """For screens; None where nothing was promised."""
    return {name: promise[name] for name in _SHOWN if name in promise} if "kind" in promise else None


def goes_by_mail(conversation: Conversation) -> str:
    """The address that was promised an answer; empty where none was."""
    return str(conversation.promise.get("email", "")) if conversation.promise.get("kind") == MAIL else ""


def is_to_be_called(conversation: Conversation) -> bool:
    return bool(conversation.promise.get("kind") == CALLBACK)


def forget(conversation: Conversation, *, unless_by: str) -> None:
    """A closed matter opens again on another way than the one that was promised: what was promised is over."""
    if conversation.promise and not (goes_by_mail(conversation) and unless_by == "email"):
        _write(conversation, {})


def _promise(
    tenant: Tenant,
    conversation_id: UUID,
    promise: Promise,
    say: Callable[[Conversation], dict[str, str]],
    *,
    starts_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Conversation:
    """One transaction: out of the chats' line, under other clocks, said to the shopper. A repeat changes nothing."""
    require_entered()
    with transaction.atomic():
        conversation = threads.lock(conversation_id)
        if conversation.promise == promise:
            return conversation
        if conversation.status == Conversation.Status.CLOSED:
            raise taken()
        item = _move(conversation, "mail", starts_at)
        kind = str(promise["kind"])
        event = add_event(conversation, f"{kind}_promised", **_times(promise))
        _write(conversation, promise)
        due = _promise_again(tenant, conversation, item, "mail", event, reason=f"{kind}_promised")
        queue.set_due(item.id, due_at or due)
        tell_added(tenant, event)
        say_automatically(tenant=tenant, conversation=conversation, code=f"{kind}_promised", params=say(conversation))
        tell_changed(tenant, event)
    return conversation


def _move(conversation: Conversation, channel_group: str, starts_at: datetime | None = None) -> WorkItem:
    item = queue.open_item(conversation.id)
    moved = None
    if item is not None:
        moved = queue.move(work_item_id=item.id, channel_group=channel_group, starts_at=starts_at)
    if moved is None:
        raise taken()
    return moved


def _promise_again(
    tenant: Tenant, conversation: Conversation, item: WorkItem, group: str, event: Message, *, reason: str
) -> datetime | None:
    """What is within its promise is void, and promised anew as the other group's; what is broken stays broken.

    A call is promised for its own time: no first response is measured against it.
    """
    at = event.created_at
    clocks.void_unbroken(
        conversation_id=conversation.id, reason=reason, at=at, metrics=_OWED, cause_id=event.id, seq=event.seq
    )
    return clocks.start_for_arrival(
        tenant_id=tenant.id,
        conversation_id=conversation.id,
        work_item_id=item.id,
        channel=conversation.channel,
        channel_group=group,
        language=conversation.language,
        priority=conversation.priority,
        at=at,
        cause_id=event.id,
        seq=event.seq,
        metrics=_promised_anew(conversation),
    )


def _promised_anew(conversation: Conversation) -> tuple[str, ...]:
    if is_to_be_called(conversation):
        return ("resolution",)
    return _OWED if conversation.last_agent_id else clocks.ARRIVAL_METRICS


def _write(conversation: Conversation, promise: Promise) -> None:
    conversation.promise = promise
    conversation.save(update_fields=["promise"])


def _checked_phone(text: str) -> str:
    number = _BETWEEN.sub("", text.strip())
    number = f"+{number[2:]}" if number.startswith("00") else number
    # A card's number is not kept, whatever it is called.
    if not _PHONE.fullmatch(number) or cards.redact(number).text != number:
        raise Refusal(
            "phone_odd",
            400,
            "That does not look like a phone number; you are still in the queue.",
            fields={"phone": "Digits, with the country's code where it is not the shop's own."},
        )
    return number


def _require_window(tenant: Tenant, window: Window, now: datetime) -> None:
    if window.starts_at.utcoffset() is None or window.ends_at.utcoffset() is None:
        raise invalid("A time needs its zone; you are still in the queue.", starts_at="needs a time zone")
    hours = contracts.open_hours(tenant.id, "chat", now)
    length = window.ends_at - window.starts_at
    is_near = now < window.starts_at <= now + AHEAD
    if hours is None or not is_near or not SHORTEST <= length <= LONGEST or not _is_open(hours, window):
        raise Refusal("window_gone", 409, "Nobody can call at that time; choose another. You are still in the queue.")


def _is_open(hours: Calendar, window: Window) -> bool:
    closes = hours.next_change(window.starts_at)
    return hours.is_open(window.starts_at) and (closes is None or closes >= window.ends_at)


def _full_hour(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    whole = local.replace(minute=0, second=0, microsecond=0)
    return (whole if whole == local else whole + timedelta(hours=1)).astimezone(at.tzinfo)


def _mail_line(tenant: Tenant) -> Line | None:
    lines = Line.objects.filter(tenant=tenant, carrier=Line.Carrier.EMAIL, is_active=True)
    return lines.order_by("created_at").first()


def _speech(tenant: Tenant, conversation: Conversation) -> Speech:
    return Speech(conversation.language[:2], country=tenant.country, time_zone=tenant.time_zone)


def _times(promise: Promise) -> dict[str, Any]:
    """Of a promise what an event may keep: when, and neither number nor address."""
    return {name: promise[name] for name in ("starts_at", "ends_at") if name in promise}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def taken() -> Refusal:
    return Refusal("taken", 409, "Somebody has just taken your conversation, and answers here.")
