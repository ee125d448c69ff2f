"""The random sample: uniform, stratified, repeatable; who evaluates; quotas and their forecast."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest

from quality.sampling import Candidate, Evaluator, assign, draw, due_by_now, progress

STRATA = ["chat/es"] * 9 + ["chat/it"] * 5 + ["email/es"] * 4 + ["email/de"] * 2
POOL = [Candidate(f"w{place:02}", "lucia", stratum) for place, stratum in enumerate(STRATA)]
KEPT = ["w11", "w15", "w02"]
# The 0.999 quantile of chi-square with 19 degrees of freedom (NIST/SEMATECH e-Handbook, table 1.3.6.7.4).
CHI_SQUARE_19 = 43.82


def test_ten_thousand_draws_pick_all_work_alike() -> None:
    """Seeds 0 to 9,999: the same draws on every machine. Each of 20 is expected 10,000 · 3/20 = 1,500 times."""
    picked: Counter[str] = Counter()
    for seed in range(10_000):
        picked.update(one.id for one in draw(str(seed), POOL, {"lucia": 3}))
    assert sum(picked.values()) == 30_000
    # Inclusion is 3 of 20 a draw, so the counts' variance is 10,000 · 0.15 · 0.85; scaled to it.
    chi_square = sum((picked[one.id] - 1500) ** 2 for one in POOL) / (10_000 * 0.15 * 0.85) * 19 / 20
    assert chi_square < CHI_SQUARE_19, (chi_square, picked)


def test_strata_get_their_share_rounded_up_or_down() -> None:
    for seed in range(200):
        drawn = Counter(one.stratum for one in draw(str(seed), POOL, {"lucia": 10}))
        assert sum(drawn.values()) == 10
        for stratum, size in Counter(STRATA).items():
            assert drawn[stratum] in (size // 2, -(-size // 2)), (seed, stratum)


def test_a_draw_is_repeated_from_its_seed_and_by_no_other() -> None:
    shuffled = [*reversed(POOL)]
    assert draw("a", POOL, {"lucia": 4}) == draw("a", shuffled, {"lucia": 4})
    # Fixed for ever: what was drawn under a seed can be shown again years later.
    assert [one.id for one in draw("2026-11", POOL, {"lucia": 3})] == KEPT
    assert len({tuple(one.id for one in draw(str(seed), POOL, {"lucia": 4})) for seed in range(40)}) > 20


def test_few_are_all_drawn_and_none_twice() -> None:
    assert [one.id for one in draw("s", POOL, {"lucia": 99})] == [one.id for one in POOL]
    assert draw("s", POOL, {"lucia": 0}) == draw("s", POOL, {"paolo": 3}) == []
    two = [Candidate("a", "lucia", "x"), Candidate("b", "paolo", "x"), Candidate("c", "paolo", "x")]
    assert Counter(one.agent for one in draw("s", two, {"lucia": 1, "paolo": 1})) == {"lucia": 1, "paolo": 1}


def test_evaluators_get_what_they_understand_by_load_and_never_their_own() -> None:
    picks = [Candidate(code, agent, "") for code, agent in [("1", "a"), ("2", "a"), ("3", "a"), ("4", "sofia")]]
    spoken = {"1": "de", "2": "es", "3": "es", "4": "es"}
    sofia, omar = Evaluator("sofia", frozenset({"es", "de"}), 1), Evaluator("omar", frozenset({"es"}), 0)
    given = assign(picks, spoken, [sofia, omar])
    assert given["1"] == "sofia" and given["4"] == "omar"  # the only ones who can
    assert Counter(given.values()) == {"omar": 3, "sofia": 1}  # Sofia had one before
    assert assign(picks[:1], spoken, [omar]) == {}


@pytest.mark.parametrize(
    ("quota", "day", "due"), [(8, 1, 1), (8, 15, 4), (8, 16, 5), (8, 30, 8), (4, 7, 1), (4, 8, 2), (0, 30, 0)]
)
def test_a_quota_falls_due_evenly_over_its_month(quota: int, day: int, due: int) -> None:
    assert due_by_now(quota, month=date(2026, 11, 1), today=date(2026, 11, day)) == due


@pytest.mark.parametrize(
    ("done", "finished", "share", "forecast", "shortfall", "reason"),
    [
        (4, 50, Fraction(1, 2), 8, 0, ""),
        (2, 50, Fraction(1, 2), 4, 4, "pace"),
        (2, 3, Fraction(1, 2), 4, 4, "pace"),
        (3, 3, Fraction(1, 2), 6, 2, "work"),
        (0, 0, Fraction(1, 2), 0, 8, "work"),
        (8, 9, Fraction(1, 3), 8, 0, ""),
        (0, 0, Fraction(0), 8, 0, ""),
    ],
)
def test_a_shortfall_is_foreseen_with_its_reason(
    done: int, finished: int, share: Fraction, forecast: int, shortfall: int, reason: str
) -> None:
    found = progress(quota=8, done=done, open=1, finished=finished, share=share)
    assert (found.forecast, found.shortfall, found.reason) == (forecast, shortfall, reason)
