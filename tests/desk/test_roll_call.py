"""The roll call judges by what it asked, and nobody by an answer that is older than their grant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async

from desk import personnel, roll_call
from desk.consumers import DeskConsumer, _Watch
from desk.roll_call import RollCall
from kernel import live
from people import sessions
from people.models import Person
from people.standing import Standing, standing
from tenants.models import Tenant
from tests.live_stack import LiveStack


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


class Present:
    """Somebody with an open socket, who notes how things stand whenever they are told."""

    def __init__(self, person: Person, shop: Tenant) -> None:
        self.person_id, self.session_key, self._shop = person.pk, "key", shop.pk
        self.told: asyncio.Queue[Standing] = asyncio.Queue()

    def watched_shops(self) -> Collection[UUID]:
        return (self._shop,)

    def check(self, now: Standing, as_of: float) -> None:
        self.told.put_nowait(now)


def test_who_withdraws_a_right_rings_and_nobody_waits_for_the_next_call(
    live_stack: LiveStack, acme: Tenant, carla: Person, omar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls by themselves are an hour apart here: what is heard was rung for."""
    monkeypatch.setattr(roll_call, "CHECK_SECONDS", 3600.0)

    async def told() -> list[bool]:
        roll, present, found = RollCall(), Present(carla, acme), []
        roll.join(present)
        try:
            while present.told.empty():
                # Until the subscription stands, nothing that is rung is heard.
                await sync_to_async(live.call_the_roll)()
                await asyncio.sleep(0.1)
            for withdraw in (
                lambda: sessions.end_all(carla),
                lambda: personnel.change(by=omar, person_id=carla.pk, is_active=False),
                lambda: personnel.change(by=omar, person_id=carla.pk, is_active=True),
            ):
                await asyncio.sleep(3 * roll_call.RING_SECONDS)
                while not present.told.empty():
                    present.told.get_nowait()
                await sync_to_async(withdraw)()
                now = await asyncio.wait_for(present.told.get(), 60)
                found.append((carla.pk, acme.pk) in now.clients)
            return found
        finally:
            live.hub.leave(live.standing_feed(), roll._hear)

    assert asyncio.run(told()) == [True, False, True]
