"""Who one is, and what one may change of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from people.models import Person
from tenants.models import Tenant

Doors = Callable[..., Client]


def test_an_agent_sees_the_shops_they_serve(desk_client: Doors, lucia: Person, paolo: Person) -> None:
    me = desk_client(lucia).get("/api/me").json()
    assert me["roles"] == ["agent"]
    assert me["tenant"] is None
    assert me["mfa_enabled"] is False
    assert [client["slug"] for client in me["clients"]] == ["acme", "northlight"]
    assert me["clients"][0]["mark"] == "AC"
    assert [client["slug"] for client in desk_client(paolo).get("/api/me").json()["clients"]] == ["acme"]


def test_a_client_user_sees_their_shop_and_no_other(shop_client: Doors, acme: Tenant, carla: Person) -> None:
    me = shop_client(acme, carla).get("/api/me").json()
    assert (me["roles"], me["tenant"]["slug"], me["clients"]) == (["client"], "acme", [])


def test_a_session_carried_to_another_shop_is_worth_nothing(
    shop_client: Doors, desk_client: Doors, northlight: Tenant, carla: Person, lucia: Person
) -> None:
    assert shop_client(northlight, carla).get("/api/me").status_code == 403
    assert desk_client(carla).get("/api/me").status_code == 403
    assert shop_client(northlight, lucia).get("/api/me").status_code == 403


def test_nobody_is_asked_to_sign_in(desk_client: Doors) -> None:
    answer = desk_client().get("/api/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")


def test_language_and_time_zone_can_be_chosen(desk_client: Doors, lucia: Person, paolo: Person) -> None:
    client = desk_client(lucia)
    answer = client.patch("/api/me", {"language": "es"}, content_type="application/json")
    assert (answer.status_code, answer.json()["language"]) == (200, "es")
    client.patch("/api/me", {"time_zone": "Atlantic/Canary"}, content_type="application/json")
    lucia.refresh_from_db()
    assert (lucia.language, lucia.time_zone) == ("es", "Atlantic/Canary")
    paolo.refresh_from_db()
    assert paolo.language == "en"


@pytest.mark.parametrize(
    ("field", "value"), [("language", "xx"), ("time_zone", "Europe/Atlantis"), ("time_zone", "../etc/passwd")]
)
def test_what_does_not_exist_is_refused_by_field(desk_client: Doors, lucia: Person, field: str, value: str) -> None:
    answer = desk_client(lucia).patch("/api/me", {field: value}, content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]


def test_nothing_else_can_be_changed(desk_client: Doors, lucia: Person) -> None:
    desk_client(lucia).patch(
        "/api/me",
        {"email": "x@bpo.example", "roles": ["operator"], "is_superuser": True, "id": 1},
        content_type="application/json",
    )
    before = lucia.email
    lucia.refresh_from_db()
    assert (lucia.email, lucia.is_superuser) == (before, False)


def test_the_sign_in_screen_is_told_where_no_second_factor_is_asked(
    desk_client: Doors, shop_client: Doors, acme: Tenant, settings: Any
) -> None:
    settings.STAFF_TOTP_GRACE_DAYS = None
    assert desk_client(None).get("/api/door").json() == {"second_factor_off": True}
    assert shop_client(acme).get("/api/door").json() == {"second_factor_off": False}
    settings.STAFF_TOTP_GRACE_DAYS = 7
    assert desk_client(None).get("/api/door").json() == {"second_factor_off": False}
