"""The contact form, and the page of one case."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.case_links import token_for
from conversations.models import Conversation, Message
from kernel.tenancy import enter
from routing.models import WorkItem
from tenants.models import Tenant
from tests.conversations.shoppers import EXE, PNG, counts, naughty_strings, shows_something

ShopClient = Callable[..., Client]


def fill(client: Client, *files: Any, **more: Any) -> Any:
    data = {
        "name": "Maria G.", "email": "maria@example.com", "category": "return", "order_number": "A-77",
        "subject": "Reso", "text": "Vorrei rendere le scarpe, come faccio?", "language": "it",
        "client_key": str(uuid4()), "files": list(files), **more,
    }  # fmt: skip
    return client.post("/api/form/messages", data)


def test_form_opens_a_conversation_with_category_order_and_file(
    acme: Tenant, northlight: Tenant, shop_client: ShopClient
) -> None:
    config = shop_client(acme).get("/api/form/config?lang=de").json()
    assert {"code": "return", "label": "Rückgabe oder Umtausch"} in config["categories"]
    answer = fill(shop_client(acme), SimpleUploadedFile("scarpe.png", PNG)).json()
    with enter(acme):
        conversation = Conversation.objects.get()
        first, acknowledgement = conversation.messages.order_by("seq")
        assert (conversation.channel, conversation.category, conversation.order_number) == ("form", "return", "A-77")
        assert conversation.case_number == answer["case_number"]
        assert first.attachments.get().name == "scarpe.png"
        assert (acknowledgement.author, acknowledgement.delivery) == ("system", "pending")
    assert WorkItem.objects.get(conversation=conversation.id).queue.channel_group == "mail"
    assert counts(northlight) == (0, 0)


def test_repeated_submission_is_one_case_and_nobody_elses(acme: Tenant, shop_client: ShopClient) -> None:
    client, key = shop_client(acme), str(uuid4())
    answers = [fill(client, client_key=key).json()["case_number"] for _ in range(3)]
    assert len(set(answers)) == 1
    other = fill(client, client_key=key, email="other@example.com").json()
    assert other["case_number"] != answers[0]
    assert counts(acme)[0] == 2


def test_two_submissions_are_two_matters_of_one_customer(acme: Tenant, shop_client: ShopClient) -> None:
    fill(shop_client(acme))
    fill(shop_client(acme), email="MARIA@example.com")
    with enter(acme):
        assert Conversation.objects.count() == 2
        assert len(set(Conversation.objects.values_list("customer", flat=True))) == 1


def test_robots_get_an_answer_and_leave_nothing(acme: Tenant, shop_client: ShopClient) -> None:
    answer = fill(shop_client(acme), website="http://spam.example")
    assert (answer.status_code, answer.json()["case_number"]) == (200, "")
    assert counts(acme) == (0, 0)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"text": ""}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"category": "nonsense"}, "category"),
        ({"order_number": "x" * 61}, "order_number"),
        ({"client_key": ""}, "client_key"),
    ],
)
def test_wrong_fields_are_named(acme: Tenant, shop_client: ShopClient, more: dict[str, str], field: str) -> None:
    answer = fill(shop_client(acme), **more)
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert counts(acme) == (0, 0)


def test_refused_file_costs_no_text(acme: Tenant, shop_client: ShopClient) -> None:
    answer = fill(shop_client(acme), SimpleUploadedFile("a.png", EXE, "image/png")).json()
    assert answer["refused_files"] == [{"name": "a.png", "reason": "file_type"}]
    assert answer["case_number"]


def test_case_page_shows_the_state_and_nothing_said(acme: Tenant, northlight: Tenant, shop_client: ShopClient) -> None:
    url = fill(shop_client(acme)).json()["status_url"]
    token = url.rsplit("/", 1)[1]
    answer = shop_client(acme).get(f"/api/case/{token}")
    assert answer.json()["status"] == "open"
    assert "Maria" not in answer.content.decode()
    assert shop_client(northlight).get(f"/api/case/{token}").status_code == 404
    with enter(acme):
        forged = token_for(northlight, Conversation.objects.get().id)
    for wrong in (forged, token[:-2], "x", "a:b:c"):
        assert shop_client(acme).get(f"/api/case/{wrong}").status_code == 404


def test_naughty_strings_through_the_form(acme: Tenant, northlight: Tenant, shop_client: ShopClient) -> None:
    client, kept = shop_client(acme), 0
    for number, text in enumerate(naughty_strings()):
        body = {
            "name": text[:200], "email": f"n{number}@example.com", "category": "other", "order_number": text[:60],
            "subject": text[:400], "text": text, "language": text[:16], "client_key": f"k{number}",
        }  # fmt: skip
        answer = client.post("/api/form/messages", json.dumps(body), content_type="application/json")
        assert answer.status_code in (200, 400), (text, answer.content)
        assert (answer.status_code == 400) == (not shows_something(text)), text
        kept += answer.status_code == 200
    with enter(acme):
        assert Message.objects.filter(direction="in").count() == kept
    assert counts(northlight) == (0, 0)
