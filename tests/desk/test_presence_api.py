"""Presence through the API: reasons, who set a state, days as they were, what time went to, capacity."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from people.models import Accreditation, AuditEntry, Membership, Person
from routing import queue, reasons
from tenants.models import Tenant
from tests.desk.shop import post
from tests.routing.floor import arrive, at_work, in_hand

Desk = Callable[..., Client]
# Madrid sets its clocks back at 3 o'clock of this night: the day has 25 hours.
EVENING = datetime(2027, 10, 30, 21, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MICROS = 1_000_000


def _patch(client: Client, path: str, **body: Any) -> Any:
    return client.patch(path, body, content_type="application/json")


def _put(client: Client, path: str, **body: Any) -> Any:
    return client.put(path, body, content_type="application/json")


def _table(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def night(acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, sofia: Person) -> tuple[Any, Any]:
    """Lucia is there over the night of 25 hours, with a case of each shop; Paolo for an hour before it."""
    with clock.hold(EVENING):
        at_work(lucia, paolo)
        ours = in_hand(arrive(acme), lucia)
    with clock.hold(EVENING + HOUR):
        queue.set_status(person=paolo, status="offline")
        theirs = in_hand(arrive(northlight, language="en"), lucia)
    with clock.hold(EVENING + 3 * HOUR):
        queue.finish(person=lucia, work_item_id=ours.id)
        queue.end_wrap_up(person=lucia, work_item_id=ours.id)
        queue.heartbeat(lucia.pk)
        queue.set_status(person=lucia, by=sofia, status="break", reason="lunch")
    with clock.hold(EVENING + 4 * HOUR):
        queue.set_status(person=lucia, status="available")
    with clock.hold(EVENING + 30 * HOUR):
        queue.finish(person=lucia, work_item_id=theirs.id)
        queue.end_wrap_up(person=lucia, work_item_id=theirs.id)
        queue.set_status(person=lucia, status="offline")
    return ours, theirs


def test_the_menu_offers_the_bpos_reasons_and_supervisors_change_them(
    lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    agent, supervisor = desk_client(lucia), desk_client(sofia)
    path = "/api/desk/state-reasons"
    offered = [(each["status"], each["code"], each["name"]) for each in agent.get(path).json()]
    assert offered == [
        ("break", "rest", "Rest"),
        ("break", "lunch", "Lunch"),
        ("break", "meeting", "Meeting"),
        ("training", "training", "Training"),
        ("training", "coaching", "Coaching"),
    ]
    spanish = agent.get(path, headers={"accept-language": "es"}).json()
    assert [each["name"] for each in spanish][:2] == ["Descanso", "Comida"]
    assert post(agent, path, status="break", name="Nap").status_code == 403
    assert _patch(agent, path, code="rest", is_retired=True).status_code == 403
    assert post(agent, f"{path}/order", status="break", codes=["lunch"]).status_code == 403
    added = post(supervisor, path, status="busy", name="Back office")
    assert (added.status_code, added.json()[0]["code"]) == (201, "back-office")
    assert post(supervisor, path, status="offline", name="Gone").status_code == 400
    renamed = _patch(supervisor, path, code="rest", name="Coffee", is_retired=False).json()
    assert [each["name"] for each in renamed if each["code"] == "rest"] == ["Coffee"]
    ordered = post(supervisor, f"{path}/order", status="break", codes=["meeting", "lunch", "rest"]).json()
    assert [each["code"] for each in ordered if each["status"] == "break"] == ["meeting", "lunch", "rest"]
    retired = _patch(supervisor, path, code="lunch", is_retired=True).json()
    assert (retired[-1]["code"], retired[-1]["is_retired"]) == ("lunch", True)
    assert _patch(supervisor, path, code="siesta", name="x").status_code == 404
    refused = post(agent, "/api/desk/state", status="break", reason="lunch")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert post(agent, "/api/desk/state", status="busy", reason="back-office").json()["reason_name"] == "Back office"


def test_the_agents_console_says_at_once_who_set_their_state(
    lucia: Person, sofia: Person, desk_client: Desk, committed: Any
) -> None:
    at_work(lucia)
    agent, supervisor = desk_client(lucia), desk_client(sofia)
    before = agent.get("/api/desk/changes?since=-1").json()
    assert before["desk"]["state"]["set_by"] is None
    post(supervisor, f"/api/desk/floor/agents/{lucia.pk}/state", status="training", reason="coaching")
    after = agent.get(f"/api/desk/changes?since={before['seq']}").json()
    state = after["desk"]["state"]
    assert after["changed"]
    assert (state["status"], state["reason_name"], state["set_by"]) == (
        "training",
        "Coaching",
        {"id": str(sofia.pk), "name": sofia.name},
    )
    [row] = [each for each in supervisor.get("/api/desk/floor").json()["agents"] if each["id"] == str(lucia.pk)]
    assert (row["reason_name"], row["set_by"]["name"]) == ("Coaching", sofia.name)
    assert post(agent, "/api/desk/state", status="available").json()["set_by"] is None


def test_a_day_shows_who_was_in_which_state_when(
    night: Any, lucia: Person, paolo: Person, sofia: Person, desk_client: Desk
) -> None:
    client = desk_client(sofia)
    assert desk_client(lucia).get("/api/desk/presence?day=2027-10-31").status_code == 403
    eve = client.get("/api/desk/presence?day=2027-10-30").json()
    assert [row["agent"]["name"] for row in eve["agents"]] == [lucia.name, paolo.name]
    day = client.get("/api/desk/presence?day=2027-10-31").json()
    assert (day["zone"], day["starts_at"], day["ends_at"]) == (
        "Europe/Madrid",
        "2027-10-30T22:00:00Z",
        "2027-10-31T23:00:00Z",
    )
    [hers] = day["agents"]
    spans = [(span["status"], span["reason_name"], span["micros"] // (3600 * MICROS)) for span in hers["spans"]]
    assert spans == [("available", "", 2), ("break", "Lunch", 1), ("available", "", 22)]
    assert [span["set_by"] and span["set_by"]["name"] for span in hers["spans"]] == [None, sofia.name, None]
    assert hers["presence"] == 25 * 3600 * MICROS == sum(total["micros"] for total in hers["totals"])
    assert [(total["status"], total["micros"]) for total in hers["totals"]] == [
        ("available", 24 * 3600 * MICROS),
        ("break", 3600 * MICROS),
    ]
    rows = _table(client.get("/api/desk/presence.csv?day=2027-10-31"))
    assert sum(Decimal(row["seconds"]) for row in rows) == 25 * 3600
    assert [row["set_by"] for row in rows] == ["", sofia.name, ""]
    assert rows[0]["from"] == "2027-10-31T00:00:00+02:00" and rows[-1]["until"] == "2027-11-01T00:00:00+01:00"
    assert AuditEntry.objects.get(action="presence.exported").detail == {"day": "2027-10-31", "rows": 3}
    assert client.get("/api/desk/presence?day=yesterday").status_code == 400


def test_a_renamed_or_retired_reason_is_read_in_past_days(
    night: Any, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    reasons.rename(by=sofia, code="lunch", name="Midday")
    reasons.retire(by=sofia, code="lunch")
    [hers] = desk_client(sofia).get(f"/api/desk/presence?day=2027-10-31&agent={lucia.pk}").json()["agents"]
    assert [span["reason_name"] for span in hers["spans"]] == ["", "Midday", ""]


def test_time_is_apportioned_by_agent_client_and_item_and_adds_up(
    night: tuple[Any, Any], acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    ours, theirs = night
    client = desk_client(sofia)
    query = "from=2027-10-30&to=2027-10-31"
    sheet = client.get(f"/api/desk/time?{query}").json()
    hers = next(row for row in sheet["agents"] if row["agent"]["id"] == str(lucia.pk))
    # From 23:00 to midnight and 25 hours more: 1 h alone, 2 h shared, 1 h of lunch, the rest with the other case.
    assert hers["presence"] == 26 * 3600 * MICROS == sum(share["micros"] for share in hers["shares"])
    assert [(share["kind"], share["reason_name"], share["micros"] // (3600 * MICROS)) for share in hers["shares"]] == [
        ("work", "", 25),
        ("break", "Lunch", 1),
    ]
    assert {row["client"]["name"]: row["work"] for row in hers["clients"]} == {
        acme.name: 2 * 3600 * MICROS,
        northlight.name: 23 * 3600 * MICROS,
    }
    parts = client.get(f"/api/desk/time/{lucia.pk}?{query}").json()
    assert {row["work"]: row["worked"] for row in parts["items"]} == {
        str(ours.id): 2 * 3600 * MICROS,
        str(theirs.id): 23 * 3600 * MICROS,
    }
    assert parts["total"] == hers
    rows = _table(client.get(f"/api/desk/time.csv?{query}&agent={lucia.pk}"))
    assert sum(Decimal(row["seconds"]) for row in rows) == 26 * 3600
    assert {row["day"] for row in rows} == {"2027-10-30", "2027-10-31"}
    assert client.get("/api/desk/time?from=2027-10-01&to=2027-10-31").status_code == 400
    assert client.get("/api/desk/time?from=2027-10-31&to=2027-10-30").status_code == 400
    assert desk_client(lucia).get(f"/api/desk/time/{lucia.pk}?{query}").status_code == 403


def test_a_supervisor_of_one_client_sees_of_others_only_that_time_went_there(
    night: tuple[Any, Any], acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, sofia: Person,
    desk_client: Desk,
) -> None:  # fmt: skip
    ours, theirs = night
    Membership.objects.filter(person=sofia).update(all_clients=False)
    Accreditation.objects.create(person=sofia, tenant=northlight, alias="S.", valid_from=clock.now())
    client = desk_client(sofia)
    query = "from=2027-10-30&to=2027-10-31"
    sheet = client.get(f"/api/desk/time?{query}")
    [hers] = sheet.json()["agents"]
    assert hers["agent"]["name"] == lucia.name
    assert [(row["client"] and row["client"]["name"], row["work"]) for row in hers["clients"]] == [
        (northlight.name, 23 * 3600 * MICROS),
        (None, 2 * 3600 * MICROS),
    ]
    parts = client.get(f"/api/desk/time/{lucia.pk}?{query}")
    assert [row["work"] for row in parts.json()["items"]] == [str(theirs.id)]
    table = client.get(f"/api/desk/time.csv?{query}")
    for answer in (sheet, parts, table):
        assert acme.name not in answer.content.decode() and str(ours.id) not in answer.content.decode()
    assert client.get(f"/api/desk/time/{paolo.pk}?{query}").status_code == 404
    assert client.get(f"/api/desk/agents/{paolo.pk}/capacity").status_code == 404
    assert client.get(f"/api/desk/presence?day=2027-10-30&agent={paolo.pk}").json()["agents"] == []
    assert len(client.get("/api/desk/presence?day=2027-10-30").json()["agents"]) == 1


def test_capacity_is_set_on_the_persons_card(lucia: Person, sofia: Person, omar: Person, desk_client: Desk) -> None:
    client, path = desk_client(sofia), f"/api/desk/agents/{lucia.pk}/capacity"
    now = client.get(path).json()
    assert (now["capacity"], now["load"]) == (4, 0)
    assert now["channels"] == [{"channel": each, "units": 4} for each in ("webchat", "email", "form", "relay")]
    channels = [{"channel": "webchat", "units": 2}, {"channel": "email", "units": 5}]
    body = {"capacity": 5, "channels": channels}
    assert _put(desk_client(lucia), path, **body).status_code == 403
    assert _put(client, path, **body).json()["channels"][:3] == [*channels, {"channel": "form", "units": 0}]
    assert _put(client, path, capacity=5, channels=[{"channel": "email", "units": 6}]).status_code == 400
    assert client.get(f"/api/desk/agents/{omar.pk}/capacity").status_code == 404
    assert _put(client, f"/api/desk/agents/{omar.pk}/capacity", **body).status_code == 404
