"""A macro does all that it says or nothing, and the conversation says that it ran."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conversations.models import ContactReason, Conversation, Message
from kernel.tenancy import enter
from people.models import Person
from routing.models import WorkItem
from tenants.models import Tenant
from tests.desk.shop import give, place, post, write
from tests.desk.test_playbook_api import add, beside

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]
TEXT = {"it": "Ciao {{customer.first_name}}: [[che cosa]]"}
NOTE = {"do": "note", "text": "Chiesto al corriere"}


def macro(lead: Client, shop: Tenant, *actions: dict[str, Any]) -> dict[str, Any]:
    return add(lead, shop, "macro", "All at once", actions=list(actions))


def run(client: Client, shop: Tenant, message: Message, made: dict[str, Any], **body: Any) -> Any:
    path = place(shop, message, f"/playbook/macros/{made['id']}/run")
    return post(client, path, **{"number": made["number"], "client_key": "m1", **body})


def said(shop: Tenant, message: Message) -> list[tuple[str, str]]:
    with enter(shop):
        rows = Message.objects.filter(conversation=message.conversation_id, seq__gt=message.seq).order_by("seq")
        return [(row.direction, row.text or row.event.get("code", "")) for row in rows]


def test_it_replies_notes_and_closes_as_one(acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk) -> None:
    client, message = desk_client(lucia), write(acme)
    item = give(message, lucia)
    made = macro(desk_client(sofia), acme, {"do": "reply", "texts": TEXT}, NOTE, {"do": "close", "reason": "thanks"})
    shown = beside(client, acme, message)["macros"][0]
    assert [(one["do"], one["text"], one["name"]) for one in shown["actions"]] == [
        ("reply", "Ciao Giulia: [[che cosa]]", ""),
        ("note", "Chiesto al corriere", ""),
        ("close", "", "Thanks or praise"),
    ]
    for _ in range(2):
        assert run(client, acme, message, made, text="Ciao Giulia: è a Milano").json() == {"ok": True}
    assert said(acme, message) == [
        ("event", "macro_run"),
        ("out", "Ciao Giulia: è a Milano"),
        ("note", "Chiesto al corriere"),
        ("event", "closed"),
    ]
    with enter(acme):
        talk = Conversation.objects.get(pk=message.conversation_id)
        event = Message.objects.get(conversation=talk, event__code="macro_run").event
        assert (talk.status, talk.contact_reason) == ("closed", "thanks")
    assert (event["macro"], event["number"], event["did"]) == ("All at once", 1, ["reply", "note", "close"])
    assert WorkItem.objects.get(pk=item.pk).state != "active"
    assert beside(client, acme, message)["macros"][0]["used"] == 1


def test_it_puts_off_and_hands_on(acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk) -> None:
    lead, client, first, second = desk_client(sofia), desk_client(lucia), write(acme), write(acme)
    later, mail = give(first, lucia), give(second, lucia)
    off = add(lead, acme, "macro", "Tomorrow", actions=[NOTE, {"do": "put_off", "hours": 24}])
    on = add(lead, acme, "macro", "To mail", actions=[{"do": "transfer", "queue": "mail"}])
    assert run(client, acme, first, off).json() == {"ok": True}
    assert run(client, acme, second, on).json() == {"ok": True}
    assert WorkItem.objects.get(pk=later.pk).agent_id is None
    assert WorkItem.objects.select_related("queue").get(pk=mail.pk).queue.code == "mail"
    assert said(acme, first) == [("event", "macro_run"), ("note", "Chiesto al corriere"), ("event", "put_off")]


def test_when_its_last_step_cannot_be_done_none_is(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    made = macro(desk_client(sofia), acme, NOTE, {"do": "close", "reason": "thanks"})
    with enter(acme):
        ContactReason.objects.filter(code="thanks").update(is_active=False)
    assert beside(client, acme, message)["macros"][0]["against"] == ["reason_gone"]
    refused = run(client, acme, message, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "macro_blocked")
    blank = macro_with_blank(desk_client(sofia), acme)
    refused = run(client, acme, message, blank, text="Ciao [[che cosa]]", client_key="m2")
    assert (refused.status_code, refused.json()["code"]) == (400, "blanks_left")
    assert said(acme, message) == []


def macro_with_blank(lead: Client, shop: Tenant) -> dict[str, Any]:
    return add(lead, shop, "macro", "Note first", actions=[NOTE, {"do": "reply", "texts": TEXT}])


def test_its_reply_is_made_personal_unless_it_may_stand(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    lead, client, message = desk_client(sofia), desk_client(lucia), write(acme)
    give(message, lucia)
    bare = add(lead, acme, "macro", "Bare", actions=[{"do": "reply", "texts": {"it": "Grazie a lei."}}])
    kept = add(lead, acme, "macro", "Kept", actions=[{"do": "reply", "texts": {"it": "Grazie a lei."}, "as_is": True}])
    refused = run(client, acme, message, bare, text="Grazie a lei.")
    assert (refused.status_code, refused.json()["code"]) == (400, "say_it_yourself")
    assert run(client, acme, message, kept, text="Grazie a lei.").status_code == 200


def test_only_who_has_it_in_hand_runs_the_version_they_saw(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, jens: Person, sofia: Person, desk_client: Desk
) -> None:
    message = write(acme)
    give(message, lucia)
    made = macro(desk_client(sofia), acme, NOTE)
    assert run(desk_client(paolo), acme, message, made).json()["code"] == "not_in_hand"
    assert run(desk_client(jens), acme, message, made).status_code == 404
    assert run(desk_client(lucia), acme, message, made, number=2).json()["code"] == "changed_meanwhile"
    assert run(desk_client(lucia), acme, message, made).status_code == 200
