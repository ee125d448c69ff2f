"""Invoice lines from usage: each rate kind by table, then what must hold of any bill."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.pricing import (
    Band,
    Minimum,
    MonthlyFee,
    PerConversation,
    PerMinute,
    PricingError,
    Rate,
    Tiers,
    UsageIn,
    billed_seconds,
    price,
    totals,
)
from billing.rate_card import read_rates

D = Decimal
START = datetime(2026, 1, 1, tzinfo=UTC)


def used(name: str, kind: str = "conversation", channel: str = "chat", quantity: str = "1", day: int = 0) -> UsageIn:
    return UsageIn(name, kind, channel, D(quantity), START + timedelta(days=day))


def test_a_conversation_costs_its_channels_price() -> None:
    rates = [PerConversation("chat", D("1.20"), "chat"), PerConversation("other", D("0.90"))]
    priced = price([used("a"), used("b", channel="email"), used("c", channel="form"), used("d")], rates, "EUR")
    assert [(line.code, line.quantity, line.amount, line.usage_ids) for line in priced.lines] == [
        ("chat", D(2), D("2.40"), ("a", "d")),
        ("other", D(2), D("1.80"), ("b", "c")),
    ]
    assert (priced.net, priced.unpriced, priced.lines[0].currency) == (D("4.20"), (), "EUR")


@pytest.mark.parametrize(
    ("seconds", "granularity", "billed"),
    [("0", 60, 0), ("1", 60, 60), ("60", 60, 60), ("61", 60, 120), ("60.001", 60, 120), ("61", 1, 61), ("7", 6, 12)],
)
def test_every_started_step_counts(seconds: str, granularity: int, billed: int) -> None:
    assert billed_seconds(D(seconds), granularity) == billed


def test_minutes_are_rounded_up_per_usage_and_the_amount_once_per_line() -> None:
    usages = [used("a", "handle", "call", "61"), used("b", "handle", "call", "30")]
    line = price(usages, [PerMinute("talk", D("0.55"), "call")], "EUR").lines[0]
    assert (line.quantity, line.unit_price, line.amount) == (D("3.00"), D("0.55"), D("1.65"))
    by_second = price(usages, [PerMinute("talk", D("0.55"), "call", granularity=1)], "EUR").lines[0]
    assert (by_second.quantity, by_second.amount) == (D("1.52"), D("0.83"))  # 91 s: 0.8341…


@pytest.mark.parametrize(
    ("count", "amount"), [(0, None), (1, "1.00"), (10, "10.00"), (11, "10.80"), (20, "18.00"), (25, "20.50")]
)
def test_graduated_bands(count: int, amount: str | None) -> None:
    rate = Tiers("mail", (Band(D(10), D("1.00")), Band(D(20), D("0.80")), Band(None, D("0.50"))), "email")
    priced = price([used(f"u{n:02}", channel="email") for n in range(count)], [rate], "EUR")
    assert [line.amount for line in priced.lines] == ([] if amount is None else [D(amount)])
    if amount is not None:
        line = priced.lines[0]
        assert sum(part.quantity for part in line.parts) == count == len(line.usage_ids)
        assert sum(part.amount for part in line.parts) == line.amount and line.unit_price is None


def test_the_fee_is_charged_without_usage_and_the_minimum_tops_up() -> None:
    rates: list[Rate] = [Minimum("floor", D(100)), MonthlyFee("fee", D("30")), PerConversation("chat", D("2"))]
    idle, busy = price([], rates, "EUR"), price([used("a", quantity="40")], rates, "EUR")
    assert [(line.code, line.amount) for line in idle.lines] == [("fee", D(30)), ("floor", D(70))]
    assert [(line.code, line.amount) for line in busy.lines] == [("fee", D(30)), ("chat", D(80))]


def test_half_a_cent_is_rounded_up() -> None:
    line = price([used("a")], [PerConversation("chat", D("0.125"))], "EUR").lines[0]
    assert (line.amount, line.unit_price) == (D("0.13"), D("0.125"))
    assert totals(D("0.50"), D("21")) == totals(D("0.50"), D("21.0"))
    assert totals(D("10.50"), D("21")).vat == D("2.21")  # 2.205
    assert totals(D("100.00"), D("21")).gross == D("121.00")


def test_what_no_rate_is_for_is_reported() -> None:
    priced = price([used("a"), used("b", "sms")], [PerConversation("mail", D(1), "email")], "EUR")
    assert (priced.lines, priced.unpriced) == ((), ("a", "b"))


BAD_RATES: list[tuple[list[Rate], str]] = [
    ([PerConversation("a", D(1)), PerConversation("a", D(2), "chat")], "rates[1].code"),
    ([PerConversation("a", D(1)), Tiers("b", (Band(None, D(1)),))], "rates[1].channel"),
    ([PerConversation("a", D(-1))], "rates[0].price"),
    ([PerConversation("a", D("NaN"))], "rates[0].price"),
    ([MonthlyFee("a", D("Infinity"))], "rates[0].amount"),
    ([PerMinute("a", D(1), granularity=0)], "rates[0].granularity"),
    ([Tiers("a", ())], "rates[0].bands"),
    ([Tiers("a", (Band(D(5), D(1)),))], "rates[0].bands"),
    ([Tiers("a", (Band(None, D(1)), Band(None, D(1))))], "rates[0].bands"),
    ([Tiers("a", (Band(D(5), D(1)), Band(D(5), D(1)), Band(None, D(1))))], "rates[0].bands"),
    ([Tiers("a", (Band(D(5), D(1)), Band(None, D(-1))))], "rates[0].bands[1].price"),
    ([Minimum("a", D(1)), Minimum("b", D(1))], "rates"),
]


@pytest.mark.parametrize(("rates", "field"), BAD_RATES)
def test_a_bad_rate_card_is_refused_by_its_field(rates: list[Rate], field: str) -> None:
    with pytest.raises(PricingError) as caught:
        price([], rates, "EUR")
    assert caught.value.field == field and caught.value.reason


def test_bad_usages_and_currencies_are_refused() -> None:
    rates = [PerConversation("chat", D(1))]
    for usages in ([used("a"), used("a")], [used("a", quantity="-1")], [used("a", quantity="NaN")]):
        with pytest.raises(PricingError, match="usages"):
            price(usages, rates, "EUR")
    for currency in ("", "eur", "€", "EURO"):
        with pytest.raises(PricingError, match="currency"):
            price([], rates, currency)
    with pytest.raises(PricingError, match="vat_rate"):
        totals(D(1), D(-1))


def test_a_rate_card_is_read_from_json() -> None:
    rates = read_rates(
        [
            {"kind": "per_conversation", "code": "chat", "channel": "chat", "price": "1.20"},
            {"kind": "per_minute", "code": "talk", "channel": "call", "price": "0.55", "granularity": 1},
            {"kind": "tiers", "code": "mail", "bands": [{"up_to": "9", "price": "1"}, {"up_to": None, "price": "2"}]},
            {"kind": "monthly_fee", "code": "fee", "amount": "300.00"},
            {"kind": "minimum", "code": "minimum", "amount": "900.00"},
        ]
    )
    assert rates == (
        PerConversation("chat", D("1.20"), "chat"),
        PerMinute("talk", D("0.55"), "call", 1),
        Tiers("mail", (Band(D(9), D(1)), Band(None, D(2)))),
        MonthlyFee("fee", D(300)),
        Minimum("minimum", D(900)),
    )


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"kind": "gift", "code": "a"}, "rates[0].kind"),
        ({"kind": "minimum", "code": "a", "amount": 9.5}, "rates[0].amount"),
        ({"kind": "minimum", "code": "a", "amount": "nine"}, "rates[0].amount"),
        ({"kind": "minimum", "code": "", "amount": "9"}, "rates[0].code"),
        ({"kind": "minimum", "code": "a", "amount": "9", "price": "9"}, "rates[0].price"),
        ({"kind": "per_minute", "code": "a", "price": "1", "granularity": 1.5}, "rates[0].granularity"),
        ({"kind": "tiers", "code": "a", "bands": [{"price": "1"}]}, "rates[0].bands[0]"),
        ("text", "rates[0]"),
    ],
)
def test_bad_rate_card_json_is_refused_by_its_field(entry: Any, field: str) -> None:
    with pytest.raises(PricingError) as caught:
        read_rates([entry])
    assert caught.value.field == field


money = st.decimals(0, 50, places=4)
channels = st.sampled_from(["chat", "email", "call"])


@st.composite
def cards(draw: st.DrawFn) -> list[Rate]:
    rates: list[Rate] = []
    for channel in draw(st.sets(st.none() | channels)):
        ends = sorted(draw(st.sets(st.integers(1, 12), max_size=3)))
        bands = (*(Band(D(end), draw(money)) for end in ends), Band(None, draw(money)))
        flat = draw(st.booleans())
        rates.append(PerConversation("", draw(money), channel) if flat else Tiers("", bands, channel))
    for channel in draw(st.sets(st.none() | channels)):
        rates.append(PerMinute("", draw(money), channel, draw(st.sampled_from([1, 6, 60]))))
    if draw(st.booleans()):
        rates.append(MonthlyFee("", draw(money)))
    if draw(st.booleans()):
        rates.append(Minimum("", draw(money)))
    return draw(st.permutations([replace(rate, code=f"r{place}") for place, rate in enumerate(rates)]))


@st.composite
def months(draw: st.DrawFn) -> list[UsageIn]:
    kinds = st.sampled_from(["conversation", "handle", "sms"])
    return [
        UsageIn(f"u{n}", draw(kinds), draw(channels), D(draw(st.integers(0, 400))), START + timedelta(n % 3))
        for n in range(draw(st.integers(0, 15)))
    ]


@settings(max_examples=150, deadline=None)
@given(months(), cards(), st.randoms(use_true_random=False))
def test_every_usage_is_in_exactly_one_line_or_reported(
    usages: list[UsageIn], rates: list[Rate], chance: random.Random
) -> None:
    priced = price(usages, rates, "EUR")
    placed = [name for line in priced.lines for name in line.usage_ids]
    assert sorted(placed + list(priced.unpriced)) == sorted(usage.id for usage in usages)
    assert priced.net == sum(line.amount for line in priced.lines)
    assert all(line.amount == line.amount.quantize(D("0.01")) and line.amount >= 0 for line in priced.lines)
    shuffled = list(usages)
    chance.shuffle(shuffled)
    assert price(shuffled, rates, "EUR") == priced
    floors = [rate.amount for rate in rates if isinstance(rate, Minimum)]
    assert all(priced.net >= floor.quantize(D("0.01")) - D("0.01") for floor in floors)
    keys = {(rate.kind, rate.channel) for rate in rates if not isinstance(rate, MonthlyFee | Minimum)}
    for usage in usages:
        unmatched = not keys & {(usage.kind, usage.channel), (usage.kind, None)}
        assert unmatched == (usage.id in priced.unpriced)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 40), cards())
def test_more_usage_never_costs_less(count: int, rates: list[Rate]) -> None:
    usages = [used(f"u{n:02}", channel="chat") for n in range(count + 1)]
    assert price(usages[:count], rates, "EUR").net <= price(usages, rates, "EUR").net
