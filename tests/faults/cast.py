"""The shops and agents of a run, made through the ordinary use cases; each shop's token stands in all its texts."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.conf import settings

from desk.onboarding import open_shop
from people.models import Membership, Person
from routing.models import Queue
from tenants.models import Line, Tenant
from tests.live_stack import cookies_of
from tests.world import SINCE, hire

CAPACITY = 10


@dataclass(frozen=True, slots=True)
class Shop:
    id: str
    slug: str
    schema: str
    token: str
    mail: str
    widget_key: str
    relay_token: str
    relay_secret: str

    @property
    def host(self) -> str:
        return f"{self.slug}.localhost"


@dataclass(frozen=True, slots=True)
class Staff:
    id: str
    name: str
    cookie: str
    shops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    shops: tuple[Shop, ...]
    agents: tuple[Staff, ...]
    operator: Staff

    def shop(self, tenant_id: str) -> Shop:
        return next(shop for shop in self.shops if shop.id == tenant_id)


def assemble(*, shops: int, agents: int, seed: int, prefix: str = "s") -> Cast:
    """Shops s1, s2, … in a migrated database; each agent serves two or three of them."""
    chance = random.Random(seed)
    tenants = [_open(prefix, number) for number in range(1, shops + 1)]
    made = [_shop(tenant, chance) for tenant in tenants]
    Queue.objects.update(wrap_up_seconds=0)
    people = []
    for number in range(agents):
        # Two neighbours and, for every third agent, one more: nobody serves all, every shop has several.
        serves = {number % shops, (number + 1) % shops, *((number + 3) % shops for _ in range(number % 3 == 0))}
        person = hire(f"{prefix}agent{number + 1}", {"en": 5}, [tenants[index] for index in serves], capacity=CAPACITY)
        people.append(_staff(person, [made[index] for index in serves]))
    operator = Person.objects.create_user(f"{prefix}operator@bpo.example", "unused-0", name="Olga Operator")
    Membership.objects.create(person=operator, role=Membership.Role.OPERATOR)
    return Cast(tuple(made), tuple(people), _staff(operator, made))


def open_empty_shops(wanted: int) -> list[str]:
    """At least so many further shops nobody writes to; the schemas of all of them."""
    there = Tenant.objects.filter(slug__startswith="empty").count()
    for number in range(there, wanted):
        _open("empty", number)
    return list(Tenant.objects.exclude(status=Tenant.Status.DELETED).values_list("schema_name", flat=True))


def open_another(prefix: str, number: int, chance: random.Random) -> Shop:
    return _shop(_open(prefix, number), chance)


def _open(prefix: str, number: int) -> Tenant:
    return open_shop(
        name=f"Shop {prefix}{number}",
        slug=f"{prefix}{number}",
        country="IE",
        languages=["en"],
        time_zone="Europe/Dublin",
        color="#3b5bdb",
        legal_name=f"Shop {number} Ltd",
        contract_from=SINCE,
    )


def _shop(tenant: Tenant, chance: random.Random) -> Shop:
    lines = {line.carrier: line for line in Line.objects.filter(tenant=tenant)}
    relay = Line.objects.create(
        tenant=tenant,
        carrier=Line.Carrier.RELAY,
        address=f"relay-{tenant.slug}",
        token=f"relay-{tenant.slug}",
        secret=f"secret of {tenant.slug}",
    )
    return Shop(
        id=str(tenant.id),
        slug=tenant.slug,
        schema=tenant.schema_name,
        token=f"cnry-{tenant.slug}-{chance.getrandbits(32):08x}",
        mail=lines["email"].address,
        widget_key=lines["webchat"].token,
        relay_token=relay.token,
        relay_secret=relay.secret,
    )


def _staff(person: Person, shops: list[Shop]) -> Staff:
    session = cookies_of(person)[settings.SESSION_COOKIE_NAME]
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={'0' * 32}"
    return Staff(str(person.pk), person.name, cookie, tuple(sorted(shop.slug for shop in shops)))
