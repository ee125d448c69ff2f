"""An agent's limit of changes of client in an hour: who is past it keeps to one client as long as others are free."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from kernel.errors import Refusal
from people.models import AuditEntry, Person
from routing import queue
from routing.dispatcher.board import Board
from routing.dispatcher.loop import decide_round
from routing.models import Offer
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, in_hand, row
from tests.world import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(acme: Tenant, northlight: Tenant) -> tuple[Person, Person]:
    """Both could serve both shops; Nora has changed from Acme to Northlight, and is idle longer."""
    nora, piet = (hire(name, {"it": 5, "de": 5}, [acme, northlight]) for name in ("nora", "piet"))
    at_work(nora, piet)
    for agent, shop, language in ((nora, acme, "it"), (nora, northlight, "de"), (piet, northlight, "de")):
        done = in_hand(arrive(shop, language), agent)
        queue.finish(person=agent, work_item_id=done.id)
        queue.end_wrap_up(person=agent, work_item_id=done.id)
    return nora, piet


def given(shop: Tenant) -> Person | None:
    """Who is given new work of Acme's, after the dispatcher has read all rows."""
    item, board = arrive(shop), Board()
    board.load_all()
    assert decide_round(board) == 1
    return row(item).agent


@pytest.mark.parametrize(("most", "gets_it"), [(None, 0), (2, 0), (1, 1), (0, 1)])
def test_who_is_past_the_limit_is_given_no_other_client_s_work_while_somebody_else_is_free(
    acme: Tenant, pair: tuple[Person, Person], sofia: Person, most: int | None, gets_it: int
) -> None:
    queue.set_limit(by=sofia, person_id=pair[0].pk, most=most)
    assert given(acme) == pair[gets_it]


def test_nobody_waits_for_the_limit(acme: Tenant, pair: tuple[Person, Person], sofia: Person) -> None:
    nora, piet = pair
    queue.set_limit(by=sofia, person_id=nora.pk, most=0)
    queue.set_status(person=piet, status="break")
    assert given(acme) == nora


def test_changes_of_an_hour_ago_and_declined_work_do_not_count(
    acme: Tenant, northlight: Tenant, pair: tuple[Person, Person], sofia: Person
) -> None:
    nora, _ = pair
    queue.set_limit(by=sofia, person_id=nora.pk, most=1)
    Offer.objects.filter(agent=nora).update(made_at=F("made_at") - timedelta(hours=1))
    done = in_hand(arrive(northlight, "de"), nora)
    declined = arrive(acme)
    queue.offer(work_item_id=declined.id, agent_id=nora.pk)
    queue.decline(person=nora, work_item_id=declined.id)
    queue.abandon(declined.id)
    queue.finish(person=nora, work_item_id=done.id)
    queue.end_wrap_up(person=nora, work_item_id=done.id)
    in_hand(arrive(northlight, "de"), pair[1])
    assert given(acme) == nora  # her first change of this hour


def test_the_limit_is_set_by_those_who_lead_and_written_down(
    desk_client: Callable[..., Client], sofia: Person, omar: Person, lucia: Person, jens: Person
) -> None:
    address = f"/api/desk/floor/agents/{lucia.pk}/switch-limit"

    def put(by: Person, most: object, at: str = address) -> int:
        answer = desk_client(by).put(at, {"switches_per_hour": most}, content_type="application/json")
        return answer.status_code

    assert [put(jens, 3), put(sofia, 3), put(omar, 4), put(omar, 4)] == [403, 200, 200, 200]
    assert [put(omar, -1), put(omar, "many"), put(omar, 3, address.replace(str(lucia.pk), str(sofia.pk)))] == [
        400, 400, 404,
    ]  # fmt: skip
    shown = desk_client(omar).get(f"/api/desk/people/{lucia.pk}").json()
    assert (shown["has_desk"], shown["switches_per_hour"]) == (True, 4)
    written = AuditEntry.objects.filter(action="agent.switches_limited").order_by("pk")
    assert [(entry.person, entry.object_id, entry.detail) for entry in written] == [
        (sofia, str(lucia.pk), {"most": 3}), (omar, str(lucia.pk), {"most": 4}),
    ]  # fmt: skip
    with pytest.raises(Refusal):
        queue.set_limit(by=jens, person_id=lucia.pk, most=None)
