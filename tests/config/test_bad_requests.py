"""Requests that nobody's screen sends: each gets an answer, none a 500."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from people.models import Person
from tenants.models import Tenant


@pytest.mark.parametrize("path", ["/assets/%00", "/assets/" + "x" * 5000, "/assets/../settings.py", "/assets/"])
def test_an_asset_that_cannot_be_is_not_there(desk_client: Callable[..., Client], path: str) -> None:
    assert desk_client().get(path).status_code == 404


def test_a_search_with_a_nul_finds_nothing(desk_client: Callable[..., Client], lucia: Person) -> None:
    assert desk_client(lucia).get("/api/desk/search?q=a%00b").json()["results"] == []


def test_a_number_too_big_is_said(desk_client: Callable[..., Client], lucia: Person, acme: Tenant) -> None:
    path = f"/api/desk/clients/{acme.id}/conversations/{uuid4()}/read"
    answer = desk_client(lucia).post(path, {"seq": 2**40}, content_type="application/json")
    assert (answer.status_code, answer.json()["fields"].keys()) == (400, {"seq"})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/widget/session", '{"key": "\\ud800"}'),
        ("/api/widget/session", '{"key": "\\u0000"}'),
        ("/api/widget/messages", "[" * 100_000),
        ("/api/widget/session", "{"),
        ("/api/widget/session", "\udcff".encode("utf-8", "surrogateescape")),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    shop_client: Callable[..., Client], acme: Tenant, path: str, body: str | bytes
) -> None:
    answer = shop_client(acme).post(path, body, content_type="application/json")
    assert answer.status_code in (400, 401, 404)
    assert answer.json()["code"]


def test_a_shops_page_may_not_act_at_the_desk(desk_client: Callable[..., Client], lucia: Person) -> None:
    client = desk_client(lucia, enforce_csrf_checks=True)
    client.get("/api/csrf")
    token = client.cookies["csrftoken"].value
    for origin, status in (("http://acme.localhost", 403), ("http://desk.localhost", 200)):
        headers = {"X-CSRFToken": token, "Origin": origin}
        body = {"status": "available"}
        answer = client.post("/api/desk/state", body, content_type="application/json", headers=headers)
        assert answer.status_code == status
