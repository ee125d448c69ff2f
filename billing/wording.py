"""What invoices say, in the client's language; figures as the client's country writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sla_contracts.speech import LANGUAGES, Speech
from tenants.models import Tenant

__all__ = ["LANGUAGES", "Wording", "language_of"]

_TEXTS = Path(__file__).parent / "texts"


@lru_cache(maxsize=len(LANGUAGES))
def texts(language: str) -> Mapping[str, str]:
    found: dict[str, str] = json.loads((_TEXTS / f"{language}.json").read_text("utf-8"))
    return found


def language_of(tenant: Tenant) -> str:
    """The language of a client's papers: its first that papers are written in, else English."""
    return next((language for language in tenant.languages if language in LANGUAGES), "en")


class Wording:
    """Texts of one language, with numbers, dates and money of the client's country."""

    def __init__(self, language: str, *, country: str, time_zone: str) -> None:
        self.language = language
        self.texts = texts(language)
        self._speech = Speech(language, country=country, time_zone=time_zone)

    def say(self, key: str, **values: object) -> str:
        text = self.texts[key]
        return text.format(**values) if values else text

    def what(self, kind: str, channel: str | None, *, has_others: bool) -> str:
        """What a line is for: ``kind`` of usage on ``channel`` (None: on any that has no line of its own)."""
        if channel is None and not has_others:
            return self.say(f"line_{kind}_any")
        name = self.texts.get(f"channel_{channel or 'others'}", channel)
        return self.say(f"line_{kind}", channel=name)

    def month(self, month: str) -> str:
        return self._speech.month(month)

    def day(self, day: date) -> str:
        return self._speech.day(day)

    def money(self, amount: Decimal, currency: str) -> str:
        return self._speech.money(amount, currency)

    def price(self, amount: Decimal) -> str:
        """A unit price: two decimals, or the up to four that it has."""
        decimals = -int(amount.normalize().as_tuple().exponent)
        return self._speech.number(amount, min(4, max(2, decimals)))

    def quantity(self, amount: Decimal) -> str:
        return self._speech.number(amount, 0 if amount == amount.to_integral_value() else 2)

    def percent(self, percent: Decimal) -> str:
        return self._speech.percent(percent / 100, 2)

    def share(self, share: Decimal, *, goal: Decimal | None = None) -> str:
        """A share of 1; one that misses its goal never reads as if it had reached it."""
        return self._speech.percent(share, 2, goal=goal)

    def points(self, points: Decimal) -> str:
        return self._speech.number(points, 2)
