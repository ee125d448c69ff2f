"""What every door forbids the browser, on every kind of answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config.hosts import forget_hosts
from people.models import Person
from tenants.models import Tenant

HOSTS = ("desk", "acme", "files", "nobody")
ANSWERS = (
    "/",
    "/portal/",
    "/contact/",
    "/case/x",
    "/chat/",
    "/api/me",
    "/api/csrf",
    "/widget.js",
    "/nothing/here",
    "/f/x",
)


def policy(answer: Any) -> dict[str, str]:
    rules = (rule.strip().partition(" ") for rule in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in rules}


@pytest.fixture
def everything(rows: None) -> list[tuple[str, str, Any]]:
    found = []
    for host in HOSTS:
        client = Client(headers={"host": f"{host}.{settings.DOMAIN}"})
        found += [(host, path, client.get(path)) for path in ANSWERS]
        found.append((host, "POST", client.post("/api/me", b"{", content_type="application/json")))
    return found


def test_asvs_3_4_3_no_answer_runs_inline_scripts_objects_or_another_base(everything: Any) -> None:
    for host, path, answer in everything:
        rules = policy(answer)
        assert rules["default-src"] == "'none'", (host, path)
        assert (rules["object-src"], rules["base-uri"]) == ("'none'", "'none'"), (host, path)
        scripts = rules.get("script-src", "'none'")
        assert not any(word in scripts for word in ("unsafe", "*", "http", "data:")), (host, path)


def test_asvs_3_4_6_no_answer_may_be_framed_by_anybody_not_named(everything: Any) -> None:
    for host, path, answer in everything:
        framed = (host, path) == ("acme", "/chat/")
        assert policy(answer)["frame-ancestors"] == ("'self'" if framed else "'none'"), (host, path)
        assert ("X-Frame-Options" in answer) != framed


def test_every_answer_says_the_rest(everything: Any) -> None:
    for host, path, answer in everything:
        assert answer["X-Content-Type-Options"] == "nosniff", (host, path)
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin")
        if "json" in answer["Content-Type"]:
            assert answer["Cache-Control"] == "private, no-store", (host, path)
        assert "Strict-Transport-Security" not in answer  # over plain http it would be ignored, or lock a machine out


def test_over_tls_browsers_are_told_to_stay_there(rows: None, settings: Any, acme: Tenant) -> None:
    settings.SCHEME = "https"
    client = Client(headers={"host": f"acme.{settings.DOMAIN}"})
    assert client.get("/api/me")["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "wss://acme." in client.get("/portal/")["Content-Security-Policy"]


def test_errors_are_json_at_every_host(everything: Any) -> None:
    for host, path, answer in everything:
        if answer.status_code >= 400:
            assert answer["Content-Type"].startswith("application/json"), (host, path)
            assert answer.json()["code"], (host, path)


@pytest.mark.parametrize(
    "host", ["evil.example", "desk.localhost.evil.example", "acme.localhost:80@evil", "a b", "[::1", "\xff"]
)
def test_a_host_that_is_not_ours_leads_nowhere(rows: None, host: str) -> None:
    answer = Client(headers={"host": host}).get("/api/me")
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in ("bad_request", "no_shop")


def test_links_never_come_from_the_host_header(acme: Tenant, shop_client: Callable[..., Client], lucia: Person) -> None:
    """Whatever names a request brings, what goes out names our own hosts."""
    form = {"email": "a@b.example", "text": "ciao", "client_key": "k"}
    client = shop_client(acme)
    form["category"] = client.get("/api/form/config").json()["categories"][0]["code"]
    strange = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Original-URL": "/evil"}
    said = client.post("/api/form/messages", form, headers=strange).json()
    assert said["status_url"].startswith(f"{settings.SCHEME}://acme.{settings.DOMAIN}")
    assert "evil" not in str(said)


def test_a_suspended_shops_doors_are_shut_within_a_second(acme: Tenant, shop_client: Callable[..., Client]) -> None:
    from config import hosts

    client = shop_client(acme)
    assert client.get("/api/widget/config").status_code == 200
    Tenant.objects.filter(pk=acme.pk).update(status="suspended")
    assert hosts._FRESH_SECONDS < 1
    forget_hosts()
    assert client.get("/api/widget/config").status_code == 404


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_cookies_fit_the_scheme(scheme: str, secure: bool) -> None:
    """Settings are read once per process: a process of its own reads them anew."""
    import os
    import subprocess
    import sys

    asked = (
        "from config import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        " s.CSRF_COOKIE_SAMESITE, getattr(s, 'SESSION_COOKIE_NAME', 'sessionid'))"
    )
    environment = {**os.environ, "CENTRALITA_SCHEME": scheme, "PYTHONPATH": f"{settings.ROOT / 'platform'}"}
    said = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    name = "__Host-sessionid" if secure else "sessionid"
    assert said.stdout.split() == [str(secure), str(secure), "True", "Lax", "Lax", name]
