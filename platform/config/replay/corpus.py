"""The real conversations to replay, and when each message is due in compressed time.

File: one JSON object a line, ``{"id", "company", "messages": [{"from", "author", "at", "text"}]}``
(IBM twitter-customer-care, Apache-2.0). Where the folder is absent a generated set stands in, and says so.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.replay.canaries import token_of

_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
CORPUS = Path("../shared/data/support_conversations.jsonl")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a customer; ``due`` in seconds of the replay.

    author: who opened the thread. In 19 conversations a second person joins; a private channel has one sender.
    """

    key: str
    company: str
    thread: str
    author: str
    text: str
    due: float


@dataclass(frozen=True, slots=True)
class Story:
    """One conversation: what customers say, and the company's answers with how many messages go before each."""

    thread: str
    company: str
    said: tuple[Said, ...]
    answers: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    stories: tuple[Story, ...]
    source: str

    @property
    def companies(self) -> list[str]:
        return sorted({story.company for story in self.stories})

    @property
    def said(self) -> list[Said]:
        return sorted((said for story in self.stories for said in story.said), key=lambda said: said.due)


def slug_of(company: str) -> str:
    return _NOT_IN_A_SLUG.sub("-", company.lower()).strip("-")[:30]


def load(root: Path, *, speed: float, longest_gap: float, limit: int | None = None) -> Corpus:
    """Read the corpus; spacing is divided by ``speed`` after silences over ``longest_gap`` seconds are cut to it."""
    path = root / CORPUS
    if path.is_file():
        records = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        source = f"{len(records)} real conversations"
    else:
        records = list(_made_up())
        source = f"{len(records)} generated conversations (the shared data folder is absent)"
    records = records[:limit]
    due = _timeline(records, speed=speed, longest_gap=longest_gap)
    return Corpus(tuple(_story(record, due) for record in records), source)


def _instant(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))


def _key(record: dict[str, object], index: int) -> str:
    return f"{record['id']}-{index}"


def _timeline(records: list[dict[str, object]], *, speed: float, longest_gap: float) -> dict[str, float]:
    points: list[tuple[datetime, int, str]] = []
    for order, record in enumerate(records):
        for index, message in enumerate(_messages(record)):
            if message["from"] == "customer":
                points.append((_instant(str(message["at"])), order * 1000 + index, _key(record, index)))
    points.sort()
    due: dict[str, float] = {}
    clock = 0.0
    for position, (at, _, key) in enumerate(points):
        if position:
            clock += min((at - points[position - 1][0]).total_seconds(), longest_gap) / speed
        due[key] = clock
    return due


def _messages(record: dict[str, object]) -> list[dict[str, object]]:
    messages = record["messages"]
    assert isinstance(messages, list)
    return messages


def _story(record: dict[str, object], due: dict[str, float]) -> Story:
    thread, company = str(record["id"]), str(record["company"])
    opener = str(next(message["author"] for message in _messages(record) if message["from"] == "customer"))
    said: list[Said] = []
    answers: list[tuple[int, str]] = []
    for index, message in enumerate(_messages(record)):
        text = f"{message['text']} {token_of(slug_of(company))}"
        if message["from"] == "customer":
            key = _key(record, index)
            said.append(Said(key, company, thread, opener, text, due[key]))
        else:
            answers.append((len(said), text))
    return Story(thread, company, tuple(said), tuple(answers))


def _made_up() -> list[dict[str, object]]:
    """A small set of our own, the same every time."""
    chance = random.Random(7)
    at = datetime(2026, 1, 12, 9, tzinfo=UTC)
    questions = ["My parcel has not arrived.", "The size is wrong, can I exchange it?", "Where is my refund?"]
    records: list[dict[str, object]] = []
    for number in range(1, 121):
        messages: list[dict[str, object]] = []
        for turn in range(chance.randint(1, 3)):
            at += timedelta(seconds=chance.randint(5, 900))
            text = f"{chance.choice(questions)} ({number}.{turn})"
            messages.append({"from": "customer", "author": f"customer_{number}", "at": at.isoformat(), "text": text})
        messages.append({"from": "agent", "author": None, "at": None, "text": f"Thank you, case {number} is solved."})
        records.append({"id": number, "company": f"Shop{number % 24}", "messages": messages})
    return records
