"""The client's portal: its own shop's figures, drilled down to one ledger; never another's, a note or a legal name."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from billing.models import Invoice, RateCard
from conversations.models import ContactReason, Conversation, Message
from customers.models import Customer
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from sla_contracts import clocks
from sla_contracts.models import Clock
from sla_contracts.speech import LANGUAGES
from tenants.models import Line, Tenant
from tests.sla_contracts.months import Arrival, answer, arrive, close, live_month, utc

NOW = utc("2026-11-10 09:00")
pytestmark = pytest.mark.django_db
Door = Callable[..., Client]


@pytest.fixture(autouse=True)
def _november() -> Any:
    with clock.hold(NOW):
        yield


def converse(tenant: Tenant, at: datetime, agent: Person | None = None, **how: Any) -> Arrival:
    """A conversation with its rows in the tenant's schema and its clocks."""
    arrival = arrive(tenant, at, **how)
    with enter(tenant):
        customer = Customer.objects.create(name="Giulia Ferrari", language="it", created_at=at)
        reason = ContactReason.objects.order_by("position").first()
        row = Conversation.objects.create(
            id=arrival.conversation,
            case_number=f"{tenant.mark}-{Conversation.objects.count() + 5001}",
            customer=customer,
            line=Line.objects.filter(tenant=tenant)[0],
            channel="webchat",
            subject="Order",
            language="it",
            opened_at=at,
            last_message_at=at,
            closed_at=at + timedelta(hours=2),
            status="closed",
            contact_reason=reason.code if reason else "",
            last_agent=agent,
            last_seq=3,
        )
        for seq, (direction, author, text) in enumerate(
            [("in", "shopper", "Where is it?"), ("note", "agent", "SECRET NOTE"), ("out", "agent", "On its way")], 1
        ):
            Message.objects.create(
                conversation=row,
                seq=seq,
                direction=direction,
                author=author,
                person=agent if author == "agent" else None,
                alias="Lucia A." if author == "agent" else "",
                channel="webchat",
                text=text,
                created_at=at,
                delivery="sent",
            )
    return arrival


def test_overview_counts_the_clients_own_month(
    acme: Tenant, northlight: Tenant, carla: Person, shop_client: Door
) -> None:
    mine = [arrive(acme, utc(f"2026-11-0{day} 10:00")) for day in (2, 3, 4)]
    for arrival in mine[:2]:
        answer(arrival, 30)
    answer(mine[2], 90)
    live_month(northlight, utc("2026-11-01 00:00"), 20)
    found = shop_client(acme, carla).get("/api/portal/overview").json()
    chat = next(row for row in found["clauses"] if row["code"] == "chat_first_response")
    assert (chat["counted"], chat["met"], chat["breached"]) == (3, 2, 1)
    assert chat["share"] == pytest.approx(2 / 3)
    assert (chat["points_off"], chat["penalty"]) == ("13.33", "666.50")
    assert found["volume"]["conversations"] == 3
    assert found["months"][0] == "2026-11"
    assert [row["month"] for row in found["trend"]][-1] == "2026-11"
    assert len(found["trend"]) == 6
    assert "ids" not in chat


@pytest.mark.parametrize("language", LANGUAGES)
def test_overview_speaks_the_readers_language(language: str, acme: Tenant, carla: Person, shop_client: Door) -> None:
    carla.language = language
    carla.save(update_fields=["language"])
    answer(arrive(acme, utc("2026-11-02 10:00")), 30)
    clauses = shop_client(acme, carla).get("/api/portal/overview").json()["clauses"]
    said = [row["sentence"] for row in clauses]
    assert all(text and "{" not in text for text in said)
    expected = {"en": "100% on time in November so far", "es": "100 % a tiempo", "de": "pünktlich bisher im November"}
    assert expected.get(language, "100") in said[0].replace("\N{NO-BREAK SPACE}", " ")


def test_a_figure_opens_onto_its_conversations(acme: Tenant, carla: Person, lucia: Person, shop_client: Door) -> None:
    late, fine = (converse(acme, utc(f"2026-11-0{day} 10:00"), lucia) for day in (2, 3))
    answer(late, 90)
    answer(fine, 20)
    door = shop_client(acme, carla)
    url = "/api/portal/conversations?month=2026-11"
    assert [row["id"] for row in door.get(url).json()["results"]] == [str(fine.conversation), str(late.conversation)]
    found = door.get(f"{url}&clause=chat_first_response&outcome=breached").json()
    assert [row["id"] for row in found["results"]] == [str(late.conversation)]
    assert found["results"][0]["agent_alias"] == "Lucia A."
    assert found["next"] is None
    assert door.get(f"{url}&outcome=lost").status_code == 400
    assert door.get(f"{url}&page=x").status_code == 400


