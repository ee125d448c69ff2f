"""Valkey is away: what is said is taken all the same, each socket is told to ask by itself, and later to catch up."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tenants.models import Tenant
from tests.conversations.test_live_doors import Widget, next_of, post
from tests.live_stack import LiveStack

Turn = Callable[..., None]


@contextmanager
def link_to_valkey() -> Iterator[tuple[str, Turn]]:
    """A way to Valkey that can be turned: its URL, and ``turn("slow" | "cut" | "blackhole" | "open", delay)``."""
    parts = urlsplit(settings.VALKEY_URL)
    targets = json.dumps({"valkey": [parts.port or 6379]})
    proxy = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.proxy", targets],
        cwd=settings.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert proxy.stdin is not None and proxy.stdout is not None
    stdin, stdout = proxy.stdin, proxy.stdout
    port = json.loads(stdout.readline())["valkey"]

    def turn(mode: str, delay: float = 0.0) -> None:
        stdin.write(json.dumps({"link": "valkey", "mode": mode, "delay": delay}) + "\n")
        stdin.flush()
        assert stdout.readline() == "ok\n"

    try:
        yield f"redis://{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}{parts.path}", turn
    finally:
        proxy.kill()
        proxy.wait()


@pytest.mark.parametrize("mode", ["cut", "blackhole"])
def test_a_valkey_that_is_away_takes_nothing_down(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, mode: str
) -> None:
    with link_to_valkey() as (url, turn):
        stack = replace(live_stack, port=live_stack.start_second_web(VALKEY_URL=url))
        widget = Widget(stack, acme)
        widget.say("prima")
        with widget.socket() as browser:
            next_of(browser, "hello")
            turn(mode)
            next_of(browser, "live.away", seconds=30)
            for text in ("seconda", "terza", "quarta"):
                began = time.monotonic()
                widget.say(text)
                assert time.monotonic() - began < 12
            assert post(stack, northlight, _body()).status_code == 200
            turn("open")
            next_of(browser, "resync", seconds=30)
            widget.say("quinta")
            assert next_of(browser, "message.added", seconds=30)["seq"] == 5


def _body() -> bytes:
    return json.dumps({"id": "1", "from": {"address": "@jens", "name": "Jens"}, "text": "Hallo"}).encode()
