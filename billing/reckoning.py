"""What a month costs: the tenant's usage priced by the rate card in force, line by line, and what its clauses come to.

Usage of an earlier month joins as *late* once that month's invoice is issued; it is priced by its own month's card.
A work item is billed by one invoice: what one of its kinds of usage was billed for, another is not billed for again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from billing.clause_lines import clause_lines
from billing.line_figures import LineFigures, Origin, figures, plain_code
from billing.models import Invoice, RateCard, Usage
from billing.pricing import Band, Minimum, MonthlyFee, PerMinute, Rate, Tiers, Totals, UsageIn, price, totals
from billing.rate_card import read_rates
from kernel.errors import Refusal
from sla_contracts.period import Period
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Reckoning:
    """late: work items of earlier months. unpriced: work items for which the card has no price of any kind."""

    card: RateCard
    lines: tuple[LineFigures, ...]
    totals: Totals
    late: int
    unpriced: tuple[UUID, ...]


def reckon(tenant: Tenant, period: Period, *, draft: Invoice | None = None) -> Reckoning:
    """Price what is to be billed for the period; the same rows give the same lines.

    draft: the invoice whose own lines count as not billed yet. Refuses with ``no_rate_card``.
    """
    card = card_in_force(tenant, period)
    own, late = _usage_by_month(tenant, period, draft)
    lines = _price(own, Origin(tenant, period, read_rates(card.rates), False, {}), card.currency)
    for month, usages in late:
        lines += _price(usages, _origin_of_late(tenant, month), card.currency)
    lines += clause_lines(tenant, period, card.currency)
    everything = [*own, *(usage for _, usages in late for usage in usages)]
    net = sum((line.amount for line in lines), Decimal("0.00"))
    return Reckoning(
        card=card,
        lines=tuple(lines),
        totals=totals(net, card.vat_percent),
        late=len({usage.work_item for _, usages in late for usage in usages}),
        unpriced=_unpriced(everything, lines),
    )


def card_in_force(tenant: Tenant, period: Period) -> RateCard:
    """The rate card that the month began under."""
    first_day = period.start.astimezone(ZoneInfo(period.time_zone)).date()
    cards = RateCard.objects.filter(tenant=tenant, valid_from__lte=first_day)
    card = cards.order_by("-valid_from", "-version").first()
    if card is None:
        raise Refusal(
            "no_rate_card", 409, f"{tenant.name} has no rate card in force in {period.month}; nothing was changed."
        )
    return card


def rate_behind(tenant: Tenant, period: Period, rate_code: str) -> Rate | None:
    """The rate that a line of the period's invoice was priced by."""
    month, code = plain_code(rate_code)
    card = card_in_force(tenant, Period.of_month(month, period.time_zone) if month else period)
    return next((rate for rate in read_rates(card.rates) if rate.code == code), None)


def billed_quantity(usage: Usage, rate: Rate | None) -> Decimal:
    """What a usage adds to its line's quantity, in the line's unit."""
    if not isinstance(rate, PerMinute):
        return usage.quantity
    return price([_as_input(usage)], [replace(rate, channel=None)], "EUR").lines[0].quantity


def _usage_by_month(
    tenant: Tenant, period: Period, draft: Invoice | None
) -> tuple[list[Usage], list[tuple[Period, list[Usage]]]]:
    """The period's own usage, and what came late for months whose invoice is issued, oldest month first."""
    issued = Invoice.objects.filter(tenant=tenant, status=Invoice.Status.ISSUED, period_start__lt=period.start)
    starts = issued.values_list("period_start", flat=True)
    closed = [Period.holding(start, period.time_zone) for start in sorted(set(starts))]
    since = closed[0].start if closed else period.start
    found = list(_free(tenant, draft).filter(at__gte=since, at__lt=period.end).order_by("at", "id"))
    late = [(month, [usage for usage in found if month.start <= usage.at < month.end]) for month in closed]
    return [usage for usage in found if usage.at >= period.start], [entry for entry in late if entry[1]]


def _free(tenant: Tenant, draft: Invoice | None) -> QuerySet[Usage]:
    """Usage of work items that stand on no line, or on this draft's only."""
    own = Q(line__isnull=True)
    taken = Usage.objects.filter(work_item=OuterRef("work_item"), line__isnull=False)
    if draft is not None:
        own |= Q(line__invoice=draft)
        taken = taken.exclude(line__invoice=draft)
    return Usage.objects.filter(own, tenant=tenant).filter(~Exists(taken))


def _origin_of_late(tenant: Tenant, month: Period) -> Origin:
    """A past month's rates for what came late: no fee and no minimum again; volume bands go on where they stood."""
    billed = Usage.objects.filter(
        tenant=tenant, at__gte=month.start, at__lt=month.end, line__invoice__status=Invoice.Status.ISSUED
    )
    before: dict[str, Decimal] = defaultdict(Decimal)
    for code, quantity in billed.values_list("line__rate_code").annotate(Sum("quantity")):
        before[plain_code(code)[1]] += quantity
    rates = [
        _continued(rate, before[rate.code]) if isinstance(rate, Tiers) else rate
        for rate in read_rates(card_in_force(tenant, month).rates)
        if not isinstance(rate, MonthlyFee | Minimum)
    ]
    tiers = {rate.code for rate in rates if isinstance(rate, Tiers)}
    return Origin(tenant, month, rates, True, {code: before[code] for code in tiers})


def _continued(rate: Tiers, billed: Decimal) -> Tiers:
    bands = [
        Band(None if band.up_to is None else band.up_to - billed, band.price)
        for band in rate.bands
        if band.up_to is None or band.up_to > billed
    ]
    return replace(rate, bands=tuple(bands))


def _price(usages: Sequence[Usage], origin: Origin, currency: str) -> list[LineFigures]:
    inputs: Mapping[str, UsageIn] = {str(usage.id): _as_input(usage) for usage in usages}
    priced = price(inputs.values(), origin.rates, currency)
    return [shown for line in priced.lines for shown in figures(line, inputs, origin)]


def _as_input(usage: Usage) -> UsageIn:
    return UsageIn(str(usage.id), usage.kind, usage.channel, usage.quantity, usage.at)


def _unpriced(usages: Sequence[Usage], lines: Sequence[LineFigures]) -> tuple[UUID, ...]:
    on_lines = {usage_id for line in lines for usage_id in line.usage_ids}
    priced = {usage.work_item for usage in usages if str(usage.id) in on_lines}
    return tuple(sorted({usage.work_item for usage in usages} - priced))
