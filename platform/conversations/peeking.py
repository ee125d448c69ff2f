"""What a shopper types before sending it, where the shop allows its agents to see that. Off unless switched on.

It lies in the shop's own schema, for seconds: the doorbell says only that somebody types. No card number is kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from conversations.cleaning import clean
from conversations.composing_models import Peek
from conversations.models import Conversation
from kernel import cards, clock, live
from kernel.errors import Refusal, not_found
from kernel.events import Typing
from kernel.tenancy import require_entered
from people.access import audit, roles_of
from people.models import Person
from tenants.models import Tenant

SHOWN_MAX = 1_000
STALE = timedelta(seconds=30)


def is_allowed(tenant_id: UUID) -> bool:
    """As it is switched now, not as it was when a socket opened."""
    return Tenant.objects.filter(pk=tenant_id, sneak_peek=True).exists()


def note_typed(tenant: Tenant, conversation_id: UUID, text: str) -> None:
    """Keep what stands in the shopper's box, where that is allowed, and tell the desk that they type."""
    require_entered()
    with transaction.atomic():
        if is_allowed(tenant.id):
            Peek.objects.filter(typed_at__lt=clock.now() - STALE).delete()
            shown = cards.redact(clean(text)).text[-SHOWN_MAX:]
            if shown.strip():
                Peek.objects.update_or_create(
                    conversation_id=conversation_id, defaults={"text": shown, "typed_at": clock.now()}
                )
            else:
                forget(conversation_id)
        live.tell(
            Typing(tenant=str(tenant.id), conversation=str(conversation_id), who="shopper"),
            live.conversation_feed(tenant.id, conversation_id),
        )


def forget(conversation_id: UUID) -> None:
    """It was sent, taken back, or the shopper has gone."""
    require_entered()
    Peek.objects.filter(conversation=conversation_id).delete()


def peek_at(tenant: Tenant, conversation_id: UUID) -> dict[str, Any]:
    """What stands in the box, or nothing: when it is switched off, was sent, or is older than half a minute."""
    require_entered()
    talk = Conversation.objects.filter(pk=conversation_id).first()
    if talk is None:
        raise not_found()
    row = Peek.objects.filter(conversation=conversation_id, typed_at__gte=clock.now() - STALE).first()
    if row is None or row.typed_at <= talk.last_message_at or not is_allowed(tenant.id):
        return {"text": "", "at": None}
    return {"text": row.text, "at": row.typed_at}


def allow_peeks(*, person: Person, tenant_id: UUID, is_on: bool) -> bool:
    """Switch it for a client, as an operator; the widget says so to shoppers from its next question on."""
    if "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator switches this; nothing was changed.")
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).filter(pk=tenant_id).first()
        if tenant is None:
            raise not_found()
        tenant.sneak_peek = is_on
        tenant.save(update_fields=["sneak_peek"])
        audit(person, "shop.peeks_switched", tenant=tenant, object_id=tenant.id, on=is_on)
    return is_on
