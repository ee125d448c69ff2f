"""What it costs to open a conversation, and how a long one is read piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation, Message
from conversations.reading import LATEST, PAGE
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.desk.shop import give, place, post, write

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]


def lengthen(shop: Tenant, message: Message, until: int) -> None:
    """Short messages of both sides, up to the number given."""
    with enter(shop):
        conversation = Conversation.objects.get(pk=message.conversation_id)
        Message.objects.bulk_create(
            Message(
                id=new_id(),
                conversation=conversation,
                seq=seq,
                direction="in" if seq % 3 else "out",
                author="shopper" if seq % 3 else "agent",
                channel="webchat",
                text=f"Messaggio numero {seq}",
                delivery="received" if seq % 3 else "sent",
                client_key=f"long-{seq}",
                created_at=conversation.opened_at,
            )
            for seq in range(conversation.last_seq + 1, until + 1)
        )
        Conversation.objects.filter(pk=conversation.pk).update(last_seq=until)


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [message["seq"] for message in answer.json()["messages"]]


def queries_of(client: Client, path: str, seq: int) -> list[str]:
    """The statements of what the console asks to open one: the conversation, and that it was read."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
        assert post(client, f"{path}/read", seq=seq).status_code == 200
    ways = ("session", "search_path", "set_config", "SAVEPOINT", "SET LOCAL", "SET ROLE", "RESET ROLE")
    return [query["sql"] for query in asked if not any(each in query["sql"] for each in ways)]


def test_opening_one_costs_the_same_however_long_it_is(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    client = desk_client(lucia)
    short, long = write(acme), write(acme)
    give(short, lucia)
    give(long, lucia)
    lengthen(acme, long, PAGE + 2 * LATEST)
    queries_of(client, place(acme, short), 1)
    few = queries_of(client, place(acme, short), 1)
    many = queries_of(client, place(acme, long), PAGE + 2 * LATEST)
    assert len(many) <= len(few) + 1, "\n".join(many)
    # Ten of them ask who it is, of which shop, and whether they may.
    assert len(many) <= 25, "\n".join(many)


def test_a_long_one_opens_at_its_end_and_is_read_backwards_without_a_gap(
    acme: Tenant, northlight: Tenant, lucia: Person, jens: Person, desk_client: Desk
) -> None:
    message, until = write(acme), PAGE + 2 * LATEST
    give(message, lucia)
    lengthen(acme, message, until)
    client, path = desk_client(lucia), place(acme, message)
    latest = numbers(client.get(path))
    assert latest == list(range(until - LATEST + 1, until + 1))
    before = numbers(client.get(f"{path}/messages?before={latest[0]}"))
    first = numbers(client.get(f"{path}/messages?before={before[0]}"))
    assert len(before) == PAGE
    assert [*first, *before, *latest] == list(range(1, until + 1))
    assert numbers(client.get(f"{path}/messages?before=1")) == []
    assert numbers(client.get(f"{path}/messages?after={until - 1}")) == [until]
    wrong = client.get(f"{path}/messages?before=x")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
    assert desk_client(jens).get(f"{path}/messages?before={until}").status_code == 404
    assert client.get(f"{place(northlight, message)}/messages?before={until}").status_code == 404
