"""The terms a new shop starts with, until its own are agreed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import holidays

WHOLE_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR = 3600

TITLES = {
    "chat_first_response": {
        "en": "Chat: first answer",
        "es": "Chat: primera respuesta",
        "it": "Chat: prima risposta",
        "de": "Chat: erste Antwort",
        "fr": "Chat : première réponse",
        "pt": "Chat: primeira resposta",
    },
    "mail_first_response": {
        "en": "Mail: first answer",
        "es": "Correo: primera respuesta",
        "it": "E-mail: prima risposta",
        "de": "E-Mail: erste Antwort",
        "fr": "E-mail : première réponse",
        "pt": "E-mail: primeira resposta",
    },
    "chat_resolution": {
        "en": "Chat: resolution",
        "es": "Chat: resolución",
        "it": "Chat: risoluzione",
        "de": "Chat: Lösung",
        "fr": "Chat : résolution",
        "pt": "Chat: resolução",
    },
    "mail_resolution": {
        "en": "Mail: resolution",
        "es": "Correo: resolución",
        "it": "E-mail: risoluzione",
        "de": "E-Mail: Lösung",
        "fr": "E-mail : résolution",
        "pt": "E-mail: resolução",
    },
}


def default_terms(*, time_zone: str, country: str, languages: Sequence[str]) -> dict[str, Any]:
    """Chat every day 08–22, mail on working days 09–18 without the country's holidays."""
    working: dict[str, Any] = {
        "time_zone": time_zone,
        "weekly": {day: [["09:00", "18:00"]] for day in WHOLE_WEEK[:5]},
    }
    if country in holidays.list_supported_countries():
        working["holidays"] = {"country": country}
    extended = {"time_zone": time_zone, "weekly": {day: [["08:00", "22:00"]] for day in WHOLE_WEEK}}
    return {
        "calendars": {"chat_hours": extended, "mail_hours": working},
        "hours": {"chat": "chat_hours", "mail": "mail_hours"},
        "targets": [
            _target("chat", "normal", "first_response", 60),
            _target("chat", "high", "first_response", 30),
            _target("chat", "normal", "resolution", 8 * HOUR),
            _target("mail", "normal", "first_response", 4 * HOUR),
            _target("mail", "high", "first_response", HOUR),
            _target("mail", "normal", "resolution", 18 * HOUR),
        ],
        "clauses": [
            _clause("chat", "first_response", 0.8, per_point=50),
            _clause("mail", "first_response", 0.9, per_point=30),
            _clause("chat", "resolution", 0.9, per_point=0),
            _clause("mail", "resolution", 0.85, per_point=20),
        ],
        "languages": list(languages),
        "at_risk_share": 0.75,
        "reopen_days": 14,
    }


def _target(group: str, priority: str, metric: str, seconds: int) -> dict[str, Any]:
    return {
        "channel_group": group,
        "priority": priority,
        "metric": metric,
        "seconds": seconds,
        "calendar": f"{group}_hours",
    }


def _clause(group: str, metric: str, goal: float, *, per_point: int) -> dict[str, Any]:
    code = f"{group}_{metric}"
    penalty = {"eur_per_point": per_point, "cap_points": 20} if per_point else None
    return {
        "code": code,
        "title": TITLES[code],
        "metric": metric,
        "channel_group": group,
        "goal": goal,
        "minimum": 0,
        "penalty": penalty,
    }
