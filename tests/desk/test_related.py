"""A conversation among others: linked, followed, opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from conversations.models import Conversation
from kernel.tenancy import enter
from people.models import Accreditation, Follow, Person
from routing.models import WorkItem
from sla_contracts.checking import check_clocks
from tenants.models import Tenant
from tests.conversations.shoppers import mail, say
from tests.desk.shop import give, place, post, work_of, write

Desk = Callable[..., Client]


def put(client: Client, path: str, **body: Any) -> Any:
    return client.put(path, body, content_type="application/json")


def case_of(shop: Tenant, message: Any) -> str:
    with enter(shop):
        return Conversation.objects.get(pk=message.conversation_id).case_number


def test_conversations_are_linked_and_taken_apart(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, jens: Person, desk_client: Desk
) -> None:
    one, other, theirs = write(acme), write(acme), write(northlight)
    give(one, lucia)
    client, number = desk_client(lucia), case_of(acme, other)
    for _ in range(2):
        linked = post(client, place(acme, one, "/links"), case_number=number.lower()).json()["linked"]
        assert [row["case_number"] for row in linked] == [number]
    seen = desk_client(paolo).get(place(acme, other, "/links")).json()["linked"]
    assert [row["case_number"] for row in seen] == [case_of(acme, one)]
    for wrong in (case_of(acme, one), "AC-999999", case_of(northlight, theirs)):
        assert post(client, place(acme, one, "/links"), case_number=wrong).status_code == 400
    assert post(desk_client(paolo), place(acme, one, "/links"), case_number=number).status_code == 409
    assert desk_client(jens).get(place(acme, one, "/links")).status_code == 404
    events = [each["event"] for each in client.get(place(acme, one)).json()["messages"] if each["direction"] == "event"]
    assert [event for event in events if event["code"] == "linked"] == [{"code": "linked", "case_number": number}]
    gone = post(client, place(acme, one, "/links"), unlink=str(other.conversation_id))
    assert gone.json()["linked"] == []
    assert post(client, place(acme, one, "/links"), unlink=str(other.conversation_id)).status_code == 404


def test_who_follows_is_told_of_news_until_they_look(
    acme: Tenant, lucia: Person, paolo: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme, sender="visitor-4")
    client = desk_client(paolo)

    def news(person: Person) -> list[int]:
        return [row["news"] for row in desk_client(person).get("/api/desk/followed").json()["followed"]]

    assert put(client, place(acme, message, "/follow"), follow=True).status_code == 200
    assert put(desk_client(jens), place(acme, message, "/follow"), follow=True).status_code == 404
    assert (news(paolo), news(lucia), news(jens)) == ([0], [], [])
    write(acme, "Ancora io", sender="visitor-4")
    assert news(paolo) == [1]
    assert client.get(place(acme, message, "/links")).json()["is_followed"] is True
    assert news(paolo) == [0]
    write(acme, "E ancora", sender="visitor-4")
    Accreditation.objects.filter(person=paolo).delete()
    assert news(paolo) == []
    assert Follow.objects.count() == 1


def test_following_ends(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    message, client = write(acme), desk_client(lucia)
    put(client, place(acme, message, "/follow"), follow=True)
    put(client, place(acme, message, "/follow"), follow=False)
    assert client.get("/api/desk/followed").json()["followed"] == []


def test_two_cases_of_one_customer_become_one_matter(
    acme: Tenant, lucia: Person, paolo: Person, jens: Person, desk_client: Desk
) -> None:
    one, other = say(acme, mail(who="maria@example.com")), say(acme, mail(who="maria@example.com"))
    stranger, chat = say(acme, mail(who="piero@example.com")), write(acme)
    give(one, lucia)
    client, where = desk_client(lucia), place(acme, one, "/merge")
    into = {"into": str(other.conversation_id), "contact_reason": "other"}
    assert post(desk_client(jens), where, **into).status_code == 404
    assert post(desk_client(paolo), where, **into).json()["code"] == "not_in_hand"
    assert post(client, where, into=into["into"]).json()["code"] == "contact_reason_missing"
    for wrong, code in ((stranger, "other_customer"), (chat, "other_customer"), (one, "invalid")):
        refused = post(client, where, into=str(wrong.conversation_id), contact_reason="other")
        assert refused.json()["code"] == code
    assert post(client, where, **into).status_code == 200
    number = case_of(acme, one)
    again = say(acme, mail(who="maria@example.com", headers={"case_number": number}))
    assert again.conversation_id == other.conversation_id  # what comes to the first goes to the second
    codes = [each["event"].get("code") for each in client.get(place(acme, other)).json()["messages"]]
    assert "merged_from" in codes
    assert [row["case_number"] for row in client.get(place(acme, other, "/links")).json()["linked"]] == [number]
    assert post(client, place(acme, one, "/reopen")).status_code == 200
    back = say(acme, mail(who="maria@example.com", headers={"case_number": number}))
    assert back.conversation_id == one.conversation_id
    assert check_clocks().wrong == {}


def test_a_closed_matter_is_opened_again_by_who_had_it(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, sofia: Person, desk_client: Desk
) -> None:
    message, client = write(acme), desk_client(lucia)
    item = give(message, lucia)
    post(client, place(acme, message, "/reply"), text="Ecco", client_key="k1")
    assert post(client, place(acme, message, "/close"), contact_reason="other").status_code == 200
    WorkItem.objects.filter(pk=item.id).exclude(state="done").update(state="done")
    assert post(desk_client(paolo), place(acme, message, "/reopen")).status_code == 409
    for _ in range(2):
        assert post(client, place(acme, message, "/reopen")).status_code == 200
    again = work_of(message)
    assert (again.state, again.preferred_agent_id) == ("waiting", lucia.pk) and again.id != item.id
    shown = client.get(place(acme, message)).json()["conversation"]
    assert (shown["status"], shown["contact_reason"], shown["closed_at"]) == ("open", "", None)
    assert check_clocks().wrong == {}
