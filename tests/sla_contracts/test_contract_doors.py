"""Contracts that cannot be kept, at the doors where a person brings them: refused with the field and the reason."""

from __future__ import annotations

import threading
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from people.models import Person
from sla_contracts import contracts
from sla_contracts.models import ContractVersion
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.sla_contracts.test_signing import offered

BEGINS = "2099-03-01"
YEARS = 10 * 365 * 86_400


def calendar(**changes: Any) -> dict[str, Any]:
    return {"time_zone": "Europe/Rome", "weekly": {"mon": [["09:00", "17:00"]]}, **changes}


BAD: list[tuple[str, str, Any]] = [
    ("overlap", "calendars.chat_hours.weekly.mon[1]",
     calendar(weekly={"mon": [["09:00", "13:00"], ["12:00", "17:00"]]})),
    ("overlap of a night", "calendars.chat_hours.weekly.tue[0]",
     calendar(weekly={"mon": [["22:00", "06:00"]], "tue": [["05:00", "12:00"]]})),
    ("an empty interval", "calendars.chat_hours.weekly.mon[0]", calendar(weekly={"mon": [["09:00", "09:00"]]})),
    ("no such zone", "calendars.chat_hours.time_zone", calendar(time_zone="Europe/Atlantis")),
    ("a path for a zone", "calendars.chat_hours.time_zone", calendar(time_zone="../../etc/passwd")),
    ("no zone", "calendars.chat_hours.time_zone", calendar(time_zone=None)),
    ("half past twenty-four", "calendars.chat_hours.weekly.mon[0][1]", calendar(weekly={"mon": [["09:00", "24:30"]]})),
    ("no such country", "calendars.chat_hours.holidays.country", calendar(holidays={"country": "XX"})),
    ("a date that is none", "calendars.chat_hours.exceptions.2099-02-30", calendar(exceptions={"2099-02-30": []})),
]  # fmt: skip


@pytest.fixture
def draft(acme: Tenant, omar: Person, desk_client: Any) -> tuple[Client, str, dict[str, Any]]:
    """The operator's browser, the draft's address, and its terms."""
    desk: Client = desk_client(omar)
    place = f"/api/desk/clients/{acme.id}/contract"
    made = desk.post(place, {"template": "ecommerce_standard", "begins": BEGINS}, "application/json")
    assert made.status_code == 201, made.content
    return desk, f"{place}/versions/{made.json()['id']}", made.json()["terms"]


def put(draft: tuple[Client, str, dict[str, Any]], terms: dict[str, Any], begins: str = BEGINS) -> Any:
    desk, there, _ = draft
    return desk.put(there, {"terms": terms, "begins": begins}, "application/json")


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "hours"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_calendar_that_cannot_be_kept_is_refused_by_its_field(
    draft: tuple[Client, str, dict[str, Any]], northlight: Tenant, field: str, hours: Any
) -> None:
    terms = deepcopy(draft[2])
    assert put(draft, terms).status_code == 200
    name = next(iter(terms["calendars"]))
    terms["calendars"][name] = hours
    answer = put(draft, terms)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field.replace("chat_hours", name)]), (
        answer.json()
    )
    assert all(answer.json()["fields"].values())
    [kept] = ContractVersion.objects.filter(contract__tenant__slug="acme", signed_at=None)
    assert kept.terms == draft[2], "nothing was saved"


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [calendar(weekly={}), calendar(weekly={"mon": []}, exceptions={"2099-12-24": []})])
def test_a_calendar_that_never_opens_is_doubted_before_anybody_signs(
    draft: tuple[Client, str, dict[str, Any]], northlight: Tenant, hours: Any
) -> None:
    terms = deepcopy(draft[2])
    assert "never_opens" not in {doubt["code"] for doubt in put(draft, terms).json()["doubts"]}
    terms["calendars"] = dict.fromkeys(terms["calendars"], hours)
    assert "never_opens" in {doubt["code"] for doubt in put(draft, terms).json()["doubts"]}


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [0, -60, 1.5, "60", None, True, YEARS, 10**30])
def test_a_target_that_no_clock_can_count_is_refused(
    draft: tuple[Client, str, dict[str, Any]], northlight: Tenant, seconds: Any
) -> None:
    terms = deepcopy(draft[2])
    terms["targets"][0]["seconds"] = seconds
    answer = put(draft, terms)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["targets[0].seconds"])
    terms["targets"][0]["seconds"] = 366 * 86_400
    assert put(draft, terms).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("part", "value", "field"),
    [
        ("report", {"day": 32}, "report.day"),
        ("report", {"business_day": 0}, "report.business_day"),
        ("report", {"day": 1, "business_day": 1}, "report"),
        ("report", {"day": 1, "time": "25:00"}, "report.time"),
        ("report", {"day": 1, "time_zone": "Europe/Atlantis"}, "report.time_zone"),
        ("report", {"day": 1, "recipients": ["anna@acme.example", "nobody"]}, "report.recipients[1]"),
        ("client_answer", {"seconds": 0, "calendar": "chat_hours"}, "client_answer.seconds"),
        ("client_answer", {"seconds": YEARS, "calendar": "chat_hours"}, "client_answer.seconds"),
        ("client_answer", {"seconds": 3600, "calendar": "nights"}, "client_answer.calendar"),
        ("quality", {"goal": 120}, "quality.goal"),
    ],
)
def test_what_is_agreed_beside_the_promises_is_refused_by_its_field_in_both_languages(
    draft: tuple[Client, str, dict[str, Any]], northlight: Tenant, part: str, value: Any, field: str
) -> None:
    desk, there, terms = draft
    whole = {"terms": {**deepcopy(terms), part: value}, "begins": BEGINS}
    english = desk.put(there, whole, "application/json")
    spanish = desk.put(there, whole, "application/json", headers={"Accept-Language": "es"})
    for answer in (english, spanish):
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field]), answer.json()
    assert english.json()["fields"][field] != spanish.json()["fields"][field]
    good = {
        "report": {"business_day": 3, "recipients": ["anna@acme.example"]},
        "client_answer": {"seconds": 28_800, "calendar": "chat_hours"},
        "quality": {"goal": 85},
    }
    kept = put(draft, {**deepcopy(terms), **good})
    assert kept.status_code == 200 and {one["part"] for one in kept.json()["changes"]} >= set(good)


