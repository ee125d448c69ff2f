"""Marks: what the rows of a test hold that only one shop has, and who may see which shop.

Beside the planted tokens every stored value is a canary of its own: the keys of a shop's rows and every text of ten
characters or more, in its schema and in the public rows that are its own, unless a second shop holds the same. They
are read at the end of a test from whatever columns the models have then.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from tests.canaries_planting import tenant_models

SHORTEST = 10
MOST_SHOPS = 12
# Rows of a shop in ``public``: how each finds its tenant. Audit notes name people and are left out.
PUBLIC_OWNED = {
    "tenants.Line": "t.tenant_id",
    "tenants.Domain": "t.tenant_id",
    "tenants.ShopLogo": "t.tenant_id",
    "routing.Queue": "t.tenant_id",
    "routing.WorkItem": "t.tenant_id",
    "sla_contracts.Contract": "t.tenant_id",
    "sla_contracts.ContractVersion": "SELECT o.tenant_id FROM public.sla_contracts_contract o WHERE o.id = contract_id",
    "sla_contracts.Clock": "t.tenant_id",
    "sla_contracts.SlaReport": "t.tenant_id",
    "billing.RateCard": "t.tenant_id",
    "billing.Invoice": "t.tenant_id",
    "billing.InvoiceLine": "SELECT i.tenant_id FROM public.billing_invoice i WHERE i.id = t.invoice_id",
    "billing.Usage": "t.tenant_id",
    "tenants.Tenant": "t.id",
}
# Their own columns that everybody may meet: keys of agents, words that are ours.
NOT_MARKS = {
    "routing.WorkItem.not_agents",
    "routing.WorkItem.reason",
    "tenants.Tenant.slug",
    "tenants.Tenant.schema_name",
    "tenants.Domain.domain",
    "quality.SampleDraw.candidates",  # keys of work and of agents, and channels with languages
    "quality.SampleDraw.wanted",  # keys of agents
    "customers.ErasureCertificate.data",  # ids, times and counts; who was erased is not in it
}
_UUID = re.compile(rb"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_PLAIN = re.compile(r"[^\"\\<>&'\n\r\t\0%+]+")


@dataclass
class Shops:
    """Who may see what, by slug. A grant that ended during the test still counts; the matrix is about that."""

    slug_of: dict[str, str] = field(default_factory=dict)
    at_host: dict[str, str] = field(default_factory=dict)
    by_line: dict[str, str] = field(default_factory=dict)
    by_address: dict[str, str] = field(default_factory=dict)
    by_schema: dict[str, str] = field(default_factory=dict)
    of_person: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    persons: dict[str, str] = field(default_factory=dict)

    @property
    def slugs(self) -> set[str]:
        return set(self.slug_of.values())


@dataclass
class Marks:
    """Value → the shop that alone holds it."""

    keys: dict[bytes, str] = field(default_factory=dict)
    texts: dict[bytes, tuple[str, str]] = field(default_factory=dict)

    def foreign_in(self, content: bytes, own: Iterable[str], asked: bytes = b"") -> Iterator[str]:
        """Marks of other shops in ``content``, without what the asker said themselves."""
        for found in {match.lower() for match in _UUID.findall(content)}:
            owner = self.keys.get(found)
            if owner is not None and owner not in own and found not in asked.lower():
                yield f"{owner}: row {found.decode()}"
        yield from self.words_in(content, own, asked)

    def said_in(self, content: bytes) -> Iterator[str]:
        """What was said in any shop, or who said it."""
        return (word for word in self.words_in(content) if word.split(" ")[1].split(".")[0] in settings.TENANT_APPS)

    def words_in(self, content: bytes, own: Iterable[str] = (), asked: bytes = b"") -> Iterator[str]:
        for text, (owner, column) in self.texts.items():
            if owner not in own and text in content and text not in asked:
                yield f"{owner}: {column} {text.decode('utf-8', 'replace')[:60]!r}"


def read_shops() -> Shops:
    """From the rows of this moment, on the current connection, in ``public``."""
    shops = Shops()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text, slug, schema_name FROM public.tenants_tenant")
        for key, slug, schema in cursor.fetchall():
            shops.slug_of[key], shops.by_schema[schema] = slug, slug
        cursor.execute("SELECT domain, tenant_id::text FROM public.tenants_domain")
        shops.at_host = {domain: shops.slug_of[key] for domain, key in cursor.fetchall()}
        cursor.execute("SELECT token, address, tenant_id::text FROM public.tenants_line")
        for token, address, key in cursor.fetchall():
            shops.by_line[token] = shops.by_address[address.lower()] = shops.slug_of[key]
        cursor.execute(
            "SELECT person_id::text, tenant_id::text FROM public.people_accreditation"
            " UNION SELECT person_id::text, tenant_id::text FROM public.people_membership"
        )
        for person, key in cursor.fetchall():
            # Supervisors and operators have no tenant: they serve all. An agent has a role without tenant as well.
            shops.of_person[person] |= {shops.slug_of[key]} if key else set()
        cursor.execute("SELECT person_id::text FROM public.people_membership WHERE role IN ('supervisor', 'operator')")
        for (person,) in cursor.fetchall():
            shops.of_person[person] |= shops.slugs
        cursor.execute("SELECT id::text, email, name FROM public.people_person")
        for key, email, name in cursor.fetchall():
            shops.persons |= {key: key, email: key, name: key}
    return shops


def read_marks(shops: Shops) -> Marks:
    """What single shops hold now; nothing where there are more shops than a test of the wall has."""
    if len(shops.slug_of) > MOST_SHOPS:
        return Marks()
    keys: dict[bytes, set[str]] = defaultdict(set)
    texts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(sorted(shops.by_schema))))
        rows = cursor.fetchall()
    for label, owner, key, values in rows:
        slug = shops.by_schema.get(owner) or shops.slug_of.get(owner)
        if slug is None:
            continue
        if len(key) == 36 and label != "tenants.Tenant":
            keys[key.encode()].add(slug)
        for name, value in zip(_names(label), values, strict=True):
            for text in _leaves(value, name):
                texts[text].add((slug, f"{label}.{name}"))
    marks = Marks({key: min(owners) for key, owners in keys.items() if len(owners) == 1})
    for text, holders in texts.items():
        if len({slug for slug, _ in holders}) == 1 and text not in shops.persons:
            marks.texts[text.encode("utf-8", "surrogatepass")] = min(holders)
    return marks


def _leaves(value: str | None, name: str) -> Iterator[str]:
    """The texts in a column's value; of each the longest part that no encoding of a page would change."""
    if value is None or len(value) < SHORTEST:
        return
    if value[0] in "{[":
        try:
            yield from _texts_of(json.loads(value))
            return
        except ValueError:
            pass
    yield from _texts_of(value)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts_of(key)
            yield from _texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_of(inner)
    elif isinstance(value, str):
        part = max((found.strip() for found in _PLAIN.findall(value[:2000])), key=len, default="")
        if len(part) >= SHORTEST:
            yield part


@lru_cache(maxsize=32)
def _statement(schemas: tuple[str, ...]) -> str:
    parts = [_select(model, f"'{schema}'", schema) for schema in schemas for model in tenant_models()]
    parts += [_select(apps.get_model(label), f"({owner})::text", "public") for label, owner in PUBLIC_OWNED.items()]
    return " UNION ALL ".join(parts)


def _select(model: type[models.Model], owner: str, schema: str) -> str:
    columns = ", ".join(f't."{one.column}"::text' for one in _columns(model))
    table, key = f'"{schema}"."{model._meta.db_table}"', f't."{model._meta.pk.column}"::text'
    return f"SELECT '{model._meta.label}', {owner}, {key}, ARRAY[{columns}]::text[] FROM {table} t"


@lru_cache(maxsize=64)
def _names(label: str) -> tuple[str, ...]:
    return tuple(one.name for one in _columns(apps.get_model(label)))


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    kinds = (models.CharField, models.TextField, models.JSONField, ArrayField)
    return [
        one
        for one in model._meta.concrete_fields
        if isinstance(one, kinds) and not one.choices and f"{model._meta.label}.{one.name}" not in NOT_MARKS
    ]
