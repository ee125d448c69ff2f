"""Agents at the desk: the console's own calls, without a screen. Each writes down what it did and what it was shown."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed

from tests.faults.cast import Cast, Staff
from tests.faults.history import Journal
from tests.faults.shoppers import RETRY_SECONDS, Pace
from tests.faults.tokens import tokens_in
from tests.faults.wire import Answer, Backoff, Broken, Http, open_socket

HEARTBEAT = 8.0
SLOW_LOOK = 4.0
# A screen draws no more often.
SCREEN = 0.5
SETTLED = (200, 400, 403, 404, 409)
KEY = re.compile(r"^\[([^\]]+)\]")


@dataclass
class Talk:
    """What this agent knows of one conversation: shown up to ``seen``; how much was said, and answered."""

    seen: int = 0
    heard: int = 0
    answered: int = 0
    unsure: dict[str, Any] | None = None


@dataclass
class Agent:
    who: Staff
    cast: Cast
    port: int
    journal: Journal
    pace: Pace
    talks: dict[str, Talk] = field(default_factory=lambda: defaultdict(Talk))
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    online: asyncio.Event = field(default_factory=asyncio.Event)
    gone: bool = False
    count: int = 0
    feed: int = 0
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    http: Http = field(init=False)
    socket: Any = None

    def __post_init__(self) -> None:
        headers = {"Cookie": self.who.cookie, "X-CSRFToken": "0" * 32}
        self.http = Http(self.port, "desk.localhost", headers)
        self.online.set()

    async def run(self) -> None:
        ears = asyncio.create_task(self._listen())
        try:
            while self.pace.listening:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.rung.wait(), SLOW_LOOK)
                self.rung.clear()
                await self.online.wait()
                try:
                    await self._look()
                except Broken:
                    await asyncio.sleep(0.3)
                    self.rung.set()
                await asyncio.sleep(SCREEN)
        finally:
            ears.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await ears
            self.http.drop()

    def cut_off(self) -> None:
        """The network of this agent is gone: nothing leaves and nothing comes until ``reconnect``."""
        self.online.clear()
        self.http.drop()
        if self.socket is not None:
            self.socket.transport.abort()

    def reconnect(self) -> None:
        self.online.set()
        self.rung.set()

    def note(self, what: str, **fields: Any) -> None:
        self.journal.note(self.who.name, what, agent=self.who.id, **fields)

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        if not self.online.is_set():
            raise Broken("offline")
        answer = await self.http.call(method, path, body)
        if foreign := [slug for slug in tokens_in(answer.body) if slug not in self.who.shops]:
            self.note("foreign", where=path, tokens=foreign)
        return answer

    async def do(self, op: str, path: str, body: Any, **named: Any) -> Answer | None:
        """One step of work, written down with its answer; None where the outcome is unknown."""
        begun = asyncio.get_running_loop().time()
        try:
            answer = await self.call("POST", path, body)
        except Broken as error:
            self.note(op, outcome="unsure", why=str(error), began=begun, **named)
            return None
        outcome = "ok" if answer.ok else ("refused" if answer.status in SETTLED else "unsure")
        told = {"id": answer.json().get("id"), "seq": answer.json().get("seq")} if op == "reply" and answer.ok else {}
        self.note(op, outcome=outcome, status=answer.status, began=begun, **named, **told)
        return answer if answer.status in SETTLED else None

    async def insist(self, step: Callable[[], Awaitable[Answer | None]]) -> Answer | None:
        """Repeat one step, with the same key, until it has a definite answer: the draft is kept until then."""
        for number in range(1_000_000):
            await self.online.wait()
            if (answer := await step()) is not None:
                return answer
            if not self.pace.listening:
                return None
            await asyncio.sleep(RETRY_SECONDS[min(number, len(RETRY_SECONDS) - 1)])
        return None

    async def take_next(self) -> None:
        """Ask for whatever waits longest."""
        begun = asyncio.get_running_loop().time()
        answer = await self.call("POST", "/api/desk/next", {})
        work = answer.json()["work"] if answer.ok else None
        if work:
            named = {"work": work["id"], "conversation": work["conversation"], "shop": self._slug(work)}
            self.note("accept", outcome="ok", status=200, began=begun, **named)

    async def _look(self) -> None:
        answer = await self.call("GET", f"/api/desk/changes?since={self.feed}")
        if not answer.ok:
            return
        changes = answer.json()
        self.feed = changes["seq"]
        if not changes["changed"]:
            return
        desk = changes["desk"]
        if desk["state"]["status"] != "available" and not self.gone:
            await self.do("state", "/api/desk/state", {"status": "available"})
            self.feed = 0
        self.held = {
            work["id"]: {"work": work["id"], "conversation": work["conversation"], "shop": self._slug(work)}
            for work in desk["active"]
        }
        for work in desk["offers"]:
            await self._answer_offer(work)
        for work in desk["active"]:
            await self._work_on(work)
        for work in desk["wrap_up"]:
            await self.do("wrap_up", f"/api/desk/work/{work['id']}/finish-wrap-up", {}, work=work["id"])

    async def _answer_offer(self, work: dict[str, Any]) -> None:
        named = {"work": work["id"], "conversation": work["conversation"], "shop": self._slug(work)}
        if self.pace.chance.random() < 0.02:
            await self.do("decline", f"/api/desk/work/{work['id']}/decline", {"reason": ""}, **named)
            return
        answer = await self.do("accept", f"/api/desk/work/{work['id']}/accept", {}, **named)
        if answer is not None and answer.ok:
            await self._work_on(work)

    async def _work_on(self, work: dict[str, Any]) -> None:
        conversation = work["conversation"]
        base = f"/api/desk/clients/{work['tenant']['id']}/conversations/{conversation}"
        named = {"work": work["id"], "conversation": conversation, "shop": self._slug(work)}
        talk = self.talks[conversation]
        answer = await self.call("GET", f"{base}/messages?after={talk.seen}")
        if answer.ok:
            self._show(talk, answer.json()["messages"], named)
        if talk.heard <= talk.answered:
            return
        drawn = self.pace.chance.random()
        if drawn < 0.02 and not self.pace.talking:
            return
        if drawn < 0.03:
            await self.do(
                "note", f"{base}/notes", {"text": f"Seen. {self._token(work)}", "client_key": self._key()}, **named
            )
        elif drawn < 0.05:
            queue = await self._queue_of(work)
            if queue:
                await self.do("transfer", f"/api/desk/work/{work['id']}/transfer", {"queue": queue}, **named)
                return
        await self._reply(talk, base, work, named)
        if talk.heard >= 3 and self.pace.chance.random() < 0.35:
            talk.heard = talk.answered = 0
            await self.insist(lambda: self.do("close", f"{base}/close", {"contact_reason": "other"}, **named))

    async def _reply(self, talk: Talk, base: str, work: dict[str, Any], named: dict[str, Any]) -> None:
        key = self._key()
        text = f"[{key}] It is on its way. {self._token(work)}"
        heard = talk.heard
        answer = await self.insist(
            lambda: self.do("reply", f"{base}/reply", {"text": text, "client_key": key}, key=key, text=text, **named)
        )
        if answer is not None and answer.ok:
            talk.answered = heard

    def _show(self, talk: Talk, messages: list[dict[str, Any]], named: dict[str, Any]) -> None:
        if not messages:
            return
        rows = [[row["seq"], row["id"], row["direction"]] for row in messages]
        self.note("shown", conversation=named["conversation"], after=talk.seen, rows=rows)
        talk.seen = max(talk.seen, rows[-1][0])
        talk.heard += sum(row["direction"] == "in" for row in messages)

    async def _queue_of(self, work: dict[str, Any]) -> str | None:
        answer = await self.call("GET", f"/api/desk/work/{work['id']}/transfer")
        group = work["channel_group"]
        queues = answer.json()["queues"] if answer.ok else []
        return next((row["id"] for row in queues if group in row["name"].lower()), None)

    async def _listen(self) -> None:
        backoff = Backoff(self.pace.chance)
        while True:
            await self.online.wait()
            backoff.begin()
            try:
                async with open_socket(self.http, "/ws/desk/") as self.socket:
                    await self._hear(self.socket)
            except (Broken, ConnectionClosed, OSError):
                await backoff.wait()

    async def _hear(self, socket: Any) -> None:
        loop = asyncio.get_running_loop()
        beat = loop.time()
        while True:
            if loop.time() >= beat:
                await socket.send(json.dumps({"type": "heartbeat"}))
                beat = loop.time() + HEARTBEAT
            try:
                frame = await asyncio.wait_for(socket.recv(), 2)
            except TimeoutError:
                continue
            told = json.loads(frame)
            if foreign := [slug for slug in tokens_in(str(frame).encode()) if slug not in self.who.shops]:
                self.note("foreign", where="desk frame", tokens=foreign)
            self.note("frame", frame=told)
            self.rung.set()

    def _slug(self, work: dict[str, Any]) -> str:
        return self.cast.shop(work["tenant"]["id"]).slug

    def _token(self, work: dict[str, Any]) -> str:
        return self.cast.shop(work["tenant"]["id"]).token

    def _key(self) -> str:
        self.count += 1
        return f"{self.who.name.replace(' ', '').replace('.', '')}-{self.count}"
