"""No card number is in the database after any door's COMMIT, and whoever wrote it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from carriers.email_structure import file_name_of, read, text_of
from carriers.email_text import decode_header
from conversations import handling, mail_door, outbound, receipts
from conversations.models import Attachment, ContactReason, Conversation, Message, Receipt
from kernel import cards, clock
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Line, Tenant
from tests.billing.finished import finish
from tests.carriers.letters import letter
from tests.conversations.shoppers import (
    Visitor,
    chat,
    conversation_of,
    line_of,
    mail,
    png,
    relay_body,
    say,
    signed,
    take_in_hand,
)
from tests.conversations.test_form import fill
from tests.conversations.test_inbox import post
from tests.quality.test_evaluating import evaluate

NUMBER = "4111 1111 1111 1111"
MARK = "[card number removed ••••1111]"
Doors = Callable[..., Client]


def everything(tenant: Tenant) -> list[str]:
    """Every value of every row of the shop's schema, raw payloads and the parts of raw mails included."""
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [tenant.schema_name])
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{tenant.schema_name}"."{table}"')
            for row in cursor.fetchall():
                for value in row:
                    found += _texts(bytes(value)) if isinstance(value, (bytes, memoryview)) else [str(value)]
    return found


def _texts(payload: bytes) -> list[str]:
    found = [payload.decode("utf-8", "replace"), payload.decode("unicode_escape", "replace")]
    message = read(payload)
    for part in message.walk():
        found += [decode_header(str(value)) for _, value in part.raw_items()]
        found += [file_name_of(part)] if not part.is_multipart() else []
        found += [text_of(part)] if part.get_content_maintype() == "text" else []
    return found


def numbers_in(tenant: Tenant) -> list[str]:
    """Card numbers anywhere in the shop's schema; carriers' ids and addresses hold none in these tests."""
    return [number.digits for text in everything(tenant) for number in cards.find(text)]


@pytest.fixture
def _inline(settings: Any) -> None:
    settings.INBOUND_INLINE = True


def test_the_search_finds_a_number_that_is_there(acme: Tenant) -> None:
    message = say(acme)
    assert not numbers_in(acme)
    with enter(acme):
        Message.objects.filter(pk=message.pk).update(text=NUMBER)
    assert numbers_in(acme) == ["4111111111111111"]
    with enter(acme):
        Message.objects.all().update(text="")
        Receipt.objects.create(
            line=line_of(acme), carrier="email", external_id="x", received_at=clock.now(), payload=letter("ñ " + NUMBER)
        )
    assert "4111111111111111" in numbers_in(acme)


def test_widget(acme: Tenant, northlight: Tenant, shop_client: Doors) -> None:
    visitor = Visitor(shop_client(acme), acme)
    assert (
        visitor.say(f"Ciao, vorrei pagare con la carta {NUMBER}, va bene?", name="4111.1111.1111.1111").status_code
        == 200
    )
    shown = visitor.get("messages").json()["messages"]
    assert shown[0]["text"] == f"Ciao, vorrei pagare con la carta {MARK}, va bene?"
    assert "quattro cifre" in shown[1]["text"]
    assert not numbers_in(acme)


def test_a_name_of_a_file(acme: Tenant) -> None:
    message = say(acme, chat("ecco", files=(png(f"{NUMBER}.png"),)))
    with enter(acme):
        assert Attachment.objects.get(message=message.pk).name == f"{MARK}.png"
    assert not numbers_in(acme)


def test_form(acme: Tenant, shop_client: Doors) -> None:
    answer = fill(
        shop_client(acme), name=NUMBER, order_number="4111-1111-1111-1111", subject=NUMBER, text=f"Ecco: {NUMBER}"
    )
    assert answer.status_code == 200, answer.content
    assert not numbers_in(acme)
    with enter(acme):
        assert Conversation.objects.get().order_number == MARK
        assert Message.objects.filter(event__code="card_removed").count() == 1


def test_order_number_and_telephone_stay(acme: Tenant, shop_client: Doors) -> None:
    fill(shop_client(acme), order_number="100200300", text="My number is +39 347 123 4567, order 100200300")
    with enter(acme):
        assert Message.objects.get(seq=1).text == "My number is +39 347 123 4567, order 100200300"
        assert not Message.objects.filter(event__code="card_removed").exists()


