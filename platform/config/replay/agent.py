"""A simulated agent: signs in, heartbeats, accepts what is offered, says the company's real answers, closes."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from config.replay.canaries import owners_in
from config.replay.corpus import Story
from config.replay.desk_session import DeskSession, heartbeat

log = logging.getLogger(__name__)


@dataclass
class Ledger:
    """What all agents saw and said; the checker compares it with what was sent and stored."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    shown: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    answered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    closed: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    tokens_seen: int = 0
    accepted: int = 0

    def require_own(self, what: str, content: Any, slugs: set[str]) -> None:
        """Write down every token in ``content`` that is of none of these shops."""
        owners = owners_in(json.dumps(content))
        with self.lock:
            self.tokens_seen += len(owners)
            self.foreign += [f"{what} holds a text of {slug}" for slug in sorted(owners - slugs)]

    def trouble(self, text: str) -> None:
        with self.lock:
            self.troubles.append(text)


class SimulatedAgent(threading.Thread):
    """One agent in one thread, with one API session and one socket."""

    def __init__(
        self,
        *,
        port: int,
        email: str,
        password: str,
        stories: dict[tuple[str, str], Story],
        slugs: dict[str, str],
        ledger: Ledger,
    ) -> None:
        super().__init__(name=email, daemon=True)
        self.session = DeskSession(port=port, email=email, password=password)
        self.stories = stories
        self.slugs = slugs
        self.ledger = ledger
        self.stop = threading.Event()
        self.seq = -1
        self.seen: dict[str, int] = {}
        self.said: dict[str, int] = defaultdict(int)

    def run(self) -> None:
        self.session.post("/api/desk/state", {"status": "available"})
        while not self.stop.is_set():
            try:
                self._on_the_floor()
            except requests.HTTPError as error:
                with self.ledger.lock:
                    self.ledger.defects.append(f"{self.name}: {error}")
                time.sleep(0.2)
            except (ConnectionClosed, requests.RequestException, OSError) as error:
                self.ledger.trouble(f"{self.name}: {error}")
                time.sleep(0.2)

    def _on_the_floor(self) -> None:
        with self.session.socket() as connection:
            beat = looked = 0.0
            while not self.stop.is_set():
                if time.monotonic() - beat > 8:
                    heartbeat(connection)
                    beat = time.monotonic()
                rang = self._hear(connection)
                # The doorbell is enough; the slow look is what heals one that was lost.
                if rang or time.monotonic() - looked > 2:
                    self._look()
                    looked = time.monotonic()

    def _hear(self, connection: ClientConnection) -> bool:
        """Wait a little for a bell; however many rang, one look is enough."""
        rang = False
        with contextlib.suppress(TimeoutError):
            while True:
                self.ledger.require_own(
                    f"{self.name}: a frame", str(connection.recv(timeout=0 if rang else 0.5)), set()
                )
                rang = True
        return rang

    def _look(self) -> None:
        changes = self.session.get(f"/api/desk/changes?since={self.seq}")
        self.seq = changes["seq"]
        if not changes["changed"]:
            return
        desk = changes["desk"]
        for work in [*desk["offers"], *desk["active"], *desk["wrap_up"]]:
            slug = self.slugs[str(work["tenant"]["id"])]
            self.ledger.require_own(f"{self.name}: work of {slug}", work, {slug})
        for work in desk["offers"]:
            if self.session.post_raw(f"/api/desk/work/{work['id']}/accept").ok:
                with self.ledger.lock:
                    self.ledger.accepted += 1
                desk["active"].append(work)
        for work in desk["active"]:
            self._work_on(work)
        for work in desk["wrap_up"]:
            self.session.post_raw(f"/api/desk/work/{work['id']}/finish-wrap-up")

    def _work_on(self, work: dict[str, Any]) -> None:
        conversation = work["conversation"]
        base = f"/api/desk/clients/{work['tenant']['id']}/conversations/{conversation}"
        answer = self.session.get(f"{base}/messages?after={self.seen.get(conversation, 0)}")
        slug = self.slugs[str(work["tenant"]["id"])]
        self.ledger.require_own(f"{self.name}: messages of {slug}", answer, {slug})
        self._show(conversation, answer["messages"])
        story = self.stories.get((str(work["tenant"]["id"]), work["subject"]))
        if story is None:
            self.ledger.trouble(f"{self.name}: unknown conversation {work['subject']!r}")
            return
        inbound = len(self.ledger.shown[conversation])
        while self.said[conversation] < len(story.answers):
            needed, text = story.answers[self.said[conversation]]
            if inbound < needed:
                return
            # Shops of the corpus write of one another; their words are sent as they were written.
            said = {"text": text, "client_key": str(uuid4()), "despite": "own_word"}
            self.session.post(f"{base}/reply", said)
            self.said[conversation] += 1
            with self.ledger.lock:
                self.ledger.answered[conversation].append(text)
        if inbound >= len(story.said) and conversation not in self.ledger.closed:
            self.session.post(f"{base}/close", {"contact_reason": "other"})
            with self.ledger.lock:
                self.ledger.closed.add(conversation)
            self.session.post_raw(f"/api/desk/work/{work['id']}/finish-wrap-up")

    def _show(self, conversation: str, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            self.seen[conversation] = max(self.seen.get(conversation, 0), message["seq"])
            if message["direction"] == "in":
                with self.ledger.lock:
                    self.ledger.shown[conversation].append((message["seq"], message["text"]))
