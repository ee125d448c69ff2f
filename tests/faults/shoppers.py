"""Shoppers on three channels: the widget, the relay's provider, and mail. Each writes down what it sent and saw."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from websockets.exceptions import ConnectionClosed

from config.replay.sender import sign
from tests.faults.cast import Shop
from tests.faults.history import Journal
from tests.faults.tokens import tokens_in
from tests.faults.wire import Answer, Backoff, Broken, Http, open_socket, send_mail

# A screen draws no more often.
SCREEN = 0.4
RETRY_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.5)


@dataclass
class Pace:
    """How the load goes: ``think`` is a shopper's mean pause in seconds; ``talking`` off ends new messages;
    ``repeats`` is the share of messages that are sent again."""

    chance: random.Random
    think: float = 2.0
    talking: bool = True
    listening: bool = True
    told: int = 0
    limit: int = 1_000_000_000
    repeats: float = 0.05
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, factor: float = 1.0) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ended.wait(), self.chance.expovariate(1 / max(0.001, self.think * factor)))

    def end(self) -> None:
        """Everybody goes home."""
        self.talking = self.listening = False
        self.ended.set()

    def may_say(self) -> bool:
        """Whether one more message may be begun; counts it."""
        if not self.talking or self.told >= self.limit:
            return False
        self.told += 1
        return True


@dataclass
class Shopper:
    """What all have in common: a name, a shop, a journal, and keys that name each message."""

    name: str
    shop: Shop
    journal: Journal
    pace: Pace
    count: int = 0
    door = "web"

    async def run(self) -> None:
        raise NotImplementedError

    def next_said(self) -> tuple[str, str]:
        """The next message's key, and its text, which carries the key and the shop's token."""
        self.count += 1
        key = f"{self.name}-{self.count}"
        return key, f"[{key}] Where is my order? {self.shop.token}"

    def note(self, what: str, **fields: Any) -> None:
        self.journal.note(self.name, what, shop=self.shop.slug, door=self.door, **fields)

    def note_tokens(self, where: str, blob: bytes) -> None:
        if found := [slug for slug in tokens_in(blob) if slug != self.shop.slug]:
            self.note("foreign", where=where, tokens=found)

    async def until_acknowledged(self, key: str, attempt: Any) -> Any:
        """Try with the same key until there is a definite answer, as a patient client does."""
        for number in range(1_000_000):
            begun = asyncio.get_running_loop().time()
            try:
                outcome = await attempt()
            except Broken as error:
                outcome = None
                self.note("unsure", key=key, began=begun, why=str(error))
            if outcome is not None:
                return outcome
            if not self.pace.listening:
                return None
            await asyncio.sleep(RETRY_SECONDS[min(number, len(RETRY_SECONDS) - 1)])
        return None


@dataclass
class Chatter(Shopper):
    """A visitor of the widget: posts over HTTP, hears by the socket, reads by ``after=``."""

    port: int = 0
    seen: int = 0
    conversation: str = ""
    rung: asyncio.Event = field(default_factory=asyncio.Event)
    http: Http = field(init=False)
    reader: Http = field(init=False)

    def __post_init__(self) -> None:
        self.http, self.reader = Http(self.port, self.shop.host), Http(self.port, self.shop.host)

    async def run(self) -> None:
        token = await self._begin()
        if token is None:
            return
        for http in (self.http, self.reader):
            http.headers["Authorization"] = f"Widget {token}"
        ears = asyncio.create_task(self._listen(token))
        eyes = asyncio.create_task(self._read())
        try:
            while self.pace.listening:
                await self.pace.pause()
                if self.pace.may_say():
                    await self.say()
        finally:
            for task in (ears, eyes):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task
            for http in (self.http, self.reader):
                http.drop()

    async def say(self) -> None:
        key, text = self.next_said()
        self.note("say", key=key, text=text, channel="webchat")

        async def attempt() -> Answer | None:
            begun = asyncio.get_running_loop().time()
            body = {"text": text, "client_key": key, "language": "en"}
            answer = await self.http.call("POST", "/api/widget/messages", body)
            self.note_tokens("widget answer", answer.body)
            if answer.ok:
                told = answer.json()
                self.conversation = told["conversation"]
                self.note("acked", key=key, began=begun, conversation=told["conversation"], seq=told["seq"])
                return answer
            self.note("refused", key=key, began=begun, status=answer.status, body=answer.body[:200].decode())
            return answer if answer.status in (400, 401, 403, 404, 410) else None

        await self.until_acknowledged(key, attempt)
        self.rung.set()
        if self.pace.listening and self.pace.chance.random() < self.pace.repeats:
            # As after an answer that was lost: the same words under the same key.
            with contextlib.suppress(Broken):
                await attempt()

    async def look(self) -> bool:
        """Ask for what came since the last number shown, and show it."""
        answer = await self.reader.call("GET", f"/api/widget/messages?after={self.seen}")
        self.note_tokens("widget page", answer.body)
        if not answer.ok:
            return False
        page = answer.json()
        rows = [[row["seq"], row["id"], row["direction"]] for row in page["messages"]]
        if rows and self.conversation:
            self.note("shown", conversation=self.conversation, after=self.seen, rows=rows)
            self.seen = max(self.seen, rows[-1][0])
        return True

    async def _begin(self) -> str | None:
        async def attempt() -> Answer | None:
            answer = await self.http.call("POST", "/api/widget/session", {"key": self.shop.widget_key})
            return answer if answer.status < 500 else None

        answer = await self.until_acknowledged("session", attempt)
        return str(answer.json()["token"]) if answer is not None and answer.ok else None

    async def _read(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                # The slow look is what heals a doorbell that was lost.
                await asyncio.wait_for(self.rung.wait(), 4)
            self.rung.clear()
            try:
                if self.conversation:
                    await self.look()
                    await asyncio.sleep(SCREEN)
            except Broken:
                await asyncio.sleep(0.3)
                self.rung.set()

    async def _listen(self, token: str) -> None:
        backoff = Backoff(self.pace.chance)
        while True:
            backoff.begin()
            try:
                async with open_socket(self.http, f"/ws/widget/?token={token}") as socket:
                    if not await self._hear(socket):
                        return
            except (Broken, ConnectionClosed, OSError):
                await backoff.wait()

    async def _hear(self, socket: Any) -> bool:
        joined = ""
        while True:
            try:
                frame = await asyncio.wait_for(socket.recv(), 3)
            except TimeoutError:
                frame = None
            if frame is not None:
                told = json.loads(frame)
                self.note_tokens("widget frame", str(frame).encode())
                self.note("frame", frame=told)
                joined = told.get("conversation") or joined if told["type"] == "hello" else joined
                self.rung.set()
            if self.conversation and joined != self.conversation:
                # The socket listens to the conversation that was there when it looked.
                await socket.send(json.dumps({"type": "look"}))
                joined = self.conversation


@dataclass
class Relayed(Shopper):
    """A handle behind the signed webhook; its provider retries, repeats, delays, and now and then reorders."""

    port: int = 0
    http: Http = field(init=False)
    second: Http = field(init=False)
    late: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.http, self.second = Http(self.port, "desk.localhost"), Http(self.port, "desk.localhost")

    async def run(self) -> None:
        while self.pace.listening:
            await self.pace.pause()
            if not self.pace.may_say():
                continue
            if self.pace.chance.random() < 0.05:
                # Two at once: the provider does not wait for the first, and no order is owed.
                await asyncio.gather(self.say(self.http), self.say(self.second))
            else:
                await self.say(self.http)
        await asyncio.gather(*self.late, return_exceptions=True)

    def begin(self) -> tuple[str, bytes]:
        """The next message: its key, and its body as the provider sends it."""
        key, text = self.next_said()
        self.note("say", key=key, text=text, channel="relay")
        sender = {"address": self.name, "name": self.name}
        told = {"id": key, "from": sender, "text": text, "thread": self.name, "language": "en"}
        return key, json.dumps(told).encode()

    async def say(self, http: Http) -> None:
        key, body = self.begin()
        await self.until_acknowledged(key, lambda: self.post(http, key, body))
        if self.pace.chance.random() < self.pace.repeats:
            repeat = asyncio.create_task(self._repeat(key, body))
            self.late.add(repeat)
            repeat.add_done_callback(self.late.discard)

    async def post(self, http: Http, key: str, body: bytes) -> Answer | None:
        begun = asyncio.get_running_loop().time()
        headers = {"X-Centralita-Signature": sign(self.shop.relay_secret, body)}
        answer = await http.call("POST", f"/in/{self.shop.relay_token}", raw=body, headers=headers)
        self.note_tokens("webhook answer", answer.body)
        if answer.ok:
            self.note("acked", key=key, began=begun, receipt=answer.json()["receipt"])
            return answer
        self.note("refused", key=key, began=begun, status=answer.status, body=answer.body[:200].decode())
        return answer if answer.status in (400, 401, 403, 404, 410, 413) else None

    async def _repeat(self, key: str, body: bytes) -> None:
        await asyncio.sleep(self.pace.chance.uniform(0.0, 3.0))
        extra = Http(self.port, "desk.localhost")
        with contextlib.suppress(Broken):
            await self.post(extra, key, body)
        extra.drop()


@dataclass
class Writer(Shopper):
    """Somebody who writes mail, by SMTP to the door, and answers what comes back."""

    port: int = 0
    door = "mail"
    last: dict[str, str] = field(default_factory=dict)
    address: str = ""

    async def run(self) -> None:
        while self.pace.listening:
            await self.pace.pause(3.0)
            if self.pace.may_say():
                await self.say()

    async def say(self) -> None:
        key, text = self.next_said()
        if self.count % 20 == 1:
            # Nobody writes thirty mails in ten minutes: that is taken for a loop.
            self.address, self.last = f"{self.name}.{self.count}@post.example", {}
        answers = self.last if self.pace.chance.random() < 0.5 else {}
        self.note("say", key=key, text=text, channel="email")
        mail = self._letter(key, text, answers)

        async def attempt() -> int | None:
            begun = asyncio.get_running_loop().time()
            code, words = await send_mail(self.port, self.address, self.shop.mail, mail)
            if code < 300:
                self.note("acked", key=key, began=begun)
                return code
            self.note("refused", key=key, began=begun, status=code, body=words[:200])
            return code if code >= 500 else None

        await self.until_acknowledged(key, attempt)

    def receive(self, mail: dict[str, str]) -> None:
        """A mail of the shop arrived: the next letter may answer it."""
        self.last = mail

    def _letter(self, key: str, text: str, answers: dict[str, str]) -> bytes:
        mail = EmailMessage()
        mail["From"] = f"{self.name} <{self.address}>"
        mail["To"] = answers.get("reply_to") or self.shop.mail
        mail["Subject"] = answers.get("subject") or f"Order {key}"
        mail["Message-ID"] = f"<{key}@post.example>"
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers["message_id"]
        mail.set_content(text)
        return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
