"""Rights that stop short: viewers, agents who only read, supervisors of some clients, and keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conversations.models import Message
from kernel import clock
from people.access import clients_of, may_serve
from people.api_keys import make_key, revoke_key
from people.models import Accreditation, ApiKey, Membership, Person
from routing import queue
from tenants.models import Tenant
from tests.desk.shop import give, place, post, work_of, write

Desk = Callable[..., Client]


@pytest.fixture
def key(acme: Tenant, carla: Person) -> str:
    return make_key(person=carla, tenant=acme, name="Warehouse")[1]


def with_key(client: Client, path: str, key: str, method: str = "get") -> Any:
    return getattr(client, method)(path, headers={"Authorization": f"Key {key}"})


def test_a_viewer_reads_the_portal_and_no_money(acme: Tenant, carla: Person, shop_client: Desk) -> None:
    client = shop_client(acme, carla)
    paths = {"overview": 200, "conversations": 200, "reports": 200, "invoices": 403, "keys": 403}
    assert {path: client.get(f"/api/portal/{path}").status_code for path in paths} == dict.fromkeys(paths, 200)
    Membership.objects.filter(person=carla).update(role=Membership.Role.VIEWER)
    assert {path: client.get(f"/api/portal/{path}").status_code for path in paths} == paths
    assert post(client, "/api/portal/reports", month="2026-01").status_code == 403
    assert client.get("/api/me").json()["roles"] == ["viewer"]


def test_an_agent_who_only_reads_is_given_nothing(acme: Tenant, paolo: Person, desk_client: Desk) -> None:
    message = write(acme)
    Accreditation.objects.filter(person=paolo).update(is_read_only=True)
    client = desk_client(paolo)
    assert client.get(place(acme, message)).status_code == 200
    assert may_serve(paolo, acme) and not may_serve(paolo, acme, to_work=True)
    assert post(client, place(acme, message, "/notes"), text="x", client_key="x").status_code == 404
    queue.set_status(person=paolo, status="available")
    assert queue.offer(work_item_id=work_of(message).id, agent_id=paolo.pk) == queue.Outcome.BARRED
    Accreditation.objects.filter(person=paolo).update(is_read_only=False)
    assert queue.offer(work_item_id=work_of(message).id, agent_id=paolo.pk) == queue.Outcome.MADE


def test_reading_only_from_now_on_ends_the_work_in_hand(acme: Tenant, paolo: Person, desk_client: Desk) -> None:
    message = write(acme)
    give(message, paolo)
    client = desk_client(paolo)
    body = {"text": "Buongiorno", "client_key": "1"}
    assert post(client, place(acme, message, "/reply"), **body).status_code == 200
    Accreditation.objects.filter(person=paolo).update(is_read_only=True)
    assert post(client, place(acme, message, "/reply"), text="Ancora", client_key="2").status_code == 404
    assert post(client, place(acme, message, "/close"), contact_reason="other").status_code == 404


def test_a_revoked_agent_sees_nothing_of_the_work_in_hand(acme: Tenant, paolo: Person, desk_client: Desk) -> None:
    give(write(acme, "Il mio segreto"), paolo)
    client = desk_client(paolo)
    assert "Il mio segreto" in client.get("/api/desk/changes?since=0").content.decode()
    Accreditation.objects.filter(person=paolo).update(valid_until=clock.now())
    assert client.get("/api/desk/changes?since=0").json()["desk"]["active"] == []


def test_a_supervisor_may_be_kept_to_some_clients(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, jens: Person, paolo: Person, desk_client: Desk
) -> None:
    theirs, ours = write(acme), write(northlight)
    client = desk_client(sofia)
    assert len(client.get("/api/desk/floor").json()["waiting"]) == 2
    Membership.objects.filter(person=sofia).update(all_clients=False)
    Accreditation.objects.create(person=sofia, tenant=northlight, alias="S.", valid_from=clock.now())
    assert clients_of(sofia) == [northlight]
    floor = client.get("/api/desk/floor").json()
    assert [row["tenant"]["name"] for row in floor["waiting"]] == ["Northlight"]
    assert {row["tenant"]["name"] for row in floor["queues"]} == {"Northlight"}
    assert {row["name"] for row in floor["agents"]} == {lucia.name, jens.name}
    assert {mark for row in floor["agents"] for mark in row["clients"]} == {"NL"}
    assert client.get(place(acme, theirs)).status_code == 404
    assert client.get(place(northlight, ours)).status_code == 200
    for message, status in ((theirs, 404), (ours, 200)):
        path = f"/api/desk/floor/work/{work_of(message).id}/assign"
        assert client.get(path).status_code == status
        assert post(client, path, agent=str(sofia.pk)).status_code == status
    assert post(client, f"/api/desk/floor/agents/{paolo.pk}/state", status="offline").status_code == 404
    assert post(client, f"/api/desk/floor/agents/{jens.pk}/state", status="offline").status_code == 200


def test_nothing_of_a_suspended_shop_is_on_the_floor(
    acme: Tenant, northlight: Tenant, sofia: Person, lucia: Person, desk_client: Desk
) -> None:
    write(acme)
    done = write(acme)
    give(done, lucia)
    client = desk_client(lucia)
    assert post(client, place(acme, done, "/close"), contact_reason="other").status_code == 200
    queue.end_wrap_up(person=lucia, work_item_id=_last_work(done).id)
    floor = desk_client(sofia)
    assert len(floor.get("/api/desk/finished").json()["results"]) == 1
    Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)
    assert floor.get("/api/desk/finished").json()["results"] == []
    assert floor.get("/api/desk/floor").json()["waiting"] == []


def test_a_key_reads_the_portal_and_changes_nothing(
    acme: Tenant, northlight: Tenant, key: str, shop_client: Desk, desk_client: Desk
) -> None:
    client = shop_client(acme)
    assert with_key(client, "/api/portal/overview", key).status_code == 200
    assert with_key(client, "/api/portal/reports", key, "post").status_code == 403
    assert with_key(client, "/api/me", key).status_code == 401
    assert with_key(client, "/api/portal/keys", key).status_code == 401
    assert with_key(desk_client(), "/api/desk/clients", key, "post").status_code == 401
    elsewhere = with_key(shop_client(northlight), "/api/portal/overview", key)
    forged = with_key(client, "/api/portal/overview", "ck_forged")
    assert (elsewhere.status_code, elsewhere.content) == (forged.status_code, forged.content)
    assert forged.status_code == 401


@pytest.mark.parametrize("end", ["revoked", "old", "no member", "inactive"])
def test_a_key_ends(acme: Tenant, carla: Person, key: str, shop_client: Desk, end: str) -> None:
    client = shop_client(acme)
    assert with_key(client, "/api/portal/overview", key).status_code == 200
    if end == "revoked":
        revoke_key(person=carla, tenant=acme, key_id=ApiKey.objects.get().id)
    elif end == "old":
        ApiKey.objects.update(valid_until=clock.now() - timedelta(seconds=1))
    elif end == "no member":
        Membership.objects.filter(person=carla).delete()
    else:
        Person.objects.filter(pk=carla.pk).update(is_active=False)
    assert with_key(client, "/api/portal/overview", key).status_code in (401, 403)


def test_a_client_makes_lists_and_revokes_keys(
    acme: Tenant, northlight: Tenant, carla: Person, dieter: Person, shop_client: Desk
) -> None:
    client, other = shop_client(acme, carla), shop_client(northlight, dieter)
    made = post(client, "/api/portal/keys", name="Warehouse", days=7)
    assert made.status_code == 201
    key = made.json()
    assert not ApiKey.objects.filter(token_hash=key["key"]).exists()
    listed = client.get("/api/portal/keys")
    assert [row["name"] for row in listed.json()] == ["Warehouse"]
    assert key["key"] not in listed.content.decode()
    assert other.get("/api/portal/keys").json() == []
    assert other.delete(f"/api/portal/keys/{key['id']}").status_code == 404
    assert with_key(shop_client(acme), "/api/portal/overview", key["key"]).status_code == 200
    assert client.delete(f"/api/portal/keys/{key['id']}").status_code == 204
    assert with_key(shop_client(acme), "/api/portal/overview", key["key"]).status_code == 401


def _last_work(message: Message) -> Any:
    from routing.models import WorkItem

    return WorkItem.objects.get(conversation=message.conversation_id)
