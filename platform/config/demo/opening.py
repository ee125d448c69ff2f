"""Open the demo's shops and hire its people; what is there already stays as it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django.contrib.auth.hashers import make_password

from config.demo import crowd, quality_desk
from config.demo.cast import AGENTS, COLLEAGUES, LANGUAGE_NAMES, PASSWORD, SHOPS, Agent
from desk.onboarding import open_shop
from kernel import clock
from people.models import Accreditation, Membership, Person, PersonSkill, Skill
from routing.queues import open_desk
from sla_contracts import contracts
from sla_contracts.default_terms import default_terms
from sla_contracts.period import Period
from tenants.models import Tenant

SIGNED_BEFORE = timedelta(days=9, hours=6)


def open_shops(*, now: datetime) -> dict[str, Tenant]:
    """Slug → shop, under contract since the beginning of a month three months ago."""
    shops = {}
    for terms in SHOPS:
        found = Tenant.objects.filter(slug=terms["slug"]).first()
        if found is None:
            since = crowd.begins(now, terms["time_zone"])
            # Papers of the past are signed in the past.
            with clock.hold(since - SIGNED_BEFORE):
                found = open_shop(contract_from=since, **terms)
            if terms["slug"] == SHOPS[0]["slug"]:
                _amend(found, from_month=Period.holding(now, found.time_zone).before(1))
        shops[terms["slug"]] = found
    return shops


def _amend(shop: Tenant, *, from_month: Period) -> None:
    """The second version of a contract: after the strike more is promised for chats."""
    terms = default_terms(time_zone=shop.time_zone, country=shop.country, languages=shop.languages)
    for clause in terms["clauses"]:
        if clause["code"] == "chat_first_response":
            clause |= {"goal": 0.85, "penalty": {"eur_per_point": 60, "cap_points": 20}}
    with clock.hold(from_month.start - SIGNED_BEFORE):
        version = contracts.draft(tenant=shop, terms=terms, valid_from=from_month.start)
        contracts.sign(version_id=version.pk, by_bpo="Centralita", by_client=shop.legal_name)


def hire_everyone(shops: dict[str, Tenant], *, now: datetime) -> dict[str, Person]:
    """Mail address → person; agents are accredited since before the shops' contracts."""
    people = {agent.email: _hire(agent, shops, now - timedelta(days=150)) for agent in AGENTS}
    for colleague in COLLEAGUES:
        person = _person(colleague.name, colleague.email, "en", colleague.time_zone)
        Membership.objects.get_or_create(person=person, role=colleague.role, tenant=shops.get(colleague.shop))
        people[colleague.email] = person
    quality_desk.set_up(shops, people, now)
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
