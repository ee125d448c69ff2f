"""Replies held back: undone, scheduled, changed, stopped; counted from when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from conversations import handling, holding, outbound, reading, sweeping
from conversations.composing_models import Draft, HeldReply
from conversations.models import Attachment, Message
from conversations.tasks import release_held
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Accreditation, Person
from routing.models import WorkItem
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.carriers.mail_servers import Post, post_office
from tests.conversations.doorbells import rung_for
from tests.conversations.shoppers import mail, png, say, take_in_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with post_office(Post(), settings) as office:
        yield office


@pytest.fixture
def talk(acme: Tenant, lucia: Person) -> UUID:
    """A mail in Lucia's hands."""
    conversation_id = say(acme, mail(external_id="<in@x>")).conversation_id
    take_in_hand(conversation_id, lucia)
    return conversation_id


def hold(tenant: Tenant, person: Person, conversation: UUID, **more: Any) -> HeldReply:
    terms = {"text": "Arriva domani.", "client_key": "k1", **more}
    with enter(tenant):
        return holding.hold(person=person, tenant=tenant, conversation_id=conversation, **terms)


def release(tenant: Tenant, row: HeldReply, at: datetime | None = None) -> str | None:
    with clock.hold(at or clock.now()), enter(tenant):
        return holding.release(tenant, row.id)


def said(tenant: Tenant, conversation: UUID) -> list[str]:
    with enter(tenant):
        rows = Message.objects.filter(conversation=conversation, direction="out", author="agent")
        return list(rows.order_by("seq").values_list("text", flat=True))


def test_within_the_seconds_of_an_undo_nothing_has_left(acme: Tenant, lucia: Person, talk: UUID) -> None:
    row = hold(acme, lucia, talk, attachments=(png("foto.png"),))
    assert row.send_at - row.written_at == timedelta(seconds=10)
    assert release(acme, row) is None
    assert said(acme, talk) == []
    with enter(acme):
        shown = reading.shown_to_shopper(talk, link=lambda file: "")
        assert [each["direction"] for each in shown if each["author"] == "agent"] == []
        holding.cancel(person=lucia, tenant=acme, conversation_id=talk, held_id=row.id)
        assert Draft.objects.get(person=lucia, mode="reply").text == "Arriva domani."
        assert holding.held_in(talk) == []
    assert release(acme, row, clock.now() + timedelta(minutes=1)) is None
    assert said(acme, talk) == []


def test_what_leaves_counts_from_then(acme: Tenant, lucia: Person, talk: UUID, post: Post) -> None:
    row = hold(acme, lucia, talk, attachments=(png("foto.png"),))
    left = row.send_at + timedelta(seconds=1)
    assert WorkItem.objects.get(conversation=talk).first_reply_at is None
    assert release(acme, row, left) == "sent"
    assert release(acme, row, left) is None
    with enter(acme):
        message = Message.objects.get(text="Arriva domani.")
        assert (message.created_at, message.client_key) == (left, "k1")
        assert Attachment.objects.get(message=message).name == "foto.png"
        with clock.hold(left):
            assert outbound.deliver(acme, message.id) == "sent"
        kept = HeldReply.objects.get(pk=row.pk)
        assert (kept.state, kept.text, kept.files, kept.message) == ("sent", "", [], message.id)
    assert WorkItem.objects.get(conversation=talk).first_reply_at == left
    assert Clock.objects.get(conversation=talk, metric="first_response").met_at == left
    assert len(post.mails) == 1


def test_a_repeated_key_is_one_reply(acme: Tenant, lucia: Person, talk: UUID) -> None:
    first, again = hold(acme, lucia, talk), hold(acme, lucia, talk, text="altro")
    assert (again.id, again.text) == (first.id, "Arriva domani.")
    release(acme, first, first.send_at)
    assert hold(acme, lucia, talk).state == "sent"
    assert said(acme, talk) == ["Arriva domani."]


