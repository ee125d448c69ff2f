"""Signing in: at one's own door only, with one answer for everything that is wrong."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from people.models import AuditEntry, Membership, Person
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.world import EMAILS, PASSWORD

LOGIN = "/_allauth/browser/v1/auth/login"
SESSION = "/_allauth/browser/v1/auth/session"
TOTP = "/_allauth/browser/v1/account/authenticators/totp"
CODE = "/_allauth/browser/v1/auth/2fa/authenticate"
WRONG = {"code": "email_password_mismatch", "param": "password"}

Doors = Callable[..., Client]


def _sign_in(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"email": EMAILS.get(name, name), "password": password}, content_type="application/json")


def _problem(answer: Any) -> dict[str, str]:
    assert answer.status_code == 400, answer.content
    error = answer.json()["errors"][0]
    return {"code": error["code"], "param": error["param"]}


def test_staff_sign_in_at_the_desk(desk_client: Doors, lucia: Person) -> None:
    client = desk_client()
    assert client.get(SESSION).status_code == 401
    answer = _sign_in(client, "lucia")
    assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["user"]["email"] == lucia.email
    assert client.get("/api/me").json()["id"] == str(lucia.pk)
    assert AuditEntry.objects.filter(person=lucia, action="signed_in", tenant=None).count() == 1


def test_the_address_may_be_written_in_capitals(desk_client: Doors) -> None:
    assert _sign_in(desk_client(), EMAILS["lucia"].upper()).status_code == 200


def test_client_users_sign_in_at_their_own_shop(shop_client: Doors, acme: Tenant, carla: Person) -> None:
    client = shop_client(acme)
    assert _sign_in(client, "carla").status_code == 200
    assert client.get("/api/me").json()["tenant"]["slug"] == "acme"
    assert AuditEntry.objects.filter(person=carla, action="signed_in", tenant=acme).count() == 1


@pytest.mark.parametrize(
    ("name", "password", "shop"),
    [
        ("lucia", "wrong", None),
        ("nobody@bpo.example", PASSWORD, None),
        ("carla", PASSWORD, None),
        ("carla", PASSWORD, "northlight"),
        ("dieter", PASSWORD, "acme"),
        ("lucia", PASSWORD, "acme"),
        ("omar", PASSWORD, "northlight"),
    ],
)
def test_everything_wrong_answers_alike(
    desk_client: Doors, shop_client: Doors, name: str, password: str, shop: str | None
) -> None:
    client = shop_client(Tenant.objects.get(slug=shop)) if shop else desk_client()
    assert _problem(_sign_in(client, name, password)) == WRONG
    assert client.get(SESSION).status_code == 401
    assert AuditEntry.objects.filter(action="sign_in.refused").exists()
    assert not AuditEntry.objects.filter(action="signed_in").exists()


def test_the_suspended_are_refused_like_a_wrong_password(desk_client: Doors, lucia: Person) -> None:
    Person.objects.filter(pk=lucia.pk).update(is_active=False)
    assert _problem(_sign_in(desk_client(), "lucia")) == WRONG


def test_suspending_somebody_ends_their_session(desk_client: Doors, lucia: Person) -> None:
    client = desk_client(lucia)
    assert client.get("/api/me").status_code == 200
    Person.objects.filter(pk=lucia.pk).update(is_active=False)
    assert client.get("/api/me").status_code == 401


def test_whoever_has_no_role_left_is_refused(desk_client: Doors, lucia: Person) -> None:
    client = desk_client(lucia)
    Membership.objects.filter(person=lucia).delete()
    assert client.get("/api/me").status_code == 403
    assert _problem(_sign_in(desk_client(), "lucia")) == WRONG


def test_a_suspended_shop_has_no_door(shop_client: Doors, acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)
    assert _sign_in(shop_client(acme), "carla").status_code == 404


def test_ten_wrong_passwords_lock_the_address_and_no_other(desk_client: Doors) -> None:
    for _ in range(9):
        assert _problem(_sign_in(desk_client(), "lucia", "wrong")) == WRONG
    locked = _sign_in(desk_client(), "lucia", "wrong")
    assert locked.status_code == 429
    assert locked.json()["code"] == "locked_out"
    assert "15 minutes" in locked.json()["message"]
    assert _sign_in(desk_client(), "lucia").status_code == 429
    assert _sign_in(desk_client(), "sofia").status_code == 200


def test_a_right_password_at_the_wrong_door_counts_as_a_wrong_one(shop_client: Doors, acme: Tenant) -> None:
    for _ in range(9):
        assert _problem(_sign_in(shop_client(acme), "lucia")) == WRONG
    assert _sign_in(shop_client(acme), "lucia").status_code == 429


def test_a_success_forgets_the_failures(desk_client: Doors) -> None:
    for _ in range(2):
        for _ in range(8):
            _sign_in(desk_client(), "lucia", "wrong")
        assert _sign_in(desk_client(), "lucia").status_code == 200


def test_signing_out_ends_the_session(desk_client: Doors, lucia: Person) -> None:
    client = desk_client(lucia)
    assert client.delete(SESSION).status_code == 401
    assert client.get("/api/me").status_code == 401
    assert AuditEntry.objects.filter(person=lucia, action="signed_out").exists()


def test_nobody_can_sign_up(desk_client: Doors) -> None:
    answer = desk_client().post(
        "/_allauth/browser/v1/auth/signup",
        {"email": "new@bpo.example", "password": PASSWORD},
        content_type="application/json",
    )
    assert answer.status_code == 404
    assert not Person.objects.filter(email="new@bpo.example").exists()


def test_signing_in_needs_the_csrf_token(desk_client: Doors) -> None:
    client = desk_client(enforce_csrf_checks=True)
    assert _sign_in(client, "lucia").status_code == 403
    token = client.get("/api/csrf").json()["token"]
    assert client.cookies["csrftoken"].value
    answer = client.post(
        LOGIN,
        {"email": EMAILS["lucia"], "password": PASSWORD},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["lucia", "carla"])
def test_a_second_factor_can_be_set_up_and_is_then_asked_for(
    desk_client: Doors, shop_client: Doors, acme: Tenant, name: str
) -> None:
    door: Callable[[], Client] = desk_client if name == "lucia" else lambda: shop_client(acme)
    client = door()
    _sign_in(client, name)
    assert client.get("/api/me/totp.svg").status_code == 404
    secret = client.get(TOTP).json()["meta"]["secret"]
    drawn = client.get("/api/me/totp.svg")
    assert (drawn["Content-Type"], drawn["Cache-Control"], drawn.content[:5]) == ("image/svg+xml", "no-store", b"<?xml")
    answer = client.post(TOTP, {"code": _totp(secret)}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert client.get("/api/me").json()["mfa_enabled"] is True

    again = door()
    pending = _sign_in(again, name)
    assert pending.status_code == 401
    assert any(flow["id"] == "mfa_authenticate" and flow["is_pending"] for flow in pending.json()["data"]["flows"])
    assert again.get("/api/me").status_code == 401
    assert again.post(CODE, {"code": "000000"}, content_type="application/json").status_code == 400
    assert again.get("/api/me").status_code == 401
    after = again.post(CODE, {"code": _totp(secret, later=30)}, content_type="application/json")
    assert after.status_code == 200, after.content
    assert again.get("/api/me").status_code == 200


def test_an_old_session_needs_the_password_again_to_change_the_second_factor(desk_client: Doors, lucia: Person) -> None:
    client = desk_client(lucia)  # a session without a recent sign-in
    secret = client.get(TOTP).json()["meta"]["secret"]
    assert client.post(TOTP, {"code": _totp(secret)}, content_type="application/json").status_code == 401
    again = "/_allauth/browser/v1/auth/reauthenticate"
    assert client.post(again, {"password": "wrong"}, content_type="application/json").status_code == 400
    assert client.post(again, {"password": PASSWORD}, content_type="application/json").status_code == 200
    secret = client.get(TOTP).json()["meta"]["secret"]
    assert client.post(TOTP, {"code": _totp(secret)}, content_type="application/json").status_code == 200


def test_codes_cannot_be_guessed_for_long(desk_client: Doors) -> None:
    client = desk_client()
    _sign_in(client, "lucia")
    secret = client.get(TOTP).json()["meta"]["secret"]
    client.post(TOTP, {"code": _totp(secret)}, content_type="application/json")
    again = desk_client()
    _sign_in(again, "lucia")
    for guess in range(12):
        again.post(CODE, {"code": f"{guess:06}"}, content_type="application/json")
    right = again.post(CODE, {"code": _totp(secret, later=30)}, content_type="application/json")
    assert right.status_code in (400, 401, 409, 429)
    assert again.get("/api/me").status_code == 401


def test_over_a_real_server_with_lockout(live_stack: LiveStack, acme: Tenant) -> None:
    desk = live_stack.http()
    answer = desk.post(LOGIN, json={"email": EMAILS["lucia"], "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    shop = live_stack.http(shop=acme)
    for _ in range(9):
        assert shop.post(LOGIN, json={"email": EMAILS["jens"], "password": "wrong"}).status_code == 400
    locked = shop.post(LOGIN, json={"email": EMAILS["jens"], "password": "wrong"})
    assert (locked.status_code, locked.json()["code"]) == (429, "locked_out")


def _totp(secret: str, *, later: int = 0) -> str:
    """RFC 6238, 30 s, SHA-1, six digits."""
    counter = struct.pack(">Q", int(time.time() + later) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.mark.parametrize(
    "step",
    ["account/email", "account/phone", "auth/password/request", "auth/password/reset", "auth/signup", "auth/sessions"],
)
def test_only_the_steps_in_use_are_there(step: str, desk_client: Callable[..., Client], lucia: Person) -> None:
    """A person signed in could otherwise change the address they sign in with (allauth's e-mail page)."""
    client = desk_client(lucia)
    for method in (client.get, client.post, client.patch):
        answer = method(f"/_allauth/browser/v1/{step}", {"email": "x@evil.example"}, content_type="application/json")
        assert answer.status_code == 404
    lucia.refresh_from_db()
    assert lucia.email == "lucia@bpo.example"
