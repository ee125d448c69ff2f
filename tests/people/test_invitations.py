"""Links to set a password: one use, one host, a short life, a hash at rest, and one answer for every address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from kernel import clock
from kernel.errors import Refusal
from people import invitations
from people.models import AuditEntry, Invitation, Person, Session
from people.posting import post
from people.tasks import post_invitations
from tenants.models import Tenant
from tests.world import EMAILS, PASSWORD

NEW = "a-new-path-through-the-dunes-9"
LOGIN = "/_allauth/browser/v1/auth/login"
Doors = Callable[..., Client]


def ask(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/password/{path}", body, content_type="application/json")


def posted() -> str:
    """Post what waits; the token of the last mail."""
    post_invitations()
    found = re.search(r"set-password#(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def sign_in(client: Client, name: str, password: str) -> int:
    answer = client.post(LOGIN, {"email": EMAILS[name], "password": password}, content_type="application/json")
    return int(answer.status_code)


def test_from_the_forgotten_password_to_the_new_one(desk_client: Doors, lucia: Person) -> None:
    other = desk_client(lucia)
    assert ask(desk_client(), "forgotten", email=lucia.email).json() == {"ok": True}
    token = posted()
    assert mail.outbox[-1].to == [lucia.email] and "http://desk." in mail.outbox[-1].body
    assert ask(desk_client(), "link", token=token).json() == {
        "name": lucia.name, "email": lucia.email, "purpose": "reset",
    }  # fmt: skip
    assert ask(desk_client(), "set", token=token, password=NEW).json() == {"ok": True}
    assert (sign_in(desk_client(), "lucia", PASSWORD), sign_in(desk_client(), "lucia", NEW)) == (400, 200)
    assert other.get("/api/me").status_code == 401  # ASVS 7.4.3: every session from before is over
    actions = set(AuditEntry.objects.filter(object_id=str(lucia.pk)).values_list("action", flat=True))
    assert {"password.reset_made", "password.set"} <= actions


def test_asvs_6_4_1_a_link_works_once_and_its_hash_alone_is_stored(desk_client: Doors, lucia: Person) -> None:
    invitations.make(person=lucia, purpose="reset")
    token = posted()
    row = Invitation.objects.get()
    assert token not in (row.token_hash, str(row.pk)) and len(row.token_hash) == 64 and len(token) >= 43
    assert ask(desk_client(), "set", token=token, password="password").status_code == 400  # kept: nothing was set
    assert ask(desk_client(), "set", token=token, password=NEW).status_code == 200
    again = ask(desk_client(), "set", token=token, password=NEW + "x")
    assert (again.status_code, again.json()["code"]) == (410, "link_gone")
    assert ask(desk_client(), "set", token=row.token_hash, password=NEW).status_code == 410


def test_asvs_6_4_1_a_link_runs_out(lucia: Person) -> None:
    for purpose, lives in invitations.LIVES.items():
        invitations.make(person=lucia, purpose=purpose)
        token = posted()
        assert invitations.find(token, None).person == lucia
        with clock.hold(clock.now() + lives + timedelta(seconds=1)), pytest.raises(Refusal):
            invitations.find(token, None)


def test_a_new_link_makes_the_old_one_void(lucia: Person, omar: Person) -> None:
    invitations.make(person=lucia, purpose="invite")
    first = posted()
    invitations.make(person=lucia, purpose="invite")
    second = posted()
    with pytest.raises(Refusal):
        invitations.find(first, None)
    assert invitations.find(second, None).person == lucia
    invitations.take_back(person=lucia, by=omar)
    with pytest.raises(Refusal):
        invitations.find(second, None)


def test_a_link_works_at_its_own_host_and_for_whoever_has_business_there(
    desk_client: Doors, shop_client: Doors, acme: Tenant, northlight: Tenant, carla: Person
) -> None:
    invitations.make(person=carla, purpose="reset")
    token = posted()
    assert "http://acme.localhost" in mail.outbox[-1].body and "/portal/set-password#" in mail.outbox[-1].body
    for client in (desk_client(), shop_client(northlight)):
        assert ask(client, "link", token=token).status_code == 410
        assert ask(client, "set", token=token, password=NEW).status_code == 410
    assert ask(shop_client(acme), "link", token=token).status_code == 200
    Person.objects.filter(pk=carla.pk).update(is_active=False)
    assert ask(shop_client(acme), "set", token=token, password=NEW).status_code == 410


def test_asvs_6_3_8_every_address_is_answered_alike(
    desk_client: Doors, shop_client: Doors, acme: Tenant, lucia: Person
) -> None:
    answers = {
        (answer.status_code, answer.content, tuple(sorted(answer.headers)))
        for email in (lucia.email, "nobody@bpo.example", EMAILS["carla"])
        for answer in [ask(desk_client(), "forgotten", email=email)]
    }
    assert len(answers) == 1
    assert [row.person for row in Invitation.objects.all()] == [lucia]
    ask(shop_client(acme), "forgotten", email=lucia.email)
    assert Invitation.objects.count() == 1


def test_nobodys_mailbox_is_flooded(desk_client: Doors, lucia: Person, sofia: Person) -> None:
    statuses = [ask(desk_client(), "forgotten", email=lucia.email).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert ask(desk_client(), "forgotten", email=sofia.email).status_code == 200


def test_a_mail_that_could_not_be_sent_is_sent_by_the_sweep_once(lucia: Person) -> None:
    made = invitations.make(person=lucia, purpose="invite")
    assert invitations.draw_token(made.pk) is not None  # the worker died here
    assert post_invitations() == 1 and post_invitations() == 0
    assert post(made.pk) is False
    assert len(mail.outbox) == 1
    assert "Su cuenta" in mail.outbox[0].subject or "Your account" in mail.outbox[0].subject


def test_my_sessions_are_listed_and_ended(desk_client: Doors, lucia: Person, jens: Person) -> None:
    mine, other, his = desk_client(lucia), desk_client(lucia), desk_client(jens)
    rows = mine.get("/api/me/sessions").json()
    assert [row["is_this_one"] for row in rows] == [True, False]
    assert not any(Session.objects.filter(session_key=str(value)).exists() for row in rows for value in row.values())
    theirs = his.get("/api/me/sessions").json()[0]["id"]
    assert mine.delete(f"/api/me/sessions/{theirs}").status_code == 404
    assert mine.delete(f"/api/me/sessions/{rows[1]['id']}").status_code == 200
    assert other.get("/api/me").status_code == 401
    desk_client(lucia)
    assert mine.delete("/api/me/sessions").json() == {"ended": 1}
    assert mine.get("/api/me").status_code == 200 and his.get("/api/me").status_code == 200


@pytest.mark.parametrize(("column", "over"), [("seen_at", "SESSION_IDLE_MINUTES"), ("started_at", "SESSION_HOURS")])
def test_asvs_7_3_sessions_run_out_by_idleness_and_by_age(
    desk_client: Doors, lucia: Person, settings: Any, column: str, over: str
) -> None:
    client = desk_client(lucia)
    assert client.get("/api/me").status_code == 200
    unit = timedelta(minutes=1) if over == "SESSION_IDLE_MINUTES" else timedelta(hours=1)
    Session.objects.filter(person=lucia).update(**{column: clock.now() - getattr(settings, over) * unit})
    assert client.get("/api/me").status_code == 401


def test_asvs_7_2_4_signing_in_gives_a_new_session_key(desk_client: Doors, lucia: Person) -> None:
    client = desk_client(lucia)
    before = client.cookies["sessionid"].value
    client.delete("/_allauth/browser/v1/auth/session")
    assert sign_in(client, "lucia", PASSWORD) == 200
    after = client.cookies["sessionid"].value
    assert after != before and not Session.objects.filter(session_key=before).exists()


def test_changing_my_password_ends_my_other_sessions(desk_client: Doors, lucia: Person) -> None:
    client, other = desk_client(), desk_client(lucia)
    assert sign_in(client, "lucia", PASSWORD) == 200
    key = client.cookies["sessionid"].value
    answer = client.post(
        "/_allauth/browser/v1/account/password/change",
        {"current_password": PASSWORD, "new_password": NEW},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    assert client.get("/api/me").status_code == 200 and other.get("/api/me").status_code == 401
    assert client.cookies["sessionid"].value != key
    assert AuditEntry.objects.filter(action="password.changed", object_id=str(lucia.pk)).exists()


def test_asvs_6_3_3_staff_without_a_second_factor_may_only_set_it_up_after_the_grace(
    desk_client: Doors, shop_client: Doors, acme: Tenant, lucia: Person, carla: Person, settings: Any
) -> None:
    client = desk_client(lucia)
    assert client.get("/api/me").json()["mfa_required_from"] is None
    settings.STAFF_TOTP_GRACE_DAYS = 7
    assert client.get("/api/me").json()["mfa_required_from"] is not None
    assert client.get("/api/desk/changes?since=0").status_code == 200
    settings.STAFF_TOTP_GRACE_DAYS = 0
    refused = client.get("/api/desk/changes?since=0")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_missing")
    assert client.get("/api/me").status_code == 200
    assert client.get("/_allauth/browser/v1/account/authenticators").status_code == 200
    assert shop_client(acme, carla).get("/api/portal/overview").status_code != 403


def test_argon2_is_what_production_hashes_with() -> None:
    from config import settings as production

    assert production.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
