"""What is kept about a customer: marks that routing follows, typed fields, notes, masks, and two records made one."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from conversations import merging_customers as merging
from conversations.models import Conversation, Message
from customers.masking import HIDDEN, mask
from customers.models import Customer, Identity
from desk import erasing
from desk.customer_export import export_customer
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from routing.models import WorkItem
from tenants.models import ErasureEntry, Tenant
from tests.conversations.shoppers import mail, say
from tests.desk.shop import give, place, post, work_of, write

Desk = Callable[..., Client]


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, settings.BACKUPS_ROOT = tmp_path / "media", tmp_path / "backups"


def customer_of(shop: Tenant, message: Message) -> UUID:
    with enter(shop):
        return Conversation.objects.get(pk=message.conversation_id).customer_id


def at(shop: Tenant, customer: UUID, rest: str = "/beside") -> str:
    return f"/api/desk/clients/{shop.id}/customers/{customer}{rest}"


def put(client: Client, path: str, **body: Any) -> Any:
    return client.put(path, body, content_type="application/json")


def test_marks_are_shown_and_the_work_goes_first(
    acme: Tenant, northlight: Tenant, lucia: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme, sender="visitor-9")
    customer, client = customer_of(acme, message), desk_client(lucia)
    assert work_of(message).priority == "normal"
    marked = put(client, at(acme, customer, "/marks"), is_vip=True, legal_priority="")
    assert marked.json()["is_vip"] is True and work_of(message).priority == "high"
    put(client, at(acme, customer, "/marks"), is_vip=True, legal_priority="age")
    assert work_of(message).priority == "urgent"
    shown = client.get(place(acme, message)).json()["conversation"]
    assert (shown["customer"]["is_vip"], shown["customer"]["legal_priority"]) == (True, "age")
    assert shown["priority"] == "normal"  # the promises stay those of the contract
    assert put(desk_client(jens), at(acme, customer, "/marks"), is_vip=False, legal_priority="").status_code == 404
    assert put(client, at(acme, customer, "/marks"), is_vip=False, legal_priority="rich").status_code == 400
    with enter(acme):
        Conversation.objects.filter(pk=message.conversation_id).update(
            status="closed", closed_at=clock.now() - timedelta(days=90)
        )
    WorkItem.objects.filter(conversation=message.conversation_id).update(state="abandoned", finished_at=clock.now())
    assert work_of(write(acme, sender="visitor-9")).priority == "urgent"
    put(client, at(acme, customer, "/marks"), is_vip=False, legal_priority="")
    assert work_of(write(acme)).priority == "normal"


def test_fields_are_typed(acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk) -> None:
    lead, client, customer = desk_client(sofia), desk_client(lucia), customer_of(acme, write(acme))
    where = f"/api/desk/clients/{acme.id}/customer-fields"
    assert post(client, where, label="Taglia", kind="number").status_code == 403
    for body in (
        {"label": "Size", "kind": "number"}, {"label": "Born", "kind": "date", "is_personal": True},
        {"label": "Club", "kind": "choice", "options": ["Gold", "Silver"]}, {"label": "Newsletter", "kind": "yes_no"},
        {"label": "Likes", "kind": "text"},
    ):  # fmt: skip
        assert post(lead, where, **body).status_code == 200
    assert post(lead, where, label="Colour", kind="choice", options=["one"]).status_code == 400
    good = {"size": "42.50", "born": "1950-02-28", "club": "Gold", "newsletter": False, "likes": " blue  shoes "}
    shown = put(client, at(acme, customer, "/fields"), values=good).json()
    kept = {each["code"]: each["value"] for each in shown["fields"]}
    assert kept == {"size": "42.5", "born": "1950-02-28", "club": "Gold", "newsletter": False, "likes": "blue shoes"}
    bad = {"size": "huge", "born": "1950-02-30", "club": "Lead", "newsletter": "yes", "shoe": "x"}
    for code, value in bad.items():
        refused = put(client, at(acme, customer, "/fields"), values={"likes": "red", code: value})
        assert refused.status_code == 400 and list(refused.json()["fields"]) == [code]
    cleared = put(client, at(acme, customer, "/fields"), values={"likes": None}).json()
    assert {each["code"]: each["value"] for each in cleared["fields"]}["likes"] is None
    assert desk_client(sofia).get(f"/api/desk/clients/{northlight.id}/customer-fields").json()["fields"] == []


def test_notes_are_the_writers_own_to_delete(
    acme: Tenant, lucia: Person, paolo: Person, jens: Person, sofia: Person, desk_client: Desk
) -> None:
    customer = customer_of(acme, write(acme))
    noted = post(desk_client(lucia), at(acme, customer, "/customer-notes"), text="Card 4111 1111 1111 1111, calls late")
    [note] = noted.json()["notes"]
    assert "4111 1111" not in note["text"] and note["alias"] == "Lucia A."
    drop = {"path": at(acme, customer, "/customer-notes/drop"), "note": note["id"]}
    assert post(desk_client(paolo), **drop).status_code == 404 == post(desk_client(jens), **drop).status_code
    assert post(desk_client(lucia), at(acme, customer, "/customer-notes"), text=" ").status_code == 400
    assert post(desk_client(sofia), **drop).json()["notes"] == []


def test_what_is_masked_is_masked_on_the_server_and_shown_for_a_reason(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, omar: Person, desk_client: Desk
) -> None:
    message = say(acme, mail(who="maria@example.com"))
    give(message, lucia)
    customer, client = customer_of(acme, message), desk_client(lucia)
    where = f"/api/desk/clients/{acme.id}/customer-fields"
    post(desk_client(sofia), where, label="Tax code", kind="text", is_personal=True)
    put(client, at(acme, customer, "/fields"), values={"tax_code": "BNCGLI80"})
    assert "maria@example.com" in client.get(place(acme, message)).content.decode()
    assert put(desk_client(sofia), where, masks_customers=True).status_code == 403
    assert put(desk_client(omar), where, masks_customers=True).json()["masks_customers"] is True
    for path in (place(acme, message), place(acme, message, "/messages?after=0"), at(acme, customer)):
        said = client.get(path).content.decode()
        assert "maria@example.com" not in said and "BNCGLI80" not in said, path
    shown = client.get(at(acme, customer)).json()
    assert shown["is_masked"] and shown["identities"][0]["address"] == f"m{HIDDEN}@e{HIDDEN}"
    assert post(client, at(acme, customer), reason="curious").status_code == 400
    assert not AuditEntry.objects.filter(action="customer.revealed").exists()
    revealed = post(client, at(acme, customer), reason="contact").json()
    assert revealed["identities"][0]["address"] == "maria@example.com"
    assert revealed["fields"][0]["value"] == "BNCGLI80"
    entry = AuditEntry.objects.get(action="customer.revealed")
    assert (entry.person_id, entry.detail) == (lucia.pk, {"reason": "contact"})
    other = customer_of(northlight, say(northlight, mail(who="lena@example.com")))
    assert client.get(at(northlight, other)).json()["identities"][0]["address"] == "lena@example.com"


@pytest.mark.parametrize(
    ("kind", "address", "left"),
    [("email", "jo@x.example", "j•••@x•••"), ("handle", "+34600111222", "•••22"), ("handle", "@ab", "•••")],
)
def test_a_mask_leaves_too_little_to_write_to(kind: str, address: str, left: str) -> None:
    assert mask(kind, address) == left


def two_records(shop: Tenant) -> tuple[Message, Message, UUID, UUID]:
    first, second = say(shop, mail(who="maria@example.com")), say(shop, mail(who="m.garcia@work.example"))
    return first, second, customer_of(shop, first), customer_of(shop, second)


def test_two_records_become_one_and_are_taken_apart_again(
    acme: Tenant, lucia: Person, jens: Person, desk_client: Desk
) -> None:
    _, second, kept, absorbed = two_records(acme)
    client = desk_client(lucia)
    post(client, at(acme, absorbed, "/customer-notes"), text="Prefers mail")
    put(client, at(acme, absorbed, "/tags"), names=["Club"])
    put(client, at(acme, absorbed, "/marks"), is_vip=True, legal_priority="")
    offered = client.get(at(acme, kept, "/merge?q=garcia")).json()["results"]
    assert [row["id"] for row in offered] == [str(absorbed)]
    assert post(desk_client(jens), at(acme, kept, "/merge"), absorbed=str(absorbed)).status_code == 404
    assert post(client, at(acme, kept, "/merge"), absorbed=str(kept)).status_code == 400
    shown = post(client, at(acme, kept, "/merge"), absorbed=str(absorbed)).json()
    assert (shown["cases"], shown["is_vip"], len(shown["notes"]), len(shown["identities"])) == (2, True, 1, 2)
    assert [tag["name"] for tag in shown["tags"]] == ["Club"]
    later = say(acme, mail(who="m.garcia@work.example", subject="Un'altra cosa"))
    assert customer_of(acme, later) == kept  # who writes from either address is the one
    assert post(client, at(acme, kept, "/merge"), absorbed=str(absorbed)).status_code == 404
    [merge] = shown["merges"]
    apart = post(client, at(acme, kept, "/merge/undo"), merge=merge["id"]).json()
    assert (apart["cases"], apart["is_vip"], apart["notes"], apart["tags"], apart["merges"]) == (2, False, [], [], [])
    assert customer_of(acme, second) == absorbed != customer_of(acme, later)
    back = client.get(at(acme, absorbed)).json()
    assert (back["cases"], back["is_vip"], len(back["notes"]), len(back["identities"])) == (1, True, 1, 1)
    actions = AuditEntry.objects.filter(action__startswith="customer.merge").values_list("action", flat=True)
    assert list(actions.order_by("id")) == ["customer.merged", "customer.merge_undone"]


def test_a_merge_can_be_undone_for_a_day(acme: Tenant, lucia: Person) -> None:
    _, _, kept, absorbed = two_records(acme)
    with enter(acme):
        with clock.hold(clock.now() - timedelta(hours=25)):
            made = merging.merge(person=lucia, tenant=acme, kept_id=kept, absorbed_id=absorbed)
        assert merging.merges_of(kept)[0]["can_undo"] is False
        with pytest.raises(Refusal) as caught:
            merging.undo(person=lucia, tenant=acme, kept_id=kept, merge_id=made.pk)
        assert caught.value.code == "too_late"
        assert Identity.objects.filter(customer=kept).count() == 2


def test_who_is_erased_is_erased_as_every_record_they_were(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    _, _, kept, absorbed = two_records(acme)
    client = desk_client(lucia)
    post(client, at(acme, absorbed, "/customer-notes"), text="Knows the owner")
    with enter(acme):
        merging.merge(person=lucia, tenant=acme, kept_id=kept, absorbed_id=absorbed)
        Conversation.objects.update(status="closed", closed_at=clock.now())
    with zipfile.ZipFile(export_customer(person=sofia, tenant=acme, customer_id=kept)) as archive:
        held = archive.read("data.json").decode()
    assert "Knows the owner" in held and str(absorbed) in held and "m.garcia@work.example" in held
    with pytest.raises(Refusal) as caught:
        erasing.erase_customer(person=sofia, tenant=acme, customer_id=absorbed, confirm="x", reason="person")
    assert caught.value.code == "merged"
    proof = erasing.erase_customer(
        person=sofia, tenant=acme, customer_id=kept, confirm="maria@example.com", reason="person"
    )
    assert proof["erased"]["customer_notes"] == 1 and proof["erased"]["addresses"] == 2
    assert {row.erased_id for row in ErasureEntry.objects.filter(done_at__isnull=False)} == {kept, absorbed}
    with enter(acme):
        for row in Customer.objects.filter(pk__in=(kept, absorbed)):
            assert (row.name, row.fields, row.erased_at is None) == ("", {}, False)
        assert not Identity.objects.filter(customer__in=(kept, absorbed)).exists()
