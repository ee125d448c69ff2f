"""A shop's own pages may embed its chat once an operator named them; every other page is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from config.embedding import may_open_socket
from config.hosts import forget_hosts
from people.models import AuditEntry, Person
from tenants.models import Tenant
from tests.conversations.shoppers import line_of

OWN, EVIL = "https://www.acme-shoes.example", "https://evil.example"


@pytest.fixture
def door(acme: Tenant, shop_client: Callable[..., Client]) -> Client:
    Tenant.objects.filter(pk=acme.pk).update(embedding_origins=[OWN])
    forget_hosts()
    return shop_client(acme)


def ask(door: Client, origin: str, path: str = "/api/widget/config", **more: Any) -> Any:
    return door.get(path, headers={"Origin": origin}, **more)


def test_a_named_page_uses_the_widgets_api(door: Client, acme: Tenant) -> None:
    config = ask(door, OWN)
    assert (config.status_code, config["Access-Control-Allow-Origin"]) == (200, OWN)
    assert "Origin" in config["Vary"]
    assert "Access-Control-Allow-Credentials" not in config
    question = {
        "Origin": OWN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = door.options("/api/widget/messages", headers=question)
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, OWN)
    assert "authorization" in preflight["Access-Control-Allow-Headers"]
    opened = door.post(
        "/api/widget/session", {"key": line_of(acme).token}, content_type="application/json", headers={"Origin": OWN}
    )
    said = door.post(
        "/api/widget/messages",
        {"text": "Ciao", "client_key": str(uuid4())},
        content_type="application/json",
        headers={"Origin": OWN, "Authorization": f"Widget {opened.json()['token']}"},
    )
    assert said.status_code == 200, said.content


@pytest.mark.parametrize("origin", [EVIL, "null", OWN.replace("https", "http"), f"{OWN}:8443", f"{OWN}.evil.example"])
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_every_other_page_is_refused_and_told_no_origin(door: Client, origin: str, method: str) -> None:
    answer = getattr(door, method)("/api/widget/messages", headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert "Access-Control-Allow-Origin" not in answer


def test_a_shops_named_page_is_nothing_at_another_shop_or_another_api(
    door: Client, northlight: Tenant, carla: Person, acme: Tenant, shop_client: Any, desk_client: Any, lucia: Person
) -> None:
    assert ask(shop_client(northlight), OWN).status_code == 403
    assert ask(shop_client(northlight), f"http://northlight.{settings.DOMAIN}").status_code == 200
    assert ask(door, OWN, "/api/form/config").status_code == 403
    assert ask(shop_client(acme, carla), OWN, "/api/portal/overview").status_code == 403
    assert ask(shop_client(acme, carla), OWN, "/_allauth/browser/v1/auth/session").status_code == 403
    assert ask(desk_client(lucia), OWN, "/api/desk/state").status_code == 403
    assert desk_client(lucia).get("/api/desk/changes").status_code == 200


def test_the_widgets_own_files_load_from_anywhere(door: Client) -> None:
    loader = ask(door, EVIL, "/widget.js")
    assert loader["Access-Control-Allow-Origin"] == "*"
    assert loader["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_page_made_for_frames_is_framed_by_named_pages_alone(door: Client) -> None:
    assert f"frame-ancestors 'self' {OWN}" in door.get("/chat/")["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in door.get("/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("origin", "path", "admitted"),
    [
        (OWN, "/ws/widget/", True),
        (f"http://acme.{settings.DOMAIN}", "/ws/widget/", True),
        (f"https://acme.{settings.DOMAIN}", "/ws/widget/", False),
        (EVIL, "/ws/widget/", False),
        ("", "/ws/widget/", False),
        (OWN, "/ws/desk/", False),
    ],
)
def test_asvs_4_4_2_a_socket_is_opened_by_named_pages_alone(
    door: Client, acme: Tenant, origin: str, path: str, admitted: bool
) -> None:
    acme.refresh_from_db()
    headers = {b"host": f"acme.{settings.DOMAIN}".encode(), b"origin": origin.encode()}
    assert may_open_socket(headers, path, acme) is admitted


def test_an_operator_names_the_pages(acme: Tenant, omar: Person, desk_client: Any) -> None:
    client, path = desk_client(omar), f"/api/desk/clients/{acme.id}/embedding"
    wanted = ["https://WWW.Acme-Shoes.example/", OWN, "https://bücher.example:8443", "http://localhost:3000"]
    answer = client.put(path, {"origins": wanted}, content_type="application/json")
    kept = [OWN, "https://xn--bcher-kva.example:8443", "http://localhost:3000"]
    assert (answer.status_code, answer.json()) == (200, {"origins": kept})
    assert client.get(path).json() == {"origins": kept}
    assert AuditEntry.objects.filter(action="shop.embedding_chosen", tenant=acme, person=omar).exists()


@pytest.mark.parametrize(
    "origin",
    [
        "*", "https://*.acme.example", "https://", "acme.example", "https://acme.example/chat", "https://u@acme.example",
        "javascript:alert(1)", "https://acme.example; script-src *", "https://a b.example", "https://192.0.2.7", "null",
        "https://acme.example:99999", "file:///etc/passwd", "https://[::1]",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(acme: Tenant, omar: Person, desk_client: Any, origin: str) -> None:
    answer = desk_client(omar).put(
        f"/api/desk/clients/{acme.id}/embedding", {"origins": [OWN, origin]}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["fields"]["origins"]
    assert Tenant.objects.get(pk=acme.pk).embedding_origins == []


def test_plain_http_is_for_ones_own_machine_when_we_serve_tls(
    acme: Tenant, omar: Person, desk_client: Any, settings: Any
) -> None:
    settings.SCHEME = "https"
    client, path = desk_client(omar), f"/api/desk/clients/{acme.id}/embedding"
    for origin, status in (("http://www.acme.example", 400), ("http://localhost:3000", 200)):
        assert client.put(path, {"origins": [origin]}, content_type="application/json").status_code == status


def test_only_operators_do(acme: Tenant, sofia: Person, lucia: Person, desk_client: Any) -> None:
    for person in (sofia, lucia):
        client = desk_client(person)
        assert client.get(f"/api/desk/clients/{acme.id}/embedding").status_code == 403
        answer = client.put(
            f"/api/desk/clients/{acme.id}/embedding", {"origins": [EVIL]}, content_type="application/json"
        )
        assert answer.status_code == 403
    assert Tenant.objects.get(pk=acme.pk).embedding_origins == []
