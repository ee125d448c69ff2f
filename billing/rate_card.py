"""A rate card's JSON, read into rates. Money is written as a string ("1.25"), never as a float.

    [{"kind": "per_conversation", "code": "chat", "channel": "chat", "price": "1.20"},
     {"kind": "per_minute", "code": "talk", "channel": "call", "price": "0.55", "granularity": 60},
     {"kind": "tiers", "code": "mail", "channel": "email",
      "bands": [{"up_to": "1000", "price": "1.00"}, {"up_to": null, "price": "0.80"}]},
     {"kind": "monthly_fee", "code": "fee", "amount": "300.00"},
     {"kind": "minimum", "code": "minimum", "amount": "900.00"}]

`channel` absent or null is for any channel without its own rate; `usage` overrides the usage kind of a counted rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from billing.pricing import (
    CONVERSATION,
    HANDLE,
    Band,
    Minimum,
    MonthlyFee,
    PerConversation,
    PerMinute,
    PricingError,
    Rate,
    Tiers,
    price,
)

KEYS: dict[object, frozenset[str]] = {
    "per_conversation": frozenset({"price", "channel", "usage"}),
    "per_minute": frozenset({"price", "channel", "usage", "granularity"}),
    "tiers": frozenset({"bands", "channel", "usage"}),
    "monthly_fee": frozenset({"amount"}),
    "minimum": frozenset({"amount"}),
}


def read_rates(data: object) -> tuple[Rate, ...]:
    """The rates of a card. Raises PricingError(field, reason) for what it cannot price by."""
    if not isinstance(data, list):
        raise PricingError("rates", "must be a list")
    rates = tuple(_rate(f"rates[{place}]", entry) for place, entry in enumerate(data))
    price((), rates, "EUR")  # runs the checks between rates
    return rates


def _rate(path: str, entry: object) -> Rate:
    if not isinstance(entry, Mapping):
        raise PricingError(path, "must be an object")
    kind, code = entry.get("kind"), _text(f"{path}.code", entry.get("code"))
    if not isinstance(kind, str) or kind not in KEYS:
        raise PricingError(f"{path}.kind", f"{kind!r} is no kind of rate")
    for key in entry:
        if key not in KEYS[kind] | {"kind", "code"}:
            raise PricingError(f"{path}.{key}", "is not a known key")
    if kind == "monthly_fee":
        return MonthlyFee(code, _money(f"{path}.amount", entry.get("amount")))
    if kind == "minimum":
        return Minimum(code, _money(f"{path}.amount", entry.get("amount")))
    channel = None if entry.get("channel") is None else _text(f"{path}.channel", entry["channel"])
    usage = _text(f"{path}.usage", entry.get("usage", HANDLE if kind == "per_minute" else CONVERSATION))
    if kind == "tiers":
        return Tiers(code, _bands(f"{path}.bands", entry.get("bands")), channel, usage)
    amount = _money(f"{path}.price", entry.get("price"))
    if kind == "per_conversation":
        return PerConversation(code, amount, channel, usage)
    granularity = entry.get("granularity", 60)
    if not isinstance(granularity, int) or isinstance(granularity, bool):
        raise PricingError(f"{path}.granularity", "must be whole seconds")
    return PerMinute(code, amount, channel, granularity, usage)


def _bands(path: str, value: object) -> tuple[Band, ...]:
    if not isinstance(value, list):
        raise PricingError(path, "must be a list")
    bands = []
    for place, entry in enumerate(value):
        here = f"{path}[{place}]"
        if not isinstance(entry, Mapping) or set(entry) != {"up_to", "price"}:
            raise PricingError(here, 'must be {"up_to": …, "price": …}')
        end = None if entry["up_to"] is None else _money(f"{here}.up_to", entry["up_to"])
        bands.append(Band(end, _money(f"{here}.price", entry["price"])))
    return tuple(bands)


def _money(path: str, value: object) -> Decimal:
    if not isinstance(value, str):
        raise PricingError(path, 'must be written as a string, such as "1.25"')
    try:
        return Decimal(value)
    except InvalidOperation:
        raise PricingError(path, f"{value!r} is no amount") from None


def _text(path: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise PricingError(path, "must be a text")
    return value
