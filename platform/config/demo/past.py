"""Two months of finished conversations, played through the real use cases with the clock held.

One transaction for all: a demo is there or it is not. Nothing is sent and nobody is rung: what the carriers would
have done is written down, and the doorbells of a past are dropped.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from carriers.contract import Incoming
from config.demo import shifts
from config.demo.cast import AGENTS, Agent
from config.demo.plot import ITEMS, MATTERS, NAMES, Matter
from conversations import handling, outbound, receiving
from conversations.answering import meet_answers
from conversations.models import Conversation, Message
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.offering import accept, offer
from sla_contracts import timers
from tenants.models import Line, Tenant

DAYS = 61
A_SHOP = 100
RECENT = timedelta(days=6)  # mails of these days could end in the future: there are only chats
QUIET_DAYS = {5: 0.45, 6: 0.3}  # Saturday and Sunday, against a working day
CHANNELS = (("webchat", 0.55), ("email", 0.3), ("form", 0.15))

Say = Callable[[str], object]


@dataclass(frozen=True)
class Arrival:
    """One conversation to come; times of the shop's day."""

    at: datetime
    slug: str
    channel: str
    language: str
    matter: Matter
    name: str
    item: str
    order: str


@dataclass
class Stage:
    """Who is there while the past is played."""

    shops: dict[str, Tenant]
    people: dict[str, Person]
    lines: dict[tuple[str, str], Line]
    chance: random.Random


def is_played(shops: dict[str, Tenant]) -> bool:
    for shop in shops.values():
        with enter(shop):
            if not Conversation.objects.exists():
                return False
    return True


def play(*, shops: dict[str, Tenant], people: dict[str, Person], until: datetime, say: Say) -> int:
    """Play all conversations that arrived in the ``DAYS`` before ``until``; how many there were."""
    lines = {(line.tenant.slug, line.carrier): line for line in Line.objects.select_related("tenant")}
    stage = Stage(shops, people, lines, random.Random(7))
    arrivals = sorted(_arrivals(stage, until), key=lambda arrival: arrival.at)
    agents = [people[agent.email] for agent in AGENTS]
    with transaction.atomic():
        shifts.begin(agents, at=arrivals[0].at - timedelta(hours=1))
        for count, arrival in enumerate(arrivals, start=1):
            with enter(shops[arrival.slug]):
                _play_one(stage, arrival)
            if count % 60 == 0:
                say(f"{count} of {len(arrivals)} conversations")
        shifts.end(agents)
        connection.run_on_commit.clear()
    return len(arrivals)


def _arrivals(stage: Stage, until: datetime) -> list[Arrival]:
    return [
        _arrival(stage.chance, shop, moment, is_recent=until - moment < RECENT)
        for shop in stage.shops.values()
        for moment in _moments(stage.chance, ZoneInfo(shop.time_zone), until)
    ]


def _moments(chance: random.Random, zone: ZoneInfo, until: datetime) -> list[datetime]:
    """``A_SHOP`` instants of the past days, more on working days and around noon and evening."""
    midnight = until.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=ago) for ago in range(1, DAYS + 1)]
    weights = [QUIET_DAYS.get(day.weekday(), 1.0) for day in days]
    return [
        day + timedelta(hours=min(21.0, max(8.2, chance.gauss(14, 3.2))), seconds=chance.randrange(60))
        for day in chance.choices(days, weights, k=A_SHOP)
    ]


def _arrival(chance: random.Random, shop: Tenant, at: datetime, *, is_recent: bool) -> Arrival:
    main, other = shop.languages[0], shop.languages[1]
    language = main if chance.random() < 0.72 else other
    channel = chance.choices([name for name, _ in CHANNELS], [share for _, share in CHANNELS])[0]
    return Arrival(
        at=at,
        slug=shop.slug,
        channel="webchat" if is_recent else channel,
        language=language,
        matter=chance.choice(MATTERS[language]),
        name=chance.choice(NAMES[language]),
        item=chance.choice(ITEMS[shop.slug, language]),
        order=f"{shop.mark}-{chance.randrange(20_000, 89_999)}",
    )


def _play_one(stage: Stage, arrival: Arrival) -> None:
    chance, shop = stage.chance, stage.shops[arrival.slug]
    with clock.hold(arrival.at):
        conversation_id = _write(stage, arrival, arrival.matter.ask, None)
        _as_if_sent(conversation_id)
    if arrival.channel == "webchat" and chance.random() < 0.04:
        with clock.hold(arrival.at + timedelta(seconds=chance.uniform(40, 200))):
            timers.sweep(clock.now())
            handling.leave(tenant=shop, conversation_id=conversation_id)
        return
    item = queue.open_item(conversation_id)
    assert item is not None
    agent = _able(stage, arrival.slug, item.language)
    person = stage.people[agent.email]
    asked, answered = _times(chance, agent, arrival)
    with clock.hold(max(arrival.at, asked - timedelta(seconds=chance.uniform(2, 8)))):
        offer(work_item_id=item.id, agent_id=person.pk, reason={"policy": "fifo"})
    with clock.hold(asked):
        accept(person=person, work_item_id=item.id)
    _converse(stage, arrival, person, conversation_id, answered)


