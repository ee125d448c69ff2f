"""A client's tags and contact reasons: put on by who works, renamed, merged and edited by who leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conversations import reasons, tagging
from conversations.models import ContactReason, TagOnConversation
from customers import tags
from customers.models import Tag, TagOnCustomer
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from routing import queue
from tenants.models import Tenant
from tests.desk.shop import give, place, post, write

Desk = Callable[..., Client]


def put_tags(client: Client, shop: Tenant, message: Any, *names: str) -> Any:
    return client.put(place(shop, message, "/tags"), {"names": list(names)}, content_type="application/json")


def test_tags_are_put_on_and_found(acme: Tenant, northlight: Tenant, lucia: Person, desk_client: Desk) -> None:
    message, client = write(acme), desk_client(lucia)
    give(message, lucia)
    given = put_tags(client, acme, message, "Consegna", "Più tardi", "consegna ")
    assert [tag["name"] for tag in given.json()["tags"]] == ["consegna", "Più tardi"]
    shown = client.get(place(acme, message)).json()["conversation"]
    assert [tag["name"] for tag in shown["tags"]] == ["consegna", "Più tardi"]
    for words, hits in (("tag:PIU", 0), ('tag:"piu tardi"', 1), ("tag:Consegna", 1)):
        assert len(client.get("/api/desk/search", {"q": words}).json()["results"]) == hits, words
    suggested = client.get(f"/api/desk/clients/{acme.id}/tags", {"q": "PIU"}).json()["tags"]
    assert [tag["name"] for tag in suggested] == ["Più tardi"]
    assert client.get(f"/api/desk/clients/{northlight.id}/tags").json()["tags"] == []
    assert put_tags(client, acme, message).json()["tags"] == []


def test_only_who_has_part_in_it_tags(
    acme: Tenant, lucia: Person, paolo: Person, jens: Person, sofia: Person, desk_client: Desk
) -> None:
    message = write(acme)
    give(message, lucia)
    assert put_tags(desk_client(paolo), acme, message, "x").status_code == 409
    assert put_tags(desk_client(jens), acme, message, "x").status_code == 404
    assert put_tags(desk_client(sofia), acme, message, "x").status_code == 200
    assert put_tags(desk_client(lucia), acme, message, "x" * 41).status_code == 400
    assert put_tags(desk_client(lucia), acme, message, *[f"t{n}" for n in range(21)]).status_code == 400


def test_a_supervisor_renames_and_merges(acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk) -> None:
    first, second = write(acme), write(acme)
    give(first, lucia), give(second, lucia)
    agent, lead = desk_client(lucia), desk_client(sofia)
    put_tags(agent, acme, first, "Ritardo", "Corriere")
    put_tags(agent, acme, second, "ritardi")
    with enter(acme):
        late, later, carrier = (Tag.objects.get(key=key) for key in ("ritardo", "ritardi", "corriere"))
    where = f"/api/desk/clients/{acme.id}/tags"
    assert post(agent, where, tag=str(later.id), into=str(late.id)).status_code == 403
    assert post(lead, where, tag=str(later.id), name="RITARDO").json()["code"] == "tag_exists"
    assert post(lead, where, tag=str(late.id), into=str(late.id)).status_code == 400
    kept = post(lead, where, tag=str(later.id), into=str(late.id)).json()["tags"]
    assert [(tag["name"], tag["conversations"]) for tag in kept] == [("Corriere", 1), ("Ritardo", 2)]
    renamed = post(lead, where, tag=str(carrier.id), name="Spedizioniere").json()["tags"]
    assert [tag["name"] for tag in renamed] == ["Ritardo", "Spedizioniere"]
    assert post(lead, where, tag=str(carrier.id)).status_code == 400  # still on a conversation
    put_tags(agent, acme, first, "Ritardo")
    assert [tag["name"] for tag in post(lead, where, tag=str(carrier.id)).json()["tags"]] == ["Ritardo"]
    steps = AuditEntry.objects.filter(action__startswith="tag.").values_list("action", flat=True)
    assert sorted(steps) == ["tag.deleted", "tag.merged", "tag.renamed"]


def test_a_merge_moves_what_carries_both_once(acme: Tenant, lucia: Person) -> None:
    message = write(acme)
    give(message, lucia)
    with enter(acme):
        tagging.put_on(person=lucia, tenant=acme, conversation_id=message.conversation_id, names=["a", "b"])
        customer = message.conversation.customer_id
        tags.put_on_customer(person=lucia, customer_id=customer, names=["a"])
        one, other = Tag.objects.get(key="a"), Tag.objects.get(key="b")
        tagging.merge(tag_id=one.pk, into_id=other.pk)
        assert (
            TagOnConversation.objects.filter(tag=other).count() == TagOnCustomer.objects.filter(tag=other).count() == 1
        )
        assert not Tag.objects.filter(key="a").exists()


def test_reasons_have_two_levels_and_the_lower_one_is_asked_for(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    where, lead = f"/api/desk/clients/{acme.id}/contact-reasons", desk_client(sofia)
    assert desk_client(lucia).get(where).status_code == 403
    kept = post(lead, where, labels={"en": "Wrong size", "es": "Talla equivocada"}, parent="damaged_or_wrong").json()
    [below] = [each for each in kept["reasons"] if each["parent"] == "damaged_or_wrong"]
    place_of = {each["code"]: number for number, each in enumerate(kept["reasons"])}
    assert place_of[below["code"]] == place_of["damaged_or_wrong"] + 1
    assert post(lead, where, labels={"en": "Deeper"}, parent=below["code"]).status_code == 400
    assert post(lead, where, labels={"en": " "}).status_code == 400
    message, client = write(acme), desk_client(lucia)
    give(message, lucia)
    shown = client.get(place(acme, message)).json()["conversation"]["contact_reasons"]
    assert {each["code"]: each["parent"] for each in shown}[below["code"]] == "damaged_or_wrong"
    refused = post(client, place(acme, message, "/close"), contact_reason="damaged_or_wrong")
    assert refused.json()["code"] == "contact_reason_missing"
    assert post(client, place(acme, message, "/close"), contact_reason=below["code"]).status_code == 200
    for code in ("damaged_or_wrong", below["code"]):
        assert len(client.get("/api/desk/search", {"q": f"reason:{code}"}).json()["results"]) == 1
    with enter(northlight):
        assert not ContactReason.objects.filter(code=below["code"]).exists()


def test_a_reason_out_of_use_takes_those_below_it_along(acme: Tenant, lucia: Person) -> None:
    with enter(acme):
        below = reasons.add(labels={"en": "Voucher"}, parent="refund")
        reasons.change(code="refund", labels={"en": "Refund"}, is_active=False)
        for code in ("refund", below.code, "nothing"):
            with pytest.raises(Refusal):
                reasons.require_choice(code)
        reasons.require_choice("thanks")
        reasons.change(code="refund", labels={"en": "Refund"}, is_active=True)
        reasons.require_choice(below.code)


def test_the_finished_list_is_narrowed_by_reason_and_tag(
    acme: Tenant, lucia: Person, sofia: Person, desk_client: Desk
) -> None:
    agent, lead = desk_client(lucia), desk_client(sofia)
    with enter(acme):
        below = reasons.add(labels={"en": "Voucher"}, parent="refund").code
    done = {}
    for reason in (below, "thanks"):
        message = write(acme)
        item = give(message, lucia)
        put_tags(agent, acme, message, reason)
        assert post(agent, place(acme, message, "/close"), contact_reason=reason).status_code == 200
        if work_of_or_none(message):
            queue.end_wrap_up(person=lucia, work_item_id=item.id)
        done[reason] = str(item.id)

    def finished(**asked: str) -> set[str]:
        return {row["work"] for row in lead.get("/api/desk/finished", asked).json()["results"]}

    assert finished() == set(done.values())
    assert finished(reason=below) == {done[below]} == finished(tenant=str(acme.id), reason="refund")
    assert finished(tag="thanks") == {done["thanks"]}
    assert finished(tag="nothing") == set() == finished(reason="nothing")


def work_of_or_none(message: Any) -> Any:
    from routing.models import WorkItem

    return WorkItem.objects.filter(conversation=message.conversation_id, state__in=WorkItem.OPEN_STATES).first()
