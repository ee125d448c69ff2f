"""Money is a Decimal with its currency; it is rounded only where a paper shows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_MINOR_UNITS = {"JPY": 0, "HUF": 2, "EUR": 2, "GBP": 2, "CHF": 2, "USD": 2}


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.amount + other.amount, self.currency)

    def rounded(self) -> Money:
        return Money(round_amount(self.amount, self.currency), self.currency)


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """Half away from zero to the currency's minor unit, as invoices do."""
    places = _MINOR_UNITS.get(currency, 2)
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
