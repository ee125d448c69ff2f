"""Asking the client: the resolution waits, the client's own clock runs, one manager answers, the agent sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from conversations import held, outbound
from conversations.case_links import token_for
from conversations.erasing import erase_conversations
from conversations.models import Conversation
from conversations.shopfront import shown_status
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Accreditation, AuditEntry, Person
from routing.models import AgentState, WorkItem
from sla_contracts import clocks, contracts
from sla_contracts.checking import check_clocks
from sla_contracts.contracts import forget_versions
from sla_contracts.default_terms import default_terms
from sla_contracts.models import Clock
from sla_contracts.terms import TermsError, validate
from sla_contracts.timers import sweep
from tenants.models import Tenant
from tests.desk.asked import (
    DUE,
    NOW,
    Door,
    ask,
    asked,
    clock_of,
    events_of,
    ledger_of,
    row_of,
    status_of,
    user_of,
)  # fmt: skip
from tests.desk.shop import GERMAN, give, place, post, work_of, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday() -> Iterator[None]:
    with clock.hold(NOW):
        yield


def answer(door: Any, approval: dict[str, Any], **given: Any) -> Any:
    return post(door, f"/api/portal/approvals/{approval['id']}/answer", **{"answer": "approved", **given})


def sound(said: Any) -> bool:
    found = check_clocks(conversation_ids=[said.conversation_id])
    return found.checked > 0 and found.wrong == {}


def test_the_resolution_waits_for_the_client_whose_own_clock_runs(
    acme: Tenant, lucia: Person, desk_client: Door
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    assert (clock_of(said, "resolution").state, clock_of(said, "resolution").paused_reason) == (
        "paused",
        "waiting_client",
    )
    assert clock_of(said, "first_response").state == "running"
    own = clock_of(said, "client_answer")
    assert (own.state, own.target_seconds, own.calendar, own.due_at) == ("running", 8 * 3600, "mail_hours", DUE)
    assert (approval["state"], approval["amount"], approval["currency"], approval["alias"]) == (
        "open",
        "80.00",
        "EUR",
        "Lucia A.",
    )
    assert status_of(acme, said) == "waiting_client"
    assert [event["code"] for event in events_of(acme, said)] == ["client_asked"]
    assert clocks.earliest_due(said.conversation_id) == clock_of(said, "first_response").due_at
    again = ask(desk_client(lucia), acme, said, asked="Altro?")
    assert (again.status_code, again.json()["id"]) == (201, approval["id"])  # the same step once more
    assert ask(desk_client(lucia), acme, said, client_key="ask-2").json()["code"] == "already_asked"
    page = desk_client(lucia).get(place(acme, said)).json()["conversation"]
    assert page["approval"]["asked"] == approval["asked"] and page["status"] == "waiting_client"
    assert sound(said)


def test_a_manager_answers_and_the_agent_goes_on(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    before = AgentState.objects.get(person=lucia).feed_seq
    portal = shop_client(acme, carla)
    found = portal.get("/api/portal/approvals").json()
    assert [row["id"] for row in found["results"]] == [approval["id"]]
    assert (found["open"], found["overdue"], found["done"]) == (1, 0, 0)
    opened = portal.get(f"/api/portal/approvals/{approval['id']}").json()
    assert (opened["alias"], opened["customer_name"]) == ("Lucia A.", "Giulia Bianchi")
    assert "Lucia L." not in str(opened)
    with clock.hold(NOW + timedelta(hours=1)):
        for _ in range(2):  # a lost answer: once more is the same step
            done = answer(portal, approval, comment="Sì, è un buon cliente.")
            assert (done.status_code, done.json()["state"]) == (200, "answered"), done.content
    assert ledger_of(said, "resolution") == [
        ("started", ""),
        ("paused", "waiting_client"),
        ("resumed", "client_answered"),
    ]
    assert clock_of(said, "resolution").elapsed_seconds == 0  # what the client took is the client's
    own = clock_of(said, "client_answer")
    assert (own.state, own.within_target, own.elapsed_seconds) == ("met", True, 3600)
    assert [row.by_id for row in own.events.order_by("id")] == [lucia.pk, carla.pk]
    event = events_of(acme, said)[-1]
    assert (event["code"], event["answer"], event["name"]) == ("client_answered", "approved", carla.name)
    assert status_of(acme, said) == "open"
    assert AgentState.objects.get(person=lucia).feed_seq > before
    work = desk_client(lucia).get("/api/desk/changes?since=-1").json()["desk"]["active"][0]
    assert (work["status"], work["unread"]) == ("open", 2)  # the shopper's word, and the client's
    assert AuditEntry.objects.filter(action="approval.answered", person=carla, tenant=acme).count() == 1
    found = portal.get("/api/portal/approvals?status=done").json()
    assert (found["results"][0]["answered_by"], found["done"]) == (carla.name, 1)
    assert found["taken"] | {"average_seconds": 0} == {
        "month": "2026-11", "asked": 1, "in_time": 1, "late": 0, "running": 0, "overdue": 0, "withdrawn": 0,
        "share": 1.0, "average_seconds": 0,
    }  # fmt: skip
    assert found["taken"]["average_seconds"] == 3600
    assert sound(said)


def test_the_contract_says_how_long_the_client_may_take(acme: Tenant, lucia: Person, desk_client: Door) -> None:
    terms = default_terms(time_zone=acme.time_zone, country=acme.country, languages=acme.languages)
    own = {"seconds": 1800, "calendar": "chat_hours"}
    version = contracts.draft(tenant=acme, terms={**terms, "client_answer": own}, valid_from=NOW - timedelta(days=1))
    contracts.sign(version_id=version.id, by_bpo="Omar", by_client="Carla")
    forget_versions()
    said, approval = asked(desk_client(lucia), acme, lucia)
    found = clock_of(said, "client_answer")
    assert (found.target_seconds, found.calendar, found.due_at) == (1800, "chat_hours", NOW + timedelta(minutes=30))
    assert row_of(acme, approval).remind_at == NOW + timedelta(seconds=1350)
    for wrong in ({"seconds": 0, "calendar": "chat_hours"}, {"seconds": 9, "calendar": "no"}, 5):
        with pytest.raises(TermsError):
            validate({**terms, "client_answer": wrong})


def test_who_may_ask_answer_and_read(
    acme: Tenant, lucia: Person, paolo: Person, jens: Person, sofia: Person, carla: Person, dieter: Person,
    desk_client: Door, shop_client: Door,
) -> None:  # fmt: skip
    said = write(acme)
    give(said, lucia)
    assert ask(desk_client(paolo), acme, said).json()["code"] == "not_in_hand"
    nobody = ask(desk_client(jens), acme, new_id())
    assert ask(desk_client(jens), acme, said).content == nobody.content and nobody.status_code == 404
    assert ask(shop_client(acme, carla), acme, said).status_code == 404
    made = ask(desk_client(sofia), acme, said)  # a supervisor of the client, for whoever has it
    approval = made.json()
    assert made.status_code == 201
    viewer = user_of(acme, "vera", "viewer")
    place_ = f"/api/portal/approvals/{approval['id']}"
    assert shop_client(acme, viewer).get(place_).status_code == 200
    assert answer(shop_client(acme, viewer), approval).status_code == 403
    theirs = shop_client(acme, dieter).get(place_)
    assert theirs.status_code in (401, 403, 404)
    other = shop_client(Tenant.objects.get(slug="northlight"), dieter)
    missing = other.get(f"/api/portal/approvals/{new_id()}")
    assert (other.get(place_).status_code, other.get(place_).content) == (404, missing.content)
    assert answer(other, approval).content == answer(other, {"id": new_id()}).content
    assert other.get("/api/portal/approvals").json()["results"] == []
    assert other.get("/api/portal/approvals/waiting").json() == {"open": 0, "overdue": 0}
    assert row_of(acme, approval).state == "open"
    assert answer(shop_client(acme, carla), approval).status_code == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"answer": "replied"}, "answer"),
        ({"answer": "approved", "option": "blu"}, "option"),
        ({"answer": "more_info"}, "comment"),
        ({"answer": "maybe"}, "answer"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_nothing_is_settled(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door, given: dict[str, str], field: str
) -> None:
    _, approval = asked(desk_client(lucia), acme, lucia)
    refused = answer(shop_client(acme, carla), approval, **given)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, [field])
    assert row_of(acme, approval).state == "open"


def test_a_question_with_options_is_answered_with_one_of_them(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    more: dict[str, Any] = {"kind": "question", "asked": "Quale colore?", "amount": None, "options": ["rosso", "blu"]}
    said, approval = asked(desk_client(lucia), acme, lucia, **more)
    portal = shop_client(acme, carla)
    assert answer(portal, approval, answer="replied").json()["fields"] == {"option": "Choose one."}
    assert answer(portal, approval, answer="replied", option="blu").json()["option"] == "blu"
    assert events_of(acme, said)[-1]["option"] == "blu"


@pytest.mark.parametrize(
    "wrong", [{"asked": " "}, {"options": ["one"]}, {"amount": "0"}, {"amount": "-3"}, {"kind": "order"}]
)
def test_a_question_that_cannot_be_asked_is_refused_and_no_clock_changes(
    acme: Tenant, lucia: Person, desk_client: Door, wrong: dict[str, Any]
) -> None:
    said = write(acme)
    give(said, lucia)
    assert ask(desk_client(lucia), acme, said, **wrong).status_code == 400
    assert (clock_of(said, "resolution").state, status_of(acme, said)) == ("running", "open")


def test_card_numbers_are_kept_neither_in_the_question_nor_in_the_answer(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia, asked="Carta 4111 1111 1111 1111?")
    answer(shop_client(acme, carla), approval, answer="denied", comment="No: 4111 1111 1111 1111")
    kept = row_of(acme, approval)
    assert "1111 1111 1111" not in f"{kept.asked} {kept.comment} {events_of(acme, said)}"


def test_the_agent_takes_it_back_and_the_clocks_go_on(
    acme: Tenant, lucia: Person, paolo: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    path = place(acme, said, f"/approvals/{approval['id']}/withdraw")
    assert post(desk_client(paolo), path).json()["code"] == "not_in_hand"
    for _ in range(2):
        assert post(desk_client(lucia), path).json()["state"] == "withdrawn"
    assert ledger_of(said, "client_answer") == [("started", ""), ("voided", "withdrawn")]
    assert ledger_of(said, "resolution")[-1] == ("resumed", "withdrawn")
    assert (status_of(acme, said), row_of(acme, approval).withdrawn_as) == ("open", "agent")
    late = answer(shop_client(acme, carla), approval)
    assert (late.status_code, late.json()["code"]) == (409, "withdrawn")
    assert ask(desk_client(lucia), acme, said, client_key="ask-2").status_code == 201  # anew, with a clock of its own
    assert Clock.objects.filter(conversation=said.conversation_id, metric="client_answer").count() == 2
    assert sound(said)


def test_closing_and_handing_on_take_it_back_and_putting_off_does_not(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    desk = desk_client(lucia)
    said, approval = asked(desk, acme, lucia)
    closed = post(desk, place(acme, said, "/close"), contact_reason="other")
    assert closed.status_code == 200, closed.content
    assert row_of(acme, approval).withdrawn_as == "closed"
    assert ledger_of(said, "resolution")[-1][0] == "met"
    other, second = asked(desk, acme, lucia)
    queue = str(work_of(other).queue_id)
    handed = post(desk, f"/api/desk/work/{work_of(other).id}/transfer", queue=queue)
    assert handed.status_code == 200, handed.content
    assert (row_of(acme, second).withdrawn_as, status_of(acme, other)) == ("handed_on", "open")
    item = WorkItem.objects.get(conversation=other.conversation_id)
    assert (item.state, item.due_at) == ("waiting", clocks.earliest_due(other.conversation_id))
    third, last = asked(desk, acme, lucia)
    until = (NOW + timedelta(hours=5)).isoformat()
    put_off = post(desk, f"/api/desk/work/{work_of(third).id}/put-off", until=until)
    assert put_off.status_code == 200, put_off.content
    assert row_of(acme, last).state == "open"
    assert answer(shop_client(acme, carla), last).status_code == 200
    assert WorkItem.objects.get(conversation=third.conversation_id).starts_at is None  # it comes back at once
    assert all(sound(one) for one in (said, other, third))


def test_the_answer_comes_to_whoever_has_the_conversation_by_then(
    acme: Tenant, lucia: Person, sofia: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    over = post(desk_client(sofia), f"/api/desk/floor/work/{work_of(said).id}/assign", agent=str(sofia.pk))
    assert over.status_code == 200, over.content
    assert (row_of(acme, approval).state, status_of(acme, said)) == ("open", "waiting_client")
    feeds = {who.pk: AgentState.objects.get(person=who).feed_seq for who in (lucia, sofia)}
    assert answer(shop_client(acme, carla), approval, comment="Sì").status_code == 200
    assert AgentState.objects.get(person=sofia).feed_seq > feeds[sofia.pk]
    assert AgentState.objects.get(person=lucia).feed_seq == feeds[lucia.pk]
    [work] = desk_client(sofia).get("/api/desk/changes?since=-1").json()["desk"]["active"]
    assert (work["conversation"], work["status"], work["unread"] > 0) == (str(said.conversation_id), "open", True)
    shown = desk_client(sofia).get(place(acme, said)).json()
    assert "Sì" in str(shown)
    assert desk_client(lucia).get("/api/desk/changes?since=-1").json()["desk"]["active"] == []
    again, second = asked(desk_client(lucia), acme, lucia)
    post(desk_client(sofia), f"/api/desk/floor/work/{work_of(again).id}/assign", agent=str(sofia.pk))
    back = f"/approvals/{second['id']}/withdraw"
    assert post(desk_client(lucia), place(acme, again, back)).status_code == 409  # it is in other hands
    assert post(desk_client(sofia), place(acme, again, back)).status_code == 200
    assert row_of(acme, second).state == "withdrawn" and sound(said) and sound(again)


def test_the_shopper_and_the_agent_may_talk_while_the_client_thinks(
    acme: Tenant, lucia: Person, desk_client: Door
) -> None:
    said, _ = asked(desk_client(lucia), acme, lucia)
    with enter(acme):
        outbound.reply(
            person=lucia, tenant=acme, conversation_id=said.conversation_id, text="Chiedo e le dico.",
            client_key="r1", waiting_for_customer=True,
        )  # fmt: skip
    write(acme, "Va bene?", conversation=said.conversation_id)
    assert status_of(acme, said) == "waiting_client"
    assert ledger_of(said, "resolution") == [("started", ""), ("paused", "waiting_client")]
    assert clock_of(said, "first_response").state == "met"
    assert sound(said)


def test_what_waited_for_the_customer_waits_for_the_client_from_then_on(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    said = write(acme)
    give(said, lucia)
    with enter(acme):
        outbound.reply(
            person=lucia, tenant=acme, conversation_id=said.conversation_id, text="Un attimo.", client_key="r1",
            waiting_for_customer=True,
        )  # fmt: skip
    approval = ask(desk_client(lucia), acme, said).json()
    answer(shop_client(acme, carla), approval, answer="denied")
    assert [reason for kind, reason in ledger_of(said, "resolution") if kind == "paused"] == [
        "waiting_customer",
        "waiting_client",
    ]
    assert (clock_of(said, "resolution").state, status_of(acme, said)) == ("running", "open")
    assert sound(said)


def test_a_client_that_is_overdue_is_shown_counted_and_stays_late(
    acme: Tenant,
    northlight: Tenant,
    lucia: Person,
    jens: Person,
    sofia: Person,
    carla: Person,
    desk_client: Door,
    shop_client: Door,
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    asked(desk_client(jens), northlight, jens, text=GERMAN)
    floor = desk_client(sofia).get("/api/desk/floor/asked-clients").json()["rows"]
    assert {(row["tenant"]["name"], row["is_overdue"]) for row in floor} == {
        ("Acme Shoes", False),
        ("Northlight", False),
    }
    assert {row["agent"] for row in floor} == {lucia.name, jens.name}
    evening = DUE + timedelta(hours=1)
    with clock.hold(evening):
        sweep(evening)  # its hours are over, and none was used beyond them
        assert shop_client(acme, carla).get("/api/portal/approvals/waiting").json() == {"open": 1, "overdue": 0}
    later = NOW + timedelta(days=1)
    with clock.hold(later):
        sweep(later)
        assert clock_of(said, "client_answer").state == "breached"
        risks = desk_client(sofia).get("/api/desk/floor").json()["risks"]
        assert "client_answer" not in {risk["metric"] for risk in risks}
        rows = desk_client(sofia).get("/api/desk/floor/asked-clients").json()["rows"]
        assert rows[0]["is_overdue"] and rows[0]["tenant"]["name"] in ("Acme Shoes", "Northlight")
        portal = shop_client(acme, carla)
        assert portal.get("/api/portal/approvals/waiting").json() == {"open": 1, "overdue": 1}
        taken = portal.get("/api/portal/approvals").json()["taken"]
        assert (taken["overdue"], taken["share"]) == (1, 0.0)
    with clock.hold(later + timedelta(hours=1)):
        done = answer(shop_client(acme, carla), approval).json()
        assert done["is_late"] is True
        taken = shop_client(acme, carla).get("/api/portal/approvals?status=done").json()["taken"]
    assert (taken["late"], taken["overdue"], taken["share"]) == (1, 0, 0.0)
    assert clock_of(said, "resolution").elapsed_seconds == 0
    assert sound(said)


def test_an_overdue_question_that_is_taken_back_stays_late(acme: Tenant, lucia: Person, desk_client: Door) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    with clock.hold(NOW + timedelta(days=1)):
        post(desk_client(lucia), place(acme, said, f"/approvals/{approval['id']}/withdraw"))
    own = clock_of(said, "client_answer")
    assert (own.state, own.within_target) == ("met", False)
    assert sound(said)


def test_whose_grant_ended_takes_nothing_back(acme: Tenant, lucia: Person, desk_client: Door) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia)
    door = desk_client(lucia)
    Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=NOW)
    with clock.hold(NOW + timedelta(seconds=1)):
        path = place(acme, said, f"/approvals/{approval['id']}/withdraw")
        barred, nothing = post(door, path), post(door, place(acme, new_id(), f"/approvals/{new_id()}/withdraw"))
    assert (barred.status_code, barred.content) == (404, nothing.content)
    assert row_of(acme, approval).state == "open"


def test_shoppers_see_an_open_case(acme: Tenant, lucia: Person, desk_client: Door, shop_client: Door) -> None:
    said, _ = asked(desk_client(lucia), acme, lucia)
    found = shop_client(acme).get(f"/api/case/{token_for(acme, said.conversation_id)}").json()
    assert (found["status"], status_of(acme, said)) == ("open", "waiting_client")
    assert {shown_status(one) for one in Conversation.Status.values} == {"open", "waiting_customer", "closed"}


def test_what_was_asked_and_answered_is_erased_with_the_person(
    acme: Tenant, lucia: Person, carla: Person, desk_client: Door, shop_client: Door
) -> None:
    said, approval = asked(desk_client(lucia), acme, lucia, asked="Zaffira?", note="Zaffira", options=["Zaffira", "no"])
    answer(shop_client(acme, carla), approval, option="Zaffira", comment="Zaffira")
    post(desk_client(lucia), place(acme, said, "/close"), contact_reason="other")
    with enter(acme):
        row = Conversation.objects.get(pk=said.conversation_id)
        assert "Zaffira" in str(held.conversations_of(row.customer_id)[0]["asked_of_shop"])
        erase_conversations(tenant=acme, conversations=[row], addresses=[])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM conversations_approval t WHERE t::text LIKE '%Zaffira%'")
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM conversations_message t WHERE t::text LIKE '%Zaffira%'")
            assert cursor.fetchone() == (0,)
    kept = row_of(acme, approval)
    assert (kept.answer, kept.answered_by_id, kept.asked) == ("approved", carla.pk, "")
