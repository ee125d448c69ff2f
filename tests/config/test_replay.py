"""The replay: clean over the real processes, and not clean when something is off."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from websockets import Origin
from websockets.sync.server import ServerConnection, serve

from config.replay.agent import Ledger
from config.replay.canaries import token_of
from config.replay.checking import Finding, _compare
from config.replay.corpus import load
from config.replay.desk_session import open_socket
from tests.debris import drop_database


@pytest.mark.live
@pytest.mark.xdist_group("live_stack")
@pytest.mark.timeout(240)
def test_a_part_of_the_replay_comes_out_clean(db: None) -> None:
    from django.db import connection

    told = connection.settings_dict
    credentials = f"{told['USER']}:{told['PASSWORD']}@" if told["PASSWORD"] else f"{told['USER']}@"
    name = f"{told['NAME']}_replay"
    url = f"postgresql://{credentials}{told['HOST']}:{told['PORT']}/{name}"
    admin = psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True)
    drop_database(admin, name)
    admin.execute(f'CREATE DATABASE "{name}"')
    try:
        environment = {**os.environ, "DATABASE_URL": url, "VALKEY_URL": settings.VALKEY_URL, "SECRET_KEY": "replay"}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
        command = [sys.executable, "manage.py", "replay", "--limit", "25", "--speed", "1000000", "--agents", "4"]
        done = subprocess.run(
            command, cwd=settings.ROOT, env=environment, capture_output=True, text=True, timeout=220, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        assert "cases      25  closed 25" in done.stdout
        assert "lost 0  doubled 0  reordered 0  other 0  foreign 0 of" in done.stdout
    finally:
        drop_database(admin, name)
        admin.close()


@pytest.mark.parametrize(
    ("got", "where"),
    [
        (["one"], "lost"),
        (["one", "two", "two"], "doubled"),
        (["two", "one"], "reordered"),
        (["one", "three"], "lost"),
    ],
)
def test_a_difference_is_found(got: list[str], where: str) -> None:
    finding = Finding()
    _compare("thread 1", ["one", "two"], got, finding)
    assert getattr(finding, where)
    assert not finding.clean


def test_a_text_of_another_shop_is_found() -> None:
    ledger = Ledger()
    ledger.require_own("work of acme", {"preview": f"x {token_of('acme')}"}, {"acme"})
    assert (ledger.foreign, ledger.tokens_seen) == ([], 1)
    ledger.require_own("work of acme", {"preview": f"x {token_of('acme-two')}"}, {"acme"})
    assert ledger.foreign == ["work of acme holds a text of acme-two"]
    assert not Finding(foreign=ledger.foreign).clean


def test_what_agrees_is_clean() -> None:
    finding = Finding()
    _compare("thread 1", ["one", "two"], ["one", "two"], finding)
    assert finding.clean


def test_an_agent_who_is_busy_for_long_still_answers_pings() -> None:
    """Many bells ring while nobody reads: the line must stand, or the server takes the agent for gone."""
    heard = threading.Event()
    frames = [f"{number}".ljust(4000) for number in range(100)]  # more than the reader takes off the line at once

    def ring(line: ServerConnection) -> None:
        for frame in frames:
            line.send(frame)
        if line.ping().wait(10):
            heard.set()
        line.recv()

    with serve(ring, "127.0.0.1", 0, ping_interval=None, origins=[Origin("http://desk.localhost")]) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with open_socket(server.socket.getsockname()[1], "desk.localhost", "sessionid=x") as line:
            assert heard.wait(10)
            assert [line.recv(timeout=10) for _ in frames] == frames
            line.send("done")
        server.shutdown()


def test_messages_keep_their_order_and_silences_are_cut() -> None:
    corpus = load(settings.ROOT, speed=1000, longest_gap=3600)
    due: dict[str, list[float]] = defaultdict(list)
    for said in corpus.said:
        due[said.thread].append(said.due)
    assert all(times == sorted(times) for times in due.values())
    times = [said.due for said in corpus.said]
    assert max(later - sooner for sooner, later in pairwise(times)) <= 3.6 + 1e-6


def test_without_the_shared_folder_a_generated_set_stands_in(tmp_path: Path) -> None:
    corpus = load(tmp_path / "nowhere", speed=1000, longest_gap=60)
    assert "generated" in corpus.source
    assert len(corpus.companies) == 24
