"""The expected wait by itself: what is known makes it, and what is not known makes it silent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.expected_wait import (
    UNKNOWN,
    WINDOW,
    Past,
    Sight,
    Spell,
    Told,
    estimate,
    look_back,
    share,
    tell,
    tell_again,
)

KNOWN = Sight(ahead=4, places=6, free=0, handle_seconds=300)


def test_without_a_past_it_is_those_ahead_by_the_rate_of_the_agents() -> None:
    # Six places of five minutes each: one is free every 50 s, and the fifth in line has five to wait for.
    assert estimate(KNOWN) == pytest.approx(5 * 50)


def test_nobody_at_work_is_unknown_whatever_the_past() -> None:
    assert estimate(replace(KNOWN, places=0, past=Past(taken=50, kept=900, waited=5000))) is None


def test_nothing_measured_is_unknown_until_enough_were_taken() -> None:
    unmeasured = replace(KNOWN, handle_seconds=None)
    assert estimate(unmeasured) is None
    assert estimate(replace(unmeasured, past=Past(taken=2, kept=100, waited=200))) is None
    assert estimate(replace(unmeasured, past=Past(taken=4, kept=200, waited=900))) == pytest.approx(5 * 50)


def test_a_free_place_for_each_one_ahead_and_for_oneself_is_no_wait_but_for_the_answer() -> None:
    assert estimate(replace(KNOWN, free=5, answer_seconds=7)) == 7
    assert (estimate(replace(KNOWN, free=4, answer_seconds=7)) or 0) > 7


def test_a_past_that_is_slower_than_believed_is_believed_the_more_the_longer_it_lasts() -> None:
    a_while = replace(KNOWN, past=Past(taken=4, kept=400, waited=2000))
    long = replace(KNOWN, past=Past(taken=12, kept=1200, waited=6000))
    assert 250 < (estimate(a_while) or 0) < (estimate(long) or 0) < 500


def test_those_ahead_who_give_up_shorten_the_line() -> None:
    leaving = replace(KNOWN, past=Past(taken=24, left=12, kept=1200, waited=6000))
    staying = replace(leaving, past=replace(leaving.past, left=0))
    assert (estimate(leaving) or 0) < (estimate(staying) or 0)


@given(
    ahead=st.integers(0, 400),
    places=st.floats(0.05, 500),
    handle=st.floats(5, 7200),
    taken=st.integers(0, 500),
    left=st.integers(0, 500),
    kept=st.floats(0, WINDOW),
)
def test_one_more_ahead_is_never_quicker(
    ahead: int, places: float, handle: float, taken: int, left: int, kept: float
) -> None:
    past = Past(taken, left, kept, kept * (ahead + 1))
    sight = Sight(ahead=ahead, places=places, free=0, handle_seconds=handle, past=past)
    here, behind = estimate(sight), estimate(replace(sight, ahead=ahead + 1))
    assert here is not None and behind is not None and 0 < here <= behind


def test_the_past_counts_waiting_by_its_union_and_those_taken_after_it() -> None:
    now = 10_000.0
    spells = [
        Spell(now - 600, now - 300, True),
        Spell(now - 500, now - 200, False),
        Spell(now - 100, None, False),
        Spell(now - 90, now - 85, True),  # at once: nobody had to be waited for
        Spell(now - 9000, now - 8000, True),  # too long ago
        Spell(now - WINDOW - 100, now - WINDOW + 50, True),
    ]
    past = look_back(spells, now, at_once=10)
    assert (past.taken, past.left) == (2, 1)
    # From the first to the second's end without a gap, the one who still waits, and what is left of the oldest.
    assert past.kept == pytest.approx((600 - 200 - 10) + 90 + 50)
    assert past.waited == pytest.approx(290 + 290 + 90 + 50)


def test_a_lane_has_the_part_of_an_agent_that_its_waiters_are() -> None:
    assert share(1, 0) == 1
    assert share(2, 6) == 0.25


def test_it_is_said_in_steps_that_promise_no_more_than_is_known() -> None:
    said = {10: Told("soon"), 50: Told("about", 1), 170: Told("about", 3), 1000: Told("about", 15), 9999: Told("long")}
    assert {seconds: tell(seconds) for seconds in said} == said
    assert tell(None) == UNKNOWN == Told("unknown")


def test_what_was_said_stands_until_it_is_wrong() -> None:
    said = Told("about", 5)
    assert tell_again(said, 250) == said  # by itself it would be four minutes
    assert tell_again(said, 200) == Told("about", 3)
    assert tell_again(said, None) == UNKNOWN
    assert tell_again(None, 250) == Told("about", 4)
