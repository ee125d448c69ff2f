"""A shopper's message becomes customer, conversation, message, work and clocks, once, and at one shop only."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carriers.contract import IncomingFile
from conversations import attachments, handling, inbound, outbound
from conversations.models import Attachment, Conversation, Message
from customers.models import Customer, Identity
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import WrongTenant, enter
from people.models import Person
from routing.models import Queue, WorkItem
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.conversations.shoppers import (
    EXE,
    chat,
    conversation_of,
    counts,
    line_of,
    mail,
    naughty_strings,
    png,
    say,
    take_in_hand,
)


def test_first_message_opens_conversation_with_work_and_clocks(acme: Tenant, northlight: Tenant) -> None:
    message = say(acme)
    conversation = conversation_of(acme, message)
    assert conversation.case_number.startswith("AC-")
    assert (conversation.status, conversation.language, conversation.last_seq) == ("open", "it", 1)
    assert conversation.contract_version is not None
    item = WorkItem.objects.get(conversation=conversation.id)
    assert (item.state, item.language, item.tenant_id) == ("waiting", "it", acme.id)
    clocks = Clock.objects.filter(conversation=conversation.id)
    assert sorted(clocks.values_list("metric", flat=True)) == ["first_response", "resolution"]
    assert item.due_at == min(clock.due_at for clock in clocks if clock.due_at)
    assert counts(northlight) == (0, 0)


def test_second_message_joins_and_keeps_one_work_item(acme: Tenant) -> None:
    first, second = say(acme), say(acme, chat("E allora?"))
    assert second.conversation_id == first.conversation_id
    assert [first.seq, second.seq] == [1, 2]
    assert WorkItem.objects.filter(conversation=first.conversation_id).count() == 1
    assert Clock.objects.filter(conversation=first.conversation_id).count() == 2


def test_same_visitor_key_at_two_shops_is_two_customers(acme: Tenant, northlight: Tenant) -> None:
    say(acme, chat(who="same"))
    say(northlight, chat("Hallo, wo bleibt meine Bestellung?", who="same"))
    assert counts(acme) == counts(northlight) == (1, 1)
    with enter(northlight):
        assert Conversation.objects.get().language == "de"


def test_repeated_client_key_is_one_message(acme: Tenant) -> None:
    incoming = chat()
    first, again = say(acme, incoming), say(acme, incoming)
    assert first.id == again.id
    assert counts(acme) == (1, 1)
    with enter(acme):
        assert Conversation.objects.get().last_seq == 1


def test_receive_needs_the_tenant_entered(acme: Tenant) -> None:
    with pytest.raises(WrongTenant):
        inbound.receive(tenant=acme, line=line_of(acme), incoming=chat())


def test_round_trips_stay_few(acme: Tenant) -> None:
    """The path of every message: beginning takes 7 statements at most, continuing 8, search_path among them."""
    say(acme, chat(who="warm"))
    for expected, incoming in ((7, chat(who="new")), (8, chat("E allora?", who="new"))):
        with enter(acme), CaptureQueriesContext(connection) as queries:
            inbound.receive(tenant=acme, line=line_of(acme), incoming=incoming)
        asked = [query["sql"] for query in queries if "tenants_line" not in query["sql"]]
        assert len(asked) <= expected, "\n".join(asked)


def test_language_falls_back_on_what_is_known(acme: Tenant) -> None:
    assert conversation_of(acme, say(acme, chat("ok", who="a"))).language == "it"
    assert conversation_of(acme, say(acme, chat("ok", who="b", language_hint="en"))).language == "en"
    english = "Hello, where is my order? It should have been here on Monday."
    assert conversation_of(acme, say(acme, chat(english, who="c"))).language == "en"
    with enter(acme):
        assert Customer.objects.get(identities__address="c").language == "en"


def test_from_address_names_a_customer_and_grants_nothing(acme: Tenant, lucia: Person) -> None:
    message = say(acme, mail(who=lucia.email.upper()))
    assert (message.direction, message.author, message.person_id) == ("in", "shopper", None)
    with enter(acme):
        identity = Identity.objects.get()
        assert (identity.address, identity.verified) == (lucia.email, False)


def test_mail_thread_joins_only_its_own_customers(acme: Tenant) -> None:
    first = say(acme, mail(external_id="<1@x>"))
    reply = say(acme, mail("Ancora io", thread_refs=("<1@x>",)))
    stranger = say(acme, mail("Sono un altro", who="other@example.com", thread_refs=("<1@x>",)))
    assert reply.conversation_id == first.conversation_id
    assert stranger.conversation_id != first.conversation_id
    assert say(acme, mail("Un'altra cosa")).conversation_id != first.conversation_id


def test_proven_conversation_takes_mail_from_any_address(acme: Tenant) -> None:
    first = say(acme, mail())
    other = say(acme, mail(who="work@example.com", conversation_id=first.conversation_id))
    assert other.conversation_id == first.conversation_id
    with enter(acme):
        assert Customer.objects.count() == 1


def test_conversation_of_another_shop_is_never_continued(acme: Tenant, northlight: Tenant) -> None:
    theirs = say(northlight, mail("Hallo, wo ist mein Paket?"))
    mine = say(acme, mail(conversation_id=theirs.conversation_id))
    assert mine.conversation_id != theirs.conversation_id
    assert counts(northlight)[0] == 1


def test_mail_is_acknowledged_in_its_language_once(acme: Tenant) -> None:
    first = say(acme, mail())
    say(acme, mail("Ancora", thread_refs=(first.external_id,)))
    with enter(acme):
        said = Message.objects.get(direction="out")
        assert said.author == "system"
        assert (said.delivery, said.seq) == ("pending", 2)
        assert Conversation.objects.get().case_number in said.text
        assert "Buongiorno" in said.text
    first_response = Clock.objects.get(conversation=first.conversation_id, metric="first_response")
    assert first_response.state == "running"


def test_machines_are_not_acknowledged_and_wake_nobody(acme: Tenant, lucia: Person) -> None:
    say(acme, mail(who="robot@example.com", is_automatic=True))
    with enter(acme):
        assert not Message.objects.filter(direction="out").exists()
    closed = _closed(acme, lucia)
    say(acme, mail("Fuori sede", conversation_id=closed, is_automatic=True))
    assert conversation_of(acme, Message(conversation_id=closed)).status == "closed"
    assert not WorkItem.objects.filter(conversation=closed, state="waiting").exists()


def test_acknowledgements_to_one_sender_stop(acme: Tenant) -> None:
    for _ in range(8):
        say(acme, mail())
    with enter(acme):
        assert Message.objects.filter(direction="out", author="system").count() == 5


def test_message_within_the_window_reopens_with_new_work_for_the_same_agent(acme: Tenant, lucia: Person) -> None:
    closed = _closed(acme, lucia)
    message = say(acme)
    assert message.conversation_id == closed
    conversation = conversation_of(acme, message)
    assert (conversation.status, conversation.closed_at, conversation.contact_reason) == ("open", None, "")
    item = WorkItem.objects.get(conversation=closed, state="waiting")
    assert item.preferred_agent_id == lucia.id
    assert Clock.objects.get(conversation=closed, metric="resolution").state == "running"
    assert Clock.objects.filter(conversation=closed, metric="first_response").count() == 1


def test_message_after_the_window_is_a_new_matter(acme: Tenant, lucia: Person) -> None:
    closed = _closed(acme, lucia)
    with clock.hold(clock.now() + timedelta(days=40)):
        assert say(acme).conversation_id != closed


def test_customers_message_resumes_the_resolution(acme: Tenant, lucia: Person) -> None:
    first = say(acme)
    take_in_hand(first.conversation_id, lucia)
    with enter(acme):
        outbound.reply(
            person=lucia, tenant=acme, conversation_id=first.conversation_id, text="Mi dia il numero",
            client_key="r1", waiting_for_customer=True,
        )  # fmt: skip
    resolution = Clock.objects.get(conversation=first.conversation_id, metric="resolution")
    assert (resolution.state, resolution.paused_reason) == ("paused", "waiting_customer")
    say(acme, chat("Eccolo: 1234"))
    resolution.refresh_from_db()
    assert resolution.state == "running"
    assert conversation_of(acme, first).status == "open"


def test_files_are_typed_by_content_and_refused_ones_cost_no_text(acme: Tenant) -> None:
    files = (
        png("foto.jpg", "image/jpeg"),
        png("fattura.pdf", "application/pdf"),
        IncomingFile(name="photo.png", content_type="image/png", content=EXE),
        IncomingFile(name="gpj.\u202eexe.png", content_type="image/png", content=b""),
        IncomingFile(name="../../etc/passwd", content_type="text/plain", content=b"root"),
        IncomingFile(name="page.txt", content_type="text/plain", content=b"<html><script>alert(1)</script>"),
    )
    message = say(acme, chat("con allegati", files=files))
    assert message.text == "con allegati"
    assert message.headers["refused_files"] == [
        {"name": "fattura.pdf", "reason": "file_mismatch"},
        {"name": "photo.png", "reason": "file_type"},
        {"name": "gpj_exe.png", "reason": "file_empty"},
        {"name": "page.txt", "reason": "file_type"},
    ]
    with enter(acme):
        rows = {row.name: row for row in Attachment.objects.all()}
        assert {name: row.content_type for name, row in rows.items()} == {
            "foto.png": "image/png",
            "passwd": "text/plain",
        }
        assert attachments.content_of(acme, rows["passwd"].id) == b"root"


def test_oversized_file_and_too_many_are_named(acme: Tenant, settings: Any) -> None:
    settings.ATTACHMENT_MAX_BYTES, settings.ATTACHMENTS_MAX = 100, 2
    big = IncomingFile(name="big.txt", content_type="text/plain", content=b"x" * 101)
    message = say(acme, chat(files=(big, png("1.png"), png("2.png"), png("3.png"))))
    reasons = {file["name"]: file["reason"] for file in message.headers["refused_files"]}
    assert reasons == {"big.txt": "file_too_big", "3.png": "too_many_files"}


def test_mail_over_the_limit_is_cut_with_a_mark(acme: Tenant, settings: Any) -> None:
    settings.MESSAGE_MAX_CHARS = 50
    message = say(acme, mail("parola " * 100))
    assert message.text.startswith("parola parola")
    assert "cut" in message.text[50:]


def test_naughty_strings_are_all_kept(acme: Tenant, northlight: Tenant) -> None:
    strings = naughty_strings()
    for number, text in enumerate(strings):
        message = say(
            acme,
            dataclasses.replace(
                chat(text, who=f"n{number}"), sender_name=text, subject=text, order_number=text, category=text,
                language_hint=text, external_id=text, headers={"from": text},
            ),
        )  # fmt: skip
        with enter(acme):
            stored = Message.objects.get(pk=message.id)
        assert stored.text == text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").replace(
            "\ud800", "\ufffd"
        )
    assert counts(acme) == (len(strings), len(strings))
    assert counts(northlight) == (0, 0)


def test_a_shop_without_its_queue_refuses_and_keeps_nothing(acme: Tenant) -> None:
    Queue.objects.filter(tenant=acme).update(is_active=False)
    with pytest.raises(Refusal, match="no queue"):
        say(acme, chat(files=(png(),)))


def _closed(tenant: Tenant, person: Person) -> UUID:
    message = say(tenant)
    take_in_hand(message.conversation_id, person)
    with enter(tenant):
        outbound.reply(
            person=person, tenant=tenant, conversation_id=message.conversation_id, text="Fatto", client_key=str(uuid4())
        )
        handling.close(person=person, tenant=tenant, conversation_id=message.conversation_id, contact_reason="refund")
    return message.conversation_id
