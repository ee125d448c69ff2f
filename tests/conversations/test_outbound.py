"""Replies: by who has it in hand, once, and never sent twice without anybody knowing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from carriers import registry
from carriers.contract import CarrierDown, CarrierRefused, IncomingFile, OutcomeUnknown, Outgoing, Sent
from conversations import delivery, doorbells, handling, outbound, reading, sweeping
from conversations.models import Message
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person
from routing.models import WorkItem
from sla_contracts.models import Clock
from tenants.models import Line, Tenant
from tests.conversations.shoppers import EXE, conversation_of, mail, png, say, take_in_hand


class Post:
    """A mail carrier that does as it is told."""

    code = channel = "email"
    channel_group = "mail"
    row_is_delivery = False

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.trouble: Exception | None = None

    def send(self, line: Line, outgoing: Outgoing) -> Sent:
        self.sent.append(outgoing)
        if self.trouble is not None:
            raise self.trouble
        return Sent(external_id=f"<{outgoing.message_id}@acme>")


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    carrier = Post()
    real = registry._load
    monkeypatch.setattr(registry, "_load", lambda code: carrier if code == "email" else real(code))
    return carrier


def reply(tenant: Tenant, person: Person, conversation_id: UUID, text: str = "Arriva domani.", **more: Any) -> Message:
    terms = {"client_key": "k1", **more}
    with enter(tenant):
        return outbound.reply(person=person, tenant=tenant, conversation_id=conversation_id, text=text, **terms)


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
    outgoing = post.sent[-1]
    assert (outgoing.to, outgoing.in_reply_to, outgoing.alias) == ("maria@example.com", "<in@x>", "Lucia A.")
    assert outgoing.references[0] == "<in@x>"
    assert [file.name for file in outgoing.files] == ["ricevuta.png"]
    assert not outgoing.is_automatic
    assert state_of(acme, message).external_id == f"<{message.id}@acme>"
    assert deliver(acme, message) is None


def test_acknowledgement_is_automatic_and_meets_nothing(acme: Tenant, post: Post) -> None:
    conversation_id = say(acme, mail()).conversation_id
    with enter(acme):
        said = Message.objects.get(direction="out")
    assert deliver(acme, said) == "sent"
    assert post.sent[0].is_automatic
    assert "ricevuto" in post.sent[0].text
    assert clock_of(conversation_id).state == "running"


def test_carrier_down_is_tried_again_and_then_fails(acme: Tenant, lucia: Person, post: Post) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    post.trouble = CarrierDown("connection refused")
    for attempt in range(1, delivery.ATTEMPTS_MAX + 1):
        expected = "pending" if attempt < delivery.ATTEMPTS_MAX else "failed"
        with clock.hold(state_of(acme, message).next_attempt_at or clock.now()):
            assert deliver(acme, message) == expected
            assert deliver(acme, message) is None  # a late doorbell does not skip the wait
        row = state_of(acme, message)
        assert (row.attempts, row.delivery_error) == (attempt, "connection refused")
        assert (row.next_attempt_at is not None) == (expected == "pending")
    assert deliver(acme, message) is None
    assert clock_of(conversation_id).state == "running"


def test_refused_by_the_carrier_is_failed_at_once(acme: Tenant, lucia: Person, post: Post) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    post.trouble = CarrierRefused("no such mailbox")
    assert deliver(acme, message) == "failed"
    assert len(post.sent) == 1


@pytest.mark.parametrize("trouble", [OutcomeUnknown("timed out after DATA"), RuntimeError("bug")])
def test_unknown_outcome_is_flagged_and_never_repeated(
    acme: Tenant, lucia: Person, post: Post, trouble: Exception
) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    post.trouble = trouble
    assert deliver(acme, message) == "unknown"
    post.trouble = None
    assert deliver(acme, message) is None
    sweeping.sweep_outbound(clock.now() + timedelta(days=1))
    assert deliver(acme, message) is None
    assert len(post.sent) == 1


def test_silent_sender_is_flagged_by_the_sweep(
    acme: Tenant, northlight: Tenant, lucia: Person, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(doorbells, "ring", lambda task, tenant, row: rung.append(row))
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    with enter(acme):
        assert delivery._claim(message.id) is not None
        assert delivery._claim(message.id) is None
    sweeping.sweep_outbound(clock.now() + timedelta(minutes=1))
    assert state_of(acme, message).delivery == "sending"
    sweeping.sweep_outbound(clock.now() + timedelta(minutes=10))
    assert state_of(acme, message).delivery == "unknown"
    assert message.id not in rung
    assert len(set(rung)) == 1  # the acknowledgement, pending since its doorbell was lost
    assert post.sent == []


def test_form_is_answered_by_the_shops_mail_line(acme: Tenant, lucia: Person, post: Post) -> None:
    conversation_id = say(acme, mail(channel="form", external_id="")).conversation_id
    take_in_hand(conversation_id, lucia)
    assert deliver(acme, reply(acme, lucia, conversation_id)) == "sent"
    assert post.sent[0].line_address == Line.objects.get(tenant=acme, carrier="email").address


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
        assert [row["direction"] for row in reading.messages_since(conversation_id, files_at="/")] == [
            "in", "out", "note", "event",
        ]  # fmt: skip


def test_answer_on_its_way_counts_when_closed_and_is_owed_again_if_it_never_leaves(
    acme: Tenant, lucia: Person, post: Post
) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    _close(acme, lucia, conversation_id)
    assert clock_of(conversation_id).state == "met"
    post.trouble = CarrierRefused("no such mailbox")
    assert deliver(acme, message) == "failed"
    assert clock_of(conversation_id).state == "running"


def test_answer_that_may_have_left_counts_when_closed(acme: Tenant, lucia: Person, post: Post) -> None:
    conversation_id = _mail_in_hand(acme, lucia)
    message = reply(acme, lucia, conversation_id)
    post.trouble = OutcomeUnknown("timed out after DATA")
    assert deliver(acme, message) == "unknown"
    _close(acme, lucia, conversation_id)
    first = clock_of(conversation_id)
    assert (first.state, first.met_at) == ("met", message.created_at)


def test_what_the_sweep_rings_for_is_sent(
    acme: Tenant, lucia: Person, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = reply(acme, lucia, _mail_in_hand(acme, lucia))
    post.trouble = CarrierDown("connection refused")
    assert deliver(acme, message) == "pending"
    post.trouble = None
    rung: list[Any] = []
    monkeypatch.setattr(doorbells, "ring", lambda task, tenant, row: rung.append(row))
    later = clock.now() + timedelta(minutes=1)
    with clock.hold(later):
        for _ in range(2):
            sweeping.sweep_outbound(later)
        assert rung.count(message.id) == 1
        assert deliver(acme, message) == "sent"


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
        shown = reading.shown_to_shopper(conversation_id, files_at="/")
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
