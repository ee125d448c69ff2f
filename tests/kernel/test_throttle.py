"""Rates: each door its own, each shop its own, and what happens while nobody can count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel import clock, throttle
from kernel.errors import Refusal
from kernel.patience import Patience
from people.models import Person
from tenants.models import Tenant
from tests.conversations.shoppers import Visitor, fetch


@pytest.fixture(autouse=True)
def rates(settings: Any) -> Iterator[Callable[..., None]]:
    """``rates(form=2)``: that door's rate, in a minute that is nobody else's, 20 seconds old and goes on for ever."""
    settings.RATE_FACTOR = 1
    settings.RATES_PER_MINUTE = dict.fromkeys(settings.RATES_PER_MINUTE, 1_000_000)
    minute = clock.now().replace(second=20, microsecond=0) + timedelta(minutes=5 + uuid4().int % 500)

    def choose(**doors: int) -> None:
        assert set(doors) <= set(settings.RATES_PER_MINUTE)
        settings.RATES_PER_MINUTE = {**settings.RATES_PER_MINUTE, **doors}

    with clock.hold(minute):
        yield choose


def form(client: Client, **more: Any) -> Any:
    return client.post("/api/form/messages", {"email": "a@b.example", "client_key": str(uuid4()), "website": "x",
        "category": "x", "text": "x", **more}, content_type="application/json")  # fmt: skip


def knock(client: Client, acme: Tenant, door: str) -> Any:
    match door:
        case "widget_session" | "widget_session_shop":
            return client.post("/api/widget/session", {"key": "x"}, content_type="application/json")
        case "form" | "form_shop":
            return form(client)
        case "case_link":
            return client.get("/api/case/x")
        case "search":
            return client.get("/api/desk/search?q=AC-1")
        case _:
            raise AssertionError(door)


@pytest.mark.parametrize("door", ["widget_session", "widget_session_shop", "form", "form_shop", "case_link"])
def test_a_door_says_when_to_come_again_and_the_other_shop_is_unharmed(
    acme: Tenant, northlight: Tenant, shop_client: Any, rates: Callable[..., None], door: str
) -> None:
    rates(**{door: 2})
    client = shop_client(acme)
    assert [knock(client, acme, door).status_code == 429 for _ in range(3)] == [False, False, True]
    refused = knock(client, acme, door)
    assert (refused.json()["code"], refused["Retry-After"]) == ("too_many", "40")
    assert knock(shop_client(northlight), northlight, door).status_code != 429


def test_search_is_counted_by_person(
    lucia: Person, paolo: Person, acme: Tenant, desk_client: Any, rates: Callable[..., None]
) -> None:
    rates(search=2)
    client = desk_client(lucia)
    assert [knock(client, acme, "search").status_code for _ in range(3)] == [200, 200, 429]
    assert knock(desk_client(paolo), acme, "search").status_code == 200


def test_uploads_are_counted_by_message_and_text_goes_on(
    acme: Tenant, shop_client: Any, rates: Callable[..., None]
) -> None:
    rates(upload=1)
    visitor = Visitor(shop_client(acme), acme)
    files = [SimpleUploadedFile("a.txt", b"ciao", "text/plain") for _ in range(2)]
    assert [visitor.send_files(file).status_code for file in files] == [200, 429]
    assert visitor.say().status_code == 200


def test_links_to_files_are_counted_by_viewer(acme: Tenant, shop_client: Any, rates: Callable[..., None]) -> None:
    rates(file=2)
    visitor, other = (Visitor(shop_client(acme), acme) for _ in range(2))
    links = []
    for one in (visitor, other):
        one.send_files(SimpleUploadedFile("a.txt", b"ciao", "text/plain"))
        links.append(one.get("conversation").json()["messages"][0]["attachments"][0]["url"])
    assert [fetch(links[0]).status_code for _ in range(3)] == [200, 200, 429]
    assert fetch(links[1]).status_code == 200


def test_sign_in_is_counted_by_address_and_door(
    acme: Tenant, northlight: Tenant, shop_client: Any, rates: Callable[..., None]
) -> None:
    rates(sign_in=2)
    body = {"email": "nobody@acme.example", "password": "wrong-wrong-wrong"}

    def sign_in(shop: Tenant) -> Any:
        client = shop_client(shop)
        return client.post("/_allauth/browser/v1/auth/login", body, content_type="application/json")

    answers = [sign_in(acme) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert (answers[-1].json()["code"], answers[-1]["Retry-After"]) == ("too_many", "40")
    assert sign_in(northlight).status_code == 400


@pytest.mark.parametrize(
    ("door", "path", "body", "let_in"),
    [
        ("password_reset", "forgotten", {"email": "nobody@bpo.example"}, 200),
        ("invitation", "link", {"token": "x"}, 410),
        ("invitation", "set", {"token": "x", "password": "a-long-walk-on-the-quay"}, 410),
    ],
)
def test_links_are_asked_for_and_tried_at_the_rate_of_their_door(
    acme: Tenant, desk_client: Any, shop_client: Any, rates: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch, door: str, path: str, body: dict[str, str], let_in: int,
) -> None:  # fmt: skip
    rates(**{door: 2})

    def ask(client: Client) -> Any:
        return client.post(f"/api/password/{path}", body, content_type="application/json")

    answers = [ask(desk_client()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [let_in, let_in, 429]
    assert answers[-1]["Retry-After"] == "40"
    assert ask(shop_client(acme)).status_code == let_in  # another door, counted by itself
    monkeypatch.setattr(throttle, "_patience", Patience(2.0))
    monkeypatch.setattr(throttle, "valkey", lambda: redis.Redis(port=1, socket_connect_timeout=0.1))
    assert ask(shop_client(acme)).status_code == 503


def test_keys_name_the_shop_and_nobody(acme: Tenant, rates: Callable[..., None], settings: Any) -> None:
    rates(form=5)
    who = "maria@example.com"
    throttle.require_leave(acme.id, "form", who)
    names = [str(name) for name in redis.Redis.from_url(settings.VALKEY_URL).keys(f"rate:{acme.id}:form:*")]
    assert names and not any("maria" in name for name in names)


@pytest.mark.parametrize(("door", "status"), [("form", None), ("sign_in", None), ("password_reset", 503)])
def test_while_valkey_is_away_doors_stay_open_but_for_those_that_lose_nothing_by_waiting(
    acme: Tenant, rates: Callable[..., None], monkeypatch: pytest.MonkeyPatch, door: str, status: int | None
) -> None:
    rates(**{door: 0})
    with pytest.raises(Refusal) as counted:
        throttle.require_leave(acme.id, door, "x")
    assert counted.value.status == 429
    monkeypatch.setattr(throttle, "_patience", Patience(2.0))
    monkeypatch.setattr(throttle, "valkey", lambda: redis.Redis(port=1, socket_connect_timeout=0.1))
    for _ in range(2):
        if status is None:
            throttle.require_leave(acme.id, door, "x")
            continue
        with pytest.raises(Refusal) as shut:
            throttle.require_leave(acme.id, door, "x")
        assert (shut.value.status, shut.value.retry_after) == (status, 5)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (1, "", "192.0.2.1"),
        (1, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "rubbish", "rubbish"),
    ],
)
def test_the_callers_address_is_what_our_own_proxies_saw(
    settings: Any, proxies: int, forwarded: str, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert throttle.address_of({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded}) == seen