def test_a_conversation_shows_its_ledger_but_no_note_and_no_legal_name(
    acme: Tenant, carla: Person, lucia: Person, shop_client: Door
) -> None:
    arrival = converse(acme, utc("2026-11-02 10:00"), lucia)
    clocks.meet(
        conversation_id=arrival.conversation, metric="first_response", at=utc("2026-11-02 10:02"), seq=3, by=lucia
    )
    response = shop_client(acme, carla).get(f"/api/portal/conversations/{arrival.conversation}")
    found, text = response.json(), response.content.decode()
    assert [message["text"] for message in found["messages"]] == ["Where is it?", "On its way"]
    first = next(row for row in found["clocks"] if row["metric"] == "first_response")
    assert [event["kind"] for event in first["events"]] == ["started", "breached", "met"]
    assert first["events"][-1]["by"] == "Lucia A."
    assert "SECRET" not in text
    assert lucia.name not in text
    assert str(lucia.id) not in text
    assert lucia.email not in text


def test_another_shops_conversation_clock_and_report_are_not_there(
    acme: Tenant, northlight: Tenant, carla: Person, dieter: Person, shop_client: Door
) -> None:
    theirs = converse(northlight, utc("2026-11-02 10:00"))
    door, owner = shop_client(acme, carla), shop_client(northlight, dieter)
    path = f"/api/portal/conversations/{theirs.conversation}"
    clock_id = owner.get(path).json()["clocks"][0]["id"]
    issued = owner.post("/api/portal/reports", {"month": "2026-10"}, content_type="application/json").json()
    for url in (
        path,
        f"/api/portal/clocks/{clock_id}/recompute",
        f"/api/portal/reports/{issued['id']}",
        f"/api/portal/reports/{issued['id']}/pdf",
        f"/api/portal/reports/{issued['id']}/data",
        f"/api/portal/reports/{issued['id']}/late.csv",
    ):
        assert owner.get(url).status_code == 200, url
        assert door.get(url).status_code == 404, url
    assert door.get("/api/portal/reports").json() == []


def test_the_portal_is_for_the_shops_own_users(
    acme: Tenant, carla: Person, dieter: Person, lucia: Person, omar: Person, shop_client: Door, desk_client: Door
) -> None:
    assert shop_client(acme, carla).get("/api/portal/overview").status_code == 200
    assert shop_client(acme).get("/api/portal/overview").status_code == 401
    for stranger in (dieter, lucia, omar):
        assert shop_client(acme, stranger).get("/api/portal/overview").status_code == 403
        posted = shop_client(acme, stranger).post("/api/portal/reports", {"month": "2026-10"}, "application/json")
        assert posted.status_code == 403
    assert desk_client(omar).get("/api/portal/overview").status_code == 404


def test_recompute_shows_sums_that_add_up(acme: Tenant, carla: Person, shop_client: Door) -> None:
    arrival = arrive(acme, utc("2026-11-02 20:30"))  # chat closes at 22:00 in Rome, 21:00 UTC
    held, again = utc("2026-11-02 20:50"), utc("2026-11-03 08:00")
    clocks.pause(conversation_id=arrival.conversation, reason="waiting_customer", at=held)
    clocks.resume(conversation_id=arrival.conversation, at=again)
    close(arrival, 24 * 3600)  # 2026-11-03 20:30
    door = shop_client(acme, carla)
    clock_id = Clock.objects.get(conversation=arrival.conversation, metric="resolution").id
    found = door.get(f"/api/portal/clocks/{clock_id}/recompute").json()
    assert [(s["kind"], s["counted_seconds"], s["elapsed_seconds"]) for s in found["steps"]] == [
        ("started", 0, 0),
        ("paused", 1200, 1200),
        ("resumed", 0, 1200),
        ("breached", 27600, 28800),
        ("met", 17400, 46200),
    ]
    for step in found["steps"]:
        assert sum(day["seconds"] for day in step["days"]) == step["counted_seconds"]
    assert (found["elapsed_seconds"], found["target_seconds"], found["comparison"]) == (46200, 28800, ">")
    assert found["agrees"] is True
    assert found["within_target"] is False