def test_what_waits_for_an_undo_cannot_be_undone_once_it_left(acme: Tenant, lucia: Person, talk: UUID) -> None:
    row = hold(acme, lucia, talk)
    release(acme, row, row.send_at)
    for step in (holding.cancel, holding.change):
        with pytest.raises(Refusal) as refused, enter(acme):
            step(person=lucia, tenant=acme, conversation_id=talk, held_id=row.id)
        assert refused.value.code == "too_late"


def test_a_lost_doorbell_is_made_good_by_the_sweep(acme: Tenant, lucia: Person, talk: UUID) -> None:
    row = hold(acme, lucia, talk)
    before = rung_for(holding.RELEASE, row.id)
    sweeping.sweep_outbound(row.send_at - timedelta(seconds=1))
    assert rung_for(holding.RELEASE, row.id) == before
    sweeping.sweep_outbound(row.send_at)
    sweeping.sweep_outbound(row.send_at + timedelta(seconds=5))
    assert rung_for(holding.RELEASE, row.id) == before + 1
    with clock.hold(row.send_at):
        release_held(str(acme.id), str(row.id))
    assert said(acme, talk) == ["Arriva domani."]


def test_a_chat_is_not_undone_but_may_be_scheduled(acme: Tenant, lucia: Person) -> None:
    conversation = say(acme).conversation_id
    take_in_hand(conversation, lucia)
    with pytest.raises(Refusal, match="Only a mail"):
        hold(acme, lucia, conversation)
    row = hold(acme, lucia, conversation, send_at=clock.now() + timedelta(hours=1))
    assert release(acme, row, row.send_at) == "sent"
    assert said(acme, conversation) == ["Arriva domani."]


@pytest.mark.parametrize("after", [timedelta(minutes=-5), timedelta(seconds=1), timedelta(days=91)])
def test_a_time_that_is_past_or_too_far_off_is_refused(
    acme: Tenant, lucia: Person, talk: UUID, after: timedelta
) -> None:
    with pytest.raises(Refusal) as refused:
        hold(acme, lucia, talk, send_at=clock.now() + after)
    assert refused.value.code == "invalid"
    with enter(acme):
        assert not HeldReply.objects.exists()


def test_a_scheduled_reply_is_changed_and_sent_now(acme: Tenant, lucia: Person, talk: UUID) -> None:
    row = hold(acme, lucia, talk, send_at=clock.now() + timedelta(hours=1))
    later = clock.now() + timedelta(hours=5)
    with enter(acme):
        holding.change(
            person=lucia, tenant=acme, conversation_id=talk, held_id=row.id, text="Arriva lunedì.", send_at=later
        )
    assert release(acme, row, row.send_at + timedelta(hours=1)) is None
    with enter(acme):
        assert holding.send_now(person=lucia, tenant=acme, conversation_id=talk, held_id=row.id).state == "sent"
    assert said(acme, talk) == ["Arriva lunedì."]


def test_a_scheduled_reply_stops_when_the_shopper_wrote_since(acme: Tenant, lucia: Person, talk: UUID) -> None:
    row = hold(acme, lucia, talk, send_at=clock.now() + timedelta(hours=1))
    say(acme, mail("È arrivato, grazie!", thread_refs=("<in@x>",)))
    assert release(acme, row, row.send_at) == "stopped"
    assert said(acme, talk) == []
    with enter(acme):
        assert [(each["state"], each["stopped_why"]) for each in holding.held_in(talk)] == [("stopped", "thread_moved")]
        holding.send_now(person=lucia, tenant=acme, conversation_id=talk, held_id=row.id)
    assert said(acme, talk) == ["Arriva domani."]


def test_a_reply_of_who_may_no_longer_serve_the_shop_stops(acme: Tenant, lucia: Person, talk: UUID) -> None:
    row = hold(acme, lucia, talk)
    Accreditation.objects.filter(person=lucia, tenant=acme).update(valid_until=clock.now())
    assert release(acme, row, row.send_at) == "stopped"
    assert said(acme, talk) == []


