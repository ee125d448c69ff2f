"""What is being written, over HTTP: each step, and each denial beside the same call allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conversations import peeking
from conversations.composing_models import Peek
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.conversations.shoppers import mail, say, take_in_hand
from tests.desk.shop import give, place, post, write

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]


def put(client: Any, path: str, **body: Any) -> Any:
    return client.put(path, body, content_type="application/json")


def test_a_draft_is_kept_and_opened_again(acme: Tenant, lucia: Person, jens: Person, desk_client: Desk) -> None:
    message = write(acme)
    client = desk_client(lucia)
    saved = put(client, place(acme, message, "/draft"), mode="reply", text="Buong", revision=0)
    assert (saved.status_code, saved.json()["revision"]) == (200, 1)
    assert put(client, place(acme, message, "/draft"), mode="reply", text="x", revision=0).status_code == 409
    [draft] = client.get(place(acme, message, "/unsent")).json()["drafts"]
    assert (draft["text"], draft["mode"], draft["revision"]) == ("Buong", "reply", 1)
    other = desk_client(jens)
    assert other.get(place(acme, message, "/unsent")).status_code == 404
    assert put(other, place(acme, message, "/draft"), mode="reply", text="x", revision=0).status_code == 404


def test_a_mail_is_held_shown_changed_and_taken_back(
    acme: Tenant, lucia: Person, paolo: Person, desk_client: Desk
) -> None:
    message = say(acme, mail())
    take_in_hand(message.conversation_id, lucia)
    client, other = desk_client(lucia), desk_client(paolo)
    held = post(client, place(acme, message, "/held"), text="Arriva domani.", client_key="k1", cc="capo@x.example")
    assert held.status_code == 200, held.content
    assert (held.json()["state"], held.json()["is_scheduled"]) == ("held", False)
    assert post(other, place(acme, message, "/held"), text="Io", client_key="k2").status_code == 409
    path = place(acme, message, f"/held/{held.json()['id']}")
    then = (clock.now() + timedelta(hours=2)).isoformat()
    changed = client.patch(path, {"send_at": then}, content_type="application/json")
    assert (changed.status_code, changed.json()["is_scheduled"]) == (200, True)
    assert [each["id"] for each in other.get(place(acme, message, "/unsent")).json()["held"]] == [held.json()["id"]]
    assert post(other, f"{path}/cancel").status_code == 409
    assert post(client, f"{path}/cancel").json()["text"] == "Arriva domani."
    unsent = client.get(place(acme, message, "/unsent")).json()
    assert (unsent["held"], unsent["drafts"][0]["text"]) == ([], "Arriva domani.")
    assert unsent["drafts"][0]["envelope"] == {"cc": "capo@x.example"}


def test_an_address_that_is_none_is_said_by_its_field(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    message = say(acme, mail())
    take_in_hand(message.conversation_id, lucia)
    refused = post(desk_client(lucia), place(acme, message, "/held"), text="Ciao", client_key="k1", to="maria")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["to"])


def test_a_colleague_is_named_told_and_has_seen_it(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme)
    give(message, lucia)
    client = desk_client(lucia)
    people = client.get(f"/api/desk/clients/{acme.id}/colleagues").json()["people"]
    names = {each["name"] for each in people}
    assert paolo.name in names and jens.name not in names and lucia.name not in names
    assert desk_client(paolo).get(f"/api/desk/clients/{northlight.id}/colleagues").status_code == 404
    noted = post(
        client, place(acme, message, "/notes"), text=f"@{paolo.name}?", client_key="n", mentions=[str(paolo.id)]
    )
    assert noted.status_code == 200, noted.content
    assert (
        post(client, place(acme, message, "/notes"), text="@", client_key="m", mentions=[str(jens.id)]).json()["code"]
        == "not_a_colleague"
    )
    named = desk_client(paolo)
    found = named.get("/api/desk/mentions").json()
    assert (found["unread"], found["mentions"][0]["tenant"]["mark"]) == (1, "AC")
    assert post(named, place(acme, message, "/mentions/seen")).json() == {"seen": 1}
    assert named.get("/api/desk/mentions").json()["unread"] == 0


def test_what_a_shopper_types_is_seen_only_where_it_is_switched_on(
    acme: Tenant, northlight: Tenant, lucia: Person, omar: Person, jens: Person, desk_client: Desk, shop_client: Desk
) -> None:
    message = write(acme)
    client, operator = desk_client(lucia), desk_client(omar)

    def typed(text: str) -> str:
        with enter(acme):
            peeking.note_typed(acme, message.conversation_id, text)
        return str(client.get(place(acme, message, "/peek")).json()["text"])

    assert typed("sto per") == ""
    assert put(client, f"/api/desk/clients/{acme.id}/peeks", is_on=True).status_code == 403
    assert put(operator, f"/api/desk/clients/{acme.id}/peeks", is_on=True).json() == {"is_on": True}
    assert typed("sto per 4111 1111 1111 1111").startswith("sto per ")
    assert "4111 1111" not in typed("sto per 4111 1111 1111 1111")
    assert [shop_client(shop).get("/api/widget/config").json()["sneak_peek"] for shop in (acme, northlight)] == [
        True,
        False,
    ]
    assert desk_client(jens).get(place(acme, message, "/peek")).status_code == 404
    with clock.hold(clock.now() + timedelta(minutes=1)):
        assert client.get(place(acme, message, "/peek")).json() == {"text": "", "at": None}
    assert typed("") == ""
    with enter(acme):
        assert not Peek.objects.exists()
    assert put(operator, f"/api/desk/clients/{acme.id}/peeks", is_on=False).json() == {"is_on": False}
    assert typed("di nuovo") == ""
