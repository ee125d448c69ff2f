"""Erlang's formulas against the tables of the literature."""

from __future__ import annotations

import pytest

from routing import erlang


@pytest.mark.parametrize(
    ("agents", "load", "handle", "blocked", "waits", "level", "answer"),
    [
        (10, 8, 180, 0.1216611, 0.4091802, 0.6723541, 36.8262),
        (14, 10, 240, 0.0568191, 0.1741319, 0.8752290, 10.4479),
        (100, 90, 300, 0.0269574, 0.2169405, 0.8886190, 6.50821),
    ],
)
def test_erlang_b_and_c(
    agents: int, load: float, handle: float, blocked: float, waits: float, level: float, answer: float
) -> None:
    assert erlang.blocking(agents, load) == pytest.approx(blocked, abs=1e-7)
    assert erlang.waiting(agents, load) == pytest.approx(waits, abs=1e-7)
    assert erlang.service_level(agents, load, handle, 20) == pytest.approx(level, abs=1e-7)
    assert erlang.speed_of_answer(agents, load, handle) == pytest.approx(answer, rel=1e-5)


@pytest.mark.parametrize(
    ("agents", "load", "waits", "wait", "gone", "answered", "excluding"),
    [
        (12, 10, 0.2737127, 11.48599, 0.0638110, 0.795621, 0.815939),
        (100, 100, 0.4516175, 8.084289, 0.0449127, 0.801911, 0.829190),
    ],
)
def test_erlang_a(
    agents: int, load: float, waits: float, wait: float, gone: float, answered: float, excluding: float
) -> None:
    found = erlang.Patient(agents, load, handle=300, patience=180)
    assert found.waits == pytest.approx(waits, abs=1e-7)
    assert found.wait == pytest.approx(wait, rel=1e-6)
    assert found.abandoned == pytest.approx(gone, abs=1e-7)
    assert found.answered_within(20) == pytest.approx(answered, abs=1e-6)
    assert found.level_excluding_short_abandons(20) == pytest.approx(excluding, abs=1e-6)


def test_erlang_a_in_the_long_run_everyone_is_answered_or_gone() -> None:
    found = erlang.Patient(12, 10, handle=300, patience=180)
    assert found.answered_within(3000) == pytest.approx(1 - found.abandoned, abs=1e-6)
    assert found.abandoned_within(3000) == pytest.approx(found.abandoned, abs=1e-6)


@pytest.mark.parametrize(("load", "needed"), [(10, 14), (25, 30), (100, 108), (500, 513)])
def test_agents_needed_for_80_in_20(load: float, needed: int) -> None:
    assert erlang.agents_needed(load, 300, 20, 0.8) == needed


def test_too_few_agents_never_answer_in_time() -> None:
    assert erlang.waiting(8, 8) == 1
    assert erlang.service_level(8, 9, 180, 20) == 0
    assert erlang.speed_of_answer(8, 9, 180) == float("inf")
    with pytest.raises(ValueError):
        erlang.agents_needed(10, 300, 20, 1)
    with pytest.raises(ValueError):
        erlang.blocking(-1, 2)
