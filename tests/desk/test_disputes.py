"""A client disputes how an item was judged; the BPO answers once; what is past stays, and what is open follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from desk import portal_papers
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Membership, Person
from quality import disputing
from quality.models import DisputeWord
from sla_contracts import clocks, contracts, disputes
from sla_contracts.models import Clock, Dispute
from sla_contracts.period import Period
from tenants.models import Tenant
from tests.desk.test_portal import converse
from tests.sla_contracts.months import Arrival, answer, utc

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
NOW = utc("2026-11-10 09:00")
CLAUSE = "chat_first_response"
SAID = {"clause": CLAUSE, "claim": "count_late", "reason": "Giulia only got a robot's reply"}


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with clock.hold(NOW):
        yield


@pytest.fixture
def on_time(acme: Tenant, lucia: Person) -> Arrival:
    """Of two at Acme, the one that was answered in time."""
    late, fine = (converse(acme, utc(f"2026-11-0{day} 10:00"), lucia) for day in (2, 3))
    answer(late, 90)
    answer(fine, 20)
    return fine


def clock_of(arrival: Arrival) -> Clock:
    return Clock.objects.get(conversation=arrival.conversation, metric="first_response")


def dispute(door: Client, arrival: Arrival, **said: str) -> Any:
    path = f"/api/portal/clocks/{clock_of(arrival).id}/disputes"
    return door.post(path, {**SAID, **said}, content_type="application/json")


def reply(door: Client, tenant: Tenant, dispute_id: str, *, accept: bool, reason: str = "The bot's, indeed") -> Any:
    path = f"/api/desk/clients/{tenant.id}/disputes/{dispute_id}/answer"
    return door.post(path, {"accept": accept, "reason": reason}, content_type="application/json")


def figures(door: Client, month: str = "2026-11") -> tuple[int, int, dict[str, int]]:
    found = door.get(f"/api/portal/overview?month={month}").json()["clauses"]
    row = next(row for row in found if row["code"] == CLAUSE)
    return row["met"], row["breached"], row["excluded"]


def test_an_accepted_dispute_is_judged_in_the_running_month_and_both_sides_see_its_history(
    acme: Tenant, carla: Person, omar: Person, on_time: Arrival, shop_client: Door, desk_client: Door
) -> None:
    portal, desk = shop_client(acme, carla), desk_client(omar)
    assert figures(portal) == (1, 1, {})
    raised = dispute(portal, on_time)
    assert raised.status_code == 201, raised.content
    row = raised.json()
    assert (row["state"], row["outcome"], row["claim"], row["month"]) == ("open", "met", "count_late", "2026-11")
    assert row["answer_by"].startswith("2026-11-20T09:00")
    assert figures(portal) == (1, 1, {})
    listed = desk.get("/api/desk/disputes").json()
    assert [each["id"] for each in listed["results"]] == [row["id"]]
    assert listed["counts"] == {"open": 1, "overdue": 0, "accepted": 0, "rejected": 0}
    assert [(each["client"]["name"], each["open"]) for each in listed["clients"]] == [(acme.name, 1)]
    opened = desk.get(f"/api/desk/clients/{acme.id}/disputes/{row['id']}").json()
    assert [word["text"] for word in opened["words"]] == [SAID["reason"]]
    assert [step["kind"] for step in opened["arithmetic"]["steps"]] == ["started", "met"]
    assert reply(desk, acme, row["id"], accept=True).status_code == 200
    assert figures(portal) == (0, 2, {})
    theirs = portal.get(f"/api/portal/disputes/{row['id']}").json()
    assert (theirs["state"], theirs["effect"], theirs["answered_by"]) == ("accepted", "month", "")
    assert [(word["side"], word["text"]) for word in theirs["words"]] == [
        ("client", SAID["reason"]),
        ("bpo", "The bot's, indeed"),
    ]
    explained = portal.get(f"/api/portal/clocks/{clock_of(on_time).id}/recompute").json()
    verdict = next(each for each in explained["verdicts"] if each["code"] == CLAUSE)
    assert (verdict["outcome"], verdict["is_open"], verdict["dispute"]["id"]) == ("breached", False, row["id"])
    done = AuditEntry.objects.filter(action__startswith="dispute.").order_by("id")
    assert [entry.action for entry in done] == ["dispute.raised", "dispute.accepted"]


def test_a_rejected_dispute_changes_nothing_and_is_not_raised_again(
    acme: Tenant, carla: Person, omar: Person, on_time: Arrival, shop_client: Door, desk_client: Door
) -> None:
    portal = shop_client(acme, carla)
    row = dispute(portal, on_time, claim="leave_out").json()
    assert reply(desk_client(omar), acme, row["id"], accept=False).status_code == 200
    assert figures(portal) == (1, 1, {})
    again = dispute(portal, on_time)
    assert (again.status_code, again.json()["code"]) == (409, "disputed_already")


def test_each_claim_does_what_it_says(
    acme: Tenant, carla: Person, omar: Person, lucia: Person, on_time: Arrival, shop_client: Door, desk_client: Door
) -> None:
    portal, desk = shop_client(acme, carla), desk_client(omar)
    spam = converse(acme, utc("2026-11-04 10:00"), lucia)
    answer(spam, 75)
    clocks.void(conversation_id=spam.conversation, metric="first_response", reason="spam", at=utc("2026-11-04 11:00"))
    clock_id = clock_of(spam).id
    assert figures(portal) == (1, 1, {"spam": 1}), clock_id
    assert dispute(portal, spam, claim="leave_out").json()["fields"] == {"claim": "does not fit"}
    for arrival, claim in ((on_time, "leave_out"), (spam, "count")):
        row = dispute(portal, arrival, claim=claim).json()
        reply(desk, acme, row["id"], accept=True)
    assert figures(portal) == (0, 2, {"disputed": 1})


def test_what_was_issued_stays_and_the_next_month_owes_the_difference(
    acme: Tenant, carla: Person, omar: Person, lucia: Person, shop_client: Door, desk_client: Door
) -> None:
    portal, desk = shop_client(acme, carla), desk_client(omar)
    late, fine, other = (converse(acme, utc(f"2026-10-0{day} 10:00"), lucia) for day in (5, 6, 7))
    for arrival, seconds in ((late, 90), (fine, 20), (other, 20)):
        answer(arrival, seconds)
    issued = portal.post("/api/portal/reports", {"month": "2026-10"}, "application/json").json()
    before = portal.get(issued["pdf_url"]).content
    october, november = (Period.of_month(month, acme.time_zone) for month in ("2026-10", "2026-11"))
    row = dispute(portal, fine, claim="count_late").json()
    reply(desk, acme, row["id"], accept=True)
    assert portal.get(f"/api/portal/disputes/{row['id']}").json()["effect"] == "credit"
    assert figures(portal, "2026-10") == (2, 1, {})
    assert portal.get(issued["pdf_url"]).content == before
    again = portal.post("/api/portal/reports", {"month": "2026-10"}, "application/json").json()
    assert again["id"] == issued["id"]
    owed = disputes.corrections(acme, november)
    assert [(each["month"], each["code"], each["before"]["met"], each["after"]["met"]) for each in owed] == [
        ("2026-10", CLAUSE, 2, 1)
    ]
    # 2 of 3 is 13.33 points below the goal, 1 of 3 is 46.67: at 50 a point, 20 points at most.
    assert owed[0]["penalty"] == Decimal("1000.00") - Decimal("666.50")
    assert disputes.corrections(acme, october) == []
    with clock.hold(utc("2026-12-02 09:00")):
        following = portal_papers.issue_report(person=carla, tenant=acme, month="2026-11", language="en")
    assert [(each["month"], each["penalty"], len(each["cases"])) for each in following.data["corrections"]] == [
        ("2026-10", "333.50", 1)
    ]
    assert "corrections" not in portal.get(issued["data_url"]).json()


def test_after_the_window_it_is_refused_with_the_reason(
    acme: Tenant, carla: Person, lucia: Person, shop_client: Door
) -> None:
    portal, fine = shop_client(acme, carla), converse(acme, utc("2026-10-06 10:00"), lucia)
    answer(fine, 20)
    portal.post("/api/portal/reports", {"month": "2026-10"}, "application/json")
    asked: dict[str, Any] = {"person": carla, "tenant": acme, "clock_id": clock_of(fine).id, **SAID}
    with clock.hold(NOW + timedelta(days=30, seconds=1)), pytest.raises(Refusal) as refused:
        disputing.dispute(**asked)
    assert (refused.value.status, refused.value.code) == (409, "window_over")
    assert "30 days after its report" in refused.value.message
    with clock.hold(NOW + timedelta(days=30)):
        assert disputing.dispute(**asked).answer_by == NOW + timedelta(days=40)


def test_the_contract_sets_its_own_terms(acme: Tenant, carla: Person, lucia: Person, shop_client: Door) -> None:
    version = contracts.version_in_force(acme.id, NOW)
    assert version is not None
    terms = {**version.terms, "dispute_days": 5, "dispute_answer_days": 3}
    new = contracts.draft(tenant=acme, terms=terms, valid_from=utc("2026-09-30 22:00"))
    contracts.sign(version_id=new.id, by_bpo="a", by_client="b")
    portal, fine = shop_client(acme, carla), converse(acme, utc("2026-10-06 10:00"), lucia)
    answer(fine, 20)
    portal.post("/api/portal/reports", {"month": "2026-10"}, "application/json")
    with clock.hold(NOW + timedelta(days=5, seconds=1)):
        assert dispute(shop_client(acme, carla), fine).json()["code"] == "window_over"
    assert dispute(portal, fine).json()["answer_by"].startswith("2026-11-13")


def test_what_still_runs_or_says_nothing_is_refused(
    acme: Tenant, carla: Person, lucia: Person, on_time: Arrival, shop_client: Door
) -> None:
    portal = shop_client(acme, carla)
    running = converse(acme, NOW - timedelta(seconds=10), lucia)
    assert dispute(portal, running).json()["code"] == "not_judged"
    assert dispute(portal, on_time, reason="   ").status_code == 400
    assert dispute(portal, on_time, reason="x" * 2001).status_code == 400
    assert dispute(portal, on_time, clause="none_such").json()["fields"] == {"clause": "does not count it"}
    assert Dispute.objects.count() == 0


def test_viewers_read_managers_dispute_operators_answer(
    acme: Tenant,
    carla: Person,
    omar: Person,
    sofia: Person,
    lucia: Person,
    on_time: Arrival,
    shop_client: Door,
    desk_client: Door,
) -> None:
    viewer = Person.objects.create_user("vera@acme.example", None, name="Vera V.")
    Membership.objects.create(person=viewer, role=Membership.Role.VIEWER, tenant=acme)
    reading = shop_client(acme, viewer)
    assert dispute(reading, on_time).status_code == 403
    row = dispute(shop_client(acme, carla), on_time).json()
    assert reading.get(f"/api/portal/disputes/{row['id']}").json()["state"] == "open"
    assert len(reading.get("/api/portal/disputes?state=open").json()["results"]) == 1
    assert reading.get("/api/portal/disputes?state=lost").status_code == 400
    for stranger in (sofia, lucia):
        assert desk_client(stranger).get("/api/desk/disputes").status_code == 403
        assert reply(desk_client(stranger), acme, row["id"], accept=True).status_code == 403
    assert reply(desk_client(omar), acme, row["id"], accept=True).status_code == 200


def test_who_comes_second_is_told_what_the_first_one_said(
    acme: Tenant, carla: Person, omar: Person, on_time: Arrival, shop_client: Door, desk_client: Door
) -> None:
    row = dispute(shop_client(acme, carla), on_time).json()
    desk = desk_client(omar)
    assert reply(desk, acme, row["id"], accept=False).status_code == 200
    second = reply(desk, acme, row["id"], accept=True)
    assert (second.status_code, second.json()["code"]) == (409, "answered_already")
    assert f"{omar.name} has rejected" in second.json()["message"]


def test_another_shops_dispute_is_not_there(
    acme: Tenant,
    northlight: Tenant,
    carla: Person,
    dieter: Person,
    omar: Person,
    on_time: Arrival,
    shop_client: Door,
    desk_client: Door,
) -> None:
    row = dispute(shop_client(acme, carla), on_time).json()
    other = shop_client(northlight, dieter)
    assert other.get(f"/api/portal/disputes/{row['id']}").status_code == 404
    assert other.get("/api/portal/disputes").json()["results"] == []
    assert dispute(other, on_time).status_code == 404
    assert reply(desk_client(omar), northlight, row["id"], accept=True).status_code == 404
    assert desk_client(omar).get(f"/api/desk/disputes?client={northlight.id}").json()["results"] == []


def test_words_stay_in_the_shops_schema_and_rows_are_only_added(
    acme: Tenant, carla: Person, on_time: Arrival, shop_client: Door
) -> None:
    row = dispute(shop_client(acme, carla), on_time).json()
    with enter(acme):
        assert DisputeWord.objects.get().text == SAID["reason"]
    for change in (
        lambda: Dispute.objects.filter(pk=row["id"]).update(claim="count"),
        lambda: Dispute.objects.filter(pk=row["id"]).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
