"""The operator opens shops, hires people and reads the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from billing.models import RateCard
from config.hosts import forget_hosts
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.access import audit, may_serve
from people.models import AuditEntry, Person
from quality.evaluating import scorecard_in_force
from routing.models import AgentState
from tenants.models import Tenant
from tests.desk.shop import post

Desk = Callable[..., Client]

SHOP: dict[str, Any] = {
    "name": "Borea Bikes", "slug": "borea", "country": "ES", "languages": ["es", "pt"], "time_zone": "Europe/Madrid",
    "mark": "BO", "color": "#3b5bdb", "currency": "EUR", "legal_name": "Borea S.L.", "tax_id": "ESB1", "tone": "de tú",
}  # fmt: skip
PERSON: dict[str, Any] = {
    "name": "Nora Vidal", "email": "Nora@bpo.example", "password": "a-long-walk-on-the-quay", "roles": ["agent"],
    "languages": [{"code": "es", "level": 5}, {"code": "it", "level": 3}],
}  # fmt: skip


def test_a_shop_is_opened_ready_to_be_billed_and_evaluated(omar: Person, desk_client: Desk) -> None:
    answer = post(desk_client(omar), "/api/desk/clients", **SHOP)
    assert answer.status_code == 201, answer.content
    shop = Tenant.objects.get(slug="borea")
    assert (answer.json()["id"], answer.json()["tone"]) == (str(shop.id), "de tú")
    assert "://borea." in answer.json()["url"]
    card = RateCard.objects.get(tenant=shop)
    assert (card.currency, str(card.vat_percent), card.valid_from.day) == ("EUR", "21.00", 1)
    with enter(shop):
        assert scorecard_in_force().version == 1
    assert AuditEntry.objects.filter(action="shop.opened", tenant=shop, person=omar).exists()
    forget_hosts()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"slug": "acme"}, 409, "slug"),
        ({"slug": "Not A Slug"}, 400, "slug"),
        ({"slug": "desk"}, 400, "slug"),
        ({"time_zone": "Mars/Base"}, 400, "time_zone"),
        ({"languages": []}, 400, "languages"),
        ({"color": "red"}, 400, "color"),
    ],
)
def test_a_shop_that_cannot_be_opened_says_which_field(
    change: dict[str, Any], status: int, field: str, acme: Tenant, omar: Person, desk_client: Desk
) -> None:
    answer = post(desk_client(omar), "/api/desk/clients", **{**SHOP, **change})
    assert (answer.status_code, field in answer.json()["fields"]) == (status, True), answer.content
    assert not Tenant.objects.filter(name="Borea Bikes").exists()


def test_people_are_listed_with_what_they_speak_and_whom_they_serve(
    acme: Tenant, northlight: Tenant, lucia: Person, carla: Person, omar: Person, desk_client: Desk
) -> None:
    rows = {row["email"]: row for row in desk_client(omar).get("/api/desk/people").json()}
    shown = rows[lucia.email]
    assert shown["roles"] == ["agent"]
    assert shown["languages"] == [{"code": "es", "level": 5}, {"code": "en", "level": 4}, {"code": "it", "level": 4}]
    assert [client["name"] for client in shown["clients"]] == ["Acme Shoes", "Northlight"]
    theirs = rows[carla.email]
    assert (theirs["roles"], [one["id"] for one in theirs["clients"]]) == (["client"], [str(acme.id)])
    assert "password" not in shown


def test_an_agent_is_hired_ready_to_work(acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk) -> None:
    answer = post(desk_client(omar), "/api/desk/people", **PERSON, clients=[str(acme.id)])
    assert answer.status_code == 201, answer.content
    nora = Person.objects.get(email="nora@bpo.example")
    assert nora.check_password(PERSON["password"])
    assert (may_serve(nora, acme), may_serve(nora, northlight)) == (True, False)
    assert AgentState.objects.filter(person=nora).exists()
    assert answer.json()["languages"] == PERSON["languages"]
    assert desk_client(nora).get("/api/desk/evaluations").status_code == 200


def test_a_clients_user_is_added_to_that_client_only(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk, shop_client: Callable[..., Client]
) -> None:
    body = {**PERSON, "roles": [], "languages": [], "client_of": str(northlight.id)}
    assert post(desk_client(omar), "/api/desk/people", **body).json()["roles"] == ["client"]
    nora = Person.objects.get(email="nora@bpo.example")
    assert desk_client(nora).get("/api/desk/people").status_code == 403
    assert shop_client(northlight, nora).get("/api/portal/invoices").status_code == 200
    assert shop_client(acme, nora).get("/api/portal/invoices").status_code == 403


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"email": "LUCIA@bpo.example"}, 409, "email"),
        ({"email": "nobody"}, 400, "email"),
        ({"password": "password12"}, 400, "password"),
        ({"password": "short"}, 400, "password"),
        ({"roles": []}, 400, "roles"),
        ({"roles": ["client"]}, 400, "roles"),
        ({"roles": ["supervisor"], "clients": [str(new_id())]}, 400, "clients"),
        ({"clients": [str(new_id())]}, 400, "clients"),
        ({"languages": [{"code": "es", "level": 9}]}, 400, "languages"),
        ({"time_zone": "Mars/Base"}, 400, "time_zone"),
    ],
)
def test_a_person_who_cannot_be_hired_says_why(
    change: dict[str, Any], status: int, field: str, lucia: Person, omar: Person, desk_client: Desk
) -> None:
    before = Person.objects.count()
    answer = post(desk_client(omar), "/api/desk/people", **{**PERSON, **change})
    assert (answer.status_code, field in answer.json()["fields"]) == (status, True), answer.content
    assert Person.objects.count() == before


def test_the_audit_is_read_newest_first_in_pages(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.audit_list.PAGE_ROWS", 2)
    start = clock.now() + timedelta(days=1)
    for hour, shop in enumerate((acme, northlight, acme)):
        with clock.hold(start + timedelta(hours=hour)):
            audit(omar, "test.done", tenant=shop, object_id=hour, code="x")
    client = desk_client(omar)
    first = client.get("/api/desk/audit?action=test.done").json()
    second = client.get("/api/desk/audit?action=test.done&page=2").json()
    assert [row["object_id"] for row in first["results"] + second["results"]] == ["2", "1", "0"]
    assert (first["next"], second["next"]) == (2, None)
    row = first["results"][1]
    assert (row["tenant"]["name"], row["person"]["name"], row["detail"]) == ("Northlight", omar.name, {"code": "x"})
