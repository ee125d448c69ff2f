"""The two shops and the people that every test finds: always two tenants, so that a leak shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from desk.onboarding import open_shop
from kernel import clock
from people.models import Accreditation, Membership, Person, PersonSkill, Skill
from routing.queues import open_desk
from tenants.models import Tenant

PASSWORD = "walk-on-the-quay-7"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

SHOPS: dict[str, dict[str, Any]] = {
    "acme": {
        "name": "Acme Shoes",
        "country": "IT",
        "languages": ["it", "en"],
        "time_zone": "Europe/Rome",
        "mark": "AC",
        "color": "#c2410c",
        "legal_name": "Acme Calzature S.r.l.",
    },
    "northlight": {
        "name": "Northlight",
        "country": "DE",
        "languages": ["de", "en"],
        "time_zone": "Europe/Berlin",
        "mark": "NL",
        "color": "#0f766e",
        "legal_name": "Northlight Outdoor GmbH",
    },
}
AGENTS: dict[str, tuple[dict[str, int], tuple[str, ...]]] = {
    "lucia": ({"es": 5, "it": 4, "en": 4}, ("acme", "northlight")),
    "paolo": ({"it": 5, "en": 3}, ("acme",)),
    "jens": ({"de": 5, "en": 4}, ("northlight",)),
}
CLIENT_USERS = {"carla": "acme", "dieter": "northlight"}
STAFF = {"sofia": Membership.Role.SUPERVISOR, "omar": Membership.Role.OPERATOR}
EMAILS = {
    **{name: f"{name}@bpo.example" for name in (*AGENTS, *STAFF)},
    **{name: f"{name}@{shop}.example" for name, shop in CLIENT_USERS.items()},
}


def build_world() -> None:
    """Both shops and everyone, committed by the caller's connection."""
    shops = {slug: open_shop(slug=slug, contract_from=SINCE, **terms) for slug, terms in SHOPS.items()}
    for name, (languages, slugs) in AGENTS.items():
        hire(name, languages, [shops[slug] for slug in slugs])
    for name, role in STAFF.items():
        Membership.objects.create(person=_person(name), role=role)
    for name, slug in CLIENT_USERS.items():
        Membership.objects.create(person=_person(name), role=Membership.Role.CLIENT, tenant=shops[slug])


def hire(name: str, languages: dict[str, int], shops: list[Tenant], *, capacity: int = 4) -> Person:
    """A new agent with these languages and levels, accredited for these shops, with a desk (offline)."""
    person = _person(name)
    Membership.objects.create(person=person, role=Membership.Role.AGENT)
    for language, level in languages.items():
        skill, _ = Skill.objects.get_or_create(
            code=f"lang:{language}", defaults={"kind": Skill.Kind.LANGUAGE, "name": language}
        )
        PersonSkill.objects.create(person=person, skill=skill, level=level)
    for shop in shops:
        Accreditation.objects.create(person=person, tenant=shop, alias=f"{name.title()} A.", valid_from=SINCE)
    open_desk(person=person, capacity=capacity)
    return person


def person_named(name: str) -> Person:
    return Person.objects.get(email=EMAILS[name])


def reset_desks() -> None:
    """Every agent's desk as it was in the beginning: offline, nothing in hand."""
    from routing.models import AgentState, AgentStateSpell

    # Spells of who has a desk cannot be deleted.
    AgentState.objects.all().delete()
    AgentStateSpell.objects.all().delete()
    with clock.hold(clock.now()):
        for membership in Membership.objects.filter(role=Membership.Role.AGENT).select_related("person"):
            open_desk(person=membership.person)


def _person(name: str) -> Person:
    email = EMAILS.get(name, f"{name}@bpo.example")
    return Person.objects.create_user(email, PASSWORD, name=f"{name.title()} {name[0].upper()}.")
