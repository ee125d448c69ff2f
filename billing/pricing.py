"""From usage to invoice lines: a pure function over a rate card.

Amounts are Decimal in one currency. Each line is rounded half up to two decimals, and the net is the sum of the lines:
half up is what Spanish invoices and the tax office's forms use and what a client gets when recalculating by hand;
half even would differ by a cent at x.xx5. Within a line nothing is rounded before its end. VAT is one amount for the
invoice, on the net.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

CENT = Decimal("0.01")
CONVERSATION = "conversation"
HANDLE = "handle"


class PricingError(ValueError):
    """A rate card or usage that cannot be priced. `field` is a path such as ``rates[1].bands[0].price``."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class UsageIn:
    """What was used. Kind ``conversation``: quantity is a number; kind ``handle``: quantity is seconds of handling."""

    id: str
    kind: str
    channel: str
    quantity: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class PerConversation:
    """A price for each; `channel` None is for the channels without a rate of their own."""

    code: str
    price: Decimal
    channel: str | None = None
    kind: str = CONVERSATION


@dataclass(frozen=True, slots=True)
class PerMinute:
    """A price per minute of handling; each usage is rounded up to a started step of `granularity` seconds."""

    code: str
    price: Decimal
    channel: str | None = None
    granularity: int = 60
    kind: str = HANDLE


@dataclass(frozen=True, slots=True)
class Band:
    """Units up to and including `up_to` (None: no end), counted from the period's first, at `price` each."""

    up_to: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class Tiers:
    """Graduated volume bands: each unit costs what the band that it falls into says."""

    code: str
    bands: tuple[Band, ...]
    channel: str | None = None
    kind: str = CONVERSATION


