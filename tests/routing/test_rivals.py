"""Clients who compete: nobody has work of both in hand, by whatever way it comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from routing import queue, rivals
from routing.able import leave_of
from routing.dispatcher.board import Board
from routing.dispatcher.loop import decide_round
from tenants.models import Tenant
from tests.desk.shop import post
from tests.routing.floor import arrive, at_work, row
from tests.world import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(acme: Tenant, northlight: Tenant) -> Person:
    """Speaks what both shops need, and serves both."""
    return hire("nora", {"it": 5, "de": 5}, [acme, northlight])


def bar(omar: Person, acme: Tenant, northlight: Tenant) -> None:
    rivals.bar(by=omar, one=northlight.pk, other=acme.pk)


def test_the_second_offer_is_barred_until_the_first_is_done(
    acme: Tenant, northlight: Tenant, omar: Person, nora: Person
) -> None:
    at_work(nora)
    ours, theirs, more = arrive(acme), arrive(northlight, "de"), arrive(acme)
    bar(omar, acme, northlight)
    board = Board()
    board.load_all()
    assert decide_round(board) == 2  # both of Acme; the rival waits, though she is free for more
    assert (row(ours).agent_id, row(more).agent_id, row(theirs).state) == (nora.pk, nora.pk, "waiting")
    assert queue.offer(work_item_id=theirs.id, agent_id=nora.pk) == queue.Outcome.BARRED
    assert queue.take_next(person=nora) is None
    for item in (ours, more):
        queue.withdraw(work_item_id=item.id)
    assert queue.offer(work_item_id=theirs.id, agent_id=nora.pk) == queue.Outcome.MADE
    assert queue.offer(work_item_id=ours.id, agent_id=nora.pk) == queue.Outcome.BARRED


def test_one_round_does_not_give_both(acme: Tenant, northlight: Tenant, omar: Person, nora: Person) -> None:
    at_work(nora)
    ours, theirs = arrive(acme), arrive(northlight, "de")
    proposals = [queue.Proposal(item.id, nora.pk) for item in (theirs, ours)]
    bar(omar, acme, northlight)
    assert list(queue.offer_all(proposals).values()) == [queue.Outcome.MADE, queue.Outcome.BARRED]
    rivals.allow(by=omar, one=acme.pk, other=northlight.pk)
    assert queue.offer(work_item_id=ours.id, agent_id=nora.pk) == queue.Outcome.MADE


def test_inside_a_client_the_rival_s_work_is_not_seen_and_still_bars(
    acme: Tenant, northlight: Tenant, omar: Person, nora: Person, lucia: Person
) -> None:
    at_work(nora)
    item = arrive(acme)
    assert queue.offer(work_item_id=item.id, agent_id=nora.pk) == queue.Outcome.MADE
    bar(omar, acme, northlight)
    with enter(northlight):
        assert leave_of([nora.pk, lucia.pk], [northlight.pk]).tenants == {lucia.pk: {northlight.pk}, nora.pk: set()}
    with enter(acme):
        assert leave_of([nora.pk], [acme.pk]).tenants == {nora.pk: {acme.pk}}


def test_only_operators_say_who_competes(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, desk_client: Callable[..., Client]
) -> None:
    body = {"one": str(acme.pk), "other": str(northlight.pk)}
    assert post(desk_client(sofia), "/api/desk/rivals", **body).status_code == 403
    client = desk_client(omar)
    for _ in range(2):
        shown = post(client, "/api/desk/rivals", **body).json()
    assert [(pair["one"]["name"], pair["other"]["name"]) for pair in shown] == [("Acme Shoes", "Northlight")]
    assert post(client, "/api/desk/rivals", one=body["one"], other=body["one"]).status_code == 400
    assert post(client, "/api/desk/rivals/allow", **body).json() == []
    assert post(client, "/api/desk/rivals/allow", **body).status_code == 400
    assert [entry.action for entry in AuditEntry.objects.filter(action__startswith="rivals").order_by("pk")] == [
        "rivals.barred", "rivals.allowed",
    ]  # fmt: skip
    with pytest.raises(Refusal):
        rivals.allow(by=sofia, one=acme.pk, other=northlight.pk)
