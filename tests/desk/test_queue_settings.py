"""The operator sets a client's queues: hours, grace, offers, the long wait; nobody else does, and no other client's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel import clock
from people.models import AuditEntry, Person
from routing.models import Queue
from routing.queues import closed_chats, is_open
from tenants.models import Tenant
from tests.conversations.test_promising import MORNING, NIGHT

pytestmark = pytest.mark.django_db
DeskClient = Callable[..., Client]
TERMS = {"code": "chat", "keeps_hours": True, "preferred_seconds": 45, "offer_seconds": 25, "long_wait_seconds": 600}


def put(door: Client, tenant: Tenant, **terms: Any) -> Any:
    return door.put(f"/api/desk/clients/{tenant.id}/queues", {**TERMS, **terms}, content_type="application/json")


def test_a_queue_is_shown_with_the_next_openings_of_its_contract_and_set(
    acme: Tenant, northlight: Tenant, omar: Person, desk_client: DeskClient
) -> None:
    door = desk_client(omar)
    with clock.hold(NIGHT):
        shown = door.get(f"/api/desk/clients/{acme.id}/queues").json()
        assert shown["time_zone"] == "Europe/Rome"
        chat, mail = shown["queues"]
        assert (chat["code"], chat["keeps_hours"], chat["is_open"], chat["long_wait_seconds"]) == (
            "chat",
            False,
            True,
            300,
        )
        assert chat["openings"][0] == {"opens": "2026-03-03T07:00:00Z", "closes": "2026-03-03T21:00:00Z"}
        assert mail["openings"][0]["opens"] == "2026-03-03T08:00:00Z"
        answer = put(door, acme)
        assert answer.status_code == 200
        assert answer.json()["queues"][0]["is_open"] is False
        # In force at once, not with the next minute's openings.
        queue = Queue.objects.get(tenant=acme, code="chat")
        assert not is_open(queue, NIGHT)
        closed = closed_chats(acme.id, NIGHT)
        assert (
            closed is not None and closed.opens is not None and closed.opens.isoformat() == "2026-03-03T07:00:00+00:00"
        )
    assert (queue.preferred_seconds, queue.offer_seconds, queue.long_wait_seconds) == (45, 25, 600)
    assert is_open(Queue.objects.get(tenant=northlight, code="chat"), NIGHT)
    entry = AuditEntry.objects.get(action="queue.changed")
    assert (entry.tenant, entry.person, entry.object_id) == (acme, omar, str(queue.id))
    with clock.hold(MORNING):
        assert put(door, acme, keeps_hours=False).json()["queues"][0]["is_open"] is True
        assert closed_chats(acme.id, NIGHT) is None


@pytest.mark.parametrize(
    "wrong", [{"offer_seconds": 4}, {"offer_seconds": "soon"}, {"long_wait_seconds": 0}, {"preferred_seconds": -1}]
)
def test_figures_that_make_no_sense_are_refused_by_name(
    acme: Tenant, omar: Person, desk_client: DeskClient, wrong: dict[str, Any]
) -> None:
    answer = put(desk_client(omar), acme, **wrong)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(wrong)
    assert Queue.objects.get(tenant=acme, code="chat").offer_seconds == 15


def test_who_is_no_operator_sets_nothing_and_an_unknown_queue_is_not_there(
    acme: Tenant, omar: Person, sofia: Person, lucia: Person, desk_client: DeskClient
) -> None:
    for person in (sofia, lucia):
        assert put(desk_client(person), acme).status_code == 403
    assert put(desk_client(omar), acme, code="calls").status_code == 404
    assert put(desk_client(omar), acme).status_code == 200