@dataclass(frozen=True, slots=True)
class MonthlyFee:
    """Charged once, used or not."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Minimum:
    """If all other lines come to less, a line tops the net up to it."""

    code: str
    amount: Decimal


UsageRate = PerConversation | PerMinute | Tiers
Rate = UsageRate | MonthlyFee | Minimum
LineKind = Literal["per_conversation", "per_minute", "tiers", "monthly_fee", "minimum"]


@dataclass(frozen=True, slots=True)
class Part:
    """The share of a tiers line in one band; `amount` is exact, not rounded."""

    quantity: Decimal
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice line. `unit_price` is None where bands differ (see `parts`); `quantity` of minutes is for show."""

    code: str
    kind: LineKind
    channel: str | None
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal
    currency: str
    usage_ids: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Priced:
    """The lines in the rate card's order, and the ids of usages that no rate is for (nothing is dropped in silence)."""

    currency: str
    lines: tuple[Line, ...]
    unpriced: tuple[str, ...]

    @property
    def net(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Totals:
    net: Decimal
    vat_rate: Decimal
    vat: Decimal
    gross: Decimal


def price(usages: Iterable[UsageIn], rates: Sequence[Rate], currency: str) -> Priced:
    """Price a period's usages. A usage goes to its channel's rate, else to the rate for any channel, else unpriced.

    Raises PricingError for a rate card that is ambiguous or broken, and for repeated or negative usages.
    """
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise PricingError("currency", f"{currency!r} is no ISO 4217 code")
    _check(rates)
    taken, unpriced = _sort(usages, rates)
    lines: list[Line] = []
    for rate in rates:
        if isinstance(rate, MonthlyFee):
            amount = _round(Fraction(rate.amount))
            lines.append(Line(rate.code, "monthly_fee", None, Decimal(1), amount, amount, currency))
        elif not isinstance(rate, Minimum) and taken[rate.code]:
            lines.append(_usage_line(rate, taken[rate.code], currency))
    net = sum((line.amount for line in lines), Decimal("0.00"))
    for rate in rates:
        if isinstance(rate, Minimum) and _round(Fraction(rate.amount)) > net:
            missing = _round(Fraction(rate.amount)) - net
            lines.append(Line(rate.code, "minimum", None, Decimal(1), missing, missing, currency))
    return Priced(currency, tuple(lines), unpriced)


def totals(net: Decimal, vat_rate: Decimal) -> Totals:
    """Net, VAT (per cent of the net, half up to the cent) and gross."""
    if not 0 <= vat_rate <= 100:
        raise PricingError("vat_rate", f"{vat_rate} is no per cent between 0 and 100")
    vat = _round(Fraction(net) * Fraction(vat_rate) / 100)
    return Totals(net, vat_rate, vat, net + vat)


def billed_seconds(seconds: Decimal, granularity: int) -> int:
    """Seconds rounded up to a started step: 61 s by 60 s is 120, 0 is 0."""
    return -(-Fraction(seconds) // granularity) * granularity


def _sort(usages: Iterable[UsageIn], rates: Sequence[Rate]) -> tuple[dict[str, list[UsageIn]], tuple[str, ...]]:
    """Each usage to exactly one rate, in order of time, so that equal usages give equal lines in any feeding order."""
    by_key = {(rate.kind, rate.channel): rate.code for rate in rates if not isinstance(rate, MonthlyFee | Minimum)}
    taken: dict[str, list[UsageIn]] = {rate.code: [] for rate in rates}
    unpriced: list[str] = []
    seen: set[str] = set()
    for usage in sorted(usages, key=lambda usage: (usage.at, usage.id)):
        if usage.id in seen:
            raise PricingError(f"usages[{usage.id}]", "appears twice")
        if not usage.quantity.is_finite() or usage.quantity < 0:
            raise PricingError(f"usages[{usage.id}].quantity", "must be zero or more")
        seen.add(usage.id)
        code = by_key.get((usage.kind, usage.channel)) or by_key.get((usage.kind, None))
        if code is None:
            unpriced.append(usage.id)
        else:
            taken[code].append(usage)
    return taken, tuple(unpriced)


def _usage_line(rate: UsageRate, usages: list[UsageIn], currency: str) -> Line:
    ids = tuple(usage.id for usage in usages)
    if isinstance(rate, PerMinute):
        seconds = sum(billed_seconds(usage.quantity, rate.granularity) for usage in usages)
        amount = _round(Fraction(seconds, 60) * Fraction(rate.price))
        minutes = (Decimal(seconds) / 60).quantize(CENT, ROUND_HALF_UP)
        return Line(rate.code, "per_minute", rate.channel, minutes, rate.price, amount, currency, ids)
    quantity = sum((usage.quantity for usage in usages), Decimal(0))
    if isinstance(rate, PerConversation):
        amount = _round(Fraction(quantity) * Fraction(rate.price))
        return Line(rate.code, "per_conversation", rate.channel, quantity, rate.price, amount, currency, ids)
    parts = _parts(quantity, rate.bands)
    amount = _round(sum((Fraction(part.quantity) * Fraction(part.unit_price) for part in parts), Fraction(0)))
    return Line(rate.code, "tiers", rate.channel, quantity, None, amount, currency, ids, parts)


def _parts(quantity: Decimal, bands: tuple[Band, ...]) -> tuple[Part, ...]:
    parts: list[Part] = []
    below = Decimal(0)
    for band in bands:
        top = quantity if band.up_to is None else min(quantity, band.up_to)
        if top > below:
            parts.append(Part(top - below, band.price, (top - below) * band.price))
            below = top
    return tuple(parts)


def _round(amount: Fraction) -> Decimal:
    """Half up to the cent, away from zero at the half."""
    cents = int(abs(amount) * 100 + Fraction(1, 2))
    return (Decimal(cents) if amount >= 0 else -Decimal(cents)).scaleb(-2).quantize(CENT)


def _check(rates: Sequence[Rate]) -> None:
    codes: set[str] = set()
    keys: set[tuple[str, str | None]] = set()
    minimums = 0
    for place, rate in enumerate(rates):
        path = f"rates[{place}]"
        if not rate.code or rate.code in codes:
            raise PricingError(f"{path}.code", "is missing or appears twice")
        codes.add(rate.code)
        _check_amounts(path, rate)
        if isinstance(rate, MonthlyFee | Minimum):
            minimums += isinstance(rate, Minimum)
            continue
        if (rate.kind, rate.channel) in keys:
            raise PricingError(f"{path}.channel", "another rate is for the same usage")
        keys.add((rate.kind, rate.channel))
    if minimums > 1:
        raise PricingError("rates", "more than one minimum")


def _check_amounts(path: str, rate: Rate) -> None:
    amounts = {"price": rate.price} if isinstance(rate, PerConversation | PerMinute) else {}
    if isinstance(rate, MonthlyFee | Minimum):
        amounts = {"amount": rate.amount}
    if isinstance(rate, Tiers):
        amounts = {f"bands[{place}].price": band.price for place, band in enumerate(rate.bands)}
        tops = [band.up_to for band in rate.bands]
        ends = [top for top in tops if top is not None]
        if not tops or tops[-1] is not None or len(ends) != len(tops) - 1:
            raise PricingError(f"{path}.bands", "the last band, and no other, has no end")
        if any(not end.is_finite() or end <= 0 for end in ends) or sorted(set(ends)) != ends:
            raise PricingError(f"{path}.bands", "must rise from above zero")
    if isinstance(rate, PerMinute) and rate.granularity < 1:
        raise PricingError(f"{path}.granularity", "must be one second or more")
    for name, amount in amounts.items():
        if not amount.is_finite() or amount < 0:
            raise PricingError(f"{path}.{name}", "must be zero or more")