def test_a_report_is_issued_once_and_its_hash_can_be_checked(acme: Tenant, carla: Person, shop_client: Door) -> None:
    late = converse(acme, utc("2026-10-05 10:00"))
    answer(late, 90)
    door = shop_client(acme, carla)
    issued = door.post("/api/portal/reports", {"month": "2026-10"}, "application/json")
    assert issued.status_code == 201
    head = issued.json()
    assert (head["month"], head["language"], head["is_final"]) == ("2026-10", "it", True)
    again = door.post("/api/portal/reports", {"month": "2026-10"}, "application/json").json()
    assert again["id"] == head["id"]
    assert door.get(f"/api/portal/reports/{head['id']}").json()["holds"] is True
    data = door.get(head["data_url"])
    assert hashlib.sha256(data.content).hexdigest() == head["data_sha256"]
    first, second = door.get(head["pdf_url"]), door.get(head["pdf_url"])
    assert first.content.startswith(b"%PDF")
    assert first.content == second.content
    assert first["Content-Type"] == "application/pdf"
    table = list(csv.DictReader(io.StringIO(door.get(head["late_url"]).content.decode())))
    assert [(row["clause"], row["outcome"], row["conversation"]) for row in table] == [
        ("chat_first_response", "late", str(late.conversation)),
        ("chat_resolution", "open", str(late.conversation)),
    ]
    assert table[0]["case"].startswith(acme.mark)
    spanish = door.post("/api/portal/reports", {"month": "2026-10", "language": "es"}, "application/json").json()
    assert spanish["id"] != head["id"]
    assert {row["id"] for row in door.get("/api/portal/reports").json()} == {head["id"], spanish["id"]}


@pytest.mark.parametrize(
    ("month", "status", "code"),
    [
        ("2026-13", 400, "invalid"),
        ("2027-01", 400, "not_begun"),
        ("2026-11", 409, "month_not_over"),
        ("2025-12", 409, "no_contract"),
    ],
)
def test_a_month_without_a_report_says_why(
    month: str, status: int, code: str, acme: Tenant, carla: Person, shop_client: Door
) -> None:
    response = shop_client(acme, carla).post("/api/portal/reports", {"month": month}, "application/json")
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_issuing_needs_the_csrf_token(acme: Tenant, carla: Person, shop_client: Door) -> None:
    door = shop_client(acme, carla, enforce_csrf_checks=True)
    assert door.post("/api/portal/reports", {"month": "2026-10"}, "application/json").status_code == 403


def invoice(tenant: Tenant, number: str | None) -> UUID:
    card = RateCard.objects.filter(tenant=tenant).first() or RateCard.objects.create(
        tenant=tenant, version=1, valid_from="2026-01-01", currency="EUR", rates={}, vat_percent=22
    )
    row = Invoice.objects.create(
        tenant=tenant,
        period_start=utc("2026-09-30 22:00"),
        period_end=utc("2026-10-31 23:00"),
        status="issued" if number else "draft",
        number=number,
        currency="EUR",
        rate_card=card,
        net=100,
        vat_percent=22,
        vat=22,
        total=122,
        made_at=NOW,
        issued_at=NOW if number else None,
        pdf=b"%PDF-issued" if number else b"%PDF-draft",
    )
    return row.id


def test_only_issued_invoices_of_the_shop_are_shown(
    acme: Tenant, northlight: Tenant, carla: Person, shop_client: Door
) -> None:
    mine, drafted, theirs = invoice(acme, "T-1"), invoice(acme, None), invoice(northlight, "T-2")
    door = shop_client(acme, carla)
    found = door.get("/api/portal/invoices").json()
    assert [(row["id"], row["number"], row["month"], row["total"]) for row in found] == [
        (str(mine), "T-1", "2026-10", "122.00")
    ]
    assert door.get(f"/api/portal/invoices/{mine}/pdf").content == b"%PDF-issued"
    assert door.get(f"/api/portal/invoices/{drafted}/pdf").status_code == 404
    assert door.get(f"/api/portal/invoices/{theirs}/pdf").status_code == 404
