"""The load of a run: shoppers on three channels and agents, in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from tests.faults.agents import Agent
from tests.faults.cast import Cast, Shop
from tests.faults.history import Journal
from tests.faults.rig import Rig
from tests.faults.shoppers import Chatter, Pace, Relayed, Shopper, Writer
from tests.faults.sink import Sink
from tests.faults.windows import Window


@dataclass
class Load:
    """shoppers: how many; of ten, three chat on the widget, six come through the relay, one writes mail."""

    rig: Rig
    cast: Cast
    journal: Journal
    pace: Pace
    shoppers: int
    label: str = "s"
    windows: int = 0
    people: list[Shopper] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)
    tasks: list[asyncio.Future[None]] = field(default_factory=list)

    async def start(self) -> None:
        browser = self.rig.links["browser"]
        self.sink = Sink(self.journal, self.pace.chance, self._deliver)
        await self.sink.start(self.rig.ports["sink"])
        for number in range(self.shoppers):
            shop = self.cast.shops[number % len(self.cast.shops)]
            name = f"{self.label}{number}"
            self.people.append(self._shopper(number, name, shop))
        for number in range(self.windows):
            shop = self.cast.shops[number % len(self.cast.shops)]
            self.people.append(Window(f"window{number}", shop, self.journal, self.pace, port=browser))
        self.agents = [Agent(staff, self.cast, browser, self.journal, self.pace) for staff in self.cast.agents]
        self.tasks = [asyncio.create_task(each.run()) for each in self.agents]
        self.tasks += [asyncio.create_task(each.run()) for each in self.people]

    def _shopper(self, number: int, name: str, shop: Shop) -> Shopper:
        known, browser = (name, shop, self.journal, self.pace), self.rig.links["browser"]
        if number % 10 == 9:
            return Writer(*known, port=self.rig.ports["maildoor"])
        return Relayed(*known, port=browser) if number % 10 in (1, 3, 4, 5, 6, 8) else Chatter(*known, port=browser)

    def check_alive(self) -> None:
        """A client that broke is a mistake of the harness, never a finding."""
        for task in self.tasks:
            if task.done() and not task.cancelled() and task.exception() is not None:
                raise RuntimeError("a client of the load broke") from task.exception()

    async def stop(self) -> None:
        self.check_alive()
        self.pace.end()
        for agent in self.agents:
            agent.reconnect()
        _, late = await asyncio.wait(self.tasks, timeout=20)
        for task in late:
            task.cancel()
        with contextlib.suppress(Exception):
            await asyncio.gather(*self.tasks, return_exceptions=True)
        self.sink.stop()

    async def read_to_the_end(self) -> None:
        """Each visitor of the widget looks once more: what the screen holds at the end must be all there is."""
        for person in self.people:
            if isinstance(person, Chatter) and person.conversation and "Authorization" in person.reader.headers:
                await person.look()
                person.note("at_end", conversation=person.conversation, seen=person.seen)
                person.reader.drop()

    def _deliver(self, recipient: str, mail: dict[str, str]) -> None:
        name = recipient.partition(".")[0]
        for person in self.people:
            if isinstance(person, Writer) and person.name == name and person.address == recipient:
                person.receive(mail)
