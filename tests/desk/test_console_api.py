"""The console's API: one desk over two shops, each step through HTTP, and each denial beside the same call allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from kernel.ids import new_id
from people.models import Accreditation, Person
from routing import queue
from routing.models import AgentState, WorkItem
from tenants.models import Tenant
from tests.conversations.shoppers import fetch
from tests.desk.shop import GERMAN, give, place, post, work_of, write

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]


def test_the_desk_shows_work_of_two_shops(acme: Tenant, northlight: Tenant, lucia: Person, desk_client: Desk) -> None:
    mine = give(write(acme), lucia)
    offered = work_of(write(northlight, "Hello, where is my parcel please? It should be here by now"))
    queue.offer(work_item_id=offered.id, agent_id=lucia.pk)
    answer = desk_client(lucia).get("/api/desk/changes?since=0").json()
    desk = answer["desk"]
    assert answer["changed"] is True
    assert [(work["id"], work["tenant"]["mark"]) for work in desk["active"]] == [(str(mine.id), "AC")]
    assert [(work["id"], work["tenant"]["mark"]) for work in desk["offers"]] == [(str(offered.id), "NL")]
    assert desk["active"][0]["customer_name"] == "Giulia Bianchi"
    assert desk["active"][0]["unread"] == 1
    assert desk["active"][0]["case_number"].startswith("AC-")
    assert {each["metric"] for each in desk["active"][0]["clocks"]} == {"first_response", "resolution"}
    assert desk["offers"][0]["offer_expires_at"] is not None
    assert (desk["state"]["load"], desk["state"]["status"]) == (2, "available")
    again = desk_client(lucia).get(f"/api/desk/changes?since={answer['seq']}").json()
    assert again == {"seq": answer["seq"], "changed": False, "desk": None}


@pytest.mark.parametrize("since", ["x", "-2", str(2**63)])
def test_a_number_that_no_desk_was_told_is_refused(lucia: Person, desk_client: Desk, since: str) -> None:
    answer = desk_client(lucia).get(f"/api/desk/changes?since={since}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    for told in (-1, 2**63 - 1):
        assert desk_client(lucia).get(f"/api/desk/changes?since={told}").status_code == 200


def test_the_desk_costs_the_same_however_much_is_on_it(
    acme: Tenant, northlight: Tenant, lucia: Person, desk_client: Desk
) -> None:
    AgentState.objects.filter(pk=lucia.pk).update(capacity=20)
    client = desk_client(lucia)
    give(write(acme), lucia)
    give(write(northlight, "Hello, where is my parcel please? It should be here by now"), lucia)
    client.get("/api/desk/changes?since=0")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/api/desk/changes?since=0")
    for _ in range(6):
        give(write(acme), lucia)
    with CaptureQueriesContext(connection) as many:
        client.get("/api/desk/changes?since=0")
    about_the_desk = [query for query in many if "session" not in query["sql"] and "search_path" not in query["sql"]]
    assert len(many) == len(few)
    assert len(about_the_desk) <= 14  # two of them: who asks, and their roles


def test_work_goes_from_offer_to_done_through_the_api(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    client = desk_client(lucia)
    assert post(client, "/api/desk/state", status="available").json()["status"] == "available"
    message = write(acme)
    item = work_of(message)
    queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    accepted = post(client, f"/api/desk/work/{item.id}/accept")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "active")
    said = post(client, place(acme, message, "/reply"), text="Buongiorno, controllo subito.", client_key="k1")
    again = post(client, place(acme, message, "/reply"), text="Buongiorno, controllo subito.", client_key="k1")
    assert said.status_code == 200, said.content
    assert said.json()["id"] == again.json()["id"]
    opened = client.get(place(acme, message)).json()
    assert [each["direction"] for each in opened["messages"]] == ["in", "out"]
    assert opened["conversation"]["shop"]["alias"] == "Lucia A."
    assert opened["conversation"]["work"]["id"] == str(item.id)
    reasons = opened["conversation"]["contact_reasons"]
    closed = post(client, place(acme, message, "/close"), contact_reason=reasons[0]["code"], note="Trovato")
    assert closed.json() == {"ok": True}
    wrapping = client.get("/api/desk/changes?since=0").json()["desk"]["wrap_up"]
    assert [work["id"] for work in wrapping] == [str(item.id)]
    assert wrapping[0]["wrap_up_ends_at"] is not None
    assert post(client, f"/api/desk/work/{item.id}/finish-wrap-up").status_code == 200
    desk = client.get("/api/desk/changes?since=0").json()["desk"]
    assert (desk["done_today"], desk["state"]["load"], desk["active"]) == (1, 0, [])


def test_next_declining_and_transfer(acme: Tenant, lucia: Person, paolo: Person, desk_client: Desk) -> None:
    client = desk_client(lucia)
    assert post(client, "/api/desk/next").json()["code"] == "not_available"
    post(client, "/api/desk/state", status="available")
    assert post(client, "/api/desk/next").json() == {"work": None}
    message = write(acme)
    item = work_of(message)
    queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    assert post(client, f"/api/desk/work/{item.id}/decline", reason="busy").json() == {"ok": True}
    assert client.get("/api/desk/changes?since=0").json()["desk"]["waiting_for_me"] == 1
    assert post(client, "/api/desk/next").json()["work"]["id"] == str(item.id)
    queue.set_status(person=paolo, status="available")
    targets = client.get(f"/api/desk/work/{item.id}/transfer").json()
    assert [each["name"] for each in targets["agents"]] == ["Paolo P."]
    handed = post(client, f"/api/desk/work/{item.id}/transfer", agent=str(paolo.pk), note="Chiede di te")
    assert handed.json() == {"ok": True}
    assert WorkItem.objects.get(pk=item.id).agent_id == paolo.pk
    notes = client.get(place(acme, message, "/messages?after=0")).json()["messages"]
    assert [each["direction"] for each in notes[-2:]] == ["note", "event"]
    assert (
        post(client, place(acme, message, "/reply"), text="Ancora io", client_key="k").json()["code"] == "not_in_hand"
    )


def test_an_accept_that_comes_too_late_is_refused_by_name_and_the_desk_shows_where_it_stands(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, desk_client: Desk
) -> None:
    hers, his = desk_client(lucia), desk_client(paolo)
    for client in (hers, his):
        post(client, "/api/desk/state", status="available")
    item = work_of(write(acme))
    queue.offer(work_item_id=item.id, agent_id=lucia.pk)
    shown = hers.get("/api/desk/changes?since=0").json()
    assert [each["id"] for each in shown["desk"]["offers"]] == [str(item.id)]
    queue.withdraw(work_item_id=item.id)
    queue.offer(work_item_id=item.id, agent_id=paolo.pk)
    late = post(hers, f"/api/desk/work/{item.id}/accept")
    assert (late.status_code, late.json()["code"]) == (409, "offer_gone")
    now = hers.get(f"/api/desk/changes?since={shown['seq']}").json()
    assert (now["desk"]["offers"], now["desk"]["active"], now["seq"] > shown["seq"]) == ([], [], True)
    assert post(his, f"/api/desk/work/{item.id}/accept").status_code == 200
    assert [each["id"] for each in his.get("/api/desk/changes?since=0").json()["desk"]["active"]] == [str(item.id)]


def test_an_agent_of_another_shop_finds_nothing(
    acme: Tenant, northlight: Tenant, lucia: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme)
    item = give(message, lucia)
    mine, foreign = desk_client(lucia), desk_client(jens)
    for rest in ("", "/messages"):
        assert mine.get(place(acme, message, rest)).status_code == 200
        assert foreign.get(place(acme, message, rest)).json()["code"] == "not_found"
        assert mine.get(place(northlight, message, rest)).json()["code"] == "not_found"
    for rest, body in (
        ("/reply", {"text": "Hallo", "client_key": "a"}),
        ("/notes", {"text": "Hallo", "client_key": "b"}),
        ("/close", {"contact_reason": "other"}),
        ("/typing", {}),
        ("/read", {"seq": 1}),
    ):
        assert post(foreign, place(acme, message, rest), **body).status_code == 404, rest
        assert post(mine, place(northlight, message, rest), **body).status_code in (404, 409, 200), rest
    assert post(foreign, f"/api/desk/work/{item.id}/accept").json()["code"] == "not_found"
    assert WorkItem.objects.get(pk=item.id).state == "active"


def test_an_accreditation_that_ended_closes_the_door(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    message = write(acme)
    client = desk_client(lucia)
    assert client.get(place(acme, message)).status_code == 200
    Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=clock.now())
    assert client.get(place(acme, message)).status_code == 404


@pytest.mark.parametrize("path", ["/api/desk/changes", "/api/desk/floor", "/api/desk/search", "/api/desk/finished"])
def test_nobody_and_client_users_stay_out(path: str, carla: Person, desk_client: Desk) -> None:
    assert desk_client().get(path).status_code in (401, 403)
    assert desk_client(carla).get(path).status_code == 403


def test_the_desk_is_not_served_at_a_shops_host(acme: Tenant, lucia: Person, shop_client: Any) -> None:
    assert shop_client(acme, lucia).get("/api/desk/changes").status_code == 404


def test_a_file_goes_out_and_comes_down_as_a_download(
    acme: Tenant, lucia: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme)
    give(message, lucia)
    client = desk_client(lucia)
    sent = client.post(
        place(acme, message, "/reply"),
        {"text": "Ecco", "client_key": "f", "files": [SimpleUploadedFile("nota.txt", b"ciao", "text/plain")]},
    )
    assert sent.status_code == 200, sent.content
    file = sent.json()["attachments"][0]
    got = fetch(file["url"])
    assert (got.content, got["X-Content-Type-Options"]) == (b"ciao", "nosniff")
    assert got["Content-Disposition"].startswith("attachment")
    door = f"/api/desk/clients/{acme.id}/attachments/{file['id']}"
    assert fetch(client.get(door)["Location"]).content == b"ciao"
    assert desk_client(jens).get(door).status_code == 404


def test_reading_clears_unread(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    message = write(acme)
    give(message, lucia)
    client = desk_client(lucia)
    post(client, place(acme, message, "/read"), seq=message.seq)
    assert client.get("/api/desk/changes?since=0").json()["desk"]["active"][0]["unread"] == 0


def test_search_finds_by_case_number_only_what_one_serves(
    acme: Tenant, northlight: Tenant, lucia: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme)
    write(northlight, GERMAN)
    number = desk_client(lucia).get(place(acme, message)).json()["conversation"]["case_number"]
    found = desk_client(lucia).get(f"/api/desk/search?q={number}").json()["results"]
    assert [row["case_number"] for row in found] == [number]
    assert desk_client(jens).get(f"/api/desk/search?q={number}").json()["results"] == []
    give(message, lucia)
    assert [row["case_number"] for row in desk_client(lucia).get("/api/desk/search?q=").json()["results"]] == [number]


def test_a_search_says_how_many_clients_it_left_out(
    acme: Tenant, northlight: Tenant, lucia: Person, desk_client: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = desk_client(lucia)
    case = client.get(place(acme, write(acme))).json()["conversation"]["case_number"]

    def found(words: str) -> tuple[list[str], int]:
        answer = client.get("/api/desk/search", {"q": words}).json()
        return [row["case_number"] for row in answer["results"]], answer["left_out"]

    digits = case.partition("-")[2]
    assert found(digits) == ([case], 0)
    monkeypatch.setattr("desk.search.CLIENTS_MAX", 1)
    assert found(digits)[1] == 1
    assert found(case) == ([case], 0)


def test_bad_input_is_refused_with_its_field(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    client = desk_client(lucia)
    assert client.get("/api/desk/changes?since=x").json()["fields"] == {"since": "Not a number."}
    assert post(client, "/api/desk/state", status="flying").status_code == 400
    assert post(client, f"/api/desk/work/{new_id()}/accept").status_code == 404
    message = write(acme)
    held = give(message, lucia)
    assert post(client, f"/api/desk/work/{held.id}/transfer").status_code == 400
    assert post(client, f"/api/desk/work/{new_id()}/transfer").status_code == 404
    assert post(client, place(acme, message, "/close"), contact_reason="").json()["code"] == "contact_reason_missing"


def test_what_is_worded_follows_the_language_of_the_screen(acme: Tenant, lucia: Person, desk_client: Desk) -> None:
    message = write(acme)
    give(message, lucia)
    client = desk_client(lucia)

    def clauses(**headers: str) -> set[str]:
        shown = client.get(place(acme, message, ""), headers=headers).json()["conversation"]
        return {clock["clause"] for clock in shown["clocks"]}

    assert clauses() == clauses(**{"Accept-Language": "en"}) != clauses(**{"Accept-Language": "es-ES,es;q=0.9"})
    lucia.refresh_from_db()
    assert lucia.language == "en"


def test_a_supervisor_sees_the_floor(
    acme: Tenant, northlight: Tenant, lucia: Person, jens: Person, sofia: Person, desk_client: Desk
) -> None:
    with clock.hold(clock.now() - timedelta(seconds=40)):
        message = write(acme)
    for person in (lucia, jens):
        queue.set_status(person=person, status="available")
    client = desk_client(sofia)
    assert desk_client(lucia).get("/api/desk/floor").status_code == 403
    floor = client.get("/api/desk/floor").json()
    chat = next(
        each for each in floor["queues"] if each["tenant"]["mark"] == "AC" and each["queue"]["channel_group"] == "chat"
    )
    assert (chat["waiting"], chat["offered"], chat["active"], chat["last_hour"]["arrived"]) == (1, 0, 0, 1)
    assert chat["longest_wait_seconds"] >= 40
    assert chat["service_level"] == {"met": 0, "counted": 0, "share": None, "goal": 0.8}
    assert next(each for each in floor["agents"] if each["name"] == "Lucia L.")["clients"] == ["AC", "NL"]
    assert [(each["language"], each["able_agents"]) for each in floor["waiting"]] == [("it", 1)]
    item = work_of(message)
    targets = client.get(f"/api/desk/floor/work/{item.id}/assign").json()["agents"]
    against = [(each["name"], each["against"]) for each in targets if each["status"] != "offline"]
    assert against == [("Lucia L.", []), ("Jens J.", ["client", "language"])]
    assert desk_client(lucia).get(f"/api/desk/floor/work/{item.id}/assign").status_code == 403
    assigned = post(client, f"/api/desk/floor/work/{item.id}/assign", agent=str(lucia.pk))
    assert assigned.json()["state"] == "active"
    moved = post(client, f"/api/desk/floor/agents/{lucia.pk}/state", status="training", reason="coaching")
    assert (moved.json()["status"], moved.json()["reason"]) == ("training", "coaching")
    assert post(desk_client(lucia), f"/api/desk/floor/work/{item.id}/assign", agent=str(lucia.pk)).status_code == 403


def test_finished_work_is_listed_in_pages(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    for number, shop in enumerate([acme, northlight, acme]):
        with clock.hold(clock.now() - timedelta(minutes=10 - number)):
            item = give(write(shop, "Hello there, where is my parcel please? It should be here"), lucia)
            queue.finish(person=lucia, work_item_id=item.id, contact_reason="delivery")
            queue.end_wrap_up(person=lucia, work_item_id=item.id)
    client = desk_client(sofia)
    page = client.get("/api/desk/finished").json()
    assert [row["tenant"]["mark"] for row in page["results"]] == ["AC", "NL", "AC"]
    assert page["next"] is None
    only = client.get(f"/api/desk/finished?tenant={northlight.id}&agent={lucia.pk}&evaluated=false").json()["results"]
    assert [row["case_number"][:2] for row in only] == ["NL"]
    assert client.get("/api/desk/finished?evaluated=true").json()["results"] == []
    assert client.get("/api/desk/finished?from=yesterday").json()["fields"] == {"from": "Not a time."}


def test_the_schema_names_every_operation(desk_client: Desk) -> None:
    answer = desk_client().get("/api/schema/?format=json", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert b"accept_work" in answer.content