@pytest.mark.usefixtures("_inline")
def test_mail_in_text_html_subject_headers_and_names(acme: Tenant, committed: Callable[[], Any]) -> None:
    line = Line.objects.get(tenant=acme, carrier="email")
    raw = letter(
        f"Ho pagato con {NUMBER}, perché?",
        sender=f'"Anna {NUMBER}" <anna@post.example>',
        to=line.address,
        subject=f"Carta {NUMBER} è mia",
        html="<p>4111<b>1111</b><span> 1111</span>&nbsp;1111 perché</p>",
        headers={"X-Note": NUMBER},
    )
    with committed():
        mail_door.store_mail("anna@post.example", [line.address], raw)
        assert not numbers_in(acme)
    assert not numbers_in(acme)
    with enter(acme):
        message = Message.objects.get(seq=1)
        assert message.text == f"Ho pagato con {MARK}, perché?"
        assert Conversation.objects.get().subject == f"Carta {MARK} è mia"
        assert Conversation.objects.get().customer.name == f"Anna {MARK}"


@pytest.mark.usefixtures("_inline")
def test_a_mail_without_a_number_is_stored_byte_by_byte(acme: Tenant) -> None:
    line = Line.objects.get(tenant=acme, carrier="email")
    raw = letter("Order 100200300, perché?", to=line.address)
    mail_door.store_mail("anna@post.example", [line.address], raw)
    with enter(acme):
        assert bytes(Receipt.objects.get().payload).endswith(raw)


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    "text", [NUMBER, "\u0664\u0661\u0661\u0661 1111 1111 1111", "4\u200b111\u00a01111\u20111111.1111"]
)
def test_relay_and_its_raw_payload(acme: Tenant, text: str) -> None:
    assert post(acme, relay_body(f"Pago con {text}"))[0] == 200
    assert not numbers_in(acme)
    with enter(acme):
        assert Message.objects.get(seq=1).text == f"Pago con {MARK}"
        assert json.loads(bytes(Receipt.objects.get().payload))["text"] == f"Pago con {MARK}"


@pytest.mark.usefixtures("_inline")
def test_what_cannot_be_read_is_stored_without_it_too(acme: Tenant) -> None:
    body = b'{"text": "4111 1111 1111 1111", broken'
    assert post(acme, body, signed(body))[0] == 200
    twice = b'{"id": "7", "from": {"address": "@a"}, "text": "\\u0034111 1111 1111 1111", "text": "hello"}'
    assert post(acme, twice, signed(twice))[0] == 200
    assert not numbers_in(acme)


def test_split_over_messages_of_one_conversation(acme: Tenant, northlight: Tenant) -> None:
    first = say(acme, chat("La carta è 4111 1111"))
    other = say(northlight, chat("Die Karte ist 4111 1111"))
    assert first.text.endswith("4111 1111")
    second = say(acme, chat("1111 1111, scade 12/27"))
    with enter(acme):
        first.refresh_from_db()
        assert (first.text, second.text) == (f"La carta è {MARK}", f"{MARK}, scade 12/27")
        assert Message.objects.filter(event__code="card_removed").count() == 1
    with enter(northlight):
        other.refresh_from_db()
        assert other.text.endswith("4111 1111")


def test_split_into_four(acme: Tenant) -> None:
    said = [say(acme, chat(part)) for part in ("ecco 4111", "1111", "1111", "1111 grazie")]
    with enter(acme):
        texts = [Message.objects.get(pk=message.pk).text for message in said]
    assert texts == [f"ecco {MARK}", MARK, MARK, f"{MARK} grazie"]


def test_short_answers_are_not_put_together(acme: Tenant) -> None:
    said = [say(acme, chat(f"{NUMBER.replace(' ', '')[at : at + 2]}")) for at in range(0, 16, 2)]
    with enter(acme):
        assert [Message.objects.get(pk=message.pk).text for message in said] == ["41", *["11"] * 7]
        assert not Message.objects.filter(event__code="card_removed").exists()


def test_what_two_shoppers_say_is_not_put_together(acme: Tenant) -> None:
    one = say(acme, chat("la carta 4111 1111", who="visitor-1"))
    say(acme, chat("ciao", who="visitor-2"))
    two = say(acme, chat("1111 1111", who="visitor-2"))
    assert (one.text, two.text) == ("la carta 4111 1111", "1111 1111")


def test_nor_what_is_said_an_hour_later(acme: Tenant) -> None:
    now = clock.now()
    with clock.hold(now - timedelta(hours=1)):
        say(acme, chat("la carta 4111 1111"))
    assert say(acme, chat("1111 1111")).text == "1111 1111"


