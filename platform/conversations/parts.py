"""Who has part in a conversation beside whoever has it in hand."""

from __future__ import annotations

from conversations.models import Conversation
from people.access import roles_of
from people.models import Person
from routing import queue


def require_part_in(person: Person, conversation: Conversation) -> None:
    """Supervisors everywhere in their clients; an agent where they hold the work, or held it last."""
    if roles_of(person, None) & {"supervisor", "operator"} or conversation.last_agent_id == person.id:
        return
    queue.require_in_hand(person, conversation.id)
