"""The operator's billing API: allowed to the operator, refused beside it to everyone else; two shops throughout."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pdfplumber
import pytest
from django.db import connection
from django.test import Client

from billing import usage
from billing.models import Invoice
from conversations.models import Conversation
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.billing.finished import AFTER_MARCH, MARCH, PER_CHAT, agree, finish, finish_many, local
from tests.desk.shop import post

Desk = Callable[..., Client]
D = Decimal


def drafted(client: Client, tenant: Tenant, month: str = "2026-03", now: datetime = AFTER_MARCH) -> Any:
    with clock.hold(now):
        answer = post(client, f"/api/desk/clients/{tenant.id}/invoices", month=month)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_month_is_billed_from_table_to_paper(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk
) -> None:
    client = desk_client(omar)
    agree(acme, PER_CHAT)
    items = finish_many(acme, 3)
    finish(acme, channel="email", seconds=150)
    finish_many(northlight, 2)
    for tenant in (acme, northlight):
        usage.collect(tenant)
    rows = {row["tenant"]["name"]: row for row in client.get("/api/desk/billing?month=2026-03").json()}
    assert rows["Acme Shoes"]["usage"] == {"conversations": 4, "minutes": "17.50"}
    assert rows["Northlight"]["usage"]["conversations"] == 2
    assert (rows["Acme Shoes"]["invoice"], rows["Acme Shoes"]["issued"]) == (None, [])

    made = drafted(client, acme)
    told = [(line["quantity"], line["unit"], line["unit_price"], line["amount"]) for line in made["lines"]]
    assert told == [
        ("3", "conversation", "2.50", "7.50"),
        ("3", "minute", "0.80", "2.40"),
    ]
    assert (made["status"], made["number"], made["period"], made["total"]) == ("draft", None, "2026-03", "11.98")
    assert sum(D(line["amount"]) for line in made["lines"]) == D(made["net"])
    assert {one["code"] for one in made["cautions"]} == {"client_address_missing", "client_tax_id_missing"}

    behind = client.get(f"/api/desk/invoices/{made['id']}/lines/{made['lines'][0]['id']}/conversations").json()
    assert [row["conversation"] for row in behind["results"]] == [str(item.conversation) for item in items]
    assert {row["tenant"] for row in behind["results"]} == {str(acme.id)}
    with enter(acme):
        numbers = dict(Conversation.objects.values_list("pk", "case_number"))
    assert [row["case_number"] for row in behind["results"]] == [numbers[item.conversation] for item in items]
    minutes = client.get(f"/api/desk/invoices/{made['id']}/lines/{made['lines'][1]['id']}/conversations").json()
    assert [row["quantity"] for row in minutes["results"]] == ["3"]

    with clock.hold(AFTER_MARCH):
        issued = post(client, f"/api/desk/invoices/{made['id']}/issue").json()
    assert (issued["number"], issued["status"], issued["cautions"]) == ("2026-0001", "issued", [])
    assert len(issued["sha256"]) == 64
    paper = client.get(f"/api/desk/invoices/{made['id']}/pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert "invoice-2026-0001-acme.pdf" in paper["Content-Disposition"]
    with pdfplumber.open(io.BytesIO(paper.content)) as opened:
        assert "2026-0001" in opened.pages[0].extract_text()
    rows = {row["tenant"]["name"]: row for row in client.get("/api/desk/billing?month=2026-03").json()}
    assert rows["Acme Shoes"]["invoice"] is None
    assert [one["number"] for one in rows["Acme Shoes"]["issued"]] == ["2026-0001"]
    assert rows["Northlight"]["issued"] == []


def test_what_stands_behind_a_line_comes_in_pages(acme: Tenant, omar: Person, desk_client: Desk) -> None:
    agree(acme, PER_CHAT)
    items = finish_many(acme, 53)
    client = desk_client(omar)
    made = drafted(client, acme)
    path = f"/api/desk/invoices/{made['id']}/lines/{made['lines'][0]['id']}/conversations"
    first, second = client.get(path).json(), client.get(f"{path}?page=2").json()
    assert (len(first["results"]), first["next"], len(second["results"]), second["next"]) == (50, 2, 3, None)
    seen = [row["conversation"] for row in first["results"] + second["results"]]
    assert seen == [str(item.conversation) for item in items]
    assert client.get(f"{path}?page=nine").status_code == 400
    assert client.get(f"{path}?page=0").status_code == 400


def test_the_lines_stand_as_the_rate_card_has_them(acme: Tenant, omar: Person, desk_client: Desk) -> None:
    names = [f"fee {letter}" for letter in "kcahfbjdgeli"]
    agree(acme, [{"kind": "monthly_fee", "code": name, "amount": "1.00"} for name in names] + PER_CHAT)
    finish(acme)
    with connection.cursor() as cursor:
        # PostgreSQL groups as it likes; now by a hash, which keeps no order.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        made = drafted(desk_client(omar), acme)
    kept = Invoice.objects.get(pk=made["id"]).lines.order_by("position")
    assert [line.rate_code for line in kept] == [*names, "chat"]
    assert [line["id"] for line in made["lines"]] == [str(line.pk) for line in kept]


def test_a_line_is_found_on_its_own_invoice_only(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk
) -> None:
    client = desk_client(omar)
    finish(acme)
    finish(northlight)
    ours, theirs = drafted(client, acme), drafted(client, northlight)
    crossed = f"/api/desk/invoices/{ours['id']}/lines/{theirs['lines'][0]['id']}/conversations"
    assert client.get(crossed).status_code == 404
    assert client.get(f"/api/desk/invoices/{new_id()}").status_code == 404


def test_the_table_counts_each_clients_month_in_its_own_zone(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: Desk
) -> None:
    Tenant.objects.filter(pk=northlight.pk).update(time_zone="America/New_York")
    # 1 April in Rome, 31 March in New York.
    for tenant in (acme, northlight):
        finish(tenant, local(acme, 2026, 4, 1, 0, 30))
        usage.collect(tenant)
    client = desk_client(omar)
    counted = {
        (row["tenant"]["name"], month): row["usage"]["conversations"]
        for month in ("2026-03", "2026-04")
        for row in client.get(f"/api/desk/billing?month={month}").json()
    }
    assert counted[("Acme Shoes", "2026-03")] == 0 and counted[("Acme Shoes", "2026-04")] == 1
    assert counted[("Northlight", "2026-03")] == 1 and counted[("Northlight", "2026-04")] == 0


def test_the_month_before_is_shown_if_none_is_named(acme: Tenant, omar: Person, desk_client: Desk) -> None:
    client = desk_client(omar)
    assert client.get("/api/desk/billing").json()[0]["period"] == f"{previous():%Y-%m}"
    for wrong in ("2026-13", "March", "2026-3", "'; DROP"):
        answer = client.get("/api/desk/billing", {"month": wrong})
        assert (answer.status_code, answer.json()["fields"]) == (400, {"month": "must be YYYY-MM"})


def test_refusals_reach_the_operator_in_words(acme: Tenant, omar: Person, desk_client: Desk) -> None:
    client = desk_client(omar)
    place = f"/api/desk/clients/{acme.id}/invoices"
    assert post(client, place).json()["fields"] == {"month": "This field is required."}
    assert post(client, place, month="2020-01").json()["code"] == "no_rate_card"
    assert post(client, f"/api/desk/clients/{new_id()}/invoices", month="2026-03").status_code == 404
    made = drafted(client, acme, now=MARCH)
    with clock.hold(MARCH):
        assert post(client, f"/api/desk/invoices/{made['id']}/issue").json()["code"] == "month_not_over"
    assert Invoice.objects.get(pk=made["id"]).status == "draft"


@pytest.mark.parametrize("who", ["lucia", "sofia", "carla", None])
def test_billing_is_the_operators_alone(who: str | None, acme: Tenant, omar: Person, desk_client: Desk) -> None:
    finish(acme)
    made = drafted(desk_client(omar), acme)
    person = Person.objects.get(email__startswith=f"{who}@") if who else None
    client, allowed = desk_client(person), desk_client(omar)
    invoice = f"/api/desk/invoices/{made['id']}"
    for path in ("/api/desk/billing", invoice, f"{invoice}/pdf", "/api/desk/audit", "/api/desk/people"):
        assert client.get(path).status_code == (403 if who else 401), path
        assert allowed.get(path).status_code == 200, path
    line = f"{invoice}/lines/{made['lines'][0]['id']}/conversations"
    assert client.get(line).status_code in (401, 403) and allowed.get(line).status_code == 200
    for path, body in (
        (f"/api/desk/clients/{acme.id}/invoices", {"month": "2026-03"}),
        (f"{invoice}/issue", {}),
        ("/api/desk/clients", {"name": "Mine"}),
        ("/api/desk/people", {"name": "Me"}),
    ):
        assert post(client, path, **body).status_code in (401, 403), path
    assert Invoice.objects.get(pk=made["id"]).status == "draft"


def previous() -> datetime:
    return clock.now().replace(day=1) - timedelta(days=1)
