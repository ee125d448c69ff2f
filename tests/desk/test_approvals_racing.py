"""Two managers answer at the same moment, over real commits: one answer stands, and the other is told whose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from conversations.approval_models import Approval
from conversations.models import Message
from kernel.tenancy import enter
from people.models import Membership, Person
from sla_contracts.checking import check_clocks
from tenants.models import Tenant
from tests.desk.asked import QUESTION, clock_of, user_of
from tests.desk.shop import give, place, write
from tests.live_stack import LiveStack
from tests.routing.test_queue_races import at_once


@pytest.fixture
def chiara(live_stack: LiveStack, acme: Tenant) -> Iterator[Person]:
    """A second manager of Acme."""
    person = Person.objects.filter(email="chiara@acme.example").first() or user_of(acme, "chiara")
    Membership.objects.get_or_create(person=person, role="client", tenant=acme)
    yield person
    person.memberships.all().delete()


def test_of_two_answers_at_once_one_stands_and_the_other_learns_whose(
    live_stack: LiveStack, acme: Tenant, lucia: Person, carla: Person, chiara: Person
) -> None:
    said = write(acme)
    give(said, lucia)
    body = {**QUESTION, "client_key": "k1"}
    approval = live_stack.http(lucia).post(place(acme, said, "/approvals"), json=body).json()["id"]
    path = f"/api/portal/approvals/{approval}/answer"
    doors = {name: live_stack.http(person, acme) for name, person in (("carla", carla), ("chiara", chiara))}
    given = {"carla": {"answer": "approved"}, "chiara": {"answer": "denied"}}
    answers = at_once(*(partial(door.post, path, json=given[name]) for name, door in doors.items()))
    assert sorted(one.status_code for one in answers) == [200, 409]
    winner, loser = sorted(answers, key=lambda one: one.status_code)
    with enter(acme):
        row = Approval.objects.get(pk=approval)
        events = Message.objects.filter(conversation=said.conversation_id, event__code="client_answered").count()
    names = {carla.pk: carla.name, chiara.pk: chiara.name}
    assert winner.json()["answered_by"] == names[row.answered_by_id or carla.pk]
    assert loser.json()["code"] == "already_answered" and winner.json()["answered_by"] in loser.json()["message"]
    assert events == 1
    assert list(clock_of(said, "resolution").events.values_list("kind", flat=True)).count("resumed") == 1
    assert check_clocks(conversation_ids=[said.conversation_id]).wrong == {}


def test_an_answer_and_a_taking_back_at_once_leave_one_end(
    live_stack: LiveStack, acme: Tenant, lucia: Person, carla: Person
) -> None:
    said = write(acme)
    give(said, lucia)
    desk, portal = live_stack.http(lucia), live_stack.http(carla, acme)
    body = {**QUESTION, "client_key": "k1"}
    approval = desk.post(place(acme, said, "/approvals"), json=body).json()["id"]
    back, answered = at_once(
        lambda: desk.post(place(acme, said, f"/approvals/{approval}/withdraw"), json={}),
        lambda: portal.post(f"/api/portal/approvals/{approval}/answer", json={"answer": "approved"}),
    )
    assert sorted([back.status_code, answered.status_code]) == [200, 409]
    with enter(acme):
        state = Approval.objects.get(pk=approval).state
    assert state == ("withdrawn" if back.status_code == 200 else "answered")
    assert clock_of(said, "resolution").state == "running"
    assert check_clocks(conversation_ids=[said.conversation_id]).wrong == {}
