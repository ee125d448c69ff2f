"""What a client takes along: its own items and figures, as the screen has them, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conversations.models import Conversation
from kernel import clock
from kernel.tenancy import enter
from people.api_keys import make_key
from people.models import AuditEntry, Person
from tenants.models import Tenant
from tests.desk.test_portal import converse
from tests.sla_contracts.months import answer, live_month, utc

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
MONTH = "?month=2026-11"


@pytest.fixture(autouse=True)
def _november() -> Any:
    with clock.hold(utc("2026-11-10 09:00")):
        yield


def taken(door: Client, path: str) -> bytes:
    answered = door.get(f"/api/portal/{path}")
    assert answered.status_code == 200, answered.getvalue()
    return bytes(answered.getvalue())


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_items_add_up_to_the_figures_and_csv_says_what_json_says(
    acme: Tenant, northlight: Tenant, carla: Person, shop_client: Door
) -> None:
    live_month(acme, utc("2026-11-01 00:00"), 25, slow=0.4)
    live_month(northlight, utc("2026-11-01 00:00"), 5)
    door = shop_client(acme, carla)
    clauses = door.get(f"/api/portal/overview{MONTH}").json()["clauses"]
    table, listed = rows_of(taken(door, f"items.csv{MONTH}")), json.loads(taken(door, f"items.json{MONTH}"))
    for clause in clauses:
        mine = [row["outcome"] for row in table if row["clause"] == clause["code"]]
        for outcome in ("met", "breached", "running"):
            assert mine.count(outcome) == clause[outcome]
        assert mine.count("excluded") == sum(clause["excluded"].values())
    assert [row["clock"] for row in table] == [row["clock"] for row in listed]
    assert len(table) == sum(row["counted"] + row["running"] + sum(row["excluded"].values()) for row in clauses) > 15
    late = rows_of(taken(door, f"items.csv{MONTH}&outcome=breached&clause=chat_first_response"))
    assert len(late) == next(row["breached"] for row in clauses if row["code"] == "chat_first_response")
    figures = rows_of(taken(door, f"attainment.csv{MONTH}"))
    assert [(row["clause"], int(row["met"])) for row in figures] == [(row["code"], row["met"]) for row in clauses]
    assert json.loads(taken(door, f"attainment.json{MONTH}"))[0]["penalty"] == clauses[0]["penalty"]


def test_what_a_spreadsheet_would_run_is_text(acme: Tenant, carla: Person, shop_client: Door) -> None:
    arrival = converse(acme, utc("2026-11-02 10:00"))
    answer(arrival, 20)
    with enter(acme):
        Conversation.objects.update(case_number="=1+cmd|' /C calc'!A0")
    rows = rows_of(taken(shop_client(acme, carla), f"items.csv{MONTH}"))
    assert {row["case_number"] for row in rows} == {"'=1+cmd|' /C calc'!A0"}


def test_it_is_written_down_and_keys_may_take_it(
    acme: Tenant, northlight: Tenant, carla: Person, shop_client: Door
) -> None:
    answer(converse(acme, utc("2026-11-02 10:00")), 20)
    _, key = make_key(person=carla, tenant=acme, name="Warehouse")
    held = {"Authorization": f"Key {key}"}
    for path in ("items.csv", "items.json", "attainment.csv", "attainment.json", "disputes", "live"):
        assert shop_client(acme).get(f"/api/portal/{path}", headers=held).status_code == 200, path
        assert shop_client(northlight).get(f"/api/portal/{path}", headers=held).status_code == 401, path
        assert shop_client(acme).get(f"/api/portal/{path}").status_code == 401, path
    written = AuditEntry.objects.filter(action="portal.items_exported", tenant=acme)
    assert [entry.detail["rows"] for entry in written] == [2, 2]
    assert shop_client(acme, carla).get("/api/portal/items.csv?outcome=lost").status_code == 400
    assert shop_client(acme, carla).get("/api/portal/items.csv?month=2026-13").status_code == 400
