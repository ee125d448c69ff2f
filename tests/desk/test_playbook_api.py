"""A client's playbook at the desk: who leads writes it, who serves uses it, and another client has none of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.dateparse import parse_datetime

from automation.models import PlaybookItem, ReplyUse
from conversations.erasing import erase_conversations, lock_conversations
from conversations.models import Conversation, Message
from kernel.tenancy import enter
from people.models import Membership, Person
from tenants.models import Tenant
from tests.desk.shop import give, place, post, write

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]
REPLY = {"it": "Ciao {{customer.first_name}}, caso {{case.number}}: [[che cosa]]", "en": "Hi, case {{case.number}}"}


def shelf(shop: Tenant, rest: str = "") -> str:
    return f"/api/desk/clients/{shop.id}/playbook{rest}"


def put(client: Client, path: str, **body: Any) -> Any:
    return client.put(path, body, content_type="application/json")


def add(client: Client, shop: Tenant, kind: str, name: str, **body: Any) -> dict[str, Any]:
    answer = post(client, shelf(shop), kind=kind, name=name, body=body)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def beside(client: Client, shop: Tenant, message: Message) -> dict[str, Any]:
    answer = client.get(place(shop, message, "/playbook"))
    assert answer.status_code == 200, answer.content
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_change_is_a_new_version_and_an_earlier_comes_back(acme: Tenant, sofia: Person, desk_client: Desk) -> None:
    client = desk_client(sofia)
    made = add(client, acme, "reply", "Where is it", texts=REPLY)
    path = shelf(acme, f"/{made['id']}")
    changed = put(client, path, kind="reply", name="Where is it now", body={"texts": {"it": "Ciao!"}}, number=1)
    assert (changed.status_code, changed.json()["number"]) == (200, 2)
    late = put(client, path, kind="reply", name="Mine", body={"texts": {"it": "No"}}, number=1)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    same = put(client, path, kind="reply", name="Where is it now", body={"texts": {"it": "Ciao!"}}, number=2)
    assert same.json()["number"] == 2
    back = post(client, f"{path}/restore", number=1).json()
    assert (back["number"], back["restored"], back["body"]["texts"]) == (3, 1, REPLY)
    versions = client.get(path).json()["versions"]
    assert [(one["number"], one["name"], one["is_in_force"]) for one in versions] == [
        (3, "Where is it", True),
        (2, "Where is it now", False),
        (1, "Where is it", False),
    ]
    assert {one["made_by"] for one in versions} == {sofia.name}


def test_an_archived_item_is_out_of_use_with_its_history(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(sofia), write(acme)
    made = add(client, acme, "reply", "Old", texts={"it": "Ciao"})
    assert [one["name"] for one in beside(desk_client(lucia), acme, message)["replies"]] == ["Old"]
    path = shelf(acme, f"/{made['id']}")
    assert post(client, f"{path}/archive", is_archived=True).status_code == 200
    assert beside(desk_client(lucia), acme, message)["replies"] == []
    assert client.get(shelf(acme)).json()["items"] == []
    assert [one["name"] for one in client.get(shelf(acme, "?state=archived")).json()["items"]] == ["Old"]
    taken = post(desk_client(lucia), place(acme, message, f"/playbook/replies/{made['id']}/take"))
    assert taken.status_code == 404
    add(client, acme, "reply", "Old", texts={"it": "Buongiorno"})
    refused = post(client, f"{path}/archive", is_archived=False)
    assert (refused.status_code, refused.json()["code"]) == (409, "name_taken")


def test_names_and_bodies_that_do_not_fit_are_refused_by_field(acme: Tenant, sofia: Person, desk_client: Desk) -> None:
    client = desk_client(sofia)
    add(client, acme, "reply", "Twice", texts={"it": "Ciao"})
    twice = post(client, shelf(acme), kind="reply", name=" Twice ", body={"texts": {"it": "No"}})
    assert (twice.status_code, twice.json()["code"]) == (409, "name_taken")
    wrong = post(client, shelf(acme), kind="reply", name="Third", body={"texts": {"it": "{{customer.iban}}"}})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["texts.it"])
    with enter(acme):
        assert PlaybookItem.objects.count() == 1


def test_replies_are_filled_for_the_conversation_in_its_language(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    lead, client, message = desk_client(sofia), desk_client(lucia), write(acme)
    add(lead, acme, "reply", "B both", texts=REPLY)
    add(lead, acme, "reply", "A English only", texts={"en": "Hi {{agent.alias}} of {{shop.name}} {{order.number}}"})
    add(lead, northlight, "reply", "Not here", texts={"de": "Guten Tag"})
    shown = beside(client, acme, message)["replies"]
    case = client.get(place(acme, message)).json()["conversation"]["case_number"]
    assert [(one["name"], one["language"]) for one in shown] == [("B both", "it"), ("A English only", "en")]
    assert shown[0]["text"] == f"Ciao Giulia, caso {case}: [[che cosa]]"
    assert shown[1]["text"] == "Hi Lucia A. of Acme Shoes [[order number]]"
    spanish = client.get(place(acme, message, "/playbook"), headers={"accept-language": "es"}).json()["replies"]
    assert "[[número de pedido]]" in spanish[1]["text"]


def test_opening_hours_and_the_return_policy_are_filled_from_the_contract_and_the_rules(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    lead, message = desk_client(sofia), write(acme)
    add(lead, acme, "rules", "Rules", returns="30 giorni", tone="Di tu", grants=[])
    add(lead, acme, "reply", "Hours", texts={"it": "{{hours.week}} / {{shop.returns}}"})
    filled = beside(desk_client(lucia), acme, message)["replies"][0]["text"]
    hours, _, returns = filled.partition(" / ")
    assert returns == "30 giorni"
    assert "lun" in hours and "–" in hours and ":" in hours


def test_what_is_left_to_fill_never_leaves(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    for text in ("Ciao [[nome]]", "Ciao {{customer.name}}"):
        refused = post(client, place(acme, message, "/reply"), text=text, client_key=text)
        assert (refused.status_code, refused.json()["code"]) == (400, "blanks_left")
    noted = post(client, place(acme, message, "/notes"), text="Ask for [[the name]]", client_key="n")
    assert noted.status_code == 200
    assert post(client, place(acme, message, "/reply"), text="Ciao [nome]", client_key="k").status_code == 200
    with enter(acme):
        assert Message.objects.filter(direction="out").count() == 1


def test_a_saved_reply_is_counted_and_leaves_only_in_own_words(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    lead, client, message = desk_client(sofia), desk_client(lucia), write(acme)
    give(message, lucia)
    made = add(lead, acme, "reply", "Thanks", texts={"it": "Grazie, caso {{case.number}}."})
    take = place(acme, message, f"/playbook/replies/{made['id']}/take")
    text = post(client, take).json()["text"]
    bare = post(client, place(acme, message, "/reply"), text=f" {text}\n", client_key="k1")
    assert (bare.status_code, bare.json()["code"]) == (400, "say_it_yourself")
    own = post(client, place(acme, message, "/reply"), text=f"{text} Il pacco è a Milano.", client_key="k2")
    assert own.status_code == 200
    with enter(acme):
        assert ReplyUse.objects.get().sent_at is not None
        assert ReplyUse.objects.get().digest == ""
    item = lead.get(shelf(acme)).json()["items"][0]
    assert item["used"] == 1
    assert parse_datetime(item["last_used_at"]) is not None


def test_a_reply_that_may_stand_leaves_word_by_word(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    made = add(desk_client(sofia), acme, "reply", "Moment", texts={"it": "Un attimo.", "en": "One moment."}, as_is=True)
    taken = post(client, place(acme, message, f"/playbook/replies/{made['id']}/take"), language="en").json()
    assert (taken["text"], taken["language"]) == ("One moment.", "en")
    assert post(client, place(acme, message, "/reply"), text=taken["text"], client_key="k").status_code == 200


def test_erasing_leaves_nothing_that_knows_the_words_again(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    client, message = desk_client(lucia), write(acme)
    give(message, lucia)
    made = add(desk_client(sofia), acme, "reply", "Thanks", texts={"it": "Grazie {{customer.name}}"})
    post(client, place(acme, message, f"/playbook/replies/{made['id']}/take"))
    with enter(acme):
        assert ReplyUse.objects.get().digest
        customer = Conversation.objects.get(pk=message.conversation_id).customer_id
        erase_conversations(tenant=acme, conversations=lock_conversations(customer), addresses=[])
        assert ReplyUse.objects.get().digest == ""


def test_only_who_leads_writes_and_only_for_clients_they_serve(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, omar: Person, carla: Person, desk_client: Desk
) -> None:
    body = {"kind": "reply", "name": "x", "body": {"texts": {"it": "Ciao"}}}
    assert post(desk_client(lucia), shelf(acme), **body).status_code == 403
    assert post(desk_client(omar), shelf(acme), **body).status_code == 201
    Membership.objects.filter(person=sofia).update(all_clients=False)
    assert post(desk_client(sofia), shelf(acme), **body).status_code == 404
    assert desk_client(sofia).get(shelf(acme)).status_code == 404
    assert desk_client(omar).get(shelf(northlight)).json()["items"] == []


def test_a_bulletin_is_confirmed_by_version_and_the_lead_sees_who_has_not(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, jens: Person, sofia: Person, desk_client: Desk
) -> None:
    lead, client, message = desk_client(sofia), desk_client(lucia), write(acme)
    made = add(lead, acme, "bulletin", "Strike", text="No parcels on Friday")
    add(lead, acme, "bulletin", "Over", text="Long ago", until="2020-01-01")
    path = shelf(acme, f"/{made['id']}")
    assert [(one["name"], one["read_at"]) for one in beside(client, acme, message)["bulletins"]] == [("Strike", None)]
    for _ in range(2):
        assert post(client, f"{path}/confirm", number=1).json() == {"ok": True}
    assert beside(client, acme, message)["bulletins"][0]["read_at"]
    readers = {one["name"]: bool(one["read_at"]) for one in lead.get(f"{path}/readers").json()["readers"]}
    assert readers == {lucia.name: True, paolo.name: False}
    put(lead, path, kind="bulletin", name="Strike", body={"text": "Also on Monday"}, number=1)
    assert beside(client, acme, message)["bulletins"][0]["read_at"] is None
    late = post(client, f"{path}/confirm", number=1)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert post(desk_client(jens), f"{path}/confirm", number=2).status_code == 404


def test_a_procedure_goes_on_by_the_version_it_was_begun_with(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    lead, client, message, other = desk_client(sofia), desk_client(lucia), write(acme), write(acme)
    steps = [{"title": "Look", "text": ""}, {"title": "Ask", "text": "the carrier"}]
    made = add(lead, acme, "procedure", "Lost", when="late", steps=steps)
    tick = place(acme, message, f"/playbook/procedures/{made['id']}/tick")
    for _ in range(2):
        assert post(client, tick, number=1, step=0, is_done=True).json() == {"ok": True}
    put(lead, shelf(acme, f"/{made['id']}"), kind="procedure", name="Lost", body={"steps": steps[:1]}, number=1)
    begun = beside(client, acme, message)["procedures"][0]
    assert (begun["number"], [one["done_by"] for one in begun["steps"]]) == (1, [lucia.name, ""])
    fresh = beside(client, acme, other)["procedures"][0]
    assert (fresh["number"], [bool(one["done_at"]) for one in fresh["steps"]]) == (2, [False])
    assert post(client, tick, number=1, step=2, is_done=True).status_code == 400
    post(client, tick, number=1, step=0, is_done=False)
    assert beside(client, acme, message)["procedures"][0]["number"] == 2


def test_the_rules_are_one_and_their_tone_is_the_clients(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    lead, message, before = desk_client(sofia), write(acme), northlight.tone
    grants = [{"what": "Refund", "up_to": "40", "beyond": "client"}]
    made = add(lead, acme, "rules", "Rules", tone="Di tu", returns="30 giorni", grants=grants)
    assert beside(desk_client(lucia), acme, message)["rules"] == {
        "tone": "Di tu",
        "returns": "30 giorni",
        "grants": grants,
        "currency": "EUR",
    }
    assert desk_client(lucia).get(place(acme, message)).json()["conversation"]["shop"]["tone"] == "Di tu"
    second = post(lead, shelf(acme), kind="rules", name="More rules", body={"tone": "Di lei"})
    assert (second.status_code, second.json()["code"]) == (409, "name_taken")
    put(lead, shelf(acme, f"/{made['id']}"), kind="rules", name="Rules", body={"tone": "Di lei"}, number=1)
    post(lead, shelf(acme, f"/{made['id']}/restore"), number=1)
    assert Tenant.objects.get(pk=acme.pk).tone == "Di tu"
    assert Tenant.objects.get(pk=northlight.pk).tone == before


def test_a_table_of_replies_is_looked_at_then_written_then_taken_out(
    acme: Tenant, sofia: Person, desk_client: Desk
) -> None:
    lead = desk_client(sofia)
    add(lead, acme, "reply", "Known", texts={"it": "Ciao", "en": "Hello"}, as_is=True)
    table = 'name;language;text\nKnown;it;Ciao\nKnown;fr;"Bonjour;\nencore"\nNew;it;=Sum\n'
    effects = post(lead, shelf(acme, "/replies.csv"), content=table).json()
    assert (effects["new"], effects["changed"], effects["written"]) == (["New"], ["Known"], False)
    assert len(lead.get(shelf(acme)).json()["items"]) == 1
    assert post(lead, shelf(acme, "/replies.csv"), content=table, write=True).json()["written"] is True
    items = {one["name"]: one for one in lead.get(shelf(acme)).json()["items"]}
    assert items["Known"]["body"] == {"texts": {"it": "Ciao", "en": "Hello", "fr": "Bonjour;\nencore"}, "as_is": True}
    assert items["Known"]["number"] == 2
    out = lead.get(shelf(acme, "/replies.csv"))
    assert "'=Sum" in out.content.decode()
    again = post(lead, shelf(acme, "/replies.csv"), content=out.content.decode(), write=True).json()
    assert (again["new"], again["changed"], again["same"]) == ([], [], ["Known", "New"])


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("name,language,text\nA,it,Ciao\nB,it,{{customer.iban}}\n", 3),
        ("name,language,text\nA,it,Ciao\nA,it,Salve\n", 3),
        ("name,language,text\n,it,Ciao\n", 2),
    ],
)
def test_a_table_with_a_wrong_line_writes_nothing(
    acme: Tenant, sofia: Person, desk_client: Desk, table: str, line: int
) -> None:
    lead = desk_client(sofia)
    effects = post(lead, shelf(acme, "/replies.csv"), content=table, write=True).json()
    assert ([one["line"] for one in effects["wrong"]], effects["written"]) == ([line], False)
    assert lead.get(shelf(acme)).json()["items"] == []


@pytest.mark.parametrize("table", ["", "name,text\nA,Ciao", 'name,language,text\n"A', "name,language,text,more\n"])
def test_what_is_no_table_is_refused(acme: Tenant, sofia: Person, desk_client: Desk, table: str) -> None:
    assert post(desk_client(sofia), shelf(acme, "/replies.csv"), content=table).status_code == 400
