"""What one round decides, without a process: spreading, memory against rows, lost races."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Person
from routing import queue
from routing.dispatcher import board as boards
from routing.dispatcher.board import Board
from routing.dispatcher.doorbell import Rings
from routing.dispatcher.loop import decide_round
from routing.models import AgentState
from tenants.models import Tenant
from tests.routing.floor import arrive, at_work, in_hand, load_of, row
from tests.world import hire

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(acme: Tenant) -> Board:
    loaded = Board()
    loaded.load_all()
    return loaded


def test_simultaneous_arrivals_are_spread_over_equals(acme: Tenant, lucia: Person, board: Board) -> None:
    second = hire("franca", {"it": 4}, [acme])
    at_work(lucia, second)
    for _ in range(4):
        arrive(acme)
    board.load_all()
    assert decide_round(board) == 4
    assert (load_of(lucia), load_of(second)) == (2, 2)


def test_the_higher_level_comes_first_and_order_is_by_arrival(
    acme: Tenant, lucia: Person, paolo: Person, board: Board
) -> None:
    AgentState.objects.filter(pk__in=[lucia.pk, paolo.pk]).update(capacity=1)
    at_work(lucia, paolo)
    first, second, third = arrive(acme), arrive(acme), arrive(acme)
    board.load_all()
    assert decide_round(board) == 2
    assert (row(first).agent_id, row(second).agent_id, row(third).state) == (paolo.pk, lucia.pk, "waiting")


def test_a_row_that_changed_since_it_was_read_is_looked_at_again(
    acme: Tenant, lucia: Person, paolo: Person, board: Board
) -> None:
    at_work(lucia, paolo)
    taken, waiting = arrive(acme), arrive(acme)
    board.load_all()
    in_hand(taken, lucia)
    queue.set_status(person=paolo, status="break")
    assert decide_round(board) == 1
    assert (row(taken).agent_id, row(taken).state) == (lucia.pk, "active")
    assert row(waiting).agent_id == lucia.pk
    assert load_of(lucia) == 2


def test_nobody_free_means_no_writing(acme: Tenant, lucia: Person, board: Board) -> None:
    arrive(acme)
    board.load_all()
    with CaptureQueriesContext(connection) as asked:
        assert decide_round(board) == 0
    assert len(asked) == 0


def test_slices_find_what_no_doorbell_told(
    acme: Tenant, lucia: Person, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "SLICE", 2)
    items = [arrive(acme) for _ in range(5)]
    for _ in range(4):
        board.compare_slice()
    assert len(board) == 5
    for item in items[1:4]:
        queue.abandon(item.id)
    for _ in range(8):
        board.compare_slice()
    assert len(board) == 2
    at_work(lucia)
    board.compare_slice()
    board.compare_slice()
    assert decide_round(board) == 2


def test_a_declined_item_is_not_offered_to_the_same_agent_next(acme: Tenant, lucia: Person, board: Board) -> None:
    at_work(lucia)
    item = arrive(acme)
    board.load_all()
    decide_round(board)
    queue.decline(person=lucia, work_item_id=item.id)
    board.load_items([item.id])
    board.load_agents([lucia.pk])
    assert board.barred() == [item.id]
    assert decide_round(board) == 0


def test_rings_name_rows_or_mean_everything() -> None:
    rings = Rings()
    rings.add(b"w:018f0000-0000-7000-8000-000000000001,a:018f0000-0000-7000-8000-000000000002")
    assert (len(rings.items), len(rings.agents), rings.everything) == (1, 1, False)
    for frame in (b"1", b"w:rubbish", b"\xff"):
        rings = Rings()
        rings.add(frame)
        assert rings.everything


def test_one_that_cannot_be_placed_does_not_hold_up_the_rest(acme: Tenant, lucia: Person, board: Board) -> None:
    at_work(lucia)
    stuck = arrive(acme, "fi")
    others = [arrive(acme) for _ in range(6)]
    board.load_all()
    assert decide_round(board) == 4
    assert row(stuck).state == "waiting"
    assert [row(item).state for item in others] == ["offered"] * 4 + ["waiting"] * 2


def test_an_agent_who_comes_after_the_work_gets_it(acme: Tenant, lucia: Person, board: Board) -> None:
    first, second = arrive(acme), arrive(acme)
    board.load_items([first.id, second.id])
    assert decide_round(board) == 0
    at_work(lucia)
    board.load_agents([lucia.pk])
    assert decide_round(board) == 2


def test_a_preferred_agent_comes_first(acme: Tenant, lucia: Person, paolo: Person, board: Board) -> None:
    at_work(lucia, paolo)
    item = arrive(acme, preferred_agent=lucia.pk)
    board.load_all()
    decide_round(board)
    assert row(item).agent_id == lucia.pk
