"""A backup made in traffic comes back in a cluster of its own, without what was erased since; a bad one is refused."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection

from config.keeping import database, manifest, restoring
from config.keeping.backing_up import back_up
from config.keeping.manifest import BackupProblem
from config.launch import keep
from config.launch.account import server_account
from config.launch.binaries import LaunchFailed
from config.launch.places import Places
from config.launch.ports import free_port
from config.launch.scratch import _temporary_home
from desk import erasing
from people.models import Person
from tenants import erasure_ledger
from tenants.models import ErasureEntry, Tenant
from tests.conversations.shoppers import chat, say
from tests.keeping.people import live, traces_of
from tests.live_stack import LiveStack

PLENTY = 2**50


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.BACKUPS_ROOT = tmp_path / "media", tmp_path / "backups"


@pytest.fixture
def clean(live_stack: LiveStack) -> Iterator[LiveStack]:
    """The stack's other tests know only what was there at its start."""
    yield live_stack
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tenants_erasureentry")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the servers' own user may enter, which pytest's are not."""
    made = _temporary_home(server_account())
    yield made / "home"
    shutil.rmtree(made)


def run_keep(*arguments: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """``python -m config.launch.keep`` as from a shell, without servers of the tests."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CENTRALITA_MEDIA")
    }
    environment |= {
        "SECRET_KEY": django_settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "config.settings",
        "CENTRALITA_BACKUPS": str(django_settings.BACKUPS_ROOT), **more,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "config.launch.keep", *arguments],
        cwd=django_settings.ROOT, env={**environment, "PYTHONPATH": "platform:."},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.mark.timeout(400)
def test_a_backup_comes_back_without_what_was_erased_since(
    clean: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, jens: Person,
    tmp_path: Path, home: Path,
) -> None:  # fmt: skip
    before, after, other = live(acme, lucia, sofia), live(acme, lucia, sofia), live(northlight, jens, sofia)
    erase(before, sofia)
    patience = []
    folder = back_up(into=tmp_path / "backups", say=lambda line: patience.append((line, idle_limit())))
    assert ("database: dumping", "0") in patience  # pg_dump reads under the snapshot of a transaction that waits
    told = manifest.read(folder)
    assert told["rows"] == database.count_rows() and told["missing_files"] == []
    assert (folder.parent / erasure_ledger.FILE).exists() and not list(folder.parent.glob(".draft-*"))
    say(acme, chat("Dopo la copia"))
    erase(after, sofia)  # the backup still holds this person
    assert traces_of(after.token) == []

    done = run_keep("restore", str(folder), "--into", str(home), home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 erasures done again" in done.stdout and "clocks agree" in done.stdout
    again = run_keep("restore", str(folder), "--into", str(home), home=home)
    assert again.returncode == 1 and "exists already" in again.stderr

    server = keep._postgres(Places(django_settings.ROOT), home)
    try:
        server.launch()
        server.await_ready()
        look_at_restored(server.url, home, told, gone=(before.token, after.token), kept=other.token)
        assert_web_starts(server.url, tmp_path)
    finally:
        server.stop()
        shutil.rmtree(home)  # a whole copy of two shops, in the folder for temporary files


def idle_limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        return str(cursor.fetchone()[0])


def erase(life: Any, person: Person) -> None:
    erasing.erase_customer(
        person=person, tenant=life.tenant, customer_id=life.customer, confirm=life.address, reason="person"
    )


def look_at_restored(url: str, home: Path, told: dict[str, Any], *, gone: tuple[str, ...], kept: str) -> None:
    with psycopg.connect(url) as opened:
        found: dict[str, set[str]] = {token: set() for token in (*gone, kept)}
        for name, count in told["rows"].items():
            table = psycopg.sql.Identifier(*name.split("."))
            rows = opened.execute(psycopg.sql.SQL("SELECT t::text FROM {} t").format(table)).fetchall()
            for token in found:
                if any(token in row[0] or token.encode().hex() in row[0] for row in rows):
                    found[token].add(name)
            grown = ("tenants_erasureentry", "people_auditentry", "erasurecertificate")
            shrunk = ("customers_identity", "conversations_attachment", "_draft", "_heldreply", "_peek")
            if not name.endswith((*grown, *shrunk)):
                assert len(rows) == count, name
        assert all(not found[token] for token in gone) and len(found[kept]) >= 6
        assert opened.execute("SELECT count(*) FROM public.tenants_erasureentry WHERE done_at IS NULL").fetchone() == (
            0,
        )
        assert opened.execute("SELECT count(*) FROM public.people_session").fetchone() == (0,)
    files = [path for path in (home / "media").rglob("*") if path.is_file()]
    texts = [path.read_bytes() for path in files]
    assert any(text.startswith(b"\x89PNG") for text in texts)  # drawn anew when it came in
    assert not any(token.encode() in text for token in gone for text in texts)


def assert_web_starts(url: str, folder: Path) -> None:
    port = free_port()
    with (folder / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "config.serving", "-b", "127.0.0.1", "-p", str(port), "config.asgi:application"],
            cwd=django_settings.ROOT, env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": django_settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": "platform:."}, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            door = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            try:
                door.request("GET", "/api/form/config", headers={"Host": "acme.localhost"})
                assert door.getresponse().status == 200
                return
            except ConnectionRefusedError:
                assert time.monotonic() < deadline and web.poll() is None, (folder / "web.log").read_text()
                time.sleep(0.1)
            finally:
                door.close()
    finally:
        web.kill()
        web.wait()


def test_what_cannot_be_restored_is_refused_in_words(
    clean: LiveStack, acme: Tenant, lucia: Person, sofia: Person, tmp_path: Path, settings: Any
) -> None:
    live(acme, lucia, sofia)
    with pytest.raises(BackupProblem, match="not enough room"):
        back_up(into=tmp_path / "backups", free=lambda path: 2**20)
    assert [path.name for path in (tmp_path / "backups").iterdir()] == []
    folder = back_up(into=tmp_path / "backups")
    told = manifest.read(folder)

    def refusal(change: str) -> str:
        copy = tmp_path / change
        shutil.copytree(folder, copy)
        if change == "damaged":
            raw = bytearray((copy / manifest.DATABASE).read_bytes())
            raw[len(raw) // 2] ^= 1
            (copy / manifest.DATABASE).write_bytes(raw)
        elif change == "cut":
            os.truncate(copy / manifest.MEDIA, 100)
        elif change == "edited":
            (copy / manifest.NAME).write_text((copy / manifest.NAME).read_text().replace("acme", "acne"))
        elif change == "lacking":
            (copy / manifest.DATABASE).unlink()
        elif change == "newer":
            manifest.write(copy, {**told, "migrations": [*told["migrations"], "tenants.9999_later"]})
        elif change == "server":
            manifest.write(copy, {**told, "postgres": 990000})
        elif change == "none":
            shutil.rmtree(copy)
        with pytest.raises(BackupProblem) as caught:
            found = manifest.read(copy)
            manifest.check_version(found, database.server_version())
            manifest.check_parts(copy, found)
        return str(caught.value)

    assert "damaged" in refusal("damaged") and "damaged" in refusal("cut") and "changed" in refusal("edited")
    assert "missing" in refusal("lacking") and "tenants.9999_later" in refusal("newer")
    assert "PostgreSQL 99" in refusal("server") and "no backup" in refusal("none")
    with pytest.raises(BackupProblem, match="holds data already"):
        restoring.restore(folder=folder)
    with pytest.raises(BackupProblem, match="not enough room"):
        restoring._require_room(told, tmp_path / "new", lambda path: 2**20)
    (folder.parent / erasure_ledger.FILE).unlink()
    with pytest.raises(BackupProblem, match=r"erasures\.jsonl is missing"):
        restoring._lines(folder, "")
    assert restoring._lines(folder, "none") == []
    assert not ErasureEntry.objects.exists()


def test_a_restore_touches_nothing_that_is_there(tmp_path: Path) -> None:
    home, media = tmp_path / "home", tmp_path / "media"
    keep._refuse_existing(home, media)
    media.mkdir()
    keep._refuse_existing(home, media)
    (media / "x").write_text("x")
    with pytest.raises(LaunchFailed, match="Nothing was changed"):
        keep._refuse_existing(home, media)
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("18")
    with pytest.raises(LaunchFailed, match="make reset"):
        keep._refuse_existing(home, tmp_path / "other")


def test_the_manifest_says_what_the_parts_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    manifest.write(tmp_path, {"form": 1, "parts": {"a": manifest.part(tmp_path / "a")}})
    found = manifest.read(tmp_path)
    manifest.check_parts(tmp_path, found)
    assert found["parts"]["a"]["bytes"] == 3 and json.loads((tmp_path / manifest.NAME).read_text()) == found
