"""A saved reply on its way into an answer: taken, counted, and made personal before it leaves."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from django.conf import settings

from automation.filling import blanks_in, gist
from automation.models import PlaybookVersion, ReplyUse
from automation.playbook import count_use
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import require_entered
from people.models import Person


def note_use(
    *, person: Person, conversation_id: UUID, version: PlaybookVersion, language: str, filled: str, as_is: bool
) -> None:
    """Somebody takes it into their answer. ``filled``: the words as they were given, to be known again."""
    require_entered()
    ReplyUse.objects.create(
        version=version,
        conversation=conversation_id,
        person=person,
        language=language,
        digest="" if as_is else digest_of(filled),
        used_at=clock.now(),
    )
    count_use(version)


def require_filled(text: str) -> None:
    """Refusal blanks_left 400: a blank or a variable that nobody filled never reaches a customer."""
    if blanks := blanks_in(text):
        asked = blanks[0][2] or "…"
        raise Refusal(
            "blanks_left",
            400,
            f"Something is still to be filled in: {asked}. Nothing was sent; your text is kept.",
            fields={"text": f"Fill in: {asked}"},
        )


def require_own_words(*, person: Person, conversation_id: UUID, text: str) -> list[int]:
    """Refusal say_it_yourself 400 for a saved reply word by word; else the uses that this answer goes back to."""
    require_entered()
    rows = ReplyUse.objects.filter(conversation=conversation_id, person=person, sent_at__isnull=True)
    uses = list(rows.values_list("pk", "digest"))
    said = digest_of(text) if any(digest for _, digest in uses) else ""
    if said and any(digest == said for _, digest in uses):
        raise Refusal(
            "say_it_yourself",
            400,
            "This is the saved reply word by word. Add what only this customer needs to hear; nothing was sent.",
            fields={"text": "Make it personal."},
        )
    return [pk for pk, _ in uses]


def note_sent(uses: list[int]) -> None:
    """The answer has left: nothing of its words is kept here."""
    if uses:
        ReplyUse.objects.filter(pk__in=uses).update(sent_at=clock.now(), digest="")


def forget_words(conversation_ids: list[UUID]) -> None:
    """Of erased conversations not even what would know their words again."""
    ReplyUse.objects.filter(conversation__in=conversation_ids).exclude(digest="").update(digest="")


def digest_of(text: str) -> str:
    words = gist(text).encode("utf-8", "replace")
    return blake2b(words, digest_size=24, key=settings.SECRET_KEY[:64].encode()).hexdigest()
