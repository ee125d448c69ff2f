"""The door through which a person's words leave for a shopper: filled in, made personal, and of this brand alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from automation.replies import note_sent, require_filled, require_own_words
from desk.brand_guard import guarded
from people.access import enter_client
from people.models import Person
from tenants.models import Tenant


@contextmanager
def leaving(
    *, person: Person, tenant_id: UUID, conversation_id: UUID, text: str, despite: str = ""
) -> Iterator[Tenant]:
    """Inside, the client is entered, and the words may be sent or held to be sent.

    despite: why it is no mistake that they seem to name another brand. Refuses with other_brand, blanks_left or
    say_it_yourself, and as ``enter_client`` does.
    """
    with guarded(person=person, tenant_id=tenant_id, conversation_id=conversation_id, text=text, despite=despite):
        with enter_client(person, tenant_id, to_work=True) as client:
            require_filled(text)
            uses = require_own_words(person=person, conversation_id=conversation_id, text=text)
            yield client
            note_sent(uses)