@pytest.mark.django_db
def test_an_amendment_cannot_begin_in_the_past_whoever_signs(
    draft: tuple[Client, str, dict[str, Any]], acme: Tenant, northlight: Tenant, carla: Person, shop_client: Any
) -> None:
    desk, there, terms = draft
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    again = desk.post(
        there.partition("/versions")[0], {"template": "ecommerce_standard", "begins": yesterday}, "application/json"
    )
    for answer in (put(draft, terms, begins=yesterday), again):
        assert (answer.status_code, answer.json()["code"]) == (409, "back_dated"), answer.content
        assert "must lie in the future" in answer.json()["fields"]["begins"]
    assert desk.post(f"{there}/offer", {"name": "Omar O."}, "application/json").status_code == 200
    portal, own = shop_client(acme, carla), f"/api/portal/contract/versions/{there.rpartition('/')[2]}"
    signature = {"name": "Carla C.", "terms_sha256": portal.get(own).json()["terms_sha256"]}
    # Offered in time, and left lying until its day has come.
    late = contracts.version_in_force(acme.id, clock.now())
    ContractVersion.objects.filter(pk=there.rpartition("/")[2]).update(valid_from=clock.now() - timedelta(hours=1))
    refused = portal.post(f"{own}/sign", signature, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "back_dated")
    contracts.forget_versions()
    assert contracts.version_in_force(acme.id, clock.now()) == late
    ContractVersion.objects.filter(pk=there.rpartition("/")[2]).update(valid_from=clock.now() + timedelta(days=9))
    assert portal.post(f"{own}/sign", signature, "application/json").status_code == 200
    twice = portal.post(f"{own}/sign", signature, "application/json")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_signed")


def test_two_hands_that_sign_at_once_at_the_portal_sign_once(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, omar: Person, carla: Person
) -> None:
    version = offered(acme, omar)
    doors = [live_stack.http(carla, acme) for _ in range(2)]
    start, came = threading.Barrier(2), list[tuple[int, str]]()

    def press(door: Any) -> None:
        start.wait(10)
        body = {"name": "Carla C.", "terms_sha256": version.terms_sha256}
        answer = door.post(f"/api/portal/contract/versions/{version.id}/sign", json=body)
        came.append((answer.status_code, answer.json().get("code", "")))

    hands = [threading.Thread(target=press, args=(door,)) for door in doors]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    try:
        assert sorted(came) == [(200, ""), (409, "already_signed")]
    finally:
        ContractVersion.objects.filter(pk=version.pk).delete()
        ContractVersion.objects.filter(contract=version.contract_id).update(valid_until=None)
