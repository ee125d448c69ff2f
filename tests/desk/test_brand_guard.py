"""No message leaves under one brand that names another; who is stopped learns nothing, who leads sees it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from automation.brands import forget_brands, known_brands
from conversations.models import Message
from kernel.tenancy import WrongTenant, enter
from people.models import Accreditation, AuditEntry, Membership, Person
from tenants.models import Tenant
from tests.desk.shop import give, place, post, write
from tests.desk.test_playbook_api import add
from tests.world import SINCE

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]
GUARD = r"with (leaving|guarded)\("
WRONG = "Gentile cliente, il team di Northlight la saluta. Caso NL-4821."


def sent(shop: Tenant) -> int:
    with enter(shop):
        return Message.objects.filter(direction="out").count()


def test_a_text_that_names_another_brand_is_stopped_and_shown_where(
    acme: Tenant, northlight: Tenant, lucia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    refused = post(client, place(acme, message, "/reply"), text=WRONG, client_key="k1")
    assert (refused.status_code, refused.json()["code"]) == (409, "other_brand")
    fields = refused.json()["fields"]
    words = {WRONG[int(span.split("-")[0]) : int(span.split("-")[1])]: kind for span, kind in fields.items()}
    assert words == {"Northlight": "name", "NL-4821": "case"}
    assert sent(acme) == 0
    changed = post(client, place(acme, message, "/reply"), text="Il team di Acme Shoes la saluta.", client_key="k1")
    assert changed.status_code == 200
    note = post(client, place(acme, message, "/notes"), text=WRONG, client_key="n1")
    assert note.status_code == 200  # nobody outside reads it


def test_who_does_not_serve_the_other_brand_is_told_just_the_same(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, desk_client: Desk
) -> None:
    answers = []
    for agent in (lucia, paolo):  # she serves both, he does not
        message = write(acme)
        give(message, agent)
        answers.append(post(desk_client(agent), place(acme, message, "/reply"), text=WRONG, client_key="k").content)
    assert answers[0] == answers[1]
    assert b"orthlight" not in answers[0] and str(northlight.id).encode() not in answers[0]


def test_a_false_alarm_is_sent_with_its_reason_and_both_are_counted(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    reply = place(acme, message, "/reply")
    post(client, reply, text=WRONG, client_key="k1")
    assert post(client, reply, text=WRONG, client_key="k1", despite="because").status_code == 400
    assert post(client, reply, text=WRONG, client_key="k1", despite="customer_said").status_code == 200
    shown = desk_client(sofia).get("/api/desk/brand-stops").json()
    assert (shown["stopped"], shown["sent_anyway"]) == (1, 1)
    assert [(one["name"], one["stopped"], one["sent_anyway"]) for one in shown["agents"]] == [(lucia.name, 1, 1)]
    first, second = shown["rows"]
    assert (first["outcome"], first["why"], second["outcome"], second["why"]) == (
        "sent",
        "customer_said",
        "stopped",
        "",
    )
    assert (first["client"]["name"], [one["name"] for one in first["named"]]) == ("Acme Shoes", ["Northlight"])
    assert (first["kinds"], first["conversation"]) == (["case", "name"], str(message.conversation_id))
    assert desk_client(lucia).get("/api/desk/brand-stops").status_code == 403


def test_who_leads_one_client_sees_its_stops_and_not_whose_name_it_was(
    acme: Tenant, northlight: Tenant, lucia: Person, jens: Person, sofia: Person, desk_client: Desk
) -> None:
    mine, theirs = write(acme), write(northlight, "Guten Tag, wo ist meine Bestellung, bitte?")
    give(mine, lucia)
    give(theirs, jens)
    post(desk_client(lucia), place(acme, mine, "/reply"), text=WRONG, client_key="k")
    post(desk_client(jens), place(northlight, theirs, "/reply"), text="Ihr Team von Acme Shoes", client_key="k")
    Membership.objects.filter(person=sofia).update(all_clients=False)
    Accreditation.objects.create(person=sofia, tenant=acme, alias="Sofia", valid_from=SINCE)
    shown = desk_client(sofia).get("/api/desk/brand-stops")
    assert [(one["client"]["name"], one["named"]) for one in shown.json()["rows"]] == [("Acme Shoes", [])]
    assert b"orthlight" not in shown.content and str(northlight.id).encode() not in shown.content


def test_its_books_hold_no_words_and_belong_to_no_client(
    acme: Tenant, northlight: Tenant, lucia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    post(client, place(acme, message, "/reply"), text=WRONG, client_key="k1")
    entry = AuditEntry.objects.get(action="brand.stopped")
    assert entry.tenant_id is None
    assert "orthlight" not in str(entry.detail)
    assert not AuditEntry.objects.filter(tenant=acme, detail__icontains=str(northlight.id)).exists()


def test_whoever_has_it_not_in_hand_is_not_counted(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme)
    give(message, lucia)
    assert (
        post(desk_client(paolo), place(acme, message, "/reply"), text=WRONG, client_key="k").json()["code"]
        == "not_in_hand"
    )
    assert post(desk_client(jens), place(acme, message, "/reply"), text=WRONG, client_key="k").status_code == 404
    assert not AuditEntry.objects.filter(action="brand.stopped").exists()


def test_a_macro_is_guarded_too(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    made = add(desk_client(sofia), acme, "macro", "Hello", actions=[{"do": "reply", "texts": {"it": "Ciao [[x]]"}}])
    path = place(acme, message, f"/playbook/macros/{made['id']}/run")
    refused = post(client, path, number=1, text=WRONG, client_key="m1")
    assert (refused.status_code, refused.json()["code"]) == (409, "other_brand")
    assert sent(acme) == 0
    assert post(client, path, number=1, text=WRONG, client_key="m1", despite="own_word").status_code == 200


def test_a_check_asks_the_database_nothing_and_knows_of_nobody_inside_a_client(
    acme: Tenant, northlight: Tenant
) -> None:
    forget_brands()
    with CaptureQueriesContext(connection) as first:
        known_brands()
    assert len(first) == 3
    with CaptureQueriesContext(connection) as later:
        assert known_brands().find("Northlight", str(acme.id))
    assert len(later) == 0
    with enter(acme), pytest.raises(WrongTenant):
        known_brands()


def test_no_door_of_the_desk_lets_words_out_past_the_guard() -> None:
    leave = re.compile(r"\b(outbound\.reply|holding\.(hold|change)|macros\.run)\(")
    doors = {
        path.name: path.read_text(encoding="utf-8")
        for path in (settings.ROOT / "platform" / "desk").glob("*.py")
        if leave.search(path.read_text(encoding="utf-8"))
    }
    assert "conversation_views.py" in doors
    unguarded = [name for name, text in doors.items() if len(leave.findall(text)) > len(re.findall(GUARD, text))]
    assert unguarded == []
