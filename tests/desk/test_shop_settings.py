"""An operator sees every client as it is set up; nobody else does, and nothing that opens a door is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from carriers.models import Mailbox
from conversations.mailboxes import connect
from desk import closing
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Line, Tenant
from tests.conversations.shoppers import chat, line_of, mail, say

Desk = Callable[..., Client]


def test_every_client_is_listed_with_its_state(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk
) -> None:
    closing.suspend(person=omar, tenant=northlight)
    listed = {row["slug"]: row for row in desk_client(omar).get("/api/desk/clients").json()}
    assert (listed["acme"]["status"], listed["northlight"]["status"]) == ("active", "suspended")
    assert listed["acme"]["lines"] == Line.objects.filter(tenant=acme, is_active=True).count() > 0


def test_a_clients_lines_are_shown_without_what_opens_them(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk
) -> None:
    say(acme, mail("Buongiorno"))
    say(northlight, chat("Hello"))
    with enter(acme):
        connect(line=line_of(acme, "email"), host="imap.acme.example", username="shop", password="very-secret-word")
        Mailbox.objects.update(error="LOGIN failed for maria@post.example")
    answer = desk_client(omar).get(f"/api/desk/clients/{acme.id}")
    shown = answer.json()
    by_carrier = {row["carrier"]: row for row in shown["lines"]}
    assert set(by_carrier) == {"webchat", "email", "form"}
    assert by_carrier["email"]["mailbox"] == {
        "host": "imap.acme.example", "username": "shop", "polled_at": None, "is_failing": True
    }  # fmt: skip
    assert by_carrier["form"]["mailbox"] is None
    text = answer.content.decode()
    for line in Line.objects.filter(tenant__in=(acme, northlight)):
        assert line.token not in text and not (line.secret and line.secret in text)
    assert "very-secret-word" not in text and "maria" not in text and "northlight" not in text
    assert (shown["status"], shown["open_work"]) == ("active", 1)


def test_what_stands_between_a_client_and_its_deletion_is_said(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk
) -> None:
    client, place = desk_client(omar), f"/api/desk/clients/{acme.id}"
    closing.suspend(person=omar, tenant=acme)
    assert client.get(place).json()["is_exported"] is False
    closing.note_export(person=omar, tenant=acme, sha256="0" * 64)
    assert client.get(place).json()["is_exported"] is True
    closing.delete(person=omar, tenant=acme, confirm="acme")
    gone = client.get(place).json()
    assert (gone["status"], [row["last_came_at"] for row in gone["lines"]]) == ("deleted", [None] * 3)
    assert client.get(f"/api/desk/clients/{northlight.id}").json()["status"] == "active"


@pytest.mark.parametrize("who", ["lucia", "sofia", "carla", None])
def test_it_is_for_operators(
    who: str | None, acme: Tenant, omar: Person, desk_client: Desk, request: pytest.FixtureRequest
) -> None:
    client = desk_client(request.getfixturevalue(who) if who else None)
    for path in ("/api/desk/clients", f"/api/desk/clients/{acme.id}"):
        assert client.get(path).status_code == (403 if who else 401)
        assert desk_client(omar).get(path).status_code == 200
