"""The terms of a contract version: read with every fault named, written in one canonical way, and asked by clocks.

The JSON form::

    {"calendars": {"support": {… business_time.Calendar …}},
     "hours": {"chat": "support", "mail": "support"},
     "targets": [{"channel_group": "chat", "priority": "normal", "metric": "first_response", "seconds": 60,
                  "calendar": "support", "language": "it"?}],
     "clauses": [{"code": "chat_first_response", "title": {"en": "…"}, "metric": "first_response",
                  "channel_group": "chat", "goal": 0.8, "minimum": 0, "count_changes": false?,
                  "penalty": {"eur_per_point": 50, "cap_points": 20}}],
     "languages": ["it", "en"], "at_risk_share": 0.75, "reopen_days": 14}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from kernel.errors import Refusal
from sla_contracts.business_time import Calendar, CalendarError

METRICS = ("first_response", "next_response", "resolution", "answer")
CHANNEL_GROUPS = ("chat", "mail", "call")
DEFAULT_PRIORITY = "normal"
AT_RISK_SHARE = 0.75
REOPEN_DAYS = 14
KEYS = ("calendars", "hours", "targets", "clauses", "languages", "at_risk_share", "reopen_days")


class TermsError(Refusal):
    """Terms that cannot be agreed. ``field`` is a path such as ``targets[1].seconds``."""

    def __init__(self, field: str, reason: str) -> None:
        message = f"The terms cannot be kept as written: {field} {reason}. Nothing was saved."
        super().__init__("bad_terms", 400, message, fields={field: reason})
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Target:
    """A promise on one conversation: ``metric`` within ``seconds`` of the calendar's open time."""

    channel_group: str
    priority: str
    metric: str
    seconds: int
    calendar: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Penalty:
    """``per_point`` in the tenant's currency for each percentage point below the goal, up to ``cap_points``."""

    per_point: Decimal
    cap_points: Decimal


@dataclass(frozen=True, slots=True)
class Clause:
    """An attainment clause: the share ``goal`` (0 to 1) of a month's items that must meet their target."""

    code: str
    titles: Mapping[str, str]
    metric: str
    channel_group: str
    goal: Decimal
    minimum: int = 0
    penalty: Penalty | None = None
    count_changes: bool = False

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles.get("en") or next(iter(self.titles.values()), self.code)


@dataclass(frozen=True, slots=True)
class Terms:
    calendars: Mapping[str, Calendar]
    hours: Mapping[str, str]
    targets: tuple[Target, ...]
    clauses: tuple[Clause, ...]
    languages: tuple[str, ...]
    at_risk_share: float = AT_RISK_SHARE
    reopen_days: int = REOPEN_DAYS

    def target(self, *, metric: str, channel_group: str, priority: str, language: str) -> Target | None:
        """The most specific target that applies; an unlisted priority falls back to ``normal``."""
        fitting = [
            target
            for target in self.targets
            if target.metric == metric
            and target.channel_group == channel_group
            and target.priority in (priority, DEFAULT_PRIORITY)
            and target.language in ("", language)
        ]
        return max(fitting, key=lambda t: (t.priority == priority, t.language == language), default=None)

    def clause_of(self, *, metric: str, channel_group: str) -> Clause | None:
        """The clause that counts clocks of this kind, if the contract has one."""
        fitting = (c for c in self.clauses if c.metric == metric and c.channel_group in (channel_group, ""))
        return next(fitting, None)

    def open_hours(self, channel_group: str) -> Calendar | None:
        """The promised hours of a channel group."""
        return self.calendars.get(self.hours.get(channel_group, ""))


def canonical(terms: Mapping[str, Any]) -> str:
    """One text for one meaning: sorted keys, no spaces, text as it is. What is signed and hashed."""
    return json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(terms: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(terms).encode()).hexdigest()


def validate(terms: object) -> Terms:
    """Read the JSON form. Raises TermsError naming the first field that cannot be kept, and why."""
    data = _mapping("terms", terms)
    for key in data:
        if key not in KEYS:
            raise TermsError(str(key), "is not a known key")
    calendars = _calendars(data.get("calendars"))
    hours = _hours(data.get("hours", {}), calendars)
    targets = tuple(
        _target(f"targets[{n}]", row, calendars) for n, row in enumerate(_list("targets", data.get("targets")))
    )
    _once("targets", [(t.channel_group, t.priority, t.metric, t.language) for t in targets])
    clauses = tuple(_clause(f"clauses[{n}]", row) for n, row in enumerate(_list("clauses", data.get("clauses"))))
    _once("clauses", [c.code for c in clauses])
    languages = tuple(
        _text(f"languages[{n}]", code) for n, code in enumerate(_list("languages", data.get("languages")))
    )
    if not languages:
        raise TermsError("languages", "must name at least one language")
    share = _number("at_risk_share", data.get("at_risk_share", AT_RISK_SHARE))
    if not 0 < share <= 1:
        raise TermsError("at_risk_share", "must lie between 0 and 1")
    reopen_days = _count("reopen_days", data.get("reopen_days", REOPEN_DAYS))
    return Terms(calendars, hours, targets, clauses, languages, float(share), reopen_days)


