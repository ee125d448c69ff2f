"""Terms to begin with, by the name of what they are for. A draft is made of one, and then changed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import holidays

from sla_contracts.default_terms import HOUR, WHOLE_WEEK, default_terms

MINUTE = 60
# Ley 10/2025 (BOE of 27 December 2025): 95 % of calls answered within three minutes, claims settled in 15 working days.
SPANISH_ANSWER_SECONDS = 3 * MINUTE
SPANISH_ANSWER_GOAL = 0.95
SPANISH_CLAIM_DAYS = 15
DAY = 24 * HOUR

_TITLES = {
    "answer": {
        "en": "Calls: answered within three minutes",
        "es": "Llamadas: atendidas en tres minutos",
        "it": "Chiamate: risposta entro tre minuti",
        "de": "Anrufe: innerhalb von drei Minuten angenommen",
        "fr": "Appels : pris en moins de trois minutes",
        "pt": "Chamadas: atendidas em três minutos",
    },
    "claims": {
        "en": "Claims: settled within 15 working days",
        "es": "Reclamaciones: resueltas en 15 días hábiles",
        "it": "Reclami: risolti entro 15 giorni lavorativi",
        "de": "Beschwerden: innerhalb von 15 Werktagen gelöst",
        "fr": "Réclamations : résolues en 15 jours ouvrables",
        "pt": "Reclamações: resolvidas em 15 dias úteis",
    },
}
Terms = dict[str, Any]


def ecommerce_standard(time_zone: str, country: str, languages: Sequence[str]) -> Terms:
    """Chat every day 08-22 within a minute, mail on working days within four hours."""
    return default_terms(time_zone=time_zone, country=country, languages=languages)


def chat_around_the_clock(time_zone: str, country: str, languages: Sequence[str]) -> Terms:
    """The same, with somebody at the chat at every hour of every day."""
    terms = copy.deepcopy(default_terms(time_zone=time_zone, country=country, languages=languages))
    terms["calendars"]["chat_hours"] = {
        "time_zone": time_zone,
        "weekly": {day: [["00:00", "24:00"]] for day in WHOLE_WEEK},
    }
    return terms


def legal_minimum_spain(time_zone: str, country: str, languages: Sequence[str]) -> Terms:
    """What Spanish law asks of who must comply with it, and no more.

    A working day is counted as the 24 hours of a day from Monday to Friday that is no holiday, from the claim on: never
    later than the close of the last day, which is what the law allows.
    """
    working: Terms = {"time_zone": time_zone, "weekly": {day: [["00:00", "24:00"]] for day in WHOLE_WEEK[:5]}}
    if country in holidays.list_supported_countries():
        working["holidays"] = {"country": country}
    return {
        "calendars": {
            "calls": {"time_zone": time_zone, "weekly": {day: [["09:00", "21:00"]] for day in WHOLE_WEEK[:5]}},
            "working_days": working,
        },
        "hours": {"call": "calls", "chat": "calls", "mail": "working_days"},
        "targets": [
            _target("call", "answer", SPANISH_ANSWER_SECONDS, "calls"),
            _target("chat", "resolution", SPANISH_CLAIM_DAYS * DAY, "working_days"),
            _target("mail", "resolution", SPANISH_CLAIM_DAYS * DAY, "working_days"),
        ],
        "clauses": [
            _clause("calls_answered", "answer", "call", SPANISH_ANSWER_GOAL, _TITLES["answer"]),
            _clause("claims_by_mail", "resolution", "mail", 1, _TITLES["claims"]),
            _clause("claims_by_chat", "resolution", "chat", 1, _TITLES["claims"]),
        ],
        "languages": list(languages),
        "at_risk_share": 0.75,
        "reopen_days": 14,
    }


TEMPLATES: dict[str, Callable[[str, str, Sequence[str]], Terms]] = {
    "ecommerce_standard": ecommerce_standard,
    "chat_around_the_clock": chat_around_the_clock,
    "legal_minimum_spain": legal_minimum_spain,
}


def _target(group: str, metric: str, seconds: int, calendar: str) -> Terms:
    return {
        "channel_group": group,
        "priority": "normal",
        "metric": metric,
        "seconds": seconds,
        "calendar": calendar,
    }


def _clause(code: str, metric: str, group: str, goal: float, title: dict[str, str]) -> Terms:
    return {
        "code": code,
        "title": title,
        "metric": metric,
        "channel_group": group,
        "goal": goal,
        "minimum": 0,
        "penalty": None,
    }
