"""Who plays: the shops, the staff and the shops' own users."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "centralita-demo"

SHOPS: tuple[dict[str, Any], ...] = (
    {
        "slug": "acme",
        "name": "Acme Shoes",
        "country": "IT",
        "languages": ["it", "en", "es", "fr"],
        "time_zone": "Europe/Rome",
        "mark": "AC",
        "color": "#c2410c",
        "legal_name": "Acme Calzature S.r.l.",
        "tax_id": "IT12345670017",
        "postal_address": "Via dei Calzolai 12\n10124 Torino\nItalia",
        "tone": "Warm and direct. First names, “tu” in Italian. One friendly sentence before the facts.",
    },
    {
        "slug": "northlight",
        "name": "Northlight",
        "country": "DE",
        "languages": ["de", "en", "fr", "pt"],
        "time_zone": "Europe/Berlin",
        "mark": "NL",
        "color": "#0f766e",
        "legal_name": "Northlight Outdoor GmbH",
        "tax_id": "DE123456788",
        "postal_address": "Lagerstraße 4\n20357 Hamburg\nDeutschland",
        "tone": "Calm and exact. “Sie” in German, family names. Facts first, then what happens next and when.",
    },
)


Shift = tuple[float, float]


def _week(*spells: tuple[str, float, float]) -> dict[int, Shift]:
    """``("0-4", 8, 15)``: from Monday to Friday, 8:00 to 15:00, hours of the agent's day."""
    week: dict[int, Shift] = {}
    for days, start, end in spells:
        first, _, last = days.partition("-")
        week.update((day, (start, end)) for day in range(int(first), int(last or first) + 1))
    return week


@dataclass(frozen=True)
class Agent:
    """skills: language → level of 5; shops: slug → alias; pace: how long they take against what is usual; skill: the
    share of a scorecard that they usually get; week: weekday → shift."""

    name: str
    skills: dict[str, int]
    shops: dict[str, str]
    language: str = "en"
    time_zone: str = "Europe/Madrid"
    pace: float = 1.0
    skill: float = 0.9
    week: dict[int, Shift] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.name.split(' ')[0].lower()}@bpo.example"


BOTH = ("acme", "northlight")
AGENTS = (
    Agent("Lucia Ferrer", {"es": 5, "it": 4, "en": 4}, {"acme": "Lucia", "northlight": "Lucy"},
          pace=0.9, skill=0.94, week=_week(("0-4", 8, 15))),
    Agent("Paolo Conti", {"it": 5, "en": 3}, {"acme": "Paolo"},
          time_zone="Europe/Rome", pace=1.1, skill=0.86, week=_week(("0-4", 15, 22))),
    Agent("Jens Albrecht", {"de": 5, "en": 4}, {"northlight": "Jens"},
          time_zone="Europe/Berlin", skill=0.9, week=_week(("0-4", 8, 15))),
    Agent("Marta Ruiz", {"es": 5, "en": 5}, {"acme": "Marta", "northlight": "Marta"},
          language="es", pace=0.8, skill=0.95, week=_week(("1-5", 13, 20))),
    Agent("Anna Keller", {"de": 5, "it": 3}, {"northlight": "Anna"},
          time_zone="Europe/Berlin", pace=1.2, skill=0.8, week=_week(("0-4", 15, 22))),
    Agent("Tom Baker", {"en": 5, "fr": 3}, {"acme": "Tom"},
          skill=0.88, week=_week(("0-4", 9, 16))),
    Agent("Giorgia Neri", {"it": 5, "en": 4}, {"acme": "Giorgia"},
          time_zone="Europe/Rome", pace=0.95, skill=0.92, week=_week(("2-3", 12, 20), ("5-6", 9, 19.5))),
    Agent("Sven Petersen", {"de": 5, "en": 4}, {"northlight": "Sven"},
          time_zone="Europe/Berlin", pace=1.05, skill=0.87, week=_week(("0-1", 12, 20), ("5-6", 9, 19.5))),
    Agent("Chloe Martin", {"fr": 5, "en": 4, "de": 3}, dict.fromkeys(BOTH, "Chloé"),
          time_zone="Europe/Paris", skill=0.91, week=_week(("0-4", 9, 18))),
    Agent("Ines Duarte", {"pt": 5, "es": 4, "en": 4, "fr": 3}, dict.fromkeys(BOTH, "Inês"),
          time_zone="Europe/Madrid", pace=0.95, skill=0.93, week=_week(("1-5", 11, 19))),
)  # fmt: skip


@dataclass(frozen=True)
class Colleague:
    """role: supervisor, operator or client; shop: a client user's own."""

    name: str
    email: str
    role: str
    shop: str = ""
    time_zone: str = "Europe/Madrid"
    does: str = field(default="", compare=False)


COLLEAGUES = (
    Colleague("Sofia Navarro", "sofia@bpo.example", "supervisor", does="the floor, evaluations"),
    Colleague("Rosa Delgado", "rosa@bpo.example", "supervisor", does="disputes of evaluations"),
    Colleague("Omar Haddad", "omar@bpo.example", "operator", does="clients, billing, audit"),
    Colleague("Carla Bruni", "carla@acme.example", "client", "acme", "Europe/Rome", "its portal"),
    Colleague("Dieter Vogel", "dieter@northlight.example", "client", "northlight", "Europe/Berlin", "its portal"),
)

LANGUAGE_NAMES = {"es": "Spanish", "it": "Italian", "en": "English", "de": "German", "fr": "French", "pt": "Portuguese"}
