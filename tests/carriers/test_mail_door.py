"""The SMTP door: acknowledged means committed, and nothing stops the next mail."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import cast
from uuid import UUID

import pytest
from django.db import connection

from carriers.email import email
from carriers.email_threading import reply_address
from config.launch.ports import free_port
from conversations import outbound
from conversations.mail_door import line_for, make_controller
from conversations.models import Conversation, Message, Receipt
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Line, Tenant
from tests.carriers.letters import corpus, letter
from tests.carriers.mail_servers import Post, post_office, wait_for
from tests.conversations.shoppers import take_in_hand
from tests.live_stack import LiveStack


@pytest.fixture
def door(live_stack: LiveStack, settings: pytest.FixtureRequest) -> Iterator[int]:
    """The door in threads of this process, over a database that really commits."""
    settings.INBOUND_INLINE = True  # type: ignore[attr-defined]
    controller = make_controller(free_port())
    controller.start()
    yield controller.port
    controller.stop()


@pytest.fixture
def door_process(live_stack: LiveStack) -> int:
    """The door as ``manage.py maildoor``."""
    port = free_port()
    process = live_stack.start("maildoor", "maildoor", "--port", str(port))

    def answers() -> bool:
        assert process.poll() is None, live_stack.log("maildoor")
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=15):
                return True
        except OSError:
            return False

    wait_for(answers, "the door did not open", seconds=60)
    return port


def bring(
    port: int, mail: bytes, *, to: str | list[str] = "help@acme.example", sender: str = "anna@post.example"
) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail(sender, to, mail)


def receipts(tenant: Tenant) -> list[Receipt]:
    with enter(tenant):
        return list(Receipt.objects.order_by("received_at"))


def conversations(tenant: Tenant) -> list[Conversation]:
    with enter(tenant):
        return list(Conversation.objects.order_by("opened_at"))


def messages(tenant: Tenant, conversation: Conversation) -> list[Message]:
    with enter(tenant):
        return list(Message.objects.filter(conversation=conversation.id).order_by("seq"))


def test_a_mail_is_stored_when_it_is_acknowledged(door: int, acme: Tenant, northlight: Tenant) -> None:
    bring(door, letter(), to="HELP+anything@Acme.example")
    (receipt,) = receipts(acme)
    assert receipt.state == Receipt.State.DONE
    assert bytes(receipt.payload).startswith(
        b"Return-Path: <anna@post.example>\r\nDelivered-To: HELP+anything@Acme.example\r\n"
    )
    (conversation,) = conversations(acme)
    assert (conversation.subject, conversation.language) == ("Il mio ordine", "it")
    assert receipts(northlight) == [] == conversations(northlight)


def test_the_same_mail_twice_is_one_and_two_shops_get_one_each(door: int, acme: Tenant, northlight: Tenant) -> None:
    for _ in range(2):
        bring(door, letter(), to=["help@acme.example", "help+x@acme.example", "help@northlight.example"])
    assert len(receipts(acme)) == len(conversations(acme)) == 1
    assert len(receipts(northlight)) == len(conversations(northlight)) == 1


def test_unknown_addresses_are_turned_away(door: int, acme: Tenant) -> None:
    with smtplib.SMTP("127.0.0.1", door, timeout=10) as client:
        client.helo()
        client.mail("anna@post.example")
        for address in ("sales@acme.example", "help@nowhere.example", "a+b@c.example", "'; drop table--@x.example"):
            assert client.rcpt(address)[0] == 550, address
        assert client.rcpt("help@acme.example")[0] == 250
        Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.SUSPENDED)
        try:
            assert client.rcpt("help@acme.example")[0] == 550
        finally:
            Tenant.objects.filter(pk=acme.pk).update(status=Tenant.Status.ACTIVE)


def test_a_mail_that_is_too_large_is_refused_at_once(door: int, acme: Tenant) -> None:
    with smtplib.SMTP("127.0.0.1", door, timeout=10) as client, pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.sendmail("anna@post.example", ["help@acme.example"], b"x" * 27_000_000)
    assert refused.value.smtp_code == 552
    assert receipts(acme) == []


def test_a_letter_in_one_long_line_is_taken(door: int, acme: Tenant) -> None:
    bring(door, b"From: a@b.example\r\nSubject: x\r\n\r\n" + b"parola " * 20_000 + b"\r\n")
    assert len(conversations(acme)) == 1


def test_every_mail_of_the_corpus_gets_an_end_and_stops_no_other(door: int, acme: Tenant) -> None:
    for path in corpus():
        bring(door, path.read_bytes())
    bring(door, letter(mail_id="<last@post.example>"))
    stored = receipts(acme)
    # Some mails of the corpus are the same letter with other line ends.
    assert len(stored) == len({email.external_id(path.read_bytes()) for path in corpus()}) + 1
    assert {receipt.state for receipt in stored} <= {Receipt.State.DONE, Receipt.State.REFUSED}
    assert all(receipt.error for receipt in stored if receipt.state == Receipt.State.REFUSED)
    assert conversations(acme)[-1].subject == "Il mio ordine"


def test_a_database_that_is_away_means_later(door_process: int, acme: Tenant) -> None:
    door = door_process
    bring(door, letter("prima", mail_id="<1@x>"))
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{acme.schema_name}".conversations_receipt RENAME TO receipt_away')
    try:
        with pytest.raises(smtplib.SMTPDataError) as later:
            bring(door, letter("seconda", mail_id="<2@x>"))
        assert later.value.smtp_code == 451
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{acme.schema_name}".receipt_away RENAME TO conversations_receipt')
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()"
        )
    for _ in range(10):
        try:
            bring(door, letter("seconda", mail_id="<2@x>"))
            break
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            continue
    assert len(conversations(acme)) == 2


def test_a_machine_that_goes_on_and_on_is_stopped_and_never_acknowledged(door: int, acme: Tenant) -> None:
    for number in range(8):
        bring(door, letter(str(number), mail_id=f"<{number}@x>", headers={"Auto-Submitted": "auto-replied"}))
    states = [receipt.state for receipt in receipts(acme)]
    assert states == [Receipt.State.DONE] * 5 + [Receipt.State.REFUSED] * 3
    assert receipts(acme)[-1].error.startswith("mail_loop: ")
    with enter(acme):
        assert not Message.objects.filter(direction=Message.Direction.OUT).exists()


def test_a_mail_and_its_answers_are_one_conversation(
    door_process: int, acme: Tenant, paolo: Person, live_stack: LiveStack, settings: pytest.FixtureRequest
) -> None:
    door = door_process
    with post_office(Post(), settings) as post:
        _start_worker(live_stack, settings)
        bring(door, letter())
        (conversation,) = conversations(acme)
        wait_for(lambda: post.mails, f"no acknowledgement came: {live_stack.log('worker')}", seconds=40)
        acknowledgement = post.read()
        assert acknowledgement["Subject"] == f"Re: Il mio ordine [{conversation.case_number}]"
        assert acknowledgement["Auto-Submitted"] == "auto-replied"
        assert acknowledgement["In-Reply-To"] == "<1@post.example>"
        assert "abbiamo ricevuto" in _plain(acknowledgement) and conversation.case_number in _plain(acknowledgement)

        answer = _agent_answers(acme, paolo, conversation, "Gentile Anna, arrivano domani.")
        wait_for(lambda: len(post.mails) == 2, f"no answer came: {live_stack.log('worker')}", seconds=40)
        mail = post.read()
        assert mail["In-Reply-To"] == "<1@post.example>" and "<1@post.example>" in mail["References"]
        assert "arrivano domani" in _plain(mail) and answer.alias in _plain(mail) and "Paolo P." not in _plain(mail)

        quoted = (
            f"Grazie, perfetto!\n\nIl giorno lun 9 nov 2026 alle ore 10:12 Acme Shoes ha scritto:\n\n> {_plain(mail)}"
        )
        back = str(mail["Reply-To"].addresses[0].addr_spec)
        reply = letter(
            quoted, to=back, mail_id="<2@post.example>", subject=f"R: {mail['Subject']}",
            headers={"In-Reply-To": str(mail["Message-ID"])},
        )  # fmt: skip
        bring(door, reply, to=back)
    assert [row.id for row in conversations(acme)] == [conversation.id]
    said = messages(acme, conversation)
    assert [(row.direction, row.delivery) for row in said] == [
        ("in", "received"),
        ("out", "sent"),
        ("out", "sent"),
        ("in", "received"),
    ]
    assert said[-1].text == "Grazie, perfetto!"
    assert len(post.mails) == 2


def test_a_stranger_with_a_known_message_id_opens_a_case_of_their_own(door: int, acme: Tenant) -> None:
    bring(door, letter())
    known = {"In-Reply-To": "<1@post.example>"}
    (first,) = conversations(acme)
    subject = f"Re: Il mio ordine [{first.case_number}]"
    bring(door, letter("sono io", sender="eve@else.example", mail_id="<9@x>", subject=subject, headers=known))
    assert len(conversations(acme)) == 2
    # The same from the customer joins, by the reference or by the number alone.
    bring(door, letter("ancora io", mail_id="<2@post.example>", headers=known))
    bring(door, letter("e di nuovo", mail_id="<3@post.example>", subject=subject))
    assert len(conversations(acme)) == 2
    assert [row.text for row in messages(acme, first) if row.direction == "in"][1:] == ["ancora io", "e di nuovo"]


def test_a_signed_address_of_one_shop_opens_nothing_at_another(door: int, acme: Tenant, northlight: Tenant) -> None:
    bring(door, letter())
    (conversation,) = conversations(acme)
    foreign = reply_address("help@northlight.example", acme.id, conversation.id)
    bring(door, letter("ciao", mail_id="<7@x>"), to=foreign)
    assert len(messages(acme, conversation)) <= 2
    assert len(conversations(northlight)) == 1


def test_a_bounce_marks_the_message_that_did_not_arrive(
    door: int, acme: Tenant, paolo: Person, settings: pytest.FixtureRequest
) -> None:
    bring(door, letter())
    (conversation,) = conversations(acme)
    with post_office(Post(), settings) as post:
        answer = _agent_answers(acme, paolo, conversation, "Gentile Anna, arrivano domani.")
        with enter(acme):
            outbound.deliver(acme, answer.id)
        sent = post.read()
    assert _state_of(acme, answer.id)[0] == Message.Delivery.SENT
    report = (
        "From: MAILER-DAEMON@post.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=q"
        "\r\n\r\n--q\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n--q\r\n"
        f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {sent['Message-ID']}\r\n--q--\r\n"
    )
    bring(door, report.encode(), sender="")
    assert _state_of(acme, answer.id) == (Message.Delivery.FAILED, "bounce: failed 5.1.1")
    assert receipts(acme)[-1].state == Receipt.State.REFUSED


def _start_worker(live_stack: LiveStack, settings: pytest.FixtureRequest) -> None:
    before = dict(live_stack.environment)
    live_stack.environment |= {
        "EMAIL_BACKEND": "carriers.email_smtp.Backend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(settings.EMAIL_PORT),  # type: ignore[attr-defined]
    }
    live_stack.start_worker(beat=True)
    live_stack.environment.clear()
    live_stack.environment |= before


def _agent_answers(tenant: Tenant, person: Person, conversation: Conversation, text: str) -> Message:
    take_in_hand(conversation.id, person)
    with enter(tenant):
        return outbound.reply(
            person=person, tenant=tenant, conversation_id=conversation.id, text=text, client_key="answer-1"
        )


def _state_of(tenant: Tenant, message_id: UUID) -> tuple[str, str]:
    with enter(tenant):
        message = Message.objects.get(pk=message_id)
    return message.delivery, message.delivery_error


def _plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return cast(str, part.get_content())


def test_the_line_of_an_address_is_found_before_its_tenant(acme: Tenant) -> None:
    line = line_for("Help+token@acme.example")
    assert line is not None and line.tenant_id == acme.id and line.carrier == Line.Carrier.EMAIL
    assert line_for("help") is None and line_for("") is None and line_for("+@acme.example") is None
