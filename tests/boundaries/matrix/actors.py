"""Who asks: the sixteen who must be told apart, and five who are let in, so that each denial stands beside an entry."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.core import signing
from django.test import Client

from conversations import widget
from kernel import clock
from people.api_keys import make_key
from people.models import Accreditation, Membership, Person
from tenants.models import Tenant
from tests.canaries import fitted
from tests.world import SINCE, hire

ACME, OTHER, CLOSED = "acme", "northlight", "shutters"


@dataclass(frozen=True, slots=True)
class Actor:
    """serves, works: slugs of the shops that they may read, and answer for; portal: role by shop."""

    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    serves: frozenset[str] = frozenset()
    works: frozenset[str] = frozenset()
    holds: str = ""
    portal: tuple[tuple[str, str], ...] = ()
    key_of: str = ""
    visits: str = ""
    wrote: bool = False

    def roles_at(self, shop: str) -> set[str]:
        return {role for slug, role in self.portal if slug == shop}

    def ask(self, host: str, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """One request of their own, as a browser or program of theirs would send it."""
        client = Client(raise_request_exception=False, headers={"host": host, **self.headers})
        client.cookies = SimpleCookie(self.cookies)
        if method in ("GET", "HEAD", "OPTIONS"):
            return getattr(client, method.lower())(path)
        return getattr(client, method.lower())(path, body or {}, content_type="application/json")


def everyone(shops: dict[str, Tenant], people: dict[str, Person], token: str) -> Iterator[Actor]:
    """All actors; ``token`` is the session of the shopper who wrote at Acme. Acme is the shop that is asked about."""
    acme, other, closed = shops[ACME], shops[OTHER], shops[CLOSED]
    yield Actor("anonymous")
    yield Actor("shopper, own", headers=_widget(token), visits=ACME, wrote=True)
    yield Actor("shopper, another's", headers=_widget(_visitor(acme)), visits=ACME)
    yield Actor("shopper of another shop", headers=_widget(_visitor(other)), visits=OTHER)
    yield Actor("shopper, forged token", headers=_widget(f"{token[:-3]}xyz"))
    yield Actor("shopper, expired token", headers=_widget(_old_visitor(acme)))
    yield from _clients(acme, other, closed, people)
    yield from _agents(acme, people)
    north = frozenset({OTHER})
    theirs = _staff("sven", Membership.Role.SUPERVISOR, all_clients=False)
    Accreditation.objects.create(person=theirs, tenant=other, alias="Sven", valid_from=SINCE)
    yield Actor(
        "supervisor of another team", _session(theirs), staff=frozenset({"supervisor"}), serves=north, works=north
    )
    all_shops = frozenset({ACME, OTHER})
    for role, name in (("supervisor", "sofia"), ("operator", "omar")):
        session = _session(people[name])
        yield Actor(role, session, staff=frozenset({role}), serves=all_shops, works=all_shops)


def _clients(acme: Tenant, other: Tenant, closed: Tenant, people: dict[str, Person]) -> Iterator[Actor]:
    viewer, shut = _client(acme, "vera", "viewer"), _client(closed, "sara", "client")
    yield Actor("client user", _session(people["carla"]), portal=((ACME, "client"),))
    yield Actor("client user, lower role", _session(viewer), portal=((ACME, "viewer"),))
    yield Actor("client user of another shop", _session(people["dieter"]), portal=((OTHER, "client"),))
    yield Actor("client user of a suspended shop", _session(shut))
    for name, shop, person in (("key", acme, people["carla"]), ("key of another shop", other, people["dieter"])):
        _, text = make_key(person=person, tenant=shop, name=fitted(shop, 60))
        yield Actor(f"API {name}", headers={"Authorization": f"Key {text}"}, key_of=shop.slug)


def _agents(acme: Tenant, people: dict[str, Person]) -> Iterator[Actor]:
    agent, here = frozenset({"agent"}), frozenset({ACME})
    yield Actor("agent, granted", _session(people["paolo"]), staff=agent, serves=here, works=here, holds=ACME)
    north = frozenset({OTHER})
    yield Actor("agent, not granted", _session(people["jens"]), staff=agent, serves=north, works=north, holds=OTHER)
    revoked = people["rita"]
    session = _session(revoked)
    Accreditation.objects.filter(person=revoked).update(valid_until=clock.now())
    yield Actor("agent, revoked in mid-session", session, staff=agent)
    reader = hire("rolf", {"it": 4}, [acme])
    Accreditation.objects.filter(person=reader).update(is_read_only=True)
    yield Actor("agent, read-only", _session(reader), staff=agent, serves=here)


def _session(person: Person) -> dict[str, str]:
    client = Client(headers={"host": settings.DESK_HOST})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def _staff(name: str, role: str, **terms: Any) -> Person:
    person = Person.objects.create_user(f"{name}@bpo.example", None, name=name.title())
    Membership.objects.create(person=person, role=role, **terms)
    return person


def _client(shop: Tenant, name: str, role: str) -> Person:
    return _staff(name, role, tenant=shop)


def _visitor(shop: Tenant) -> str:
    return widget.issue_token(tenant=shop, key=widget.line_of(shop).token)


class _OldSigner(signing.TimestampSigner):
    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) - 400 * 24 * 3600)


def _old_visitor(shop: Tenant) -> str:
    said = [shop.id.hex, widget.line_of(shop).id.hex, secrets.token_hex(16)]
    return str(_OldSigner(salt=widget._SALT).sign_object(said))


def _widget(token: str) -> dict[str, str]:
    return {"Authorization": f"Widget {token}"}