def test_closing_sends_what_waits_for_an_undo_and_asks_about_what_is_scheduled(
    acme: Tenant, lucia: Person, talk: UUID
) -> None:
    hold(acme, lucia, talk)
    scheduled = hold(acme, lucia, talk, client_key="k2", text="E poi?", send_at=clock.now() + timedelta(hours=1))

    def close() -> None:
        with enter(acme):
            handling.close(person=lucia, tenant=acme, conversation_id=talk, contact_reason="refund")

    with pytest.raises(Refusal) as refused:
        close()
    assert refused.value.code == "still_scheduled"
    assert said(acme, talk) == []
    with enter(acme):
        holding.cancel(person=lucia, tenant=acme, conversation_id=talk, held_id=scheduled.id)
    close()
    assert said(acme, talk) == ["Arriva domani."]
    with enter(acme):
        assert Message.objects.filter(conversation=talk).order_by("-seq")[0].event["code"] == "closed"


def test_only_who_has_part_in_it_cancels(
    acme: Tenant, northlight: Tenant, lucia: Person, paolo: Person, sofia: Person, talk: UUID
) -> None:
    row = hold(acme, lucia, talk)
    with pytest.raises(Refusal, match="not in your hands"), enter(acme):
        holding.cancel(person=paolo, tenant=acme, conversation_id=talk, held_id=row.id)
    with pytest.raises(Refusal), enter(northlight):
        holding.cancel(person=lucia, tenant=northlight, conversation_id=talk, held_id=row.id)
    with enter(acme):
        holding.cancel(person=sofia, tenant=acme, conversation_id=talk, held_id=row.id)
        assert Draft.objects.get(mode="reply").person_id == lucia.id


def test_subject_and_recipients_are_as_the_agent_wrote_them(
    acme: Tenant, lucia: Person, talk: UUID, post: Post
) -> None:
    envelope = {"subject": "Il suo pacco", "to": "maria@example.com, marco@example.com", "cc": "Capo@Example.com"}
    row = hold(acme, lucia, talk, envelope=envelope)
    release(acme, row, row.send_at)
    with enter(acme):
        assert outbound.deliver(acme, Message.objects.get(text="Arriva domani.").id) == "sent"
    letter = post.read()
    assert (letter["To"], letter["Cc"]) == ("maria@example.com, marco@example.com", "capo@example.com")
    assert letter["Subject"].startswith("Re: Il suo pacco [AC-")


@pytest.mark.parametrize(
    "envelope",
    [
        {"to": "maria"},
        {"to": "a@x.example\r\nBcc: b@x.example, c@"},
        {"cc": ",".join(f"p{n}@x.example" for n in range(11))},
        {"subject": "x" * 201},
    ],
)
def test_an_envelope_that_is_none_is_refused(acme: Tenant, lucia: Person, talk: UUID, envelope: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        hold(acme, lucia, talk, envelope=envelope)
    assert (refused.value.code, set(refused.value.fields)) == ("invalid", set(envelope))
    with enter(acme):
        assert not HeldReply.objects.exists()


def test_an_answer_is_not_sent_before_its_writer_saw_what_others_wrote(
    acme: Tenant, lucia: Person, sofia: Person, talk: UUID
) -> None:
    with enter(acme):
        seen = Message.objects.filter(conversation=talk).order_by("-seq")[0].seq
        new = outbound.note(person=sofia, tenant=acme, conversation_id=talk, text="Rimborsa!", client_key="n1").seq
    terms: dict[str, Any] = {"person": lucia, "tenant": acme, "conversation_id": talk, "text": "Arriva domani."}
    with pytest.raises(Refusal) as refused, enter(acme):
        outbound.reply(**terms, client_key="k1", seen_seq=seen)
    assert (refused.value.code, refused.value.fields) == ("thread_moved", {"new": str(new)})
    with pytest.raises(Refusal, match="since you began"):
        hold(acme, lucia, talk, seen_seq=seen)
    with enter(acme):
        first = outbound.reply(**terms, client_key="k1", seen_seq=new)
        # One's own words are no news.
        assert outbound.reply(**terms, client_key="k2", seen_seq=new).seq == first.seq + 1
