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
        "languages": ["it", "en"],
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
        "languages": ["de", "en"],
        "time_zone": "Europe/Berlin",
        "mark": "NL",
        "color": "#0f766e",
        "legal_name": "Northlight Outdoor GmbH",
        "tax_id": "DE123456788",
        "postal_address": "Lagerstraße 4\n20357 Hamburg\nDeutschland",
        "tone": "Calm and exact. “Sie” in German, family names. Facts first, then what happens next and when.",
    },
)


@dataclass(frozen=True)
class Agent:
    """skills: language → level of 5; shops: slug → alias."""

    name: str
    skills: dict[str, int]
    shops: dict[str, str]
    language: str = "en"
    time_zone: str = "Europe/Madrid"
    pace: float = 1.0

    @property
    def email(self) -> str:
        return f"{self.name.split(' ')[0].lower()}@bpo.example"


AGENTS = (
    Agent("Lucia Ferrer", {"es": 5, "it": 4, "en": 4}, {"acme": "Lucia", "northlight": "Lucy"}, pace=0.9),
    Agent("Paolo Conti", {"it": 5, "en": 3}, {"acme": "Paolo"}, pace=1.1),
    Agent("Jens Albrecht", {"de": 5, "en": 4}, {"northlight": "Jens"}, time_zone="Europe/Berlin"),
    Agent("Marta Ruiz", {"es": 5, "en": 5}, {"acme": "Marta", "northlight": "Marta"}, language="es", pace=0.8),
    Agent("Anna Keller", {"de": 5, "it": 3}, {"northlight": "Anna"}, time_zone="Europe/Berlin", pace=1.2),
    Agent("Tom Baker", {"en": 5, "fr": 3}, {"acme": "Tom"}, pace=1.0),
)


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
    Colleague("Omar Haddad", "omar@bpo.example", "operator", does="clients, billing, audit"),
    Colleague("Carla Bruni", "carla@acme.example", "client", "acme", "Europe/Rome", "its portal"),
    Colleague("Dieter Vogel", "dieter@northlight.example", "client", "northlight", "Europe/Berlin", "its portal"),
)

LANGUAGE_NAMES = {"es": "Spanish", "it": "Italian", "en": "English", "de": "German", "fr": "French", "pt": "Portuguese"}
