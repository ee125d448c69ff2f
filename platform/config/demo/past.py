"""The script of the past, played through the real use cases with the clock held: one transaction for a conversation.

A conversation is in the database from its first word to its last, or not at all: nothing of the past ever waits, or is
in anybody's hands, where the living could see it. It is known by the name of its first message, so that a play that was
broken off goes on with what is missing. Nothing is sent and nobody is rung: what the carriers would have done is
written down, and the doorbells of a past are dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from carriers.contract import Incoming
from config.demo import papers
from config.demo.scenes import Scene, Step
from conversations import asking, handing_on, handling, outbound, receiving
from conversations.answering import meet_answers
from conversations.models import Message
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from routing import desks, queue
from routing.models import AgentState, WorkItem
from routing.offering import Outcome, accept, decline, offer
from tenants.models import Line, Tenant

# What an agent of today has in hand takes no room from what they did then.
ROOM = 500
BORROWED = ("status", "capacity", "limits", "switches_per_hour", "load", "idle_since", "feed_seq")
PUT_OFF = timedelta(days=2)
NOTE = "For a colleague who knows this better, please."


class OutOfScript(RuntimeError):
    """The product did not take what the script expects: a mistake in one of them."""


@dataclass(frozen=True)
class Stage:
    """Who plays; lines by shop and carrier."""

    shops: Mapping[str, Tenant]
    people: Mapping[str, Person]
    lines: Mapping[tuple[str, str], Line]
    supervisor: Person

    @classmethod
    def of(cls, shops: Mapping[str, Tenant], people: Mapping[str, Person]) -> Stage:
        lines = {(line.tenant.slug, line.carrier): line for line in Line.objects.select_related("tenant")}
        return cls(shops, people, lines, people["sofia@bpo.example"])


def left_to_play(stage: Stage, scenes: Sequence[Scene]) -> list[Scene]:
    """Those of the scenes that are not in the database, in order."""
    played: set[UUID] = set()
    for slug, shop in stage.shops.items():
        names = [_first_message(shop, scene) for scene in scenes if scene.arrival.slug == slug]
        with enter(shop):
            played.update(Message.objects.filter(pk__in=names).values_list("pk", flat=True))
    return [scene for scene in scenes if _first_message(stage.shops[scene.arrival.slug], scene) not in played]


def play(stage: Stage, scene: Scene) -> None:
    """Play one scene, all or nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Should the last of it be lost with the machine, it is played again.
            cursor.execute("SET LOCAL synchronous_commit = off")
        with _borrowed([stage.people[email].pk for email in scene.agents]):
            with enter(stage.shops[scene.arrival.slug]):
                _Playing(stage, scene).run()
        connection.run_on_commit.clear()


def _first_message(shop: Tenant, scene: Scene) -> UUID:
    """The name of a scene's first message: a UUIDv7 of its instant, whose random part is made of shop and number."""
    millis = int(scene.arrival.at.timestamp() * 1000)
    digest = hashlib.blake2b(f"{shop.pk} {scene.arrival.number}".encode(), digest_size=16).digest()
    tail = int.from_bytes(digest) & ((1 << 80) - 1)
    tail = tail & ~(0xF << 76) | (0x7 << 76)
    tail = tail & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=millis << 80 | tail)


@contextmanager
def _borrowed(people: Sequence[UUID]) -> Iterator[None]:
    """The desks as they were then, given back as they are today when the transaction ends; locked meanwhile."""
    today = desks.lock(people)
    AgentState.objects.filter(pk__in=people).update(
        status=AgentState.Status.AVAILABLE, capacity=F("load") + ROOM, limits={}, switches_per_hour=None
    )
    yield
    for person_id, state in today.items():
        AgentState.objects.filter(pk=person_id).update(**{name: getattr(state, name) for name in BORROWED})


