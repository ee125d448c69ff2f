"""Somebody else wrote while an answer was being written: it is not sent before its writer has seen that."""

from __future__ import annotations

from django.db.models import Q

from conversations.models import Conversation, Message
from kernel.errors import Refusal
from people.models import Person

_SAID = (Message.Direction.IN, Message.Direction.OUT, Message.Direction.NOTE)


def moved_since(person: Person, conversation: Conversation, seen_seq: int) -> list[int]:
    """The numbers of what others, people all of them, said above ``seen_seq``; the first few are enough."""
    later = Message.objects.filter(conversation=conversation.id, seq__gt=seen_seq, direction__in=_SAID)
    later = later.exclude(author=Message.Author.SYSTEM).filter(~Q(person=person) | Q(person=None))
    return list(later.order_by("seq").values_list("seq", flat=True)[:20])


def require_unmoved(person: Person, conversation: Conversation, seen_seq: int | None) -> None:
    """Refusal thread_moved 409, with the numbers of what is new; nothing is checked without a number."""
    if seen_seq is None or conversation.last_seq <= seen_seq:
        return
    new = moved_since(person, conversation, seen_seq)
    if new:
        raise Refusal(
            "thread_moved",
            409,
            "Something was written here since you began; nothing was sent. Read it, then send or change your answer.",
            fields={"new": ",".join(str(seq) for seq in new)},
        )
