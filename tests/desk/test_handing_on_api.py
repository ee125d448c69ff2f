"""Handing work on, and putting it off, through the API: each denial beside the same call allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kernel import clock
from people.models import Person, PersonSkill, Skill
from routing.models import WorkItem
from tenants.models import Tenant
from tests.desk.shop import give, place, post, write

pytestmark = pytest.mark.django_db
Desk = Callable[..., Client]


def test_putting_off_is_for_who_has_it_in_hand(
    acme: Tenant, lucia: Person, paolo: Person, jens: Person, desk_client: Desk
) -> None:
    message = write(acme)
    item = give(message, lucia)
    path, until = f"/api/desk/work/{item.id}/put-off", (clock.now() + timedelta(hours=2)).isoformat()
    assert post(desk_client(paolo), path, until=until).json()["code"] == "not_in_hand"
    assert post(desk_client(jens), path, until=until).json()["code"] == "not_found"
    past = (clock.now() - timedelta(hours=2)).isoformat()
    assert post(desk_client(lucia), path, until=past).json()["code"] == "invalid"
    for _ in range(2):
        done = post(desk_client(lucia), path, until=until, note="Richiamare alle 16", client_key="p1")
        assert done.json() == {"ok": True}
    put_off = WorkItem.objects.get(pk=item.id)
    assert (put_off.state, put_off.preferred_agent_id) == ("waiting", lucia.pk)
    desk = desk_client(lucia).get("/api/desk/changes?since=0").json()["desk"]
    assert (desk["active"], desk["waiting_for_me"]) == ([], 0)
    said = desk_client(lucia).get(place(acme, message, "/messages?after=0")).json()["messages"]
    assert [each["direction"] for each in said] == ["in", "note", "event"]


def test_work_is_handed_on_to_whoever_has_a_skill(
    acme: Tenant, lucia: Person, paolo: Person, desk_client: Desk
) -> None:
    Skill.objects.create(code="returns", kind="product", name="Returns")
    item = give(write(acme), lucia)
    path = f"/api/desk/work/{item.id}/transfer"
    assert desk_client(lucia).get(path).json()["skills"] == []
    PersonSkill.objects.create(person=paolo, skill=Skill.objects.get(code="returns"), level=3)
    assert desk_client(lucia).get(path).json()["skills"] == [{"code": "returns", "name": "Returns"}]
    assert post(desk_client(lucia), path, skill="magic").json()["code"] == "invalid"
    assert post(desk_client(lucia), path, skill="returns", note="Reso").json() == {"ok": True}
    handed = WorkItem.objects.get(pk=item.id)
    assert (handed.state, handed.needs["returns"]) == ("waiting", 1)
    assert handed.due_at is not None
