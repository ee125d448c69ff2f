"""Months of conversations drawn by chance and played through the use cases, the clock held at each of their steps."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from conversations import answering, delivery, handing_on, handling, outbound, statuses
from conversations.models import Conversation, Message
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import AgentState
from sla_contracts import clocks, contracts, timers
from sla_contracts.period import Period
from tenants.models import Tenant
from tests.conversations.shoppers import chat, mail, say
from tests.sla_contracts.random_terms import CURRENCIES, MONTHS, draw_change, draw_terms
from tests.sla_contracts.recount.promises import Act

HANDS = 30_000
STEPS_MOST = 9
TEXTS = ("Ciao, dov'è il mio ordine? Non è ancora arrivato.", "Hello, where is my order? It has not arrived yet.")
# Also what ends exactly with a target.
SPANS = (1, 4.999999, 5, 5.000001, 20, 30, 60, 60.000001, 120, 300, 900, 3600, 7200, 14_400, 28_800, 86_400, 260_000)
QUARTER = timedelta(minutes=15)


@dataclass(slots=True)
class Talk:
    """A conversation as far as its player must know it."""

    who: str
    channel: str
    id: UUID
    case_number: str
    agent: Person | None = None
    is_closed: bool = False
    waits: bool = False
    waits_for_client: bool = False
    pending: Message | None = None
    count: int = 1


@dataclass(slots=True)
class PlayedMonth:
    """One shop's month. ``acts``: what leaves no row but in the ledger."""

    tenant: Tenant
    agents: list[Person]
    chance: random.Random
    month: str
    acts: list[Act] = field(default_factory=list)
    period: Period = field(init=False)
    until: datetime = field(init=False)
    happened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.period = Period.of_month(self.month, self.tenant.time_zone)
        self.until = self.period.end + timedelta(days=9)

    def agree(self) -> None:
        """One version from before the month on; often a second that begins within it."""
        begins: list[datetime | None] = [self.period.start - timedelta(days=self.chance.choice((0, 3)))]
        begins.append(draw_change(self.chance, self.period.start, self.period.end))
        for at in begins:
            if at is not None:
                terms = draw_terms(self.chance, self.month, list(self.tenant.languages))
                version = contracts.draft(tenant=self.tenant, terms=terms, valid_from=at)
                contracts.sign(version_id=version.id, by_bpo="a", by_client="b")

    def sit_down(self) -> None:
        with clock.hold(self.period.start - timedelta(days=2)):
            for person in self.agents:
                queue.set_status(person=person, status="available")
        AgentState.objects.filter(person__in=self.agents).update(capacity=HANDS)

    def lives(self, count: int) -> list[Iterator[datetime]]:
        return [self._live(n) for n in range(count)]

    def _live(self, number: int) -> Iterator[datetime]:
        """Yields the instant of its next step; what follows happens then."""
        length = (self.period.end - self.period.start).total_seconds() + 7200
        at = self._odd(self.period.start + timedelta(seconds=self.chance.uniform(-3600, length - 3600)))
        yield at
        talk = self._arrive(number)
        for _ in range(STEPS_MOST):
            at = self._odd(at + timedelta(seconds=self._span()))
            if at >= self.until:
                return
            yield at
            step = self._choose(talk)
            if step is None:
                return
            self.happened.append(step.__name__)
            step(talk, at)
            if talk.pending is not None and self.chance.random() < 0.7:
                at += timedelta(seconds=self.chance.uniform(1, 4000))
                if at >= self.until:
                    return
                yield at
                yield from self._leave_the_house(talk, at)

    def _choose(self, talk: Talk) -> Callable[[Talk, datetime], None] | None:
        if talk.is_closed:
            return self._pick({self._write: 5, self._spam: 1, None: 4})
        rare = {self._write: 2, self._hurry: 1, self._incident: 0.3, self._write_by_machine: 0.3}
        rare[self._give_up] = 1.2 * (talk.channel == "webchat")
        if talk.agent is None:
            return self._pick({**rare, self._take: 7, self._spam: 0.4, None: 0.3})
        held = {self._resume_client: 6} if talk.waits_for_client else {self._ask_client: 0.8, self._reply_and_wait: 2.5}
        more = {self._reply: 5, self._close: 3, self._hand_on: 0.8, self._put_off: 0.4, self._need_no_reply: 0.8}
        if talk.pending is not None:
            more[self._reply] = held[self._reply_and_wait] = 0
        return self._pick({**rare, **more, **held})

    def _pick(self, weights: dict[Any, float]) -> Callable[[Talk, datetime], None] | None:
        found: Callable[[Talk, datetime], None] | None = self.chance.choices(list(weights), list(weights.values()))[0]
        return found

    def _span(self) -> float:
        long = self.chance.choice((5, 60, 60, 900, 9000, 50_000, 200_000))
        return self.chance.choice(SPANS) if self.chance.random() < 0.4 else self.chance.uniform(0.5, long)

    def _odd(self, at: datetime) -> datetime:
        """Sometimes on the very quarter hour, where hours open and close."""
        if self.chance.random() < 0.12:
            later = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            return later - QUARTER * self.chance.randrange(0, 2) if later - QUARTER > at else later
        return at

    def _arrive(self, number: int) -> Talk:
        channel = self.chance.choice(("webchat", "webchat", "webchat", "email", "form"))
        who = f"v{number}" if channel == "webchat" else f"v{number}@example.com"
        talk = Talk(who, channel, UUID(int=0), "")
        self._say(talk, TEXTS[self.chance.randrange(2)])
        return talk

    def _say(self, talk: Talk, text: str, **more: Any) -> Message:
        talk.count += 1
        if talk.channel == "webchat":
            said = chat(text, who=talk.who, client_key=f"{talk.who}-{talk.count}", **more)
        else:
            headers = {"case_number": talk.case_number} if talk.case_number else {}
            said = mail(text, who=talk.who, channel=talk.channel, external_id="", headers=headers, **more)
        message = say(self.tenant, said)
        if message.conversation_id != talk.id:
            talk.id = message.conversation_id
            with enter(self.tenant):
                talk.case_number = Conversation.objects.values_list("case_number", flat=True).get(pk=talk.id)
            talk.agent, talk.pending, talk.is_closed, talk.waits = None, None, False, False
            talk.waits_for_client = False
        return message

    def _write(self, talk: Talk, at: datetime) -> None:
        self._say(talk, TEXTS[0])
        if talk.is_closed:
            talk.agent = None
        talk.is_closed = talk.waits = False

    def _write_by_machine(self, talk: Talk, at: datetime) -> None:
        message = self._say(talk, TEXTS[0], is_automatic=True)
        self.acts.append(Act("automatic", talk.id, at, message.id))

    def _take(self, talk: Talk, at: datetime) -> None:
        item = queue.open_item(talk.id)
        assert item is not None
        for person in self.chance.sample(self.agents, len(self.agents)):
            made = queue.offer(work_item_id=item.id, agent_id=person.pk)
            if made == queue.Outcome.MADE:
                queue.accept(person=person, work_item_id=item.id)
                talk.agent = person
                return
            assert made == queue.Outcome.BARRED, made

    def _reply(self, talk: Talk, at: datetime, *, waits: bool = False) -> None:
        assert talk.agent is not None
        talk.count += 1
        key = f"{talk.who}-{talk.count}"
        with enter(self.tenant):
            message = outbound.reply(
                person=talk.agent, tenant=self.tenant, conversation_id=talk.id, text="Sì.", client_key=key,
                waiting_for_customer=waits,
            )  # fmt: skip
        if talk.channel != "webchat":
            talk.pending = message
        if waits:
            talk.waits = True
            self.acts.append(Act("waits", talk.id, at, message.id))

    def _reply_and_wait(self, talk: Talk, at: datetime) -> None:
        self._reply(talk, at, waits=True)

    def _leave_the_house(self, talk: Talk, at: datetime) -> Iterator[datetime]:
        """The mail is sent; some come back at once."""
        message, talk.pending = talk.pending, None
        assert message is not None
        with enter(self.tenant):
            assert delivery.deliver(self.tenant, message.id) == "sent"
        if self.chance.random() < 0.15:
            yield at + timedelta(milliseconds=1)
            self.happened.append("_bounce")
            with enter(self.tenant):
                name = Message.objects.values_list("external_id", flat=True).get(pk=message.id)
                statuses.report(self.tenant, external_id=name, state="failed", reason="bounce: failed 5.1.1")

    def _close(self, talk: Talk, at: datetime) -> None:
        assert talk.agent is not None
        with enter(self.tenant):
            handling.close(person=talk.agent, tenant=self.tenant, conversation_id=talk.id, contact_reason="other")
        talk.is_closed, talk.agent, talk.waits, talk.waits_for_client = True, None, False, False

    def _give_up(self, talk: Talk, at: datetime) -> None:
        with enter(self.tenant):
            handling.leave(tenant=self.tenant, conversation_id=talk.id)
        if talk.agent is None:
            talk.is_closed, talk.waits, talk.waits_for_client = True, False, False

    def _need_no_reply(self, talk: Talk, at: datetime) -> None:
        assert talk.agent is not None
        talk.count += 1
        with enter(self.tenant):
            # Where none is owed it is refused, and nothing changes.
            with suppress(Refusal):
                answering.need_no_reply(
                    person=talk.agent, tenant=self.tenant, conversation_id=talk.id, client_key=f"n{talk.count}"
                )

    def _hand_on(self, talk: Talk, at: datetime) -> None:
        assert talk.agent is not None
        item = queue.open_item(talk.id)
        assert item is not None
        others = [person for person in self.agents if person.pk != talk.agent.pk]
        to = self.chance.choice([None, *others])
        with enter(self.tenant):
            where: dict[str, Any] = {"agent_id": to.pk} if to is not None else {"queue_id": item.queue_id}
            handing_on.hand_on(person=talk.agent, tenant=self.tenant, item=item, **where)
        talk.agent = None
        if to is not None:
            queue.accept(person=to, work_item_id=item.id)
            talk.agent = to

    def _put_off(self, talk: Talk, at: datetime) -> None:
        item = queue.open_item(talk.id)
        assert item is not None and talk.agent is not None
        with enter(self.tenant):
            handing_on.put_off(person=talk.agent, tenant=self.tenant, item=item, until=at + timedelta(hours=5))
        talk.agent = None

    def _ask_client(self, talk: Talk, at: datetime) -> None:
        if not talk.waits:
            clocks.pause(conversation_id=talk.id, reason="waiting_client", at=at, cause="person", by=talk.agent)
            self.acts.append(Act("hold", talk.id, at))
            talk.waits_for_client = True

    def _resume_client(self, talk: Talk, at: datetime) -> None:
        clocks.resume(conversation_id=talk.id, reason="waiting_client", at=at, cause="person")
        self.acts.append(Act("go", talk.id, at))
        talk.waits_for_client = False

    def _hurry(self, talk: Talk, at: datetime) -> None:
        priority = self.chance.choice(("high", "high", "normal"))
        clocks.retarget(conversation_id=talk.id, priority=priority, at=at)
        self.acts.append(Act("priority", talk.id, at, priority))

    def _spam(self, talk: Talk, at: datetime) -> None:
        self._void(talk, at, self.chance.choice(("spam", "merged")))

    def _incident(self, talk: Talk, at: datetime) -> None:
        self._void(talk, at, "client_incident")

    def _void(self, talk: Talk, at: datetime, reason: str) -> None:
        clocks.void(conversation_id=talk.id, reason=reason, at=at)
        self.acts.append(Act("void", talk.id, at, reason))


def play(months: list[tuple[PlayedMonth, int]], chance: random.Random) -> None:
    """Everything in the order of time, the sweep now and then among it."""
    steps: list[tuple[datetime, int, Iterator[datetime]]] = []
    for month, count in months:
        for life in month.lives(count):
            steps.append((next(life), len(steps), life))
    heapq.heapify(steps)
    while steps:
        at, place, life = heapq.heappop(steps)
        with clock.hold(at):
            if chance.random() < 0.04:
                timers.sweep(at)
            following = next(life, None)
        if following is not None:
            heapq.heappush(steps, (following, place, life))


def draw_month(seed: int, tenants: tuple[Tenant, Tenant], agents: list[list[Person]]) -> list[PlayedMonth]:
    """One shop's month, and a conversation or two at the other's, which must not count."""
    chance = random.Random(seed)
    month = chance.choice(MONTHS)
    first = seed % 2
    played = []
    for place in (first, 1 - first):
        tenant = tenants[place]
        tenant.currency = chance.choice(CURRENCIES)
        played.append(PlayedMonth(tenant, agents[place], chance, month))
    for each in played:
        each.sit_down()
    played[0].agree()
    play([(played[0], chance.randint(2, 8)), (played[1], chance.randint(1, 2))], chance)
    return played
