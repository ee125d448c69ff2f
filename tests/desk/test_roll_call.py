"""The roll call judges by what it asked, and nobody by an answer that is older than their grant."""

from __future__ import annotations

import time
from uuid import uuid4

from desk.consumers import DeskConsumer, _Watch
from kernel import live
from people.models import Person
from people.standing import Standing, standing
from tenants.models import Tenant


def watching(person: Person, shop: Tenant, checked_at: float) -> tuple[DeskConsumer, str]:
    consumer = DeskConsumer()
    consumer.person_id, consumer.session_key, consumer._roles = person.pk, "key", frozenset({"agent"})
    consumer._heard_at = time.monotonic()
    audience = live.conversation_feed(shop.id, uuid4())
    consumer._watched = {audience: _Watch(shop, checked_at)}
    consumer._joined = {audience: lambda frame: None}
    return consumer, audience


def of_nobody_in(person: Person) -> Standing:
    now = standing(people=[person.pk], sessions=[], tenants=[])
    now.sessions.add("key")
    return now


def test_a_conversation_opened_while_the_answer_was_on_its_way_stays(acme: Tenant, lucia: Person) -> None:
    asked_at = time.monotonic()
    consumer, audience = watching(lucia, acme, checked_at=asked_at + 0.01)
    consumer.check(of_nobody_in(lucia), asked_at)
    assert audience in consumer._watched
    consumer.check(of_nobody_in(lucia), asked_at + 1)
    assert audience not in consumer._watched


def test_one_that_still_stands_stays(acme: Tenant, lucia: Person) -> None:
    consumer, audience = watching(lucia, acme, checked_at=time.monotonic())
    now = standing(people=[lucia.pk], sessions=[], tenants=[acme.pk])
    now.sessions.add("key")
    consumer.check(now, time.monotonic() + 1)
    assert audience in consumer._watched
