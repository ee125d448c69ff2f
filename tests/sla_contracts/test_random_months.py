"""Months drawn by chance, played through the use cases, and counted twice: to the item, to the instant, to the cent.

The second count (``recount``) reads messages, work and contracts, knows only sla.md, and shares no code with the first.
``make months N=2000`` plays many; the suite plays a few, always the same.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from people.access import forget_entries
from people.models import Person, PersonSkill, Skill
from routing.queues import forget_hours
from sla_contracts import timers
from sla_contracts.attainment import attainment
from sla_contracts.checking import check_clocks
from sla_contracts.contracts import forget_versions
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.sla_contracts.played_months import PlayedMonth, draw_month
from tests.sla_contracts.recount import clauses
from tests.sla_contracts.recount.promises import Look, Promise, Shop

FIRST, COUNT = int(os.environ.get("MONTHS_FROM", "1")), int(os.environ.get("MONTHS", "6"))
WHOLE = ("counted", "met", "breached", "running", "excluded", "judged", "kept")
MONEY = ("points_off", "points_over", "penalty", "bonus")
# A share that the product keeps with 28 digits.
NEAR = Fraction(1, 10**20)
Shops = tuple[Tenant, Tenant]


@pytest.fixture
def agents(lucia: Person, paolo: Person, jens: Person) -> list[list[Person]]:
    """Of each shop two who speak its languages."""
    PersonSkill.objects.create(person=lucia, skill=Skill.objects.get(code="lang:de"), level=5)
    return [[lucia, paolo], [lucia, jens]]


@pytest.mark.django_db
@pytest.mark.timeout(0)
def test_random_months_are_counted_the_same_twice(acme: Tenant, northlight: Tenant, agents: list[list[Person]]) -> None:
    happened, found, clocks = Counter[str](), list[str](), 0
    for seed in range(FIRST, FIRST + COUNT):
        _forget()
        with transaction.atomic():
            for month in draw_month(seed, (acme, northlight), agents):
                found += [f"month {seed}, {month.tenant.slug}: {each}" for each in _disagreements(month)]
                clocks += Clock.objects.filter(tenant=month.tenant).count()
                happened.update(month.happened)
            transaction.set_rollback(True)
    _forget()
    print(f"{COUNT} months from {FIRST}, {clocks} clocks, {len(found)} disagreements; {dict(happened.most_common())}")
    assert found == [], "\n\n".join(found[:8])
    assert clocks > 12 * COUNT
    assert len(happened) >= 14 or COUNT < 6, happened


def _disagreements(month: PlayedMonth) -> Iterator[str]:
    tenant, period = month.tenant, month.period
    shop = Shop(tenant.id, tenant.schema_name, month.acts, period.start + (period.end - period.start) / 2)
    middle = period.start + timedelta(days=month.chance.randrange(1, 28), seconds=month.chance.randrange(86_400))
    for cut_off in (middle, month.until + timedelta(days=1)):
        yield from _attainments_apart(month, shop, cut_off)
    timers.sweep(month.until)
    stored = list(Clock.objects.filter(tenant=tenant))
    yield from _clocks_apart(stored, shop, month.until)
    for clock, wrong in check_clocks(tenant_id=tenant.id).wrong.items():
        yield f"{clock} differs from its ledger: {wrong}"


def _attainments_apart(month: PlayedMonth, shop: Shop, cut_off: datetime) -> Iterator[str]:
    tenant, period = month.tenant, month.period
    first = attainment(tenant, period, now=cut_off)
    second = clauses.count(shop.versions, shop.promises, period.start, period.end, cut_off, tenant.currency)
    if [(row["code"], row["version"]) for row in first["clauses"]] != [(r["code"], r["version"]) for r in second]:
        yield f"other clauses: {first['clauses']} and {second}"
        return
    for one, other in zip(first["clauses"], second, strict=True):
        where = f"{one['code']} of version {one['version']} at {cut_off}"
        ids = _by_item(one["ids"]), _by_item(other["ids"])
        for conversation in {key for key in ids[0] | ids[1] if ids[0].get(key) != ids[1].get(key)}:
            apart = f"{ids[0].get(conversation)}, and {ids[1].get(conversation)} by the recount"
            yield f"{where}: {apart}: {shop.story_of(UUID(conversation))}"
        for name in WHOLE:
            if one[name] != other[name]:
                yield f"{where}: {name} {one[name]} and {other[name]}"
        for name in MONEY:
            if Fraction(one[name]) != other[name]:
                yield f"{where}: {name} {one[name]} and {float(other[name])}"
        share = one["share"]
        if (share is None) != (other["share"] is None) or (share and abs(Fraction(share) - other["share"]) > NEAR):
            yield f"{where}: share {share} and {other['share']}"
    for name in ("penalty", "bonus"):
        if Fraction(first[name]) != sum(row[name] for row in second):
            yield f"{name} of {first[name]} in all"


def _by_item(ids: dict[str, Any]) -> dict[str, list[str]]:
    """Conversation → its outcomes; one that came back may have several."""
    found: dict[str, list[str]] = {}
    for outcome, who in [*((name, who) for name, who in ids.items() if name != "excluded"), *ids["excluded"].items()]:
        for each in who:
            found.setdefault(each, []).append(outcome)
    return {each: sorted(outcomes) for each, outcomes in found.items()}


def _clocks_apart(stored: list[Clock], shop: Shop, until: datetime) -> Iterator[str]:
    rows = {(row.conversation, row.metric, row.started_at): row for row in stored}
    found = {(one.conversation, one.metric, one.began): one for one in shop.promises}
    for key in set(rows) ^ set(found):
        who = "the ledger" if key in rows else "the recount"
        yield f"a clock that only {who} has: {key[1]} at {key[2]}: {shop.story_of(key[0])}"
    for key in set(rows) & set(found):
        wrong = _columns_apart(rows[key], found[key], until)
        if wrong:
            yield f"{key[1]} at {key[2]}: {wrong}: {shop.story_of(key[0])}"


def _columns_apart(row: Clock, one: Promise, until: datetime) -> dict[str, tuple[Any, Any]]:
    """Name → (stored, recounted)."""
    last, now = one.look(one.steps[-1][0] if one.steps else one.began), one.look(until)
    pairs: dict[str, tuple[Any, Any]] = {
        "version": (row.version_id, one.version.id),
        "calendar": (row.calendar, one.calendar),
        "group": (row.channel_group, one.group),
        "target": (row.target_seconds, now.target.total_seconds()),
        "state": (row.state, _state(now)),
    }
    if not now.void:
        pairs["broken"] = row.breached_at, now.broken_at
    if row.state in ("met", "paused", "voided"):
        pairs["used"] = row.elapsed_seconds, last.used.total_seconds()
    elif row.state == "running" and last.since is not None:
        due = one.hours.due(last.since, now.target - last.used)
        pairs["due"] = row.due_at if due is not None else None, due
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _state(look: Look) -> str:
    if look.void or look.stopped:
        return "voided" if look.void else "met"
    return "paused" if look.is_held else "breached" if look.is_late else "running"


def _forget() -> None:
    forget_versions()
    forget_entries()
    forget_hours()
