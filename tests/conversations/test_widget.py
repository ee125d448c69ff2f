"""The chat widget's API: a signed token, bound to the shop; nothing internal, nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations import handling, outbound, widget
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person
from routing.models import WorkItem
from tenants.models import Tenant
from tests.conversations.shoppers import (
    EXE,
    Visitor,
    counts,
    fetch,
    line_of,
    naughty_strings,
    shows_something,
    take_in_hand,
)

ShopClient = Callable[..., Client]


@pytest.fixture
def visitor(acme: Tenant, shop_client: ShopClient) -> Visitor:
    return Visitor(shop_client(acme), acme)


def test_config_shows_the_shop_before_anybody_writes(acme: Tenant, shop_client: ShopClient) -> None:
    answer = shop_client(acme).get("/api/widget/config?lang=en-GB").json()
    assert (answer["shop"]["name"], answer["shop"]["language"]) == ("Acme Shoes", "en")
    assert answer["key"] == line_of(acme).token
    assert answer["team"] == ["Lucia A.", "Paolo A."]
    assert answer["hours"]["time_zone"] == "Europe/Rome"
    assert answer["wait"]["kind"] in ("closed", "unknown")
    assert answer["limits"]["message_chars"] == 20_000
    assert shop_client(acme).get("/api/widget/config?lang=xx").json()["shop"]["language"] == "it"


def test_nothing_is_stored_before_the_shopper_writes(acme: Tenant, visitor: Visitor) -> None:
    assert visitor.get("conversation").json()["conversation"] is None
    assert visitor.get("messages").json() == {"messages": [], "last_seq": 0, "up_to": 0}
    assert visitor.post("typing").json() == {"ok": True}
    assert visitor.post("leave").json() == {"ok": True}
    assert counts(acme) == (0, 0)
    assert not visitor.client.cookies


def test_shopper_writes_is_answered_and_catches_up(acme: Tenant, lucia: Person, visitor: Visitor) -> None:
    said = visitor.say(name="Maria", email="maria@example.com").json()
    assert (said["seq"], said["status"], said["refused_files"]) == (1, "open", [])
    assert visitor.get("conversation").json()["position"] == 1
    conversation_id = said["conversation"]
    take_in_hand(conversation_id, lucia)
    with enter(acme):
        for number, text in enumerate(("Buongiorno", "Arriva domani")):
            outbound.note(
                person=lucia, tenant=acme, conversation_id=conversation_id, text="nota", client_key=f"n{number}"
            )
            outbound.reply(
                person=lucia, tenant=acme, conversation_id=conversation_id, text=text, client_key=f"r{number}"
            )
    later = visitor.get("messages?after=1").json()
    assert [(row["seq"], row["text"], row["alias"]) for row in later["messages"]] == [
        (3, "Buongiorno", "Lucia A."),
        (5, "Arriva domani", "Lucia A."),
    ]
    whole = visitor.get("conversation").json()
    assert whole["agent"] == {"alias": "Lucia A."}
    assert (whole["case_number"], whole["position"]) == (said["case_number"], None)
    assert "nota" not in str(whole)
    assert lucia.name not in str(whole)


def test_repeat_of_a_client_key_echoes_the_same_message(acme: Tenant, visitor: Visitor) -> None:
    key = str(uuid4())
    answers = [visitor.say(client_key=key).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert counts(acme) == (1, 1)


def test_token_of_another_shop_is_refused(
    acme: Tenant, northlight: Tenant, shop_client: ShopClient, visitor: Visitor
) -> None:
    stranger = Visitor(shop_client(northlight), northlight, token=visitor.token)
    for answer in (stranger.say(), stranger.get("conversation"), stranger.get("messages"), stranger.post("leave")):
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    assert counts(northlight) == (0, 0)
    assert visitor.say().status_code == 200


@pytest.mark.parametrize("header", ["", "Widget", "Widget x", "Widget a:b:c", "Bearer x", "Widget \ufffd"])
def test_forged_token_is_refused(acme: Tenant, shop_client: ShopClient, header: str) -> None:
    answer = shop_client(acme).get("/api/widget/conversation", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")


@pytest.mark.parametrize("key", ["", "nobody", "a\0b", "x" * 1000, None, 7, ["x"]])
def test_unknown_widget_key_is_404(acme: Tenant, shop_client: ShopClient, key: Any) -> None:
    answer = shop_client(acme).post("/api/widget/session", {"key": key}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_widget")


def test_key_of_another_shop_opens_nothing(acme: Tenant, northlight: Tenant, shop_client: ShopClient) -> None:
    body = {"key": line_of(northlight).token}
    assert shop_client(acme).post("/api/widget/session", body, content_type="application/json").status_code == 404
    with pytest.raises(Refusal):
        widget.issue_token(tenant=acme, key=line_of(northlight).token)


def test_widget_is_not_at_the_desk(acme: Tenant, desk_client: ShopClient) -> None:
    assert desk_client().get("/api/widget/config").status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "invalid"),
        ({"text": " \n\0"}, "invalid"),
        ({"text": "\u200b \u2060\ufeff"}, "invalid"),
        ({"text": "x" * 20_001}, "text_too_long"),
        ({"client_key": ""}, "invalid"),
        ({"client_key": "x" * 65}, "invalid"),
        ({"name": "x" * 201}, "invalid"),
        ({"text": ["a", {"b": 1}]}, "invalid"),
    ],
)
def test_what_cannot_be_taken_in_says_why(acme: Tenant, visitor: Visitor, body: dict[str, Any], code: str) -> None:
    answer = visitor.say(**body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["fields"]
    assert counts(acme) == (0, 0)


def test_broken_json_is_400(visitor: Visitor) -> None:
    answer = visitor.client.post(
        "/api/widget/messages", b'{"text": ', content_type="application/json", headers=visitor.headers
    )
    assert answer.status_code == 400


def test_files_come_back_to_their_own_visitor_only(acme: Tenant, visitor: Visitor, shop_client: ShopClient) -> None:
    answer = visitor.send_files(
        SimpleUploadedFile("nota.txt", b"ciao", "text/plain"), SimpleUploadedFile("virus.png", EXE, "image/png")
    )
    assert answer.json()["refused_files"] == [{"name": "virus.png", "reason": "file_type"}]
    file = visitor.get("conversation").json()["messages"][0]["attachments"][0]
    assert (file["content_type"], file["size"]) == ("text/plain", 4)
    fresh = visitor.get(f"attachments/{file['id']}").json()["url"]
    assert fetch(fresh).content == fetch(file["url"]).content == b"ciao"
    other = Visitor(shop_client(acme), acme)
    assert other.get(f"attachments/{file['id']}").status_code == 404
    other.say()
    assert other.get(f"attachments/{file['id']}").status_code == 404


def test_file_without_text_is_a_message(acme: Tenant, visitor: Visitor) -> None:
    assert visitor.send_files(SimpleUploadedFile("a.txt", b"ciao"), text="").status_code == 200
    assert counts(acme) == (1, 1)


def test_leaving_abandons_unanswered_work(acme: Tenant, visitor: Visitor) -> None:
    said = visitor.say().json()
    visitor.post("leave")
    assert WorkItem.objects.get(conversation=said["conversation"]).state == "abandoned"
    assert visitor.get("conversation").json()["status"] == "closed"


def test_knocking_too_often_is_429_and_only_for_that_visitor(
    acme: Tenant, shop_client: ShopClient, visitor: Visitor, settings: Any
) -> None:
    settings.RATE_FACTOR = 1
    settings.RATES_PER_MINUTE = {**settings.RATES_PER_MINUTE, "widget_message": 3}
    answers = [visitor.say().status_code for _ in range(8)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert Visitor(shop_client(acme), acme).say().status_code == 200


def test_rates_fail_open(acme: Tenant, visitor: Visitor, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import redis

    from kernel import throttle
    from kernel.patience import Patience

    settings.RATES_PER_MINUTE = dict.fromkeys(settings.RATES_PER_MINUTE, 0)
    monkeypatch.setattr(throttle, "_patience", Patience(2.0))
    monkeypatch.setattr(throttle, "valkey", lambda: redis.Redis(port=1, socket_connect_timeout=0.1))
    assert visitor.say().status_code == 200


def test_naughty_strings_through_the_chat(acme: Tenant, northlight: Tenant, visitor: Visitor) -> None:
    kept = 0
    for text in naughty_strings():
        answer = visitor.say(text, name=text[:200], language=text[:16])
        assert answer.status_code in (200, 400), (text, answer.content)
        assert (answer.status_code == 400) == (not shows_something(text))
        kept += answer.status_code == 200
    assert counts(acme) == (1, kept)
    assert counts(northlight) == (0, 0)
    assert visitor.get("conversation").status_code == 200


def test_closed_conversation_is_shown_until_the_shopper_writes_again(
    acme: Tenant, lucia: Person, visitor: Visitor
) -> None:
    conversation_id = visitor.say().json()["conversation"]
    take_in_hand(conversation_id, lucia)
    with enter(acme):
        handling.close(person=lucia, tenant=acme, conversation_id=conversation_id, contact_reason="refund")
    assert visitor.get("conversation").json()["status"] == "closed"
    again = visitor.say("ancora io").json()
    assert (again["conversation"], again["status"]) == (conversation_id, "open")