def _calendars(value: object) -> dict[str, Calendar]:
    calendars: dict[str, Calendar] = {}
    for name, calendar in _mapping("calendars", value).items():
        try:
            calendars[str(name)] = Calendar.from_json(calendar)
        except CalendarError as error:
            raise TermsError(f"calendars.{name}.{error.field}", error.reason) from error
    if not calendars:
        raise TermsError("calendars", "must hold at least one calendar")
    return calendars


def _hours(value: object, calendars: Mapping[str, Calendar]) -> dict[str, str]:
    hours: dict[str, str] = {}
    for group, name in _mapping("hours", value).items():
        _one_of(f"hours.{group}", group, CHANNEL_GROUPS)
        hours[str(group)] = _one_of(f"hours.{group}", name, calendars)
    return hours


def _target(path: str, value: object, calendars: Mapping[str, Calendar]) -> Target:
    row = _mapping(path, value)
    seconds = _count(f"{path}.seconds", row.get("seconds"))
    if not seconds:
        raise TermsError(f"{path}.seconds", "must be more than 0")
    return Target(
        channel_group=_one_of(f"{path}.channel_group", row.get("channel_group"), CHANNEL_GROUPS),
        priority=_text(f"{path}.priority", row.get("priority", DEFAULT_PRIORITY)),
        metric=_one_of(f"{path}.metric", row.get("metric"), METRICS),
        seconds=seconds,
        calendar=_one_of(f"{path}.calendar", row.get("calendar"), calendars),
        language=str(row.get("language", "")),
    )


def _clause(path: str, value: object) -> Clause:
    row = _mapping(path, value)
    goal = _number(f"{path}.goal", row.get("goal"))
    if not 0 < goal <= 1:
        raise TermsError(f"{path}.goal", "must be a share above 0, at most 1")
    titles = {
        str(code): _text(f"{path}.title.{code}", text)
        for code, text in _mapping(f"{path}.title", row.get("title")).items()
    }
    group = row.get("channel_group", "")
    return Clause(
        code=_text(f"{path}.code", row.get("code")),
        titles=titles,
        metric=_one_of(f"{path}.metric", row.get("metric"), METRICS),
        channel_group=_one_of(f"{path}.channel_group", group, CHANNEL_GROUPS) if group else "",
        goal=goal,
        minimum=_count(f"{path}.minimum", row.get("minimum", 0)),
        penalty=_penalty(f"{path}.penalty", row.get("penalty")),
        count_changes=bool(row.get("count_changes", False)),
    )


def _penalty(path: str, value: object) -> Penalty | None:
    if value is None:
        return None
    row = _mapping(path, value)
    per_point = _number(f"{path}.eur_per_point", row.get("eur_per_point"))
    cap = _number(f"{path}.cap_points", row.get("cap_points", 100))
    if per_point < 0 or cap < 0:
        raise TermsError(path, "cannot be negative")
    return Penalty(per_point, cap)


def _mapping(path: str, value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise TermsError(path, "must be an object")
    return value


def _list(path: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TermsError(path, "must be a list")
    return value


def _text(path: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TermsError(path, "must be a text")
    return value


def _one_of(path: str, value: object, known: Iterable[str]) -> str:
    names = list(known)
    if not isinstance(value, str) or value not in names:
        raise TermsError(path, f"must be one of {', '.join(sorted(names))}")
    return value


def _count(path: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TermsError(path, "must be a whole number, 0 or more")
    return value


def _number(path: str, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TermsError(path, "must be a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise TermsError(path, "must be a number") from None
    if not number.is_finite():
        raise TermsError(path, "must be a number")
    return number


def _once(path: str, keys: list[Any]) -> None:
    seen = set()
    for place, key in enumerate(keys):
        if key in seen:
            raise TermsError(f"{path}[{place}]", "says the same as an earlier one")
        seen.add(key)
