"""The operator's person page, bulk steps, history and a client's keys, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kernel import clock
from people.models import ApiKey, AuditEntry, Invitation, Person
from tenants.models import Tenant
from tests.desk.shop import post

Doors = Callable[..., Client]


def send(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/desk/{path}", body, content_type="application/json")


def test_a_persons_page_shows_what_they_may_and_where_they_are(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, lucia: Person, jens: Person, desk_client: Doors
) -> None:
    desk_client(jens)
    client, hers = desk_client(omar), desk_client(lucia)
    assert hers.get("/api/me").status_code == 200
    later = (clock.now() + timedelta(days=30)).isoformat()
    body = {"people": [str(lucia.pk)], "client": str(acme.pk), "at": later}
    assert send(client, "accreditations/withdraw", body).json() == {"changed": 1}
    send(client, "accreditations/grant", {**body, "valid_from": later, "alias": "Lu"})
    shown = client.get(f"/api/desk/people/{lucia.pk}").json()
    spells = [(one["client"]["name"], one["state"], one["alias"]) for one in shown["accreditations"]]
    assert spells == [
        ("Acme Shoes", "later", "Lu"),
        ("Acme Shoes", "now", "Lucia A."),
        ("Northlight", "now", "Lucia A."),
    ]
    assert [one["code"] for one in shown["skills"]] == ["lang:es", "lang:en", "lang:it"]
    assert len(shown["sessions"]) == 1 and shown["all_clients"] is False
    assert desk_client(sofia).get(f"/api/desk/people/{lucia.pk}").status_code == 403
    assert client.get(f"/api/desk/people/{uuid4()}").status_code == 404


def test_open_invitations_are_listed_until_they_are_used_or_withdrawn(
    omar: Person, sofia: Person, lucia: Person, jens: Person, desk_client: Doors
) -> None:
    client = desk_client(omar)
    for person in (lucia, jens):
        client.post(f"/api/desk/people/{person.pk}/password-link")

    def listed() -> dict[str, bool]:
        return {row["email"]: row["is_over"] for row in client.get("/api/desk/invitations").json()}

    assert listed() == {lucia.email: False, jens.email: False}
    client.delete(f"/api/desk/people/{jens.pk}/password-link")
    assert listed() == {lucia.email: False}
    Invitation.objects.filter(person=lucia).update(expires_at=clock.now())
    assert listed() == {lucia.email: True}
    assert desk_client(sofia).get("/api/desk/invitations").status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("accreditations/grant", {"client": "northlight", "people": "paolo"}),
        ("accreditations/withdraw", {"client": "acme", "people": "paolo"}),
        ("skills/level", {"people": "paolo", "code": "lang:fr", "level": 3}),
        ("skills", {"name": "Returns", "what": "returns", "shop": "acme"}),
    ],
)
def test_bulk_steps_are_the_operators(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, lucia: Person, paolo: Person, desk_client: Doors,
    path: str, body: dict[str, Any],
) -> None:  # fmt: skip
    ids = {
        "people": [str(paolo.pk)],
        "client": str({"acme": acme, "northlight": northlight}[body.get("client", "acme")].pk),
    }
    filled = {name: ids.get(name, value) for name, value in body.items()}
    for who, status in ((sofia, 403), (lucia, 403), (omar, 201 if path == "skills" else 200)):
        answer = send(desk_client(who), path, filled)
        assert answer.status_code == status, answer.content
    if "people" in filled:
        assert answer.json() == {"changed": 1}
        assert send(desk_client(omar), path, {**filled, "people": []}).status_code == 400


def test_skills_say_who_has_and_who_needs_them(omar: Person, lucia: Person, desk_client: Doors) -> None:
    client = desk_client(omar)
    rows = {row["code"]: row for row in client.get("/api/desk/skills").json()}
    assert (rows["lang:it"]["people"], rows["lang:it"]["queues"]) == (2, 0)
    renamed = client.patch("/api/desk/skills", {"code": "lang:it", "name": "Italiano"}, content_type="application/json")
    assert {row["code"]: row["name"] for row in renamed.json()}["lang:it"] == "Italiano"
    assert desk_client(lucia).get("/api/desk/skills").status_code == 403


def test_who_could_serve_a_client_at_a_moment(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, paolo: Person, desk_client: Doors
) -> None:
    client, path = desk_client(omar), f"/api/desk/clients/{acme.pk}/could-serve"
    names = {one["person"]["name"] for one in client.get(path).json()["people"]}
    assert names == {"Lucia L.", "Paolo P."}
    shown = client.get(path, {"at": "2025-12-31T23:59"}).json()  # Rome: a minute before the first began
    assert (shown["people"], shown["at"]) == ([], "2025-12-31T22:59:00Z")
    assert client.get(path, {"at": "2026-01-01T02:00"}).json()["people"][0]["languages"][0] == {
        "code": "es",
        "level": 5,
    }
    assert client.get(path, {"at": "yesterday"}).status_code == 400
    assert desk_client(sofia).get(path).status_code == 403
    assert client.get(f"/api/desk/clients/{uuid4()}/could-serve").status_code == 404


def test_a_clients_key_acts_for_one_of_its_users(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, carla: Person, dieter: Person,
    desk_client: Doors, shop_client: Doors,
) -> None:  # fmt: skip
    client, path = desk_client(omar), f"/api/desk/clients/{acme.pk}/keys"
    assert post(client, path, name="Warehouse", person=str(dieter.pk)).status_code == 400
    assert post(client, path, name="Warehouse", person=str(omar.pk)).status_code == 400
    made = post(client, path, name="Warehouse", person=str(carla.pk), days=30)
    assert made.status_code == 201, made.content
    key = made.json()["key"]
    assert key not in client.get(path).content.decode() and client.get(path).json()[0]["made_by"] == carla.name
    headers = {"authorization": f"Key {key}"}
    assert shop_client(acme).get("/api/portal/invoices", headers=headers).status_code == 200
    assert shop_client(northlight).get("/api/portal/invoices", headers=headers).status_code == 401
    entry = AuditEntry.objects.get(action="api_key.made")
    assert (entry.person, entry.tenant, entry.detail["acts_for"]) == (omar, acme, str(carla.pk))
    one = f"{path}/{ApiKey.objects.get().pk}"
    assert desk_client(sofia).delete(one).status_code == 403
    assert client.delete(one.replace(str(acme.pk), str(northlight.pk))).status_code == 404
    assert client.delete(one).status_code == 204
    assert shop_client(acme).get("/api/portal/invoices", headers=headers).status_code == 401