class _Playing:
    """One scene under way."""

    def __init__(self, stage: Stage, scene: Scene) -> None:
        self.stage, self.scene = stage, scene
        self.shop = stage.shops[scene.arrival.slug]
        self.conversation_id: UUID | None = None
        self.items: dict[str, UUID] = {}

    def run(self) -> None:
        for step in self.scene.steps:
            with clock.hold(step.at):
                self._takes[step.kind](self, step)

    def _write(self, step: Step) -> None:
        arrival, scene = self.scene.arrival, self.scene
        mail = arrival.channel != "webchat"
        key = new_id()
        first = self.conversation_id is None
        message = receiving.receive(
            tenant=self.shop,
            line=self.stage.lines[arrival.slug, arrival.channel],
            incoming=Incoming(
                external_id=f"<{key}@mail.example>" if mail else str(key),
                channel=arrival.channel,
                sender_kind="email" if mail else "widget",
                sender_address=scene.address if mail else f"past-{arrival.slug}-{arrival.number}",
                sender_name=scene.name,
                text=self._text(step),
                subject=scene.say(scene.matter.subject) if mail else "",
                language_hint=arrival.language,
                category=scene.matter.category if arrival.channel == "form" else "",
                order_number=scene.order if arrival.channel == "form" else "",
                conversation_id=self.conversation_id,
                client_key=str(key),
            ),
            message_id=_first_message(self.shop, scene) if first else None,
        )
        self.conversation_id = message.conversation_id
        if mail and first:
            self._as_if_sent()  # the acknowledgement

    def _offer(self, step: Step) -> None:
        item = self._open_item()
        outcome = offer(work_item_id=item.id, agent_id=self._person(step).pk, reason=step.reason)
        if outcome != Outcome.MADE:
            arrival = self.scene.arrival
            told = f"scene {arrival.number} ({arrival.language}, taken as {item.language}), {step.agent}"
            raise OutOfScript(f"{told}: the offer was {outcome}")

    def _lift_bar(self, step: Step) -> None:
        queue.lift_bars([self._open_item().id])

    def _decline(self, step: Step) -> None:
        decline(person=self._person(step), work_item_id=self._open_item().id, reason="busy")

    def _accept(self, step: Step) -> None:
        item = self._open_item()
        self.items[step.agent] = item.id
        accept(person=self._person(step), work_item_id=item.id)

    def _reply(self, step: Step) -> None:
        outbound.reply(
            person=self._person(step),
            tenant=self.shop,
            conversation_id=self._conversation(),
            text=self._text(step),
            client_key=str(new_id()),
            waiting_for_customer=step.kind == "wait",
        )
        if self.scene.arrival.channel != "webchat":
            self._as_if_sent()

    def _hand_on(self, step: Step) -> None:
        item = queue.require_in_hand(self._person(step), self._conversation())
        handing_on.hand_on(person=self._person(step), tenant=self.shop, item=item, queue_id=item.queue_id, note=NOTE)

    def _close(self, step: Step) -> None:
        handling.close(
            person=self._person(step),
            tenant=self.shop,
            conversation_id=self._conversation(),
            contact_reason=self.scene.matter.reason,
        )

    def _wrapped(self, step: Step) -> None:
        queue.end_wrap_up(person=self._person(step), work_item_id=self.items[step.agent])

    def _leave(self, step: Step) -> None:
        handling.leave(tenant=self.shop, conversation_id=self._conversation())

    def _ask(self, step: Step) -> None:
        """Its letters wait to be sent, unlike what was said: nobody rings for them."""
        assert self.scene.asked is not None
        asking.ask(
            person=self._person(step),
            tenant=self.shop,
            conversation_id=self._conversation(),
            asked=self.scene.asked,
            client_key=str(new_id()),
        )

    def _put_off(self, step: Step) -> None:
        person, until = self._person(step), step.at + PUT_OFF
        item = queue.require_in_hand(person, self._conversation())
        handing_on.put_off(person=person, tenant=self.shop, item=item, until=until)

    def _evaluate(self, step: Step) -> None:
        papers.evaluate(
            supervisor=self.stage.supervisor,
            shop=self.shop,
            conversation_id=self._conversation(),
            work_item=self.items[step.agent],
            agent=step.agent,
            chance=self.scene.chance,
        )

    _takes: Mapping[str, Callable[[_Playing, Step], None]] = {
        "write": _write,
        "offer": _offer,
        "decline": _decline,
        "lift_bar": _lift_bar,
        "accept": _accept,
        "reply": _reply,
        "wait": _reply,
        "hand_on": _hand_on,
        "close": _close,
        "wrapped": _wrapped,
        "leave": _leave,
        "evaluate": _evaluate,
        "ask": _ask,
        "put_off": _put_off,
    }

    def _conversation(self) -> UUID:
        assert self.conversation_id is not None
        return self.conversation_id

    def _open_item(self) -> WorkItem:
        item = queue.open_item(self._conversation())
        if item is None:
            raise OutOfScript(f"scene {self.scene.arrival.number}: there is no open work")
        return item

    def _person(self, step: Step) -> Person:
        return self.stage.people[step.agent]

    def _text(self, step: Step) -> str:
        return self.scene.say(getattr(self.scene.matter, step.said), agent=step.agent)

    def _as_if_sent(self) -> None:
        """What the carrier would have reported."""
        for message in Message.objects.filter(conversation=self._conversation(), delivery=Message.Delivery.PENDING):
            Message.objects.filter(pk=message.pk).update(
                delivery=Message.Delivery.SENT,
                next_attempt_at=None,
                attempts=1,
                external_id=f"<{message.pk}@demo.example>",
            )
            meet_answers(message, at=clock.now())
