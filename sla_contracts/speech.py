"""How figures, dates and spans are said in one language and locale, for reports and portal sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_day_names, get_month_names
from babel.numbers import format_currency, format_decimal

LANGUAGES = ("en", "es", "it", "de", "fr", "pt")
_TEXTS = Path(__file__).parent / "texts"


@lru_cache(maxsize=len(LANGUAGES))
def texts(language: str) -> Mapping[str, str]:
    found: dict[str, str] = json.loads((_TEXTS / f"{language}.json").read_text("utf-8"))
    return found


class Speech:
    """Texts of ``language`` (English for one that has none), numbers as the country writes them."""

    def __init__(self, language: str, *, country: str = "", time_zone: str = "UTC") -> None:
        self.language = language if language in LANGUAGES else "en"
        self.locale = _locale(self.language, country)
        self.zone = ZoneInfo(time_zone)
        self._texts = texts(self.language)

    def say(self, key: str, **values: object) -> str:
        text = self._texts[key]
        return text.format(**values) if values else text

    def code(self, prefix: str, code: str) -> str:
        """The text of a code (``channel_email``), or the code itself where there is none."""
        return self._texts.get(f"{prefix}_{code}", code.replace("_", " "))

    def form(self, key: str, count: int) -> str:
        """The key's plural form for ``count``."""
        return f"{key}_one" if self.locale.plural_form(count) == "one" else f"{key}_other"

    def number(self, value: int | Decimal, places: int = 0) -> str:
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return format_decimal(value, format=pattern, locale=self.locale)

    def percent(self, share: Decimal, places: int = 2, *, goal: Decimal | None = None) -> str:
        """A share as per cent, half up; one that misses ``goal`` never reads as if it had reached it."""
        step = Decimal(1).scaleb(-places)
        shown = (share * 100).quantize(step, ROUND_HALF_UP)
        if goal is not None and share < goal and shown >= goal * 100:
            shown = (share * 100).quantize(step, ROUND_FLOOR)
        if share in (0, 1) or (goal is None and shown == shown.to_integral_value()):
            places = 0
        pattern = str(self.locale.percent_formats[None].pattern)
        sign = pattern.replace("#,##0", "{}", 1)
        return sign.format(self.number(shown, places))

    def money(self, amount: Decimal, currency: str) -> str:
        return format_currency(amount, currency, locale=self.locale)

    def day(self, at: datetime | date) -> str:
        local = at.astimezone(self.zone).date() if isinstance(at, datetime) else at
        return str(format_date(local, format="long", locale=self.locale).replace(" ", "\N{NO-BREAK SPACE}"))

    def instant(self, at: datetime) -> str:
        """Date and time to the minute, in the zone of this speech."""
        return format_datetime(at.astimezone(self.zone), format="short", locale=self.locale)

    def moment(self, at: datetime) -> str:
        """Date and time in words, with the zone's name."""
        local = at.astimezone(self.zone)
        return f"{self.day(at)}, {local:%H:%M} ({self.zone.key})"

    def month(self, month: str) -> str:
        """``2026-11`` as “November 2026”."""
        year, number = (int(part) for part in month.split("-"))
        return format_date(date(year, number, 1), format=_month_pattern(self.locale), locale=self.locale)

    def month_name(self, month: str) -> str:
        return str(get_month_names("wide", "stand-alone", self.locale)[int(month.split("-")[1])])

    def month_letters(self, month: str) -> str:
        return str(get_month_names("abbreviated", "stand-alone", self.locale)[int(month.split("-")[1])].rstrip("."))

    def weekday(self, number: int, *, short: bool = True) -> str:
        """Monday is 0."""
        return str(get_day_names("abbreviated" if short else "wide", "stand-alone", self.locale)[number].rstrip("."))

    def language_name(self, code: str) -> str:
        return str(self.locale.languages.get(code.split("-")[0], code))

    def country_name(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))

    def span(self, seconds: float, *, coarse: bool = False) -> str:
        """45 s · 12 min 05 s · 3 h 20 min; coarse: no seconds from ten minutes on.

        Cut to the second, except that what is above zero never reads as 0 s.
        """
        whole = timedelta(seconds=seconds) // timedelta(seconds=1)
        hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
        if coarse and minutes >= 10:
            rest = 0
        if hours:
            return f"{self.number(hours)} h {minutes:02} min" if minutes else f"{self.number(hours)} h"
        if minutes:
            return f"{minutes} min {rest:02} s" if rest else f"{minutes} min"
        return f"{rest} s" if rest or not seconds else "< 1 s"


def _locale(language: str, country: str) -> Locale:
    for name in (f"{language}_{country}", language):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def _month_pattern(locale: Locale) -> str:
    return str(locale.datetime_skeletons["yMMMM"].pattern) if "yMMMM" in locale.datetime_skeletons else "LLLL y"
