"""The scanner sees what it is there for: each way out, with something foreign in it, and the same without."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.mail import EmailMessage
from django.http import StreamingHttpResponse
from django.test import Client

from kernel import live
from kernel.access import Audience
from kernel.events import MessageAdded
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests import canaries
from tests.canary_plugin import note, note_mail
from tests.canary_watch import Left, Watch
from tests.desk.shop import place, write
from tests.live_stack import LiveStack

pytestmark = pytest.mark.planted_leak


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _at_desk(content: str, person: Person, path: str = "/api/desk/x") -> Left:
    return Left(f"GET {path} 200", "desk.localhost", content.encode(), person=str(person.pk))


def test_a_row_of_another_shop_is_seen_without_any_planting(
    acme: Tenant, northlight: Tenant, paolo: Person, lucia: Person, watch: Watch
) -> None:
    theirs = write(northlight)
    with enter(northlight):
        customer = theirs.conversation.customer_id
    note(_at_desk(f'{{"customer": "{customer}"}}', lucia))
    assert watch.judge() == []
    note(_at_desk(f'{{"customer": "{customer}"}}', paolo))
    assert len(watch.judge()) == 1


def test_the_path_says_whose_answer_it_is(acme: Tenant, northlight: Tenant, lucia: Person, watch: Watch) -> None:
    theirs = write(northlight)
    note(_at_desk(str(theirs.conversation_id), lucia, place(northlight, theirs)))
    assert watch.judge() == []
    note(_at_desk(str(theirs.conversation_id), lucia, f"/api/desk/clients/{acme.id}/conversations"))
    assert len(watch.judge()) == 1


def test_a_text_that_only_one_shop_holds_is_a_canary(acme: Tenant, northlight: Tenant, watch: Watch) -> None:
    write(northlight, "Der Reißverschluss der Jacke klemmt")
    write(northlight, "Guten Tag zusammen")
    write(acme, "Guten Tag zusammen")
    note(Left("GET /api/portal/x 200", "acme.localhost", b"Guten Tag zusammen"))
    assert watch.judge() == []
    note(Left("GET /api/portal/x 200", "acme.localhost", "… Reißverschluss der Jacke klemmt …".encode()))
    assert watch.judge() == []
    note(Left("GET /api/portal/x 200", "acme.localhost", "Der Reißverschluss der Jacke klemmt".encode()))
    assert len(watch.judge()) == 1


def test_what_the_asker_said_may_come_back(acme: Tenant, northlight: Tenant, watch: Watch) -> None:
    theirs = str(write(northlight).conversation_id)
    note(Left(f"GET /x/{theirs} 404", "acme.localhost", theirs.encode(), asked=f"/x/{theirs}".encode()))
    assert watch.judge() == []


def test_answers_of_the_test_client_are_heard(
    desk_client: Callable[..., Client], acme: Tenant, northlight: Tenant, lucia: Person, watch: Watch
) -> None:
    theirs = write(northlight)
    assert desk_client(lucia).get(place(northlight, theirs)).status_code == 200
    [left] = watch.left
    assert (left.person, left.host) == (str(lucia.pk), "desk.localhost")
    assert str(theirs.conversation_id).encode() in left.content
    assert watch.judge() == []
    watch.left[0].host = "acme.localhost"
    assert watch.judge()


def test_a_stream_is_heard_as_it_is_read(acme: Tenant, northlight: Tenant, watch: Watch) -> None:
    from tests.canary_watch import note_response

    theirs = str(write(northlight).conversation_id)

    def export() -> Iterator[bytes]:
        yield b"id;subject\n"
        yield f"{theirs};x\n".encode()

    stream = StreamingHttpResponse(export())
    note_response(watch, {"PATH_INFO": "/export", "HTTP_HOST": "acme.localhost"}, Client(), stream)
    assert watch.judge() == []
    assert b"".join(stream).endswith(b";x\n")
    assert watch.judge()


def test_mail_is_of_the_shop_that_sent_it(acme: Tenant, northlight: Tenant, mailbox: list[Any], watch: Watch) -> None:
    token = canaries.token_of(northlight)
    EmailMessage("Re", f"text {token}", "Northlight <help@northlight.example>", ["a@x.example"]).send()
    assert watch.judge() == []
    EmailMessage("Re", f"text {token}", "Acme <help@acme.example>", ["a@x.example"]).send()
    assert len(watch.judge()) == 1
    mailbox.clear()
    note_mail(f"From: help@acme.example\nSubject: x\nTo: y\n\n{token}\n".encode())
    assert len(watch.judge()) == 1


def test_doorbells_say_ids_to_audiences_of_their_own_shop(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, watch: Watch, committed: Any
) -> None:
    theirs = write(northlight)
    event = MessageAdded(tenant=str(northlight.id), conversation=str(theirs.conversation_id), seq=1)
    with committed():
        live.tell(event, live.conversation_feed(northlight.id, theirs.conversation_id), live.person_feed(lucia.pk))
    assert watch.frames and watch.judge() == []
    with committed():
        live.tell(event, Audience(f"conversation:{theirs.conversation_id}"))
    assert len(watch.judge()) == 1
    with committed():
        live.tell(event, live.person_feed(paolo.pk))
    assert len(watch.judge()) == 2


@pytest.mark.parametrize("words", ["planted", "stored"])
def test_a_log_holds_nobody_s_words(acme: Tenant, watch: Watch, words: str) -> None:
    message = write(acme, "Il pacco è arrivato rotto stamattina")
    logging.getLogger("conversations").warning("message %s could not be sent", message.pk)
    assert watch.judge() == []
    said = canaries.token_of(acme) if words == "planted" else message.text
    logging.getLogger("conversations").warning("could not send %s", said)
    assert watch.judge()


def test_valkey_and_temporary_files_hold_nobody_s_words(acme: Tenant, watch: Watch, settings: Any) -> None:
    import tempfile

    note(Left("GET / 200", "acme.localhost", b"x"))
    client = redis.Redis.from_url(settings.VALKEY_URL)
    try:
        client.set(f"rate:{acme.id}", "3")
        assert watch.judge() == []
        client.rpush("celery", json.dumps({"args": [canaries.token_of(acme)]}))
        assert watch.judge()
    finally:
        client.delete("celery", f"rate:{acme.id}")
    assert watch.judge() == []
    with tempfile.NamedTemporaryFile() as left_over:
        left_over.write(canaries.token_of(acme).encode())
        left_over.flush()
        assert watch.judge()
    assert watch.judge() == []


def test_a_shop_s_folder_holds_its_own_files(acme: Tenant, northlight: Tenant, watch: Watch, tmp_path: Path) -> None:
    note(Left("GET / 200", "acme.localhost", b"x"))
    folder = tmp_path / acme.schema_name
    folder.mkdir()
    (folder / "one").write_text(canaries.token_of(acme))
    assert watch.judge() == []
    (folder / "two").write_text(canaries.token_of(northlight))
    assert watch.judge()


def test_what_the_live_web_process_says_is_tapped(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, watch: Watch
) -> None:
    theirs = write(northlight)
    assert live_stack.http(lucia).get(place(northlight, theirs)).status_code == 200
    assert watch.judge() == []
    said = [left for left in watch.left if str(theirs.conversation_id) in left.what]
    assert said and said[0].person == str(lucia.pk)
    for left in said:
        left.person = str(paolo.pk)
    watch.tap = None
    assert watch.judge()
