"""What became of everybody who came: the crowd meets the agents of the rota, before a single row is written.

Work is given out by the routing engine itself, event by event. An agent goes for a pause, or home, when what is in
hand just then is done. The same ``until`` gives the same script, so that a play that was broken off goes on.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

from config.demo import crowd, rota
from config.demo.cast import AGENTS, SHOPS, Agent
from config.demo.rota import Duty, Pause
from config.demo.scenes import Scene, open_scene
from routing.engine import types as engine
from routing.engine.policies import POLICIES
from routing.engine.pool import Pool

CAPACITY = 4
LEVEL = 2
# The past ends so long before the script is written.
MARGIN = timedelta(seconds=90)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
DECLINED, WAITED, REOPENED, EVALUATED = 0.012, 0.16, 0.14, 0.11
HANDED_ON = {"webchat": 0.02, "email": 0.05, "form": 0.05}
TALKED_ON = 0.8


@dataclass(frozen=True, slots=True)
class Spell:
    """From ``at`` on the agent is in this state."""

    at: datetime
    status: str
    reason: str = ""


@dataclass(slots=True)
class Script:
    """scenes: in the order of their first words; spells: of each agent by mail address, from offline to offline."""

    until: datetime
    scenes: list[Scene]
    spells: dict[str, list[Spell]]


def write(until: datetime, *, scale: float = 1.0, since: datetime | None = None) -> Script:
    """The script of the months before ``until``; scale and since as in ``crowd.gather``."""
    arrivals = crowd.gather(until, scale=scale, since=since)
    marks = {shop["slug"]: (shop["mark"], shop["time_zone"]) for shop in SHOPS}
    scenes = []
    for arrival in arrivals:
        mark, zone = marks[arrival.slug]
        is_bad = arrival.slug == SHOPS[0]["slug"] and crowd.is_bad(arrival.at, until, zone)
        scenes.append(open_scene(arrival, mark, is_bad_day=is_bad))
    begins = min([since or min(crowd.begins(until, shop["time_zone"]) for shop in SHOPS), *(a.at for a in arrivals)])
    return _Rehearsal(scenes, rota.duties(begins, until), until - MARGIN).run()


@dataclass(slots=True)
class _Desk:
    """busy: what is being dealt with just now; load: what is in hand; until: the end of the shift; to_answer: whose
    shoppers have written again."""

    agent: Agent
    spells: list[Spell] = field(default_factory=list)
    busy: set[int] = field(default_factory=set)
    load: int = 0
    until: datetime = LONG_AGO
    channels: frozenset[str] = frozenset()
    is_here: bool = False
    is_away: bool = True
    wish: Pause | None = None
    wants_home: bool = False
    to_answer: list[Scene] = field(default_factory=list)

    @property
    def takes_work(self) -> bool:
        return self.is_here and not self.is_away and self.wish is None and not self.wants_home


class _Rehearsal:
    def __init__(self, scenes: list[Scene], duties: list[Duty], end: datetime) -> None:
        self.scenes, self.end = scenes, end
        self.pool = Pool(POLICIES["due"])
        self.desks = {agent.email: _Desk(agent) for agent in AGENTS}
        self.barred: dict[int, set[str]] = {}
        self.handed_on: set[int] = set()
        self.closed_once: dict[int, str] = {}
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._order = count()
        for duty in duties:
            self._plan(duty)
        for scene in scenes:
            self._at(scene.arrival.at, partial(self._arrive, scene))

    def run(self) -> Script:
        while self._events and self._events[0][0] < self.end:
            at, _, happens = heapq.heappop(self._events)
            happens(at)
            self._give_out(at)
        for desk in self.desks.values():
            if desk.is_here:
                self._enter(desk, self.end, "offline")
        for scene in self.scenes:
            scene.steps.sort(key=lambda step: step.at)
        over = [scene for scene in self.scenes if scene.is_over and scene.steps[-1].at < self.end]
        return Script(self.end, over, {email: desk.spells for email, desk in self.desks.items()})

    # --- who is there -----------------------------------------------------------------------------------------------

    def _plan(self, duty: Duty) -> None:
        desk = self.desks[duty.agent.email]
        self._at(duty.start, partial(self._come, desk, duty))
        for pause in duty.pauses:
            self._at(pause.at, partial(self._want_pause, desk, pause))
        self._at(duty.end, partial(self._want_home, desk))

    def _come(self, desk: _Desk, duty: Duty, at: datetime) -> None:
        desk.channels = frozenset(crowd.CHANNELS) if duty.takes_mail else frozenset({"webchat"})
        desk.is_here, desk.is_away, desk.wish, desk.wants_home, desk.until = True, False, None, False, duty.end
        self._enter(desk, at, "available")
        self._answer_those_who_wrote(desk, at)

    def _want_pause(self, desk: _Desk, pause: Pause, at: datetime) -> None:
        if desk.takes_work:
            desk.wish = pause
            self._enter(desk, at, "busy")
            self._go_if_free(desk, at)

    def _want_home(self, desk: _Desk, at: datetime) -> None:
        desk.wants_home, desk.wish = True, None
        if not desk.is_away:
            self._enter(desk, at, "busy")
        self._go_if_free(desk, at)

    def _go_if_free(self, desk: _Desk, at: datetime) -> None:
        if desk.busy or not desk.is_here:
            return
        if desk.wants_home:
            desk.is_here, desk.is_away = False, True
            self._enter(desk, at, "offline")
        elif desk.wish is not None and not desk.is_away:
            desk.is_away = True
            self._enter(desk, at, desk.wish.status, desk.wish.reason)
            self._at(at + timedelta(minutes=desk.wish.minutes), partial(self._come_back, desk))

    def _come_back(self, desk: _Desk, at: datetime) -> None:
        if desk.is_here and desk.wish is not None:
            desk.is_away, desk.wish = False, None
            self._enter(desk, at, "available")
            self._answer_those_who_wrote(desk, at)

    def _enter(self, desk: _Desk, at: datetime, status: str, reason: str = "") -> None:
        if desk.spells and desk.spells[-1].at >= at:
            desk.spells.pop()
        desk.spells.append(Spell(at, status, reason))
        self._show(desk, at)

    def _show(self, desk: _Desk, at: datetime) -> None:
        """Let the engine know how the desk stands."""
        agent = desk.agent
        self.pool.put_agent(
            engine.Agent(
                id=agent.email,
                skills={f"lang:{language}": level for language, level in agent.skills.items()},
                tenants=frozenset(agent.shops),
                channels=desk.channels,
                capacity=CAPACITY,
                load=desk.load,
                available=desk.takes_work,
                idle_since=at.timestamp(),
            )
        )

    # --- who gets what ----------------------------------------------------------------------------------------------

    def _arrive(self, scene: Scene, at: datetime) -> None:
        scene.add(at, "write", said="ask")
        self._line_up(scene, at)
        if scene.arrival.patience < float("inf"):
            leaves = at + timedelta(seconds=max(25.0, scene.arrival.patience))
            self._at(leaves, partial(self._give_up, scene))

    def _line_up(self, scene: Scene, at: datetime, *, preferred: str | None = None) -> None:
        arrival, number = scene.arrival, scene.arrival.number
        entered = at if number in self.closed_once else arrival.at
        due = timedelta(minutes=1) if arrival.channel == "webchat" else timedelta(hours=4)
        self.pool.add_item(
            engine.Item(
                id=str(number),
                tenant=arrival.slug,
                channel=arrival.channel,
                language=arrival.language,
                needs={f"lang:{arrival.language}": LEVEL},
                entered_at=entered.timestamp(),
                due_at=(entered + due).timestamp(),
                target=due.total_seconds(),
                preferred_agent=preferred,
                not_agents=frozenset(self.barred.get(number, ())),
            )
        )

    def _give_up(self, scene: Scene, at: datetime) -> None:
        if str(scene.arrival.number) in self.pool:
            self.pool.remove_item(str(scene.arrival.number))
            scene.add(at, "leave")
            scene.is_over = True

    def _give_out(self, at: datetime) -> None:
        for decision in self.pool.decide(at.timestamp()):
            scene, desk = self.scenes[int(decision.item)], self.desks[decision.agent]
            chance, number = scene.chance, scene.arrival.number
            desk.busy.add(number)
            desk.load += 1
            offered = at + timedelta(seconds=chance.uniform(0.1, 0.9))
            scene.add(offered, "offer", decision.agent, reason=decision.reason)
            slow = 1.0 if scene.arrival.channel == "webchat" else 3.0
            taken = offered + slow * timedelta(seconds=chance.uniform(2, 8.5))
            if chance.random() < DECLINED:
                self._at(taken, partial(self._decline, scene, desk))
            else:
                self._at(taken, partial(self._accept, scene, desk))

    def _decline(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        scene.add(at, "decline", desk.agent.email)
        self.barred.setdefault(scene.arrival.number, set()).add(desk.agent.email)
        self._let_go(scene, desk, at)
        # The bar of a refusal is lifted after a minute, should nobody else be there.
        self._line_up(scene, at)
        self._at(at + timedelta(seconds=62), partial(self._lift_bar, scene))

    def _lift_bar(self, scene: Scene, at: datetime) -> None:
        self.barred.pop(scene.arrival.number, None)
        if str(scene.arrival.number) in self.pool:
            scene.add(at, "lift_bar")
            self._line_up(scene, at)

    def _accept(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        email, number, chance = desk.agent.email, scene.arrival.number, scene.chance
        scene.add(at, "accept", email)
        if number in self.closed_once:
            self._finish(scene, desk, at + self._minutes(scene, desk, 3, 14), said="end")
        elif number not in self.handed_on and chance.random() < HANDED_ON[scene.arrival.channel]:
            self.handed_on.add(number)
            self._at(at + self._minutes(scene, desk, 0.3, 2.5), partial(self._hand_on, scene, desk))
        elif scene.arrival.channel == "webchat":
            self._chat(scene, desk, at)
        else:
            self._write_back(scene, desk, at)

    def _hand_on(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        scene.add(at, "hand_on", desk.agent.email)
        self.barred.setdefault(scene.arrival.number, set()).add(desk.agent.email)
        self._let_go(scene, desk, at)
        self._line_up(scene, at)
        # Where no colleague can take it, it may come back to the one who had it.
        self._at(at + timedelta(minutes=4), partial(self._lift_bar, scene))

    # --- what is said -----------------------------------------------------------------------------------------------

    def _chat(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        email, chance = desk.agent.email, scene.chance
        whole = timedelta(seconds=min(1500.0, max(90.0, scene.arrival.handle * desk.agent.pace)))
        crowded = 1 + 0.3 * (len(desk.busy) - 1)
        said = at + timedelta(seconds=chance.uniform(13, 34) * desk.agent.pace * crowded)
        scene.add(said, "reply", email, "answer")
        if chance.random() < TALKED_ON:
            said += whole * chance.uniform(0.15, 0.4)
            scene.add(said, "write", said="more")
            said += whole * chance.uniform(0.1, 0.3)
            scene.add(said, "reply", email, "end")
        closed = max(at + whole, said + timedelta(seconds=chance.uniform(15, 50)))
        self._close(scene, desk, closed)

    def _write_back(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        email, chance = desk.agent.email, scene.chance
        said = at + timedelta(seconds=min(2400.0, max(120.0, scene.arrival.handle * desk.agent.pace)))
        kind = chance.random()
        back = self._by_day(scene, said + timedelta(hours=chance.uniform(0.2, 2.5)))
        # Nobody keeps a mail in hand overnight for a shopper who may write again.
        if kind < WAITED and back < desk.until:
            scene.add(said, "wait", email, "answer")
            self._at(said, partial(self._rest, scene, desk))
            self._at(back, partial(self._write_again, scene, desk))
            return
        scene.add(said, "reply", email, "answer")
        closed = said + timedelta(seconds=chance.uniform(8, 60))
        if kind < WAITED + REOPENED:
            self.closed_once[scene.arrival.number] = email
            scene.add(closed, "close", email)
            self._at(closed, partial(self._let_go, scene, desk))
            back = self._by_day(scene, closed + timedelta(hours=chance.uniform(1, 60)))
            self._at(back, partial(self._reopen, scene))
        else:
            self._close(scene, desk, closed)

    def _rest(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        """The mail stays in hand, and nothing is done about it until the shopper writes."""
        desk.busy.discard(scene.arrival.number)
        self._go_if_free(desk, at)

    def _write_again(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        scene.add(at, "write", said="more")
        desk.to_answer.append(scene)
        if desk.takes_work:
            self._answer_those_who_wrote(desk, at)

    def _answer_those_who_wrote(self, desk: _Desk, at: datetime) -> None:
        waiting, desk.to_answer = desk.to_answer, []
        for scene in waiting:
            desk.busy.add(scene.arrival.number)
            at += self._minutes(scene, desk, 2, 11)
            self._finish(scene, desk, at, said="end")

    def _reopen(self, scene: Scene, at: datetime) -> None:
        scene.add(at, "write", said="more")
        self._line_up(scene, at, preferred=self.closed_once[scene.arrival.number])

    def _finish(self, scene: Scene, desk: _Desk, at: datetime, *, said: str) -> None:
        scene.add(at, "reply", desk.agent.email, said)
        self._close(scene, desk, at + timedelta(seconds=scene.chance.uniform(8, 60)))

    def _close(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        email, chance = desk.agent.email, scene.chance
        scene.add(at, "close", email)
        free = at
        if scene.arrival.channel == "webchat":
            free = at + timedelta(seconds=chance.uniform(6, 27))
            scene.add(free, "wrapped", email)
        scene.is_over = True
        self._at(free, partial(self._let_go, scene, desk))
        if chance.random() < EVALUATED:
            day = (at + timedelta(days=chance.randint(1, 3))).astimezone(ZoneInfo("Europe/Madrid"))
            looked = day.replace(hour=chance.randint(9, 16), minute=chance.randrange(60)).astimezone(UTC)
            if looked < self.end:
                scene.add(looked, "evaluate", email)

    def _let_go(self, scene: Scene, desk: _Desk, at: datetime) -> None:
        desk.busy.discard(scene.arrival.number)
        desk.load -= 1
        self._show(desk, at)
        self._go_if_free(desk, at)

    # --- time -------------------------------------------------------------------------------------------------------

    def _at(self, at: datetime, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self._events, (at, next(self._order), happens))

    @staticmethod
    def _minutes(scene: Scene, desk: _Desk, least: float, most: float) -> timedelta:
        return timedelta(minutes=scene.chance.uniform(least, most) * desk.agent.pace)

    @staticmethod
    def _by_day(scene: Scene, at: datetime) -> datetime:
        """Shoppers sleep."""
        local = at.astimezone(ZoneInfo(SHOPS[0]["time_zone"]))
        if 7 <= local.hour < 23:
            return at
        morning = local + timedelta(days=local.hour >= 23)
        begins = morning.replace(hour=7, minute=scene.chance.randrange(60)).astimezone(UTC)
        return begins + timedelta(hours=scene.chance.uniform(0, 3))
