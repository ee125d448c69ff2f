"""The terms of a contract version: read with every fault named, written in one canonical way, and asked by clocks.

The JSON form::

    {"calendars": {"support": {… business_time.Calendar …}},
     "hours": {"chat": "support", "mail": "support"},
     "targets": [{"channel_group": "chat", "priority": "normal", "metric": "first_response", "seconds": 60,
                  "calendar": "support", "language": "it"?}],
     "clauses": [{… see sla_contracts.clauses …}],
     "languages": ["it", "en"], "at_risk_share": 0.75, "reopen_days": 14, "monthly_fee": 12000?,
     "on_breach": "floor"?, "report": {… see sla_contracts.report_calendar.read_agreed …}?,
     "dispute_days": 30?, "dispute_answer_days": 10?,
     "client_answer": {"seconds": 28800, "calendar": "support"}?,
     "quality": {… see sla_contracts.quality_clause …}?}

``dispute_days``: so long after a month's report the client may dispute an item of it; ``dispute_answer_days``: so soon
it is answered. ``on_breach``: a broken promise is told to the client's supervisors, unless the contract wants it on
the floor alone.
``client_answer``: how long the client may take to answer what it is asked (``sla_contracts.client_clock``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sla_contracts.business_time import Calendar, CalendarError
from sla_contracts.clauses import ANSWER, PLAIN_METRICS, Clause, read_clause
from sla_contracts.fields import TermsError, amount, count, mapping, number, once, one_of, rows, text
from sla_contracts.quality_clause import QualityClause, read_quality
from sla_contracts.report_calendar import Agreed, read_agreed

__all__ = ["Clause", "Target", "Terms", "TermsError", "canonical", "sha256", "validate"]

METRICS = (*PLAIN_METRICS, ANSWER)
CHANNEL_GROUPS = ("chat", "mail", "call")
DEFAULT_PRIORITY = "normal"
AT_RISK_SHARE = 0.75
SECONDS_MAX = 366 * 86_400
REOPEN_DAYS_MAX = 3_660
REOPEN_DAYS = 14
DISPUTE_DAYS, DISPUTE_ANSWER_DAYS, DISPUTE_DAYS_MAX = 30, 10, 366
_DISPUTES = ("dispute_days", "dispute_answer_days")
OPTIONAL = (
    "at_risk_share",
    "reopen_days",
    "monthly_fee",
    "on_breach",
    "report",
    "client_answer",
    "quality",
    *_DISPUTES,
)
KEYS = ("calendars", "hours", "targets", "clauses", "languages", *OPTIONAL)
ON_BREACH = ("supervisor", "floor")


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
class Terms:
    calendars: Mapping[str, Calendar]
    hours: Mapping[str, str]
    targets: tuple[Target, ...]
    clauses: tuple[Clause, ...]
    languages: tuple[str, ...]
    at_risk_share: float = AT_RISK_SHARE
    reopen_days: int = REOPEN_DAYS
    monthly_fee: Decimal | None = None
    on_breach: str = "supervisor"
    report: Agreed | None = None
    dispute_days: int = DISPUTE_DAYS
    dispute_answer_days: int = DISPUTE_ANSWER_DAYS
    client_answer: tuple[int, str] | None = None
    quality: QualityClause | None = None

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
    data = mapping("terms", terms)
    for key in data:
        if key not in KEYS:
            raise TermsError(str(key), "is not a known key")
    calendars = _calendars(data.get("calendars"))
    hours = _hours(data.get("hours", {}), calendars)
    targets = tuple(
        _target(f"targets[{n}]", row, calendars) for n, row in enumerate(rows("targets", data.get("targets")))
    )
    once("targets", [(t.channel_group, t.priority, t.metric, t.language) for t in targets])
    fee = data.get("monthly_fee")
    monthly_fee = amount("monthly_fee", fee) if fee is not None else None
    clauses = tuple(
        read_clause(f"clauses[{n}]", row, groups=CHANNEL_GROUPS, monthly_fee=monthly_fee)
        for n, row in enumerate(rows("clauses", data.get("clauses")))
    )
    once("clauses", [c.code for c in clauses])
    languages = tuple(text(f"languages[{n}]", code) for n, code in enumerate(rows("languages", data.get("languages"))))
    if not languages:
        raise TermsError("languages", "must name at least one language")
    share = number("at_risk_share", data.get("at_risk_share", AT_RISK_SHARE))
    if not 0 < share <= 1:
        raise TermsError("at_risk_share", "must lie between 0 and 1")
    reopen_days = count("reopen_days", data.get("reopen_days", REOPEN_DAYS), REOPEN_DAYS_MAX)
    on_breach = one_of("on_breach", data.get("on_breach", ON_BREACH[0]), ON_BREACH)
    report = read_agreed(data.get("report"))
    return Terms(
        *(calendars, hours, targets, clauses, languages, float(share), reopen_days, monthly_fee, on_breach, report),
        dispute_days=_days(data, "dispute_days", DISPUTE_DAYS),
        dispute_answer_days=_days(data, "dispute_answer_days", DISPUTE_ANSWER_DAYS),
        client_answer=_client_answer(data.get("client_answer"), calendars),
        quality=read_quality(data.get("quality"), monthly_fee),
    )


def _client_answer(value: object, calendars: Mapping[str, Calendar]) -> tuple[int, str] | None:
    if value is None:
        return None
    row = mapping("client_answer", value)
    seconds = count("client_answer.seconds", row.get("seconds"), SECONDS_MAX)
    if not seconds:
        raise TermsError("client_answer.seconds", "must be more than 0")
    return seconds, one_of("client_answer.calendar", row.get("calendar"), calendars)


def _days(data: Mapping[str, Any], key: str, usual: int) -> int:
    days = count(key, data.get(key, usual), DISPUTE_DAYS_MAX)
    if not days:
        raise TermsError(key, "must be at least one day")
    return days


def _calendars(value: object) -> dict[str, Calendar]:
    calendars: dict[str, Calendar] = {}
    for name, calendar in mapping("calendars", value).items():
        try:
            calendars[str(name)] = Calendar.from_json(calendar)
        except CalendarError as error:
            raise TermsError(f"calendars.{name}.{error.field}", error.reason) from error
    if not calendars:
        raise TermsError("calendars", "must hold at least one calendar")
    return calendars


def _hours(value: object, calendars: Mapping[str, Calendar]) -> dict[str, str]:
    hours: dict[str, str] = {}
    for group, name in mapping("hours", value).items():
        one_of(f"hours.{group}", group, CHANNEL_GROUPS)
        hours[str(group)] = one_of(f"hours.{group}", name, calendars)
    return hours


def _target(path: str, value: object, calendars: Mapping[str, Calendar]) -> Target:
    row = mapping(path, value)
    seconds = count(f"{path}.seconds", row.get("seconds"), SECONDS_MAX)
    if not seconds:
        raise TermsError(f"{path}.seconds", "must be more than 0")
    return Target(
        channel_group=one_of(f"{path}.channel_group", row.get("channel_group"), CHANNEL_GROUPS),
        priority=text(f"{path}.priority", row.get("priority", DEFAULT_PRIORITY)),
        metric=one_of(f"{path}.metric", row.get("metric"), METRICS),
        seconds=seconds,
        calendar=one_of(f"{path}.calendar", row.get("calendar"), calendars),
        language=str(row.get("language", "")),
    )
