"""The companies as tenants and the agents who serve them, made through the ordinary use cases."""

from __future__ import annotations

from dataclasses import dataclass

from config.onboarding import open_shop
from config.replay.corpus import Corpus, slug_of
from config.replay.sender import Door
from kernel import clock
from people.models import Accreditation, Membership, Person, PersonSkill, Skill
from routing.models import AgentState
from tenants.models import Line, Tenant

PASSWORD = "replay-only-password"
SERVING = 8
CAPACITY = 6


@dataclass(frozen=True, slots=True)
class Cast:
    tenants: dict[str, Tenant]
    doors: dict[str, Door]
    agents: list[Person]


def assemble(corpus: Corpus, *, agents: int) -> Cast:
    """One tenant a company, with a signed relay line; each agent is accredited for some of the companies."""
    tenants = {company: _shop(company) for company in corpus.companies}
    doors = {company: _door(tenant) for company, tenant in tenants.items()}
    people = [_agent(number) for number in range(agents)]
    companies = list(tenants.values())
    for number, person in enumerate(people):
        for step in range(min(SERVING, len(companies))):
            tenant = companies[(number * 2 + step * len(companies) // SERVING) % len(companies)]
            _accredit(person, tenant, alias=f"Agent {number + 1}")
    for number, tenant in enumerate(companies):
        # Nobody is left without an agent, however the numbers fall.
        if not Accreditation.objects.filter(tenant=tenant).exists():
            _accredit(people[number % agents], tenant, alias=f"Agent {number % agents + 1}")
    return Cast(tenants, doors, people)


def _shop(company: str) -> Tenant:
    return open_shop(
        name=company,
        slug=slug_of(company),
        country="US",
        languages=["en", "es"],
        time_zone="America/New_York",
        color="#3b5bdb",
        currency="USD",
    )


def _door(tenant: Tenant) -> Door:
    line = Line.objects.create(
        tenant=tenant,
        carrier=Line.Carrier.RELAY,
        address=f"relay-{tenant.slug}",
        token=f"relay-{tenant.slug}",
        secret=f"secret of {tenant.slug}",
    )
    return Door(line.token, line.secret)


def _agent(number: int) -> Person:
    person = Person.objects.create_user(
        f"agent{number + 1}@replay.example", PASSWORD, name=f"Replay Agent {number + 1}"
    )
    Membership.objects.create(person=person, role=Membership.Role.AGENT)
    for language in ("en", "es"):
        skill, _ = Skill.objects.get_or_create(
            code=f"lang:{language}", defaults={"kind": Skill.Kind.LANGUAGE, "name": language}
        )
        PersonSkill.objects.create(person=person, skill=skill, level=4)
    AgentState.objects.create(
        person=person, since=clock.now(), capacity=CAPACITY, channels=["webchat", "email", "form", "relay"]
    )
    return person


def _accredit(person: Person, tenant: Tenant, *, alias: str) -> None:
    Accreditation.objects.get_or_create(
        person=person, tenant=tenant, defaults={"alias": alias, "valid_from": clock.now()}
    )
