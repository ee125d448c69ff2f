"""The five service level formulas, by the example of sla.md §2."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_contracts.attainment_math import DEFAULT_FORMULA, FORMULAS, Counts, percent, service_level, share

EXAMPLE = Counts(answered=1000, answered_in_target=860, abandoned=60, abandoned_in_target=20, abandoned_under=10)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("of_answered", "86.00"),
        ("of_offered", "81.13"),
        ("of_offered_less_short_abandons", "82.69"),
        ("with_short_abandons", "83.02"),
        ("less_abandons_under", "81.90"),
    ],
)
def test_the_example_of_the_design(formula: str, expected: str) -> None:
    level = service_level(EXAMPLE, formula)
    assert level is not None and percent(level) == Decimal(expected)


def test_the_default_is_named_and_unknown_formulas_are_refused() -> None:
    assert service_level(EXAMPLE) == service_level(EXAMPLE, "of_offered_less_short_abandons")
    assert DEFAULT_FORMULA in FORMULAS
    with pytest.raises(ValueError, match="no_such"):
        service_level(EXAMPLE, "no_such")


def test_still_waiting_past_the_target_is_late() -> None:
    level = service_level(Counts(answered=1, answered_in_target=1, waiting=1))
    assert level == Decimal("0.5")


def test_nothing_counted_is_neither_kept_nor_missed() -> None:
    assert share(0, 0) is None
    assert all(service_level(Counts(0, 0), formula) is None for formula in FORMULAS)


@pytest.mark.parametrize(("met", "counted"), [(2, 1), (-1, 1)])
def test_impossible_shares_are_refused(met: int, counted: int) -> None:
    with pytest.raises(ValueError):
        share(met, counted)
    with pytest.raises(ValueError):
        Counts(answered=counted, answered_in_target=met)


counts = st.integers(0, 500)


@given(counts, counts, counts, counts, counts, counts)
def test_every_formula_gives_a_share(a: int, b: int, c: int, d: int, e: int, waiting: int) -> None:
    data = Counts(a + b, a, max(c, d, e), min(c, d), min(c, e), waiting)
    levels = {formula: service_level(data, formula) for formula in FORMULAS}
    assert all(level is None or 0 <= level <= 1 for level in levels.values())
    offered, default = levels["of_offered"], levels[DEFAULT_FORMULA]
    assert offered is None or default is None or offered <= default
