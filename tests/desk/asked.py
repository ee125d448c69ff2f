"""A client that is asked something: the question through the desk's API, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.test import Client

from conversations import approval_letters
from conversations.approval_models import Approval, ApprovalLetter
from conversations.models import Conversation, Message
from kernel.tenancy import enter
from people.models import Membership, Person
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.desk.shop import ITALIAN, give, place, post, write

Door = Callable[..., Client]
# A Tuesday, ten o'clock in Rome: the mail hours of the shops' contracts are open, and eight of them are left.
NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
DUE = datetime(2026, 11, 10, 17, tzinfo=UTC)
QUESTION: dict[str, Any] = {
    "kind": "approval", "asked": "Rimborsare 80 € fuori termine?", "note": "Il cliente è fedele.", "amount": "80.00",
}  # fmt: skip


def ask(door: Client, shop: Tenant, conversation: UUID | Message, **more: Any) -> Any:
    return post(door, place(shop, conversation, "/approvals"), **{**QUESTION, "client_key": "ask-1", **more})


def asked(
    door: Client, shop: Tenant, agent: Person, text: str = ITALIAN, **more: Any
) -> tuple[Message, dict[str, Any]]:
    """A shopper's conversation in the agent's hands, about which the client is asked."""
    said = write(shop, text)
    give(said, agent)
    answer = ask(door, shop, said, **more)
    assert answer.status_code == 201, answer.content
    return said, answer.json()


def clock_of(said: Message, metric: str) -> Clock:
    return Clock.objects.get(conversation=said.conversation_id, metric=metric)


def ledger_of(said: Message, metric: str) -> list[tuple[str, str]]:
    return list(clock_of(said, metric).events.order_by("id").values_list("kind", "reason"))


def status_of(shop: Tenant, said: Message) -> str:
    with enter(shop):
        return Conversation.objects.get(pk=said.conversation_id).status


def events_of(shop: Tenant, said: Message) -> list[dict[str, Any]]:
    with enter(shop):
        rows = Message.objects.filter(conversation=said.conversation_id, direction="event").order_by("seq")
        return [row.event for row in rows]


def row_of(shop: Tenant, approval: dict[str, Any]) -> Approval:
    with enter(shop):
        return Approval.objects.get(pk=approval["id"])


def letters_of(shop: Tenant) -> list[ApprovalLetter]:
    with enter(shop):
        return list(ApprovalLetter.objects.order_by("kind", "id"))


def send_letters(shop: Tenant) -> list[str | None]:
    return [_send(shop, letter.id) for letter in letters_of(shop)]


def _send(shop: Tenant, letter: UUID) -> str | None:
    with enter(shop):
        return approval_letters.deliver(shop, letter)


def token_in(mail: Any) -> str:
    """The link's token in a mail of Django's outbox."""
    found = re.search(r"/portal/answer#(\S+)", str(mail.body))
    assert found
    return found[1]


def user_of(shop: Tenant, name: str, role: str = "client") -> Person:
    person = Person.objects.create_user(f"{name}@{shop.slug}.example", None, name=name.title())
    Membership.objects.create(person=person, role=role, tenant=shop)
    return person
