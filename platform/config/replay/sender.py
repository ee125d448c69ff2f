"""The carrier's side: signs and posts each message when it is due, in order within its thread, some of them twice."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from config.replay.corpus import Said

LANES = 8
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Door:
    """Where a company's messages go: the token names the line, the secret signs."""

    token: str
    secret: str


@dataclass
class Sent:
    acknowledged: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    repeated: int = 0
    retried: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(http: requests.Session, *, port: int, door: Door, said: Said) -> requests.Response:
    body = json.dumps(
        {
            "id": said.key,
            "from": {"address": said.author, "name": said.author},
            "text": said.text,
            "thread": said.thread,
            "subject": said.thread,
        }
    ).encode()
    headers = {"Content-Type": "application/json", "X-Centralita-Signature": sign(door.secret, body)}
    headers["Host"] = f"desk.localhost:{port}"
    return http.post(f"http://127.0.0.1:{port}/in/{door.token}", data=body, headers=headers, timeout=30)


def send_all(
    said: list[Said], *, port: int, doors: dict[str, Door], on_sent: Callable[[int], None], repeat_share: float = 0.05
) -> Sent:
    """Post every message when due. A thread's messages stay in one lane, so they leave in order."""
    sent = Sent()
    lanes: list[queue.Queue[Said | None]] = [queue.Queue() for _ in range(LANES)]
    workers = [
        threading.Thread(target=_lane, args=(lane, port, doors, sent, repeat_share, number), daemon=True)
        for number, lane in enumerate(lanes)
    ]
    for worker in workers:
        worker.start()
    start = time.monotonic()
    for count, one in enumerate(said, 1):
        time.sleep(max(0.0, start + one.due - time.monotonic()))
        lanes[hash(one.thread) % LANES].put(one)
        on_sent(count)
    for lane in lanes:
        lane.put(None)
    for worker in workers:
        worker.join()
    return sent


def _lane(
    lane: queue.Queue[Said | None], port: int, doors: dict[str, Door], sent: Sent, repeat_share: float, seed: int
) -> None:
    chance = random.Random(seed)
    http = requests.Session()
    while (said := lane.get()) is not None:
        times = 2 if chance.random() < repeat_share else 1
        for attempt in range(times):
            problem = _deliver(http, port=port, door=doors[said.company], said=said, sent=sent)
            with sent.lock:
                if problem:
                    sent.refused.append(f"{said.key}: {problem}")
                else:
                    sent.acknowledged[said.key] = time.time()
                    sent.repeated += attempt


def _deliver(http: requests.Session, *, port: int, door: Door, said: Said, sent: Sent) -> str:
    """Post until it is acknowledged, as carriers do on a 5xx or a broken line; what went wrong, or nothing."""
    problem = ""
    for attempt in range(_TRIES):
        try:
            answer = post(http, port=port, door=door, said=said)
        except requests.ConnectionError as error:
            problem = str(error)
        else:
            if answer.ok:
                return ""
            problem = f"{answer.status_code} {answer.text[:200]}"
            if answer.status_code < 500:
                return problem
        with sent.lock:
            sent.retried += 1
        time.sleep(0.2 * 2**attempt)
    return problem
