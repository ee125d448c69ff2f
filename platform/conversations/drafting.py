"""Drafts are kept on the server: one for each writer, conversation and kind; two tabs do not write over each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from conversations.cleaning import clean
from conversations.composing_models import Draft
from conversations.models import Conversation
from kernel import cards, clock, live, statements
from kernel.errors import Refusal, invalid, not_found
from kernel.events import DraftChanged
from kernel.ids import new_id
from kernel.tenancy import require_entered
from people.models import Person
from tenants.models import Tenant

Json = dict[str, Any]

# An empty row stays where there was none, too: a first save that is still on its way finds it.
_EMPTY = """
INSERT INTO {shop}.conversations_draft AS d (id, conversation_id, person_id, mode, text, envelope, revision, saved_at)
VALUES (%s, %s, %s, %s, '', '{}', 1, %s)
ON CONFLICT (conversation_id, person_id, mode)
DO UPDATE SET text = '', envelope = '{}', revision = d.revision + 1, saved_at = EXCLUDED.saved_at
RETURNING d.revision
"""


def save_draft(
    *,
    person: Person,
    tenant: Tenant,
    conversation_id: UUID,
    mode: str,
    text: str,
    revision: int,
    envelope: Mapping[str, str] | None = None,
) -> Json:
    """Keep what was typed; an empty text drops it. revision: of the draft that was typed on.

    Refuses with draft_moved when another tab, or a message sent, came in between; nothing is changed then. No card
    number is kept.
    """
    require_entered()
    if mode not in Draft.Mode.values:
        raise invalid("A draft is of a reply or of a note.", mode="reply or note.")
    text = cards.redact(clean(text)).text
    if len(text) > 2 * settings.MESSAGE_MAX_CHARS:
        raise Refusal("text_too_long", 400, "This is too long to be kept as a draft; it stays in this window.")
    if not Conversation.objects.filter(pk=conversation_id).exists():
        raise not_found()
    theirs = Draft.objects.filter(conversation=conversation_id, person=person, mode=mode)
    written = {"text": text, "envelope": _checked(envelope), "saved_at": clock.now()}
    with transaction.atomic():
        if not theirs.filter(revision=revision).update(**written, revision=revision + 1):
            _begin(person, conversation_id, mode, revision, written)
        _tell(tenant, person, conversation_id, mode, revision + 1)
    return {
        "mode": mode,
        "text": text,
        "envelope": written["envelope"],
        "revision": revision + 1,
        "at": written["saved_at"],
    }


def drop_draft(*, person: Person, tenant: Tenant, conversation_id: UUID, mode: str) -> None:
    """It was sent: what is still on its way to be saved comes too late. Inside the transaction that sends."""
    [[revision]] = statements.run_in_shop(_EMPTY, [new_id(), conversation_id, person.pk, mode, clock.now()])
    _tell(tenant, person, conversation_id, mode, revision)


def put_back(*, person: Person, tenant: Tenant, conversation_id: UUID, text: str, envelope: Mapping[str, str]) -> None:
    """What was not sent after all is a draft again, below what has been written since."""
    theirs = Draft.objects.filter(conversation=conversation_id, person=person, mode=Draft.Mode.REPLY)
    kept = theirs.select_for_update(no_key=True).first()
    if kept is None:
        kept = Draft(conversation_id=conversation_id, person=person, mode=Draft.Mode.REPLY)
    kept.text = f"{kept.text}\n\n{text}" if kept.text.strip() else text
    kept.envelope, kept.revision, kept.saved_at = dict(envelope), kept.revision + 1, clock.now()
    kept.save()
    _tell(tenant, person, conversation_id, kept.mode, kept.revision)


def drafts_of(person: Person, conversation_id: UUID) -> list[Json]:
    """This person's drafts of a conversation, emptied ones too: a save needs their revision."""
    require_entered()
    rows = Draft.objects.filter(conversation=conversation_id, person=person).order_by("mode")
    return [
        {"mode": row.mode, "text": row.text, "envelope": row.envelope, "revision": row.revision, "at": row.saved_at}
        for row in rows
    ]


def _begin(person: Person, conversation_id: UUID, mode: str, revision: int, written: Json) -> None:
    row = Draft(conversation_id=conversation_id, person=person, mode=mode, revision=1, **written)
    try:
        if revision == 0:
            with transaction.atomic():
                row.save(force_insert=True)
                return
    except IntegrityError:
        pass
    raise Refusal(
        "draft_moved", 409, "This draft was changed in another window, or sent; what you typed here is still here."
    )


def _checked(envelope: Mapping[str, str] | None) -> dict[str, str]:
    return {name: cards.redact(clean(str(value))).text[:2000] for name, value in (envelope or {}).items() if value}


def _tell(tenant: Tenant, person: Person, conversation_id: UUID, mode: str, revision: int) -> None:
    """Their other windows."""
    live.tell(
        DraftChanged(tenant=str(tenant.id), conversation=str(conversation_id), mode=mode, revision=revision),
        live.person_feed(person.pk),
    )
