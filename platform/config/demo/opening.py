"""Open the demo's shops and hire its people; what is there already stays as it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django.contrib.auth.hashers import make_password

from config.demo.cast import AGENTS, COLLEAGUES, LANGUAGE_NAMES, PASSWORD, SHOPS, Agent
from desk.onboarding import open_shop
from kernel import clock
from people.models import Accreditation, Membership, Person, PersonSkill, Skill
from routing.queues import open_desk
from sla_contracts.period import Period
from tenants.models import Tenant


def open_shops(*, now: datetime) -> dict[str, Tenant]:
    """Slug → shop, under contract since the beginning of a month three months ago."""
    shops = {}
    for terms in SHOPS:
        found = Tenant.objects.filter(slug=terms["slug"]).first()
        since = Period.holding(now, terms["time_zone"]).before(3).start
        shops[terms["slug"]] = found or open_shop(contract_from=since, **terms)
    return shops


def hire_everyone(shops: dict[str, Tenant], *, now: datetime) -> dict[str, Person]:
    """Mail address → person; agents are accredited since before the shops' contracts."""
    people = {agent.email: _hire(agent, shops, now - timedelta(days=150)) for agent in AGENTS}
    for colleague in COLLEAGUES:
        person = _person(colleague.name, colleague.email, "en", colleague.time_zone)
        Membership.objects.get_or_create(person=person, role=colleague.role, tenant=shops.get(colleague.shop))
        people[colleague.email] = person
    return people


def _hire(agent: Agent, shops: dict[str, Tenant], since: datetime) -> Person:
    person = _person(agent.name, agent.email, agent.language, agent.time_zone)
    Membership.objects.get_or_create(person=person, role=Membership.Role.AGENT, tenant=None)
    for language, level in agent.skills.items():
        skill, _ = Skill.objects.get_or_create(
            code=f"lang:{language}", defaults={"kind": Skill.Kind.LANGUAGE, "name": LANGUAGE_NAMES[language]}
        )
        PersonSkill.objects.get_or_create(person=person, skill=skill, defaults={"level": level})
    for slug, alias in agent.shops.items():
        Accreditation.objects.get_or_create(
            person=person, tenant=shops[slug], defaults={"alias": alias, "valid_from": since}
        )
    with clock.hold(since):
        open_desk(person=person)
    return person


def _person(name: str, email: str, language: str, time_zone: str) -> Person:
    found = Person.objects.filter(email=email).first()
    if found is not None:
        return found
    return Person.objects.create(
        email=email, name=name, language=language, time_zone=time_zone, password=_password_hash()
    )


@lru_cache(maxsize=1)
def _password_hash() -> str:
    """One for all: hashing is slow on purpose, and everybody has the same password."""
    return make_password(PASSWORD)
