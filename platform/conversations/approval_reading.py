"""What the client was asked, as its portal and the desk show it: plain dicts, a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from conversations.approval_models import Approval, ApprovalLetter
from kernel.errors import not_found
from kernel.tenancy import require_entered
from people.models import Person
from sla_contracts.models import Clock

PAGE = 30
Json = dict[str, Any]
State = Approval.State


def listed(*, done: bool, page: int) -> tuple[list[Json], int | None]:
    """A page and the number of the next: what is open, oldest first; what is settled, newest first."""
    require_entered()
    rows = Approval.objects.select_related("conversation")
    rows = rows.exclude(state=State.OPEN) if done else rows.filter(state=State.OPEN)
    order = ("-ended_at", "-id") if done else ("asked_at", "id")
    start = (page - 1) * PAGE
    found = list(rows.order_by(*order)[start : start + PAGE + 1])
    return _show(found[:PAGE]), page + 1 if len(found) > PAGE else None


def waiting() -> Json:
    """How many are open, and how many of these are overdue."""
    require_entered()
    clocks = list(Approval.objects.filter(state=State.OPEN).values_list("clock", flat=True))
    overdue = Clock.objects.filter(pk__in=[one for one in clocks if one], breached_at__isnull=False)
    return {"open": len(clocks), "overdue": overdue.count() if clocks else 0}


def done_count() -> int:
    """Answered or taken back, ever."""
    return Approval.objects.exclude(state=State.OPEN).count()


def opened(approval_id: UUID) -> Json:
    """One of the entered client's; not_found 404."""
    require_entered()
    row = Approval.objects.select_related("conversation__customer").filter(pk=approval_id).first()
    if row is None:
        raise not_found()
    talk = row.conversation
    about = {"customer_name": talk.customer.name, "subject": talk.subject, "order_number": talk.order_number}
    return {**_show([row])[0], **about, "channel": talk.channel, "status": talk.status}


def open_of(conversation_id: UUID) -> Json | None:
    """What the client is asked about this conversation now, and how far its letters got."""
    require_entered()
    row = Approval.objects.select_related("conversation").filter(conversation=conversation_id, state=State.OPEN).first()
    return _for_desk(row) if row else None


def shown_to_desk(approval_id: UUID) -> Json:
    """One, as its conversation's page shows it."""
    return _for_desk(Approval.objects.select_related("conversation").get(pk=approval_id))


def shown_to_reader(row: Approval) -> Json:
    """For whoever holds a letter's link: what is asked of which case, and no shopper."""
    return _show([row])[0]


def _for_desk(row: Approval) -> Json:
    sent = Counter(ApprovalLetter.objects.filter(approval=row).values_list("delivery", flat=True))
    counts = {
        "sent": sent["sent"],
        "waiting": sent["pending"] + sent["sending"],
        "failed": sent["failed"] + sent["unknown"],
    }
    return {**_show([row])[0], "letters": counts}


def _show(rows: Sequence[Approval]) -> list[Json]:
    late = _late(rows)
    names = dict(Person.objects.filter(pk__in={row.answered_by_id for row in rows}).values_list("pk", "name"))
    return [
        {
            "id": row.id,
            "conversation": row.conversation_id,
            "case_number": row.conversation.case_number,
            "kind": row.kind,
            "asked": row.asked,
            "note": row.note,
            "amount": row.amount,
            "currency": row.currency,
            "options": list(row.options),
            "alias": row.alias,
            "asked_at": row.asked_at,
            "due_at": row.due_at,
            "is_late": row.id in late,
            "state": row.state,
            "answer": row.answer,
            "option": row.option,
            "comment": row.comment,
            "answered_by": names.get(row.answered_by_id, "") if row.answered_by_id else "",
            "answered_via": row.answered_via,
            "ended_at": row.ended_at,
            "withdrawn_as": row.withdrawn_as,
        }
        for row in rows
    ]


def _late(rows: Iterable[Approval]) -> set[UUID]:
    """By the client's own clock, which knows its hours: what ends at closing is late from the next opening."""
    clocks = {row.clock: row for row in rows if row.clock is not None}
    late = Clock.objects.filter(pk__in=list(clocks), breached_at__isnull=False)
    return {clocks[pk].id for pk in late.values_list("pk", flat=True)}
