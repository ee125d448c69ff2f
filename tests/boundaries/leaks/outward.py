"""Mistakes on the way out: mail, doorbells, logs, caches, temporary files and tasks."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from carriers.contract import IncomingFile
from conversations import attachments, delivery, inbound, outbound, receiving, tasks
from conversations.models import Receipt
from customers.models import Identity
from kernel import clock, events, live, tenancy
from kernel.access import Audience, Key
from kernel.ids import new_id
from kernel.tenancy import enter
from tests import canaries
from tests.boundaries.leaks.harness import World, leak
from tests.conversations.shoppers import chat, line_of, mail, relay_body, say, take_in_hand
from tests.desk.shop import GERMAN, write

VALKEY_KEY = Key("planted-leak:last")
LEFT_BEHIND = "planted-leak"


def _first_address(patch: pytest.MonkeyPatch, world: World) -> None:
    def leaky(customer_id: Any, kind: str) -> str:
        tenancy.connection.set_schema_to_public()
        with enter(world.northlight):
            found = Identity.objects.filter(kind=kind).first()
        tenancy.connection.set_tenant(world.acme)
        assert found is not None
        return found.address

    patch.setattr(delivery, "address_of", leaky)


@leak("mail to another shop's customer", broke="FreeScout", caught_by="scanner", plant=_first_address)
def answer_a_mail(world: World) -> Iterator[str]:
    from django.core import mail as post

    post.outbox = []
    paolo = world.person("paolo")
    message = say(world.acme, mail())
    take_in_hand(message.conversation_id, paolo)
    with enter(world.acme):
        answer = outbound.reply(
            person=paolo, tenant=world.acme, conversation_id=message.conversation_id, text="Ecco", client_key="k"
        )
        state = outbound.deliver(world.acme, answer.id)
    if state != "sent" or not post.outbox:
        yield f"the answer was not sent: {state}"


def _logged(patch: pytest.MonkeyPatch, world: World) -> None:
    detect = receiving._detect

    def leaky(tenant: Any, incoming: Any, known: Any) -> str:
        logging.getLogger("conversations").warning("language of %r", incoming.text)
        return detect(tenant, incoming, known)

    patch.setattr(receiving, "_detect", leaky)


@leak("log line with what was said", broke="every debugging session", caught_by="scanner", plant=_logged)
def take_in(world: World) -> None:
    say(world.acme, chat("Il tacco della scarpa sinistra si è staccato"))


def _bell_that_speaks(patch: pytest.MonkeyPatch, world: World) -> None:
    encode = events.encode

    def leaky(event: Any) -> bytes:
        said = b'"preview":"Il tacco della scarpa sinistra si e staccato",'
        return encode(event).replace(b"{", b"{" + said, 1)

    patch.setattr(live, "encode", leaky)


@leak("doorbell with what was said", broke="Chatwoot's payloads", caught_by="scanner", plant=_bell_that_speaks)
def ring(world: World) -> None:
    with world.committed():
        first = say(world.acme, chat("Il tacco della scarpa sinistra si e staccato"))
        say(world.acme, chat("E adesso?", who="visitor-1"))
        assert first.seq == 1


def _group_without_shop(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(live, "conversation_feed", lambda tenant, key: Audience(f"conversation:{key}"))


@leak(
    "live group without its tenant", broke="id 1 exists in every schema", caught_by="scanner", plant=_group_without_shop
)
def ring_a_group(world: World) -> None:
    with world.committed():
        say(world.acme, chat())
        say(world.acme, chat("E adesso?"))


def _cached_words(patch: pytest.MonkeyPatch, world: World) -> None:
    detect = receiving._detect

    def leaky(tenant: Any, incoming: Any, known: Any) -> str:
        live.valkey().set(VALKEY_KEY, incoming.text, ex=30)
        return detect(tenant, incoming, known)

    patch.setattr(receiving, "_detect", leaky)


@leak("words kept in Valkey", broke="caches of previews", caught_by="scanner", plant=_cached_words)
def take_in_with_a_cache(world: World) -> None:
    live.valkey().delete(VALKEY_KEY)
    say(world.acme, chat("Il tacco della scarpa sinistra si è staccato"))


def _file_left_behind(patch: pytest.MonkeyPatch, world: World) -> None:
    write_file = attachments._write

    def leaky(path: Any, content: bytes) -> None:
        with tempfile.NamedTemporaryFile(prefix=LEFT_BEHIND, delete=False) as left:
            left.write(content)
        write_file(path, content)

    patch.setattr(attachments, "_write", leaky)


@leak("upload left in the temporary folder", broke="osTicket", caught_by="scanner", plant=_file_left_behind)
def take_in_a_file(world: World) -> None:
    note = IncomingFile(name="a.txt", content_type="text/plain", content=canaries.token_of(world.acme).encode())
    say(world.acme, chat(files=(note,)))


def _task_without_shop(patch: pytest.MonkeyPatch, world: World) -> None:
    patch.setattr(tenancy, "enter", lambda tenant: nullcontext())


@leak("task that trusts the ambient schema", broke="every Celery add-on", caught_by="door", plant=_task_without_shop)
def run_a_task(world: World) -> Iterator[str]:
    line = line_of(world.northlight, "relay")
    with enter(world.northlight):
        receipt = Receipt.objects.create(
            id=new_id(), line=line, carrier="relay", external_id="x", payload=relay_body(), received_at=clock.now()
        )
    tasks.take_in(str(world.northlight.pk), str(receipt.pk))
    with enter(world.northlight):
        if Receipt.objects.get(pk=receipt.pk).state != Receipt.State.DONE:
            yield "the receipt was not taken in"


def _shop_of_last_statement(patch: pytest.MonkeyPatch, world: World) -> None:
    from kernel import statements

    kept: dict[str, str] = {}
    execute = statements._execute

    def leaky(sql: str, values: Any = (), *, schema: str | None) -> Any:
        return execute(sql, values, schema=None if schema is None else kept.setdefault(sql, schema))

    patch.setattr(statements, "_execute", leaky)


@leak("statement kept with its first shop", broke="plans cached by text", caught_by="rows door database",
      plant=_shop_of_last_statement)  # fmt: skip
def write_in_turn(world: World) -> None:
    with enter(world.northlight):
        inbound.receive(tenant=world.northlight, line=line_of(world.northlight), incoming=chat(GERMAN))
    world.bystander_changes_from_here()
    write(world.acme)
