"""Replies: by who has it in hand, once, and never sent twice without anybody knowing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from carriers.contract import IncomingFile
from config.launch.ports import free_port
from conversations import delivery, handling, outbound, outcomes, reading, statuses, sweeping
from conversations.handing_on import hand_on
from conversations.models import Message
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import WorkItem
from sla_contracts.models import Clock
from tenants.models import Line, Tenant
from tests.carriers.mail_servers import Post, post_office, send_to
from tests.conversations.doorbells import rung_for
from tests.conversations.shoppers import EXE, conversation_of, mail, png, say, take_in_hand


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """Outgoing mail goes to a real server, which does as it is told."""
    with post_office(Post(), settings) as office:
        yield office


def reply(tenant: Tenant, person: Person, conversation_id: UUID, text: str = "Arriva domani.", **more: Any) -> Message:
    terms = {"client_key": "k1", **more}
    with enter(tenant):
        return outbound.reply(person=person, tenant=tenant, conversation_id=conversation_id, text=text, **terms)


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def state_of(tenant: Tenant, message: Message) -> Message:
    with enter(tenant):
        return Message.objects.get(pk=message.id)


def deliver(tenant: Tenant, message: Message) -> str | None:
    with enter(tenant):
        return outbound.deliver(tenant, message.id)


def clock_of(conversation_id: UUID, metric: str = "first_response") -> Clock:
    return Clock.objects.get(conversation=conversation_id, metric=metric)


def test_chat_reply_is_delivered_by_its_row_and_meets_the_clock(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    message = reply(acme, lucia, conversation_id)
    assert (message.delivery, message.alias, message.person_id) == ("sent", "Lucia A.", lucia.id)
    assert clock_of(conversation_id).state == "met"
    item = WorkItem.objects.get(conversation=conversation_id)
    assert (item.first_reply_at, item.replies) == (message.created_at, 1)
    with pytest.raises(Refusal, match="not in your hands"):
        reply(acme, paolo, conversation_id, client_key="k2")


def test_repeated_client_key_is_one_reply(acme: Tenant, lucia: Person) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    first, again = reply(acme, lucia, conversation_id), reply(acme, lucia, conversation_id, "another text")
    assert (again.id, again.text) == (first.id, "Arriva domani.")
    assert WorkItem.objects.get(conversation=conversation_id).replies == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": "  \n"}, "invalid"),
        ({"text": "x" * 20_001}, "text_too_long"),
        ({"client_key": ""}, "invalid"),
        ({"attachments": "exe"}, "file_refused"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_stored(
    acme: Tenant, lucia: Person, more: dict[str, Any], code: str
) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    if "attachments" in more:
        more = {"attachments": (png(), IncomingFile(name="v.png", content_type="image/png", content=EXE))}
    with pytest.raises(Refusal) as refused:
        reply(acme, lucia, conversation_id, **more)
    assert refused.value.code == code
    assert conversation_of(acme, Message(conversation_id=conversation_id)).last_seq == 1


def test_conversation_of_another_shop_cannot_be_answered(acme: Tenant, northlight: Tenant, lucia: Person) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    with pytest.raises(Refusal) as refused:
        reply(northlight, lucia, conversation_id)
    assert refused.value.status == 404


def test_mail_meets_the_clock_when_it_leaves(acme: Tenant, lucia: Person, post: Post) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id, attachments=(png("ricevuta.png"),))
    assert message.delivery == "pending"
    assert clock_of(conversation_id).state == "running"
    left = clock.now() + timedelta(seconds=5)
    with clock.hold(left):
        assert deliver(acme, message) == "sent"
    assert clock_of(conversation_id).met_at == left
    mail = post.read()
    assert (mail["To"], mail["In-Reply-To"]) == ("maria@example.com", "<in@x>")
    assert mail["References"].split()[0] == "<in@x>"
    assert "Lucia A." in words_of(mail)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["ricevuta.png"]
    assert mail["Auto-Submitted"] is None
    assert state_of(acme, message).external_id == mail["Message-ID"]
    assert deliver(acme, message) is None


def test_acknowledgement_is_automatic_and_meets_nothing(acme: Tenant, post: Post) -> None:
    conversation_id = say(acme, mail()).conversation_id
    with enter(acme):
        said = Message.objects.get(direction="out")
    assert deliver(acme, said) == "sent"
    assert post.read()["Auto-Submitted"] == "auto-replied"
    assert "ricevuto" in words_of(post.read())
    assert clock_of(conversation_id).state == "running"


def test_carrier_down_is_tried_again_and_then_fails(acme: Tenant, lucia: Person, settings: Any) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    send_to(settings, free_port())
    for attempt in range(1, delivery.ATTEMPTS_MAX + 1):
        expected = "pending" if attempt < delivery.ATTEMPTS_MAX else "failed"
        with clock.hold(state_of(acme, message).next_attempt_at or clock.now()):
            assert deliver(acme, message) == expected
            assert deliver(acme, message) is None  # a late doorbell does not skip the wait
        row = state_of(acme, message)
        assert row.attempts == attempt
        assert row.delivery_error.startswith("the mail server cannot be reached")
        assert (row.next_attempt_at is not None) == (expected == "pending")
    assert deliver(acme, message) is None
    assert clock_of(conversation_id).state == "running"


def test_refused_by_the_carrier_is_failed_at_once_and_can_be_sent_again(
    acme: Tenant, lucia: Person, paolo: Person, post: Post
) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    post.at_rcpt = "550 no such mailbox"
    assert deliver(acme, message) == "failed"
    assert "no such mailbox" in state_of(acme, message).delivery_error
    post.at_rcpt = ""
    with pytest.raises(Refusal):
        decide(acme, paolo, message, "send_again")
    with pytest.raises(Refusal):
        decide(acme, lucia, message, "arrived")
    for _ in range(2):
        assert decide(acme, lucia, message, "send_again").delivery == "pending"
    assert deliver(acme, message) == "sent"
    assert decide(acme, lucia, message, "send_again").delivery == "sent"
    assert len(post.mails) == 1
    assert clock_of(conversation_id).state == "met"


@pytest.mark.parametrize("trouble", [{"drops": True}, {"hangs": 3}])
def test_unknown_outcome_is_flagged_and_never_repeated(
    acme: Tenant, lucia: Person, post: Post, trouble: dict[str, Any]
) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    for name, value in trouble.items():
        setattr(post, name, value)
    assert deliver(acme, message) == "unknown"
    assert deliver(acme, message) is None
    sweeping.sweep_outbound(clock.now() + timedelta(days=1))
    assert deliver(acme, message) is None
    assert len(post.mails) == 1


def test_of_an_unknown_one_a_person_says_that_it_arrived(
    acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person, post: Post
) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    post.drops = True
    assert deliver(acme, message) == "unknown"
    with pytest.raises(Refusal) as refused:
        decide(northlight, sofia, message, "arrived")
    assert refused.value.status == 404
    assert clock_of(conversation_id).state == "running"
    assert decide(acme, sofia, message, "arrived").delivery == "sent"
    assert decide(acme, sofia, message, "arrived").delivery == "sent"
    row = state_of(acme, message)
    assert clock_of(conversation_id).met_at == row.attempted_at
    assert (row.delivery, row.delivery_error, len(post.mails)) == ("sent", "", 1)
    with enter(acme):
        said = [each["event"] for each in reading.messages_since(conversation_id, row.seq, link=str)]
    assert said == [{"code": "message_arrived", "about": row.seq}]


def test_of_an_unknown_one_a_person_sends_it_again_under_the_same_name(acme: Tenant, lucia: Person, post: Post) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    post.drops = True
    assert deliver(acme, message) == "unknown"
    post.drops = False
    decide(acme, lucia, message, "send_again")
    assert deliver(acme, message) == "sent"
    first, second = post.read(0), post.read(1)
    assert first["Message-ID"] == second["Message-ID"]
    assert second["References"].split() == ["<in@x>"]


def test_sender_that_sleeps_past_its_lease_sends_nothing_and_writes_nothing(
    acme: Tenant, lucia: Person, post: Post
) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    with enter(acme):
        asleep = delivery.claim(message.id)
        assert asleep is not None
        assert delivery.claim(message.id) is None
    later = clock.now() + delivery.PREPARING + timedelta(seconds=1)
    with clock.hold(later):
        sweeping.sweep_outbound(later)
        assert state_of(acme, message).delivery == "pending"  # it never left: another may send it
        assert deliver(acme, message) == "sent"
        with enter(acme):
            assert not delivery.hand_over(asleep, "<asleep@x>")
            assert not delivery._settle(acme, asleep, delivery._Outcome("failed", "stale"))
    row = state_of(acme, message)
    assert (row.delivery, row.delivery_error, row.external_id) == ("sent", "", post.read()["Message-ID"])
    assert len(post.mails) == 1


def test_sender_that_fell_silent_while_sending_is_flagged_and_its_late_word_changes_nothing(
    acme: Tenant, lucia: Person, post: Post
) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    with enter(acme):
        asleep = delivery.claim(message.id)
        assert asleep is not None
        assert delivery.hand_over(asleep, "<name@x>")
    sweeping.sweep_outbound(clock.now() + timedelta(minutes=1))
    assert state_of(acme, message).delivery == "sending"
    sweeping.sweep_outbound(clock.now() + timedelta(minutes=10))
    assert state_of(acme, message).delivery == "unknown"
    with enter(acme):
        assert not delivery._settle(acme, asleep, delivery._Outcome("sent"))
    assert state_of(acme, message).delivery == "unknown"
    assert rung_for("conversations.deliver", message.id) == 0
    assert post.mails == []


def test_reports_count_by_rank_and_not_by_arrival(acme: Tenant, northlight: Tenant, lucia: Person, post: Post) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    deliver(acme, message)
    name = state_of(acme, message).external_id
    for reported, expected in (
        ("delivered", "delivered"), ("sent", "delivered"), ("failed", "failed"), ("delivered", "failed"),
        ("read", "read"), ("failed", "read"),
    ):  # fmt: skip
        for tenant in (northlight, acme):
            with enter(tenant):
                statuses.report(tenant, external_id=name, state=reported)
        assert state_of(acme, message).delivery == expected, reported


def test_a_mail_that_comes_back_is_owed_again_and_an_answer_that_left_counts(
    acme: Tenant, lucia: Person, post: Post
) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    first = reply(acme, lucia, conversation_id)
    deliver(acme, first)
    met_at = clock_of(conversation_id).met_at
    assert met_at is not None
    _come_back(acme, first)
    assert (state_of(acme, first).delivery, clock_of(conversation_id).state) == ("failed", "running")
    left = met_at + timedelta(minutes=7)
    with clock.hold(left):
        second = reply(acme, lucia, conversation_id, client_key="k2")
        deliver(acme, second)
    assert clock_of(conversation_id).met_at == left
    _come_back(acme, first)
    assert clock_of(conversation_id).met_at == left


def test_a_report_that_overtakes_the_senders_own_word_stands(acme: Tenant, lucia: Person, post: Post) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    with enter(acme):
        sending = delivery.claim(message.id)
        assert sending is not None
        assert delivery.hand_over(sending, "<name@x>")
        statuses.report(acme, external_id="<name@x>", state="failed", reason="bounce: failed 5.1.1")
        assert not delivery._settle(acme, sending, delivery._Outcome("sent"))
    assert state_of(acme, message).delivery == "failed"


def test_form_is_answered_by_the_shops_mail_line(acme: Tenant, lucia: Person, post: Post) -> None:
    conversation_id = say(acme, mail(channel="form", external_id="")).conversation_id
    take_in_hand(conversation_id, lucia)
    assert deliver(acme, reply(acme, lucia, conversation_id)) == "sent"
    assert Line.objects.get(tenant=acme, carrier="email").address in post.read()["From"]


def test_closing_needs_a_reason_and_meets_the_resolution(acme: Tenant, lucia: Person) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    reply(acme, lucia, conversation_id)
    for reason in ("", "no_such_reason"):
        with enter(acme), pytest.raises(Refusal) as refused:
            handling.close(person=lucia, tenant=acme, conversation_id=conversation_id, contact_reason=reason)
        assert refused.value.code == "contact_reason_missing"
    _close(acme, lucia, conversation_id, note="rimborsato")
    _close(acme, lucia, conversation_id)
    conversation = conversation_of(acme, Message(conversation_id=conversation_id))
    assert (conversation.status, conversation.contact_reason, conversation.closed_by_id) == (
        "closed",
        "refund",
        lucia.id,
    )
    assert clock_of(conversation_id, "resolution").state == "met"
    item = WorkItem.objects.get(conversation=conversation_id)
    assert (item.state, item.outcome, item.contact_reason) == ("wrap_up", "resolved", "refund")
    with enter(acme):
        assert [row["direction"] for row in reading.messages_since(conversation_id, link=str)] == [
            "in", "out", "note", "event",
        ]  # fmt: skip


def test_answer_on_its_way_counts_when_closed_and_is_owed_again_if_it_never_leaves(
    acme: Tenant, lucia: Person, post: Post
) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    _close(acme, lucia, conversation_id)
    assert clock_of(conversation_id).state == "met"
    post.at_rcpt = "550 no such mailbox"
    assert deliver(acme, message) == "failed"
    assert clock_of(conversation_id).state == "running"


def test_answer_that_may_have_left_counts_when_closed(acme: Tenant, lucia: Person, post: Post) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    post.drops = True
    assert deliver(acme, message) == "unknown"
    _close(acme, lucia, conversation_id)
    first = clock_of(conversation_id)
    assert (first.state, first.met_at) == ("met", message.created_at)


def test_what_the_sweep_rings_for_is_sent(acme: Tenant, lucia: Person, settings: Any) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    send_to(settings, free_port())
    assert deliver(acme, message) == "pending"
    later = clock.now() + timedelta(minutes=1)
    with clock.hold(later):
        for _ in range(2):
            sweeping.sweep_outbound(later)
        assert rung_for("conversations.deliver", message.id) == 1
        with post_office(Post(), settings):
            assert deliver(acme, message) == "sent"


def test_a_repeated_closing_does_not_close_what_was_opened_again(acme: Tenant, lucia: Person) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    terms: dict[str, Any] = {"person": lucia, "tenant": acme, "conversation_id": conversation_id}
    with enter(acme):
        handling.close(**terms, contact_reason="refund", client_key="closing-1")
    say(acme)
    take_in_hand(conversation_id, lucia)
    with enter(acme):
        assert handling.close(**terms, contact_reason="refund", client_key="closing-1").status == "open"
        assert handling.close(**terms, contact_reason="refund", client_key="closing-2").status == "closed"


def test_a_repeated_handing_on_moves_it_once(acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation_id = say(acme).conversation_id
    item = take_in_hand(conversation_id, lucia)
    queue.set_status(person=paolo, status="available")
    terms: dict[str, Any] = {"person": lucia, "tenant": acme, "item": item, "agent_id": paolo.id, "note": "è tuo"}
    with enter(acme):
        for _ in range(2):
            hand_on(**terms, client_key="hand-1")
        assert queue.accept(person=paolo, work_item_id=item.id).agent_id == paolo.id
        hand_on(**terms, client_key="hand-1")
        with pytest.raises(Refusal):
            hand_on(**terms, client_key="hand-2")
        said = [row["direction"] for row in reading.messages_since(conversation_id, link=str)]
    assert said == ["in", "note", "event"]
    assert WorkItem.objects.get(pk=item.id).agent_id == paolo.id


def test_shopper_who_leaves_before_an_answer_abandons_the_work(acme: Tenant) -> None:
    conversation_id = say(acme).conversation_id
    with enter(acme):
        handling.leave(tenant=acme, conversation_id=conversation_id)
        handling.leave(tenant=acme, conversation_id=conversation_id)
    assert WorkItem.objects.get(conversation=conversation_id).state == "abandoned"
    assert {clock.state for clock in Clock.objects.filter(conversation=conversation_id)} == {"voided"}


def test_shopper_who_leaves_after_the_promise_was_broken_ends_a_clock_that_stays_late(acme: Tenant) -> None:
    came = datetime(2026, 11, 18, 9, tzinfo=UTC)
    with clock.hold(came):
        conversation_id = say(acme).conversation_id
    with clock.hold(came + timedelta(minutes=30)), enter(acme):
        handling.leave(tenant=acme, conversation_id=conversation_id)
    first = Clock.objects.get(conversation=conversation_id, metric="first_response")
    assert (first.state, first.within_target, first.elapsed_seconds) == ("met", False, 1800)
    assert [event.reason for event in first.events.order_by("id")][-1] == "closed_without_reply"
    assert Clock.objects.get(conversation=conversation_id, metric="resolution").state == "voided"


def test_shopper_who_leaves_an_agent_ends_nothing(acme: Tenant, lucia: Person) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    with enter(acme):
        handling.leave(tenant=acme, conversation_id=conversation_id)
    assert WorkItem.objects.get(conversation=conversation_id).state == "active"


def test_notes_are_for_who_has_part_in_it_and_never_for_the_shopper(
    acme: Tenant, lucia: Person, paolo: Person, sofia: Person
) -> None:
    conversation_id = say(acme).conversation_id
    take_in_hand(conversation_id, lucia)
    with enter(acme):
        for person in (lucia, sofia):
            outbound.note(
                person=person, tenant=acme, conversation_id=conversation_id, text="difficile", client_key=person.email
            )
        with pytest.raises(Refusal):
            outbound.note(person=paolo, tenant=acme, conversation_id=conversation_id, text="?", client_key="p")
        shown = reading.shown_to_shopper(conversation_id, link=str)
        assert [row["direction"] for row in shown] == ["in"]
        assert "person_name" not in shown[0]
    assert clock_of(conversation_id).state == "running"


def _mail_in_hand(tenant: Tenant, person: Person) -> UUID:
    conversation_id = say(tenant, mail(external_id="<in@x>")).conversation_id
    take_in_hand(conversation_id, person)
    return conversation_id


def _close(tenant: Tenant, person: Person, conversation_id: UUID, note: str = "") -> None:
    with enter(tenant):
        handling.close(
            person=person, tenant=tenant, conversation_id=conversation_id, contact_reason="refund", note=note
        )


def decide(tenant: Tenant, person: Person, message: Message, decision: str) -> Message:
    with enter(tenant):
        return outcomes.decide(
            person=person,
            tenant=tenant,
            conversation_id=message.conversation_id,
            message_id=message.id,
            decision=decision,
            client_key=f"{decision}-1",
        )


def _come_back(tenant: Tenant, message: Message) -> None:
    with enter(tenant):
        name = state_of(tenant, message).external_id
        statuses.report(tenant, external_id=name, state="failed", reason="bounce: failed 5.1.1")
