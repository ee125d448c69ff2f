"""A contract on its way: drafted, offered, read, signed by both sides, and in force from its day on."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kernel import clock
from kernel.errors import Refusal
from people.models import AuditEntry, Person, PersonSkill
from sla_contracts import contracts, signing, terms
from sla_contracts.comparing import compare
from sla_contracts.doubts import doubts_about
from sla_contracts.models import ContractVersion
from sla_contracts.templates import TEMPLATES
from tenants.models import Tenant
from tests.live_stack import LiveStack
from tests.sla_contracts.months import utc

BEGINS = date(2099, 3, 1)
Offer = Callable[..., ContractVersion]


def amended(tenant: Tenant, seconds: int = 45) -> dict[str, Any]:
    data = copy.deepcopy(TEMPLATES["ecommerce_standard"](tenant.time_zone, tenant.country, tenant.languages))
    data["targets"][0]["seconds"] = seconds
    return data


def draft(tenant: Tenant, person: Person, begins: date = BEGINS) -> ContractVersion:
    return signing.draft_from(person=person, tenant=tenant, terms=amended(tenant), begins=begins)


def offered(tenant: Tenant, person: Person, begins: date = BEGINS) -> ContractVersion:
    version = draft(tenant, person, begins)
    return signing.offer_to_client(person=person, tenant=tenant, version_id=version.id, name="Omar O.")


def sign(tenant: Tenant, person: Person, version: ContractVersion, **changed: Any) -> ContractVersion:
    given = {"name": "Carla C.", "terms_sha256": version.terms_sha256, **changed}
    return signing.sign_for_client(person=person, tenant=tenant, version_id=version.id, **given)


@pytest.mark.django_db
def test_a_version_is_in_force_from_its_local_midnight_once_both_sides_signed(
    acme: Tenant, northlight: Tenant, omar: Person, carla: Person
) -> None:
    before = contracts.version_in_force(acme.id, clock.now())
    version = offered(acme, omar)
    assert signing.standing_of(version, clock.now()) == "offered"
    starts = utc("2099-02-28 23:00")  # Rome is an hour ahead
    assert contracts.version_in_force(acme.id, starts) == before
    final = sign(acme, carla, version)
    assert (final.bpo_signer, final.client_signer) == (omar, carla)
    assert contracts.version_in_force(acme.id, starts) == final
    assert contracts.version_in_force(acme.id, starts - timedelta(microseconds=1)) == before
    assert signing.standing_of(final, clock.now()) == "upcoming"
    assert signing.standing_of(final, starts) == "in_force"
    theirs = contracts.version_in_force(northlight.id, starts)
    assert theirs is not None and theirs.contract.tenant_id == northlight.id
    done = list(AuditEntry.objects.filter(object_id=str(version.id)).order_by("pk").values_list("action", flat=True))
    assert done == ["contract.drafted", "contract.offered", "contract.signed"]


@pytest.mark.django_db
def test_the_client_sees_what_it_was_offered_and_no_draft(acme: Tenant, northlight: Tenant, omar: Person) -> None:
    version = draft(acme, omar)
    assert version not in signing.versions_of(acme, for_client=True)
    with pytest.raises(Refusal) as unseen:
        signing.version_of(acme, version.id, for_client=True)
    assert unseen.value.code == "not_found"
    signing.offer_to_client(person=omar, tenant=acme, version_id=version.id, name="Omar O.")
    assert signing.version_of(acme, version.id, for_client=True) == version
    with pytest.raises(Refusal) as foreign:
        signing.version_of(northlight, version.id)
    assert foreign.value.code == "not_found"


@pytest.mark.django_db
def test_an_amendment_that_begins_in_the_past_is_refused_at_each_step(
    acme: Tenant, northlight: Tenant, omar: Person, carla: Person
) -> None:
    with pytest.raises(Refusal) as drafted:
        draft(acme, omar, clock.now().date() - timedelta(days=2))
    assert (drafted.value.code, set(drafted.value.fields)) == ("back_dated", {"begins"})
    version = draft(acme, omar)
    with clock.hold(utc("2099-03-02 09:00")):
        with pytest.raises(Refusal) as late:
            signing.offer_to_client(person=omar, tenant=acme, version_id=version.id, name="Omar O.")
        assert late.value.code == "back_dated"
    version = signing.offer_to_client(person=omar, tenant=acme, version_id=version.id, name="Omar O.")
    with clock.hold(utc("2099-03-02 09:00")):
        with pytest.raises(Refusal) as later:
            sign(acme, carla, version)
        assert later.value.code == "back_dated"
    assert sign(acme, carla, version).signed_at is not None


@pytest.mark.django_db
def test_the_client_signs_the_terms_that_it_read(acme: Tenant, northlight: Tenant, omar: Person, carla: Person) -> None:
    version = offered(acme, omar)
    read = version.terms_sha256
    with pytest.raises(Refusal) as shown:
        signing.redraft(person=omar, tenant=acme, version_id=version.id, terms=amended(acme, 50), begins=BEGINS)
    assert shown.value.code == "offered"
    signing.take_back(person=omar, tenant=acme, version_id=version.id)
    with pytest.raises(Refusal) as gone:
        sign(acme, carla, version)
    assert gone.value.code == "not_offered"
    signing.redraft(person=omar, tenant=acme, version_id=version.id, terms=amended(acme, 50), begins=BEGINS)
    changed = signing.offer_to_client(person=omar, tenant=acme, version_id=version.id, name="Omar O.")
    with pytest.raises(Refusal) as other:
        sign(acme, carla, version, terms_sha256=read)
    assert other.value.code == "terms_changed"
    assert sign(acme, carla, changed).terms["targets"][0]["seconds"] == 50


@pytest.mark.django_db
def test_a_draft_may_be_thrown_away_and_nothing_else(acme: Tenant, northlight: Tenant, omar: Person) -> None:
    kept, lost = offered(acme, omar), draft(acme, omar)
    signing.discard(person=omar, tenant=acme, version_id=lost.id)
    assert not ContractVersion.objects.filter(pk=lost.pk).exists()
    with pytest.raises(Refusal) as shown:
        signing.discard(person=omar, tenant=acme, version_id=kept.id)
    assert shown.value.code == "offered"
    with pytest.raises(Refusal) as foreign:
        signing.discard(person=omar, tenant=northlight, version_id=kept.id)
    assert foreign.value.code == "not_found"


def test_of_two_who_sign_at_once_one_does(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, omar: Person, carla: Person
) -> None:
    version = offered(acme, omar)
    came: list[str] = []
    start = threading.Barrier(2)

    def press() -> None:
        start.wait(10)
        try:
            sign(acme, carla, version)
            came.append("signed")
        except Refusal as refusal:
            came.append(refusal.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=press) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    assert sorted(came) == ["already_signed", "signed"]
    ContractVersion.objects.filter(pk=version.pk).delete()
    ContractVersion.objects.filter(contract=version.contract_id).update(valid_until=None)


def test_a_comparison_names_each_place_that_differs_and_no_other() -> None:
    one = TEMPLATES["ecommerce_standard"]("Europe/Rome", "IT", ["it", "en"])
    other = copy.deepcopy(one)
    assert compare(one, other) == []
    other["targets"] = [*other["targets"][1:], {**other["targets"][0], "seconds": 45}]
    other["clauses"][1]["penalty"]["cap_points"] = 25
    other["calendars"]["chat_hours"]["weekly"]["sun"] = [["10:00", "18:00"]]
    other["languages"] = ["it"]
    found = [(each.part, each.item, each.field, each.before, each.after) for each in compare(one, other)]
    assert found == [
        ("calendars", ("chat_hours",), "weekly.sun", [["08:00", "22:00"]], [["10:00", "18:00"]]),
        ("targets", ("chat", "first_response", "normal", ""), "seconds", 60, 45),
        ("clauses", ("mail_first_response",), "penalty.cap_points", 20, 25),
        ("languages", (), "", ["it", "en"], ["it"]),
    ]
    dropped = {**one, "targets": one["targets"][1:]}
    assert [(each.field, each.after) for each in compare(one, dropped)] == [("seconds", None), ("calendar", None)]


@pytest.mark.django_db
def test_what_can_hardly_be_kept_is_said(acme: Tenant, northlight: Tenant, omar: Person) -> None:
    data = amended(acme)
    begins = utc("2099-03-01 00:00")
    assert doubts_about(acme, terms.validate(data), begins=begins) == []
    data["calendars"]["always"] = {"time_zone": "Europe/Rome", "weekly": {"sat": [["00:00", "24:00"]]}}
    data["calendars"]["never"] = {"time_zone": "Europe/Rome", "weekly": {}}
    data["targets"][0]["calendar"], data["targets"][3]["calendar"] = "always", "never"
    data["clauses"][0]["goal"], data["clauses"][3]["metric"] = 1, "answer"
    data["languages"] = ["it", "fi"]
    found = {(each.code, each.place) for each in doubts_about(acme, terms.validate(data), begins=begins)}
    assert found == {
        ("outside_hours", "targets[0]"),
        ("never_opens", "targets[3].calendar"),
        ("all_of_them", "clauses[0].goal"),
        ("nothing_to_count", "clauses[3]"),
        ("nobody_speaks", "languages[1]"),
    }
    PersonSkill.objects.filter(skill__code="lang:it").delete()
    codes = [
        each.place for each in doubts_about(acme, terms.validate(data), begins=begins) if "languages" in each.place
    ]
    assert codes == ["languages[0]", "languages[1]"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_can_be_drafted_and_kept(name: str, acme: Tenant, northlight: Tenant, omar: Person) -> None:
    data = TEMPLATES[name](acme.time_zone, acme.country, acme.languages)
    version = signing.draft_from(person=omar, tenant=acme, terms=data, begins=BEGINS)
    found = doubts_about(acme, terms.validate(version.terms), begins=version.valid_from)
    # The law counts claims by working days, which go on after the telephone is closed, and allows no exception.
    allowed = {"outside_hours", "all_of_them"} if name == "legal_minimum_spain" else set[str]()
    assert {each.code for each in found} == allowed


@pytest.mark.django_db
def test_the_operator_drafts_and_the_clients_manager_signs_over_the_api(
    acme: Tenant, northlight: Tenant, omar: Person, carla: Person, dieter: Person, desk_client: Any, shop_client: Any
) -> None:
    desk: Client = desk_client(omar)
    place = f"/api/desk/clients/{acme.id}/contract"
    made = desk.post(place, {"template": "chat_around_the_clock", "begins": "2099-03-01"}, "application/json")
    assert made.status_code == 201, made.content
    version = made.json()
    assert version["standing"] == "draft" and version["before"] == 1
    assert {change["part"] for change in version["changes"]} == {"calendars"}
    portal, own = shop_client(acme, carla), f"/api/portal/contract/versions/{version['id']}"
    assert portal.get(own).status_code == 404
    there = f"{place}/versions/{version['id']}"
    bad = desk.put(there, {"terms": {**version["terms"], "languages": []}, "begins": "2099-03-01"}, "application/json")
    assert (bad.status_code, set(bad.json()["fields"])) == (400, {"languages"})
    assert desk.post(f"{there}/offer", {"name": "Omar O."}, "application/json").json()["standing"] == "offered"
    read = portal.get(own).json()
    assert read["doubts"] == [] and read["terms"] == version["terms"]
    assert shop_client(northlight, dieter).get(own).status_code == 404
    answer = portal.post(f"{own}/sign", {"name": "Carla C.", "terms_sha256": read["terms_sha256"]}, "application/json")
    assert answer.json()["standing"] == "upcoming", answer.content
    assert answer.json()["by_client"]["name"] == "Carla C."
    listed = desk.get(place).json()["versions"]
    assert [(row["number"], row["standing"], row["ends"]) for row in listed] == [
        (2, "upcoming", None), (1, "in_force", "2099-03-01")
    ]  # fmt: skip
