"""What a conversation of the past is made of: who wrote about what, and each step that was taken, with its instant."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from config.demo.cast import AGENTS
from config.demo.crowd import SEED, Arrival
from config.demo.matter import Matter
from config.demo.plot import ITEMS, MATTERS, NAMES
from conversations.asking import Asked

CUSTOMERS = 420
WEIGHTS = {
    "where_is_my_order": 3.0,
    "return_or_exchange": 2.2,
    "product_question": 1.6,
    "refund": 1.3,
    "delivery_late": 1.2,
    "damaged_or_wrong": 1.0,
    "change_or_cancel": 0.9,
    "payment_or_invoice": 0.8,
}


@dataclass(frozen=True, slots=True)
class Step:
    """kind: write, offer, decline, accept, lift_bar, reply, wait (a reply that waits for the shopper), hand_on, close,
    wrapped, leave, evaluate, ask (the client), put_off.

    agent: the mail address of who does it, or has it done. said: ask, answer, more or end.
    """

    at: datetime
    kind: str
    agent: str = ""
    said: str = ""
    reason: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Scene:
    """One conversation from its first word to its last."""

    arrival: Arrival
    matter: Matter
    name: str
    address: str
    item: str
    order: str
    chance: random.Random
    steps: list[Step] = field(default_factory=list)
    is_over: bool = False
    # What the client is asked in a step of that kind.
    asked: Asked | None = None

    @property
    def agents(self) -> list[str]:
        """Everybody who has a part in it, once each, in order."""
        return sorted({step.agent for step in self.steps if step.agent})

    def say(self, text: str, *, agent: str = "") -> str:
        """A text of the matter with what belongs to this conversation filled in."""
        aliases = {each.email: each.shops.get(self.arrival.slug, "") for each in AGENTS}
        name = self.name if self.arrival.language == "de" else self.name.split(" ")[0]
        filled = text.format(order=self.order, item=self.item, name=name, alias=aliases.get(agent, ""))
        return filled[:1].upper() + filled[1:]

    def add(
        self, at: datetime, kind: str, agent: str = "", said: str = "", reason: Mapping[str, object] | None = None
    ) -> None:
        self.steps.append(Step(at, kind, agent, said, reason or {}))


def open_scene(arrival: Arrival, mark: str, *, is_bad_day: bool) -> Scene:
    """Who writes, and about what; the same for the same arrival."""
    chance = random.Random(f"{SEED} scene {arrival.number}")
    matters = MATTERS[arrival.language]
    weights = [
        WEIGHTS[matter.reason] * (9 if is_bad_day and matter.reason == "delivery_late" else 1) for matter in matters
    ]
    who = chance.randrange(CUSTOMERS)
    names = NAMES[arrival.language]
    first, last = names[who % 12].split(" ", 1)[0], names[who // 12 % 12].split(" ", 1)[1]
    address = f"{first}.{last}".lower().replace(" ", ".").replace("'", "")
    return Scene(
        arrival=arrival,
        matter=chance.choices(matters, weights)[0],
        name=f"{first} {last}",
        address=f"{address}{who // 144 or ''}@mail.example",
        item=chance.choice(ITEMS[arrival.slug, arrival.language]),
        order=f"{mark}-{20_000 + arrival.number * 23 % 69_989}",
        chance=chance,
    )
