"""Tenants, agents and sessions for a benchmark, made through the ordinary use cases."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from config.onboarding import open_shop
from kernel import clock
from people.models import Accreditation, Membership, Person, PersonSkill, Skill
from people.session_store import SessionStore
from routing.models import AgentState, Queue
from tenants.models import Line, Tenant


@dataclass(frozen=True, slots=True)
class Stage:
    tenants: list[Tenant]
    agents: list[Person]
    cookies: list[str]


def set_up(*, tenants: int, agents: int, clients_each: int = 10) -> Stage:
    """``agents`` available agents with room for thousands of items, each accredited for some tenants."""
    shops = [_shop(number) for number in range(tenants)]
    skill, _ = Skill.objects.get_or_create(code="lang:en", defaults={"kind": "language", "name": "English"})
    now = clock.now()
    people = [
        Person(email=f"bench{number}@bpo.example", name=f"Bench {number}", password="!") for number in range(agents)
    ]
    Person.objects.bulk_create(people)
    Membership.objects.bulk_create([Membership(person=person, role="agent") for person in people])
    PersonSkill.objects.bulk_create([PersonSkill(person=person, skill=skill, level=4) for person in people])
    AgentState.objects.bulk_create(
        [
            AgentState(
                person=person,
                status="available",
                since=now,
                idle_since=now,
                last_heartbeat=now,
                capacity=30_000,
                channels=["relay", "webchat", "email", "form"],
            )
            for person in people
        ]
    )
    Accreditation.objects.bulk_create(
        [
            Accreditation(person=person, tenant=shops[place], alias="Bench", valid_from=now)
            for number, person in enumerate(people)
            for place in sorted({(number + step * 7) % tenants for step in range(min(clients_each, tenants))})
        ]
    )
    Queue.objects.update(offer_seconds=7200)
    return Stage(shops, people, [_cookie(person) for person in people])


def _shop(number: int) -> Tenant:
    tenant = open_shop(
        name=f"Bench {number}",
        slug=f"bench-{number}",
        country="IE",
        languages=["en"],
        time_zone="Europe/Dublin",
        color="#3b5bdb",
    )
    Line.objects.create(tenant=tenant, carrier="relay", address=f"bench-{number}", token=f"bench-{number}", secret="s")
    return tenant


def _cookie(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