def _converse(stage: Stage, arrival: Arrival, person: Person, conversation_id: UUID, at: datetime) -> None:
    """Answer, a word of the shopper's, a last word, closing; chats in minutes, mails in hours."""
    chance, shop = stage.chance, stage.shops[arrival.slug]
    pace = timedelta(minutes=1) if arrival.channel == "webchat" else timedelta(minutes=25)
    waits = arrival.channel != "webchat" and chance.random() < 0.5
    with clock.hold(at):
        timers.sweep(at)
        _say(shop, person, conversation_id, _fill(arrival, arrival.matter.answer, person, shop), waits=waits)
    if chance.random() < 0.75:
        at += pace * chance.uniform(0.8, 3.5)
        with clock.hold(at):
            _write(stage, arrival, arrival.matter.more, conversation_id)
        at += pace * chance.uniform(0.5, 1.5)
        with clock.hold(at):
            _say(shop, person, conversation_id, _fill(arrival, arrival.matter.end, person, shop))
    at += pace * chance.uniform(0.3, 1.2)
    with clock.hold(at):
        timers.sweep(at)
        work = queue.require_in_hand(person, conversation_id)
        handling.close(
            person=person, tenant=shop, conversation_id=conversation_id, contact_reason=arrival.matter.reason
        )
    with clock.hold(at + timedelta(seconds=chance.uniform(8, 28))):
        queue.end_wrap_up(person=person, work_item_id=work.id)


def _times(chance: random.Random, agent: Agent, arrival: Arrival) -> tuple[datetime, datetime]:
    """When the work is accepted and when it is answered; one in six is late."""
    late = chance.random() < 0.16
    if arrival.channel == "webchat":
        wait = chance.uniform(60, 240) if late else chance.uniform(4, 16)
        writing = chance.uniform(14, 34) * agent.pace
        return arrival.at + timedelta(seconds=wait), arrival.at + timedelta(seconds=wait + writing)
    start = _office(arrival.at)
    hours = chance.uniform(4.3, 7.0) if late else chance.uniform(0.2, 2.6) * agent.pace
    asked = _office(start + timedelta(hours=hours))
    return asked, asked + timedelta(minutes=chance.uniform(4, 14) * agent.pace)


def _office(at: datetime) -> datetime:
    """The same instant in the mail team's hours, or the next morning's equivalent (at is local to the shop)."""
    while at.weekday() >= 5 or at.hour >= 17:
        at = (at + timedelta(days=1)).replace(hour=9, minute=at.minute, second=at.second)
    return at if at.hour >= 9 else at.replace(hour=9)


def _able(stage: Stage, slug: str, language: str) -> Agent:
    return stage.chance.choice([a for a in AGENTS if slug in a.shops and a.skills.get(language, 0) >= 3])


def _write(stage: Stage, arrival: Arrival, text: str, conversation_id: UUID | None) -> UUID:
    """The shopper writes; returns the conversation."""
    shop = stage.shops[arrival.slug]
    mail = arrival.channel != "webchat"
    address = f"{arrival.name.lower().replace(' ', '.').replace(chr(39), '')}@mail.example"
    key = new_id()
    message = receiving.receive(
        tenant=shop,
        line=stage.lines[arrival.slug, arrival.channel],
        incoming=Incoming(
            external_id=f"<{key}@mail.example>" if mail else str(key),
            channel=arrival.channel,
            sender_kind="email" if mail else "widget",
            sender_address=address if mail else f"{arrival.slug}-{arrival.order}",
            sender_name=arrival.name,
            text=_fill(arrival, text, None, shop),
            subject=_fill(arrival, arrival.matter.subject, None, shop) if mail else "",
            language_hint=arrival.language,
            category=arrival.matter.category if arrival.channel == "form" else "",
            order_number=arrival.order if arrival.channel == "form" else "",
            conversation_id=conversation_id,
            client_key=str(key),
        ),
    )
    return message.conversation_id


def _say(shop: Tenant, person: Person, conversation_id: UUID, text: str, *, waits: bool = False) -> None:
    outbound.reply(
        person=person,
        tenant=shop,
        conversation_id=conversation_id,
        text=text,
        client_key=str(new_id()),
        waiting_for_customer=waits,
    )
    _as_if_sent(conversation_id)


def _as_if_sent(conversation_id: UUID) -> None:
    """What the carrier would have reported."""
    for message in Message.objects.filter(conversation=conversation_id, delivery=Message.Delivery.PENDING):
        Message.objects.filter(pk=message.pk).update(
            delivery=Message.Delivery.SENT, next_attempt_at=None, attempts=1, external_id=f"<{message.pk}@demo.example>"
        )
        meet_answers(message, at=clock.now())


def _fill(arrival: Arrival, text: str, person: Person | None, shop: Tenant) -> str:
    alias = next((a.shops[shop.slug] for a in AGENTS if person is not None and a.email == person.email), "")
    name = arrival.name if arrival.language == "de" else arrival.name.split(" ")[0]
    filled = text.format(order=arrival.order, item=arrival.item, name=name, alias=alias)
    return filled[:1].upper() + filled[1:]
