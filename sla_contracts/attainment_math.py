"""Service level of calls and chats (the formula that the contract names, sla.md §2) and plain attainment.

Shares are exact Decimals between 0 and 1, or None where nothing counts; `percent` rounds for display only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Outcome = Literal["met", "breached", "running", "excluded"]
Contact = Literal["answered", "abandoned", "waiting"]
DEFAULT_FORMULA = "of_offered_less_short_abandons"


@dataclass(frozen=True, slots=True)
class Counts:
    """Contacts that arrived in the period. `in_target`: within T seconds; `abandoned_under`: within the clause's n.

    `waiting` are those still in the queue at the end and past T: late, and offered.
    """

    answered: int
    answered_in_target: int
    abandoned: int = 0
    abandoned_in_target: int = 0
    abandoned_under: int = 0
    waiting: int = 0

    def __post_init__(self) -> None:
        parts = (
            (self.answered_in_target, self.answered),
            (self.abandoned_in_target, self.abandoned),
            (self.abandoned_under, self.abandoned),
            (0, self.waiting),
        )
        if any(not 0 <= part <= whole for part, whole in parts):
            raise ValueError(f"a part exceeds its whole, or a count is negative: {self}")

    @property
    def offered(self) -> int:
        return self.answered + self.abandoned + self.waiting


FORMULAS: dict[str, Callable[[Counts], tuple[int, int]]] = {
    "of_answered": lambda c: (c.answered_in_target, c.answered),
    "of_offered": lambda c: (c.answered_in_target, c.offered),
    "of_offered_less_short_abandons": lambda c: (c.answered_in_target, c.offered - c.abandoned_in_target),
    "with_short_abandons": lambda c: (c.answered_in_target + c.abandoned_in_target, c.offered),
    "less_abandons_under": lambda c: (c.answered_in_target, c.offered - c.abandoned_under),
}


def service_level(counts: Counts, formula: str = DEFAULT_FORMULA) -> Decimal | None:
    """The share by the named formula (a key of FORMULAS; else ValueError)."""
    if formula not in FORMULAS:
        raise ValueError(f"no service level formula is called {formula!r}")
    return share(*FORMULAS[formula](counts))


def outcome_of(contact: Contact, formula: str, *, in_target: bool, is_short: bool = False) -> Outcome:
    """Where one contact stands in a formula, so that met ÷ (met + breached) of them all is its `service_level`.

    `in_target`: answered, left or still waiting within T; `is_short`: left within the formula's n seconds.
    """
    if contact == "answered":
        return "met" if in_target else "breached"
    if contact == "waiting":
        return "running" if in_target or formula == "of_answered" else "breached"
    left: dict[str, Outcome] = {
        "of_answered": "excluded",
        "of_offered": "breached",
        "of_offered_less_short_abandons": "excluded" if in_target else "breached",
        "with_short_abandons": "met" if in_target else "breached",
        "less_abandons_under": "excluded" if is_short else "breached",
    }
    return left[formula]


def share(met: int, counted: int) -> Decimal | None:
    """met ÷ counted, between 0 and 1; None if nothing was counted (an empty month is neither kept nor missed)."""
    if not 0 <= met <= counted:
        raise ValueError(f"{met} of {counted} is no share")
    return Decimal(met) / Decimal(counted) if counted else None


def percent(value: Decimal, places: int = 2) -> Decimal:
    """A share as per cent for display, half up: 0.82692… → 82.69."""
    return (value * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