@pytest.mark.usefixtures("_inline")
def test_split_over_raw_payloads(acme: Tenant) -> None:
    post(acme, relay_body("carta 4111 1111"))
    post(acme, relay_body("1111 1111 ecco"))
    with enter(acme):
        payloads = [json.loads(bytes(row.payload))["text"] for row in Receipt.objects.order_by("received_at")]
    assert payloads == [f"carta {MARK}", f"{MARK} ecco"]


@pytest.mark.usefixtures("_inline")
def test_split_over_two_mails(acme: Tenant, committed: Callable[[], Any]) -> None:
    line = Line.objects.get(tenant=acme, carrier="email")
    with committed():
        mail_door.store_mail("anna@post.example", [line.address], letter("La carta: 4111 1111", to=line.address))
    reply = letter(
        "1111 1111 ecco", to=line.address, mail_id="<2@post.example>", headers={"In-Reply-To": "<1@post.example>"}
    )
    with committed():
        mail_door.store_mail("anna@post.example", [line.address], reply)
    with enter(acme):
        texts = [text for row in Receipt.objects.all() for text in _texts(bytes(row.payload))]
        assert [row.text for row in Message.objects.filter(direction="in").order_by("seq")] == [
            f"La carta: {MARK}",
            f"{MARK} ecco",
        ]
    assert not any("1111 1111" in text for text in texts)


def test_each_reader_is_told_at_the_message(
    acme: Tenant, northlight: Tenant, lucia: Person, carla: Person, shop_client: Doors, desk_client: Doors
) -> None:
    """The console, the portal and the widget; a message that had none says so, too."""
    visitor = Visitor(shop_client(acme), acme)
    visitor.say("Ciao")
    place = visitor.say(f"La carta: {NUMBER} e {NUMBER}").json()["conversation"]
    other = Visitor(shop_client(northlight), northlight)
    other.say("Hello")
    for answer in (
        visitor.get("conversation"),
        desk_client(lucia).get(f"/api/desk/clients/{acme.id}/conversations/{place}"),
        shop_client(acme, carla).get(f"/api/portal/conversations/{place}"),
    ):
        said = [row for row in answer.json()["messages"] if row["author"] == "shopper"]
        assert [row["cards_removed"] for row in said] == [0, 2]
    assert {row["cards_removed"] for row in other.get("conversation").json()["messages"]} == {0}


def test_an_agents_reply_and_note(acme: Tenant, lucia: Person) -> None:
    conversation = conversation_of(acme, say(acme))
    take_in_hand(conversation.id, lucia)
    with enter(acme):
        answer = outbound.reply(
            person=lucia, tenant=acme, conversation_id=conversation.id, client_key=str(uuid4()), text=f"È {NUMBER}?",
            html=f"<p>È {NUMBER}?</p>", attachments=[png(f"{NUMBER}.png")],
        )  # fmt: skip
        assert (answer.text, answer.html, answer.headers) == (f"È {MARK}?", f"<p>È {MARK}?</p>", {"cards_removed": 1})
        note = outbound.note(
            person=lucia, tenant=acme, conversation_id=conversation.id, text="4111-1111", client_key=str(uuid4())
        )
        again = outbound.note(
            person=lucia, tenant=acme, conversation_id=conversation.id, text="1111-1111", client_key=str(uuid4())
        )
        note.refresh_from_db()
        assert (note.text, again.text) == (MARK, MARK)
        reason = ContactReason.objects.order_by("position").values_list("code", flat=True)[0]
        handling.close(person=lucia, tenant=acme, conversation_id=conversation.id, contact_reason=reason, note=NUMBER)
    assert not numbers_in(acme)


def test_a_comment_of_an_evaluation(acme: Tenant, sofia: Person, lucia: Person) -> None:
    made = evaluate(sofia, acme, finish(acme, agent=lucia), comments={"voice": NUMBER}, summary=f"Read out {NUMBER}")
    assert (made.comments, made.summary) == ({"voice": MARK}, f"Read out {MARK}")
    assert not numbers_in(acme)


def test_a_machine_is_not_told(acme: Tenant) -> None:
    message = say(acme, mail(f"Out of office {NUMBER}", is_automatic=True))
    assert message.text == f"Out of office {MARK}"
    with enter(acme):
        assert not Message.objects.filter(event__code="card_removed").exists()


def test_what_was_set_aside_holds_none(acme: Tenant) -> None:
    line = line_of(acme, "relay")
    receipts.quarantine(line=line, external_id="q", payload=relay_body(NUMBER), error=f"bad: {NUMBER}")
    assert not numbers_in(acme)
