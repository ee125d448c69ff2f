"""The isolation matrix: whoever asks for whatever gets what the declared policy says, and nobody else's words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as configured
from django.core import mail

from config.surface import routes
from conversations import webhook
from conversations.models import Receipt
from kernel import live
from kernel.tenancy import enter
from tenants.models import Line, Tenant
from tests.boundaries.matrix.cells import PARAMS, QUERY_IDS, QUERY_PLAIN, cells
from tests.boundaries.matrix.judging import Judge
from tests.boundaries.matrix.world import World, build
from tests.canaries import any_in, foreign
from tests.conversations.shoppers import line_of, relay_body, signed

LEAST = 5_000


@pytest.fixture
def valkey() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(configured.VALKEY_URL)
    client.flushdb()
    yield client
    client.flushdb()


def test_the_generator_knows_every_parameter() -> None:
    """A new one must be filled in by the matrix before it can be trusted."""
    asked = {name for thing in routes() for name in thing.params}
    assert asked - PARAMS == set()
    queried = {name for thing in routes() for name in thing.query}
    assert queried - set(QUERY_IDS) - QUERY_PLAIN == set()


@pytest.mark.timeout(900)
@pytest.mark.planted_leak  # judges what leaves by itself, cell by cell
@pytest.mark.django_db
def test_everybody_gets_what_is_theirs_and_nothing_else(
    settings: Any, tmp_path: Path, valkey: redis.Redis, caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    settings.RATES_PER_MINUTE = dict.fromkeys(settings.RATES_PER_MINUTE, 10**9)
    settings.MEDIA_ROOT = tmp_path
    frames: Any = valkey.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    frames.subscribe(live.CHANNEL)
    frames.get_message(timeout=5)  # the subscription itself
    world = build()
    judge = Judge(world, django_capture_on_commit_callbacks)
    caplog.set_level("INFO")
    only = os.environ.get("MATRIX_ONLY", "")
    for cell in cells(world):
        if only in cell.name:
            judge.judge(cell)
    total = sum(judge.counted.values())
    with capsys.disabled():
        print(f"\n{total} cells, {len(world.actors)} actors: {judge.counted}")
    assert judge.faults == [], "\n".join(judge.faults[:200])
    assert total >= LEAST or only
    assert any_in(caplog.text) == []
    heard = list(_frames(frames))
    assert heard and [frame for frame in heard if foreign(_audience(world, frame), frame)] == []
    assert [letter.subject for letter in mail.outbox if any_in(letter.message().as_bytes())] == []
    assert [key for key in valkey.scan_iter() if any_in(key) or any_in(valkey.dump(key) or b"")] == []
    shops = {shop.schema_name: shop for shop in world.shops.values()}
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert foreign(shops.get(file.relative_to(tmp_path).parts[0]), file.read_bytes()) == [], file


def _audience(world: World, frame: bytes) -> set[str]:
    """The shops whose audiences a frame names; who types is told under the alias, all else is ids."""
    head = frame.partition(b"\n")[0].decode()
    return {slug for slug, shop in world.shops.items() if str(shop.id) in head}


def _frames(subscribed: Any) -> Iterator[bytes]:
    while (message := subscribed.get_message(timeout=0.2)) is not None:
        yield message["data"]


@pytest.mark.django_db
def test_a_webhook_opens_only_to_its_own_secret(acme: Tenant, northlight: Tenant) -> None:
    """Lines of both shops and of nobody × right, wrong, missing and foreign secrets; refusals write nothing."""
    webhook.forget_lines()
    lines = {shop.slug: line_of(shop, "relay") for shop in (acme, northlight)}
    for slug, line in lines.items():
        Line.objects.filter(pk=line.pk).update(secret=f"secret-of-{slug}")
    secrets = {"acme": "secret-of-acme", "northlight": "secret-of-northlight", "wrong": "guessed", "none": ""}
    for named in (*lines, "nobody"):
        token = lines[named].token if named in lines else "relay-nobody"
        for held, secret in secrets.items():
            body = relay_body(f"{named} {held}")
            before, answers = _receipts(acme, northlight), list[tuple[int, dict[str, Any]]]()
            webhook.take(token, signed(body, secret) if secret else {}, body, lambda *said: answers.append(said))  # noqa: B023
            [(status, said)] = answers
            came = _receipts(acme, northlight)
            if named == held:
                assert status == 200 and came == {**before, named: before[named] + 1}
            else:
                assert (status, came) == (403 if named in lines else 404, before), (named, held, said)
                assert any_in(said) == [] and "secret" not in str(said)


def _receipts(*shops: Tenant) -> dict[str, int]:
    found = {}
    for shop in shops:
        with enter(shop):
            found[shop.slug] = Receipt.objects.count()
    return found
