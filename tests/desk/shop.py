"""Conversations for the tests of the desk, taken in through the real use case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from carriers.contract import Incoming
from conversations.inbound import receive
from conversations.models import Message
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import WorkItem
from tenants.models import Tenant

ITALIAN = "Buongiorno, vorrei sapere dove si trova il mio ordine, grazie mille"
GERMAN = "Guten Tag, ich möchte gerne wissen, wo meine Bestellung bleibt, vielen Dank"


def write(shop: Tenant, text: str = ITALIAN, sender: str = "", conversation: UUID | None = None) -> Message:
    """A shopper writes on the shop's widget."""
    line = shop.lines.get(carrier="webchat")
    incoming = Incoming(
        external_id=str(new_id()),
        channel="webchat",
        sender_kind="widget",
        sender_address=sender or str(new_id()),
        sender_name="Giulia Bianchi" if shop.slug == "acme" else "Lena Vogel",
        text=text,
        language_hint=shop.languages[0],
        conversation_id=conversation,
        client_key=str(new_id()),
    )
    with enter(shop):
        return receive(tenant=shop, line=line, incoming=incoming)


def work_of(message: Message) -> WorkItem:
    return WorkItem.objects.get(conversation=message.conversation_id, state__in=WorkItem.OPEN_STATES)


def give(message: Message, agent: Person) -> WorkItem:
    """Into the agent's hands."""
    item = work_of(message)
    queue.set_status(person=agent, status="available")
    assert queue.offer(work_item_id=item.id, agent_id=agent.pk) == queue.Outcome.MADE
    return queue.accept(person=agent, work_item_id=item.id)


def place(shop: Tenant, conversation: UUID | Message, rest: str = "") -> str:
    found = conversation.conversation_id if isinstance(conversation, Message) else conversation
    return f"/api/desk/clients/{shop.id}/conversations/{found}{rest}"


def post(client: Any, path: str, **body: Any) -> Any:
    return client.post(path, body, content_type="application/json")
