"""Priced lines as an invoice shows them: described in every language, one line for each volume band."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from uuid import UUID

from billing.pricing import CENT, Line, Minimum, MonthlyFee, Rate, UsageIn
from billing.wording import LANGUAGES, Wording
from sla_contracts.period import Period
from tenants.models import Tenant

LATE = "late"
PRICE_STEP = Decimal("0.0001")
UNITS = {"per_minute": "minute", "monthly_fee": "month", "minimum": "month"}


@dataclass(frozen=True, slots=True)
class LineFigures:
    """One line of an invoice. unit: conversation, minute, month or point; ``usage_ids`` stand behind the quantity.

    report: the SLA report that a credit or a supplement stands in.
    """

    rate_code: str
    description: Mapping[str, str]
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Decimal
    usage_ids: tuple[str, ...] = ()
    report: UUID | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a month's lines come from. late: the month is not the invoice's own; billed: per rate, units before."""

    tenant: Tenant
    period: Period
    rates: Sequence[Rate]
    late: bool
    billed: Mapping[str, Decimal]


def late_code(period: Period, code: str) -> str:
    return f"{LATE}:{period.month}:{code}"


def plain_code(rate_code: str) -> tuple[str | None, str]:
    """The month of a late line (None for one of the invoice's own month) and the code of its rate."""
    if not rate_code.startswith(f"{LATE}:"):
        return None, rate_code
    _, month, code = rate_code.split(":", 2)
    return month, code


def figures(line: Line, usages: Mapping[str, UsageIn], origin: Origin) -> Iterator[LineFigures]:
    """The one line, or one for each band that it reaches into; the amounts add up to the line's."""
    whole = LineFigures(
        rate_code=late_code(origin.period, line.code) if origin.late else line.code,
        description=_described(line, origin),
        quantity=line.quantity,
        unit=UNITS.get(line.kind, "conversation"),
        unit_price=_shown(line.parts[0].unit_price if line.unit_price is None else line.unit_price),
        amount=line.amount,
        usage_ids=line.usage_ids,
    )
    before = origin.billed.get(line.code, Decimal(0))
    if len(line.parts) > 1 or (line.parts and before):
        yield from _bands(line, whole, usages, before, origin)
    else:
        yield whole


def _bands(
    line: Line, whole: LineFigures, usages: Mapping[str, UsageIn], before: Decimal, origin: Origin
) -> Iterator[LineFigures]:
    """Usage goes to the band that its first unit falls into, in order of time, as pricing counts it."""
    left = line.amount
    below = Decimal(0)
    places = _places(line, usages)
    for number, part in enumerate(line.parts, start=1):
        is_last = number == len(line.parts)
        top = below + part.quantity
        # The line is rounded once, so the last band takes what the rounded ones leave.
        amount = left if is_last else part.amount.quantize(CENT, ROUND_HALF_UP)
        yield replace(
            whole,
            description=_ranged(whole.description, before + below, before + top, origin),
            quantity=part.quantity,
            unit_price=_shown(part.unit_price),
            amount=amount,
            usage_ids=tuple(name for name, start in places if below <= start and (is_last or start < top)),
        )
        left, below = left - amount, top


def _places(line: Line, usages: Mapping[str, UsageIn]) -> list[tuple[str, Decimal]]:
    """Each usage with the number of units before it."""
    places, reached = [], Decimal(0)
    for name in line.usage_ids:
        places.append((name, reached))
        reached += usages[name].quantity
    return places


def _described(line: Line, origin: Origin) -> dict[str, str]:
    rate = next(rate for rate in origin.rates if rate.code == line.code)
    return {language: _say(line, rate, _wording(language, origin), origin) for language in LANGUAGES}


def _say(line: Line, rate: Rate, wording: Wording, origin: Origin) -> str:
    if isinstance(rate, MonthlyFee):
        return wording.say("line_monthly_fee")
    if isinstance(rate, Minimum):
        return wording.say("line_minimum", amount=wording.money(rate.amount, line.currency))
    others = any(
        not isinstance(other, MonthlyFee | Minimum) and other.kind == rate.kind and other.channel is not None
        for other in origin.rates
    )
    what = wording.what(rate.kind, rate.channel, has_others=others)
    return wording.say("line_late", what=what, month=wording.month(origin.period.month)) if origin.late else what


def _ranged(texts: Mapping[str, str], after: Decimal, last: Decimal, origin: Origin) -> dict[str, str]:
    """„…, no. 501 to 640“: the units of the month that a band's price is for."""
    first = after.quantize(Decimal(1), ROUND_FLOOR) + 1
    ranged = {}
    for language, what in texts.items():
        wording = _wording(language, origin)
        numbers = {"first": wording.quantity(first), "last": wording.quantity(last)}
        ranged[language] = wording.say("line_one" if first == last else "line_range", what=what, **numbers)
    return ranged


def _shown(price: Decimal) -> Decimal:
    """As it is stored and shown; amounts are reckoned with the whole price."""
    return price.quantize(PRICE_STEP, ROUND_HALF_UP)


def _wording(language: str, origin: Origin) -> Wording:
    return Wording(language, country=origin.tenant.country, time_zone=origin.period.time_zone)
