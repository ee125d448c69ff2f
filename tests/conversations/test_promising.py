"""Instead of waiting: a call, a mail, and back to the chat. Two shops, real rows, real mail of this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from conversations import handling, inbound, outbound, promising
from conversations.delivery import deliver
from conversations.models import Conversation, Message
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import Queue, WorkItem
from routing.queues import forget_hours
from sla_contracts import contracts, pricing, timers
from sla_contracts.checking import check_clocks
from sla_contracts.default_terms import default_terms
from sla_contracts.models import Clock
from tenants.models import Tenant
from tests.conversations.shoppers import Visitor, chat, line_of, mail, say, take_in_hand

pytestmark = pytest.mark.django_db
ShopClient = Callable[..., Client]
# A Monday in both shops' zones: ten in the morning, and ten at night when the chats are closed.
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
WINDOW = {"starts_at": "2026-03-02T13:00:00Z", "ends_at": "2026-03-02T15:00:00Z"}


@pytest.fixture
def visitor(shop_client: ShopClient, acme: Tenant) -> Visitor:
    return Visitor(shop_client(acme), acme)


def ask(visitor: Visitor, what: str, **said: Any) -> Any:
    return visitor.client.post(f"/api/widget/{what}", said, content_type="application/json", headers=visitor.headers)


def item_of(conversation: str | UUID) -> WorkItem:
    return WorkItem.objects.select_related("queue").get(conversation=conversation)


def clocks_of(conversation: str | UUID) -> set[tuple[str, str, str]]:
    rows = Clock.objects.filter(conversation=conversation)
    return {(row.metric, row.channel_group, row.state) for row in rows}


def said_to(tenant: Tenant, conversation: str | UUID) -> list[str]:
    with enter(tenant):
        rows = Message.objects.filter(conversation=UUID(str(conversation)), direction="out", author="system")
        return [row.event["code"] for row in rows.order_by("seq")]


def keeps_hours(tenant: Tenant, at: datetime) -> None:
    Queue.objects.filter(tenant=tenant, code="chat").update(keeps_hours=True)
    pricing.price_queues(at)
    forget_hours()


def test_a_call_is_offered_where_nobody_can_say_how_long_and_kept_for_its_time(
    acme: Tenant, northlight: Tenant, visitor: Visitor, shop_client: ShopClient
) -> None:
    with clock.hold(MORNING):
        conversation = visitor.say().json()["conversation"]
        offers = visitor.get("conversation").json()["offers"]
        assert offers["mail"] is True
        # Rome is an hour ahead: at ten, the next full hour that leaves time to read is eleven.
        assert offers["windows"][0] == {"starts_at": "2026-03-02T10:00:00Z", "ends_at": "2026-03-02T12:00:00Z"}
        answer = ask(visitor, "callback", phone=" +39 (055) 123-4567 ", **WINDOW)
        assert answer.json() == {"promise": {"kind": "callback", "phone": "+390551234567", **WINDOW}}
        # A repeat is no second promise.
        assert ask(visitor, "callback", phone="+39 055 1234567", **WINDOW).status_code == 200
        whole = visitor.get("conversation").json()
    assert (whole["position"], whole["wait"], whole["offers"]) == (None, None, None)
    item = item_of(conversation)
    assert (item.state, item.queue.code, item.starts_at) == ("waiting", "mail", MORNING + timedelta(hours=4))
    assert item.due_at == MORNING + timedelta(hours=6)
    assert "0551234567" not in str(item.__dict__)
    assert said_to(acme, conversation) == ["callback_promised"]
    told = whole["messages"][-1]["text"].replace("\xa0", " ")
    assert "+390551234567: 2 marzo 2026, 14:00–16:00 (Europe/Rome)" in told
    assert clocks_of(conversation) == {
        ("first_response", "chat", "voided"),
        ("resolution", "chat", "voided"),
        ("resolution", "mail", "running"),
    }
    assert check_clocks(tenant_id=acme.id).wrong == {}
    stranger = Visitor(shop_client(northlight), northlight, token=visitor.token)
    assert ask(stranger, "callback", phone="+39 055 1234567", **WINDOW).status_code == 401


def test_the_shopper_waits_on_at_the_old_place_until_somebody_has_it(
    acme: Tenant, visitor: Visitor, paolo: Person
) -> None:
    conversation = visitor.say().json()["conversation"]
    entered_at = item_of(conversation).entered_at
    assert ask(visitor, "by-mail", email="maria@example.com").status_code == 200
    assert ask(visitor, "wait-on").json() == {"promise": None}
    item = item_of(conversation)
    assert (item.queue.code, item.starts_at, item.entered_at) == ("chat", None, entered_at)
    assert {(m, s) for m, g, s in clocks_of(conversation) if g == "chat"} >= {("first_response", "running")}
    assert ("first_response", "mail", "voided") in clocks_of(conversation)
    assert ask(visitor, "by-mail", email="maria@example.com").status_code == 200
    take_in_hand(UUID(conversation), paolo)
    for step, said in (("wait-on", {}), ("by-mail", {"email": "other@example.com"})):
        answer = ask(visitor, step, **said)
        assert (answer.status_code, answer.json()["code"]) == (409, "taken")
    assert visitor.get("conversation").json()["promise"] == {"kind": "mail", "email": "maria@example.com"}
    assert check_clocks(tenant_id=acme.id).wrong == {}


def test_an_answer_by_mail_goes_to_the_promised_address_and_stands_in_the_chat(
    acme: Tenant, northlight: Tenant, visitor: Visitor, paolo: Person, mailbox: list[Any]
) -> None:
    conversation = UUID(visitor.say().json()["conversation"])
    ask(visitor, "by-mail", email="maria@example.com")
    take_in_hand(conversation, paolo)
    with enter(acme):
        answer = outbound.reply(
            person=paolo, tenant=acme, conversation_id=conversation, text="Arriva domani", client_key="r1"
        )
        assert (
            Clock.objects.get(conversation=conversation, metric="first_response", channel_group="mail").state != "met"
        )
        assert deliver(acme, answer.id) == "sent"
    [sent] = mailbox
    assert sent.to == ["maria@example.com"]
    assert sent.from_email.endswith(f"<{line_of(acme, 'email').address}>")
    assert "Arriva domani" in sent.body
    assert ("first_response", "mail", "met") in clocks_of(conversation)
    assert visitor.get("conversation").json()["messages"][-1]["text"] == "Arriva domani"
    # What comes back by the signed address joins the same matter.
    back = mail("Grazie", who="maria@example.com", conversation_id=conversation)
    assert say(acme, back).conversation_id == conversation


def test_what_one_shopper_asks_touches_no_other_shop(
    acme: Tenant, northlight: Tenant, visitor: Visitor, shop_client: ShopClient
) -> None:
    theirs = Visitor(shop_client(northlight), northlight)
    other = theirs.say("Guten Tag, wo ist meine Bestellung?", language="de").json()["conversation"]
    visitor.say()
    assert ask(visitor, "by-mail", email="maria@example.com").status_code == 200
    assert (item_of(other).queue.code, theirs.get("conversation").json()["promise"]) == ("chat", None)


@pytest.mark.parametrize("phone", ["", "12345", "call me", "+39 055 12 34 567 89 01 23", "4111 1111 1111 111 1", "\0"])
def test_an_odd_number_is_refused_and_the_place_kept(visitor: Visitor, phone: str) -> None:
    with clock.hold(MORNING):
        conversation = visitor.say().json()["conversation"]
        answer = ask(visitor, "callback", phone=phone, **WINDOW)
    assert answer.status_code == 400
    assert "phone" in answer.json()["fields"]
    assert (item_of(conversation).queue.code, item_of(conversation).starts_at) == ("chat", None)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z"),  # past
        ("2026-03-02T20:30:00Z", "2026-03-02T22:00:00Z"),  # past closing
        ("2026-03-02T13:00:00Z", "2026-03-02T13:05:00Z"),  # too short
        ("2026-03-02T15:00:00Z", "2026-03-02T13:00:00Z"),  # backwards
        ("2026-04-20T13:00:00Z", "2026-04-20T15:00:00Z"),  # too far
    ],
)
def test_a_time_at_which_nobody_calls_is_refused(visitor: Visitor, starts: str, ends: str) -> None:
    with clock.hold(MORNING):
        conversation = visitor.say().json()["conversation"]
        answer = ask(visitor, "callback", phone="+390551234567", starts_at=starts, ends_at=ends)
    assert (answer.status_code, answer.json()["code"]) == (409, "window_gone")
    assert item_of(conversation).queue.code == "chat"


def test_a_mail_without_an_address_and_a_word_before_the_first_are_refused(visitor: Visitor) -> None:
    assert ask(visitor, "by-mail", email="maria@example.com").json()["code"] == "nothing_waits"
    visitor.say()
    assert ask(visitor, "by-mail", email="nobody").status_code == 400
    assert ask(visitor, "by-mail", email="maria@example.com").status_code == 200


def test_a_word_more_does_not_bring_the_call_forward(visitor: Visitor) -> None:
    with clock.hold(MORNING):
        conversation = visitor.say().json()["conversation"]
        ask(visitor, "callback", phone="+390551234567", **WINDOW)
        visitor.say("Ah, e il numero dell'ordine è 42")
    assert item_of(conversation).starts_at == MORNING + timedelta(hours=4)


def test_who_leaves_after_all_is_neither_called_nor_counted_as_waiting(visitor: Visitor, acme: Tenant) -> None:
    with clock.hold(MORNING):
        conversation = visitor.say().json()["conversation"]
        ask(visitor, "callback", phone="+390551234567", **WINDOW)
        visitor.post("leave")
        assert (item_of(conversation).state, item_of(conversation).outcome) == ("abandoned", "abandoned")
        assert visitor.get("conversation").json()["offers"] is None
    assert {state for *_, state in clocks_of(conversation)} == {"voided"}


def test_a_promise_broken_before_stays_broken(visitor: Visitor, acme: Tenant) -> None:
    with clock.hold(MORNING):
        conversation = visitor.say().json()["conversation"]
    with clock.hold(MORNING + timedelta(minutes=5)):
        ask(visitor, "by-mail", email="maria@example.com")
    first = [row for row in clocks_of(conversation) if row[0] == "first_response"]
    assert [(group, state) for _, group, state in first] == [("chat", "running")]


def test_out_of_hours_a_chat_is_work_like_mail_and_told_when_somebody_is_there(
    acme: Tenant, northlight: Tenant, visitor: Visitor, shop_client: ShopClient
) -> None:
    theirs = Visitor(shop_client(northlight), northlight)
    with clock.hold(NIGHT):
        keeps_hours(acme, NIGHT)
        conversation = visitor.say().json()["conversation"]
        whole = visitor.get("conversation").json()
        other = theirs.say("Guten Tag, wo ist meine Bestellung?", language="de").json()["conversation"]
    assert item_of(conversation).queue.code == "mail"
    assert said_to(acme, conversation) == ["outside_hours"]
    # The shop's language and zone: Italian, and eight in the morning in Rome.
    assert "3 marzo 2026, 08:00 (Europe/Rome)" in whole["messages"][-1]["text"].replace("\xa0", " ")
    assert whole["offers"]["windows"][0]["starts_at"] == "2026-03-03T07:00:00Z"
    assert (whole["position"], whole["wait"]) == (None, None)
    first = Clock.objects.get(conversation=conversation, metric="first_response")
    # Four hours of the mail's business day, which begins at nine in Rome.
    assert (first.channel_group, first.due_at) == ("mail", datetime(2026, 3, 3, 12, 0, tzinfo=UTC))
    # The other shop keeps no hours: its chats wait in the line as ever.
    assert (item_of(other).queue.code, said_to(northlight, other)) == ("chat", [])


def test_in_hours_nothing_is_said_and_a_chat_is_a_chat(acme: Tenant, visitor: Visitor) -> None:
    with clock.hold(MORNING):
        keeps_hours(acme, MORNING)
        conversation = visitor.say().json()["conversation"]
    assert (item_of(conversation).queue.code, said_to(acme, conversation)) == ("chat", [])


def test_waiting_on_while_closed_keeps_it_as_work_like_mail(acme: Tenant, visitor: Visitor) -> None:
    with clock.hold(NIGHT):
        keeps_hours(acme, NIGHT)
        conversation = visitor.say().json()["conversation"]
        ask(visitor, "by-mail", email="maria@example.com")
        ask(visitor, "wait-on")
    assert item_of(conversation).queue.code == "mail"


def test_what_was_promised_is_over_when_a_closed_matter_comes_back_by_chat(
    acme: Tenant, visitor: Visitor, paolo: Person
) -> None:
    conversation = UUID(visitor.say().json()["conversation"])
    ask(visitor, "by-mail", email="maria@example.com")
    with enter(acme):
        Conversation.objects.filter(pk=conversation).update(status="closed", closed_at=clock.now())
    queue.abandon(item_of(conversation).id)
    visitor.say("Ancora una cosa")
    assert visitor.get("conversation").json()["promise"] is None


def test_who_is_to_be_called_is_owed_no_next_answer_in_the_chat(
    acme: Tenant, northlight: Tenant, visitor: Visitor, paolo: Person
) -> None:
    terms = default_terms(time_zone=acme.time_zone, country=acme.country, languages=acme.languages)
    terms["targets"].append({**terms["targets"][0], "metric": "next_response", "seconds": 120})
    version = contracts.draft(tenant=acme, terms=terms, valid_from=MORNING - timedelta(days=1))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")
    with clock.hold(MORNING):
        conversation = UUID(visitor.say().json()["conversation"])
        take_in_hand(conversation, paolo)
        with enter(acme):
            outbound.reply(
                person=paolo, tenant=acme, conversation_id=conversation, text="Arriva domani", client_key="k1"
            )
            handling.close(person=paolo, tenant=acme, conversation_id=conversation, contact_reason="other")
    with clock.hold(MORNING + timedelta(minutes=5)):
        visitor.say("Ancora una cosa")
        assert ("next_response", "chat", "running") in clocks_of(conversation)
        assert ask(visitor, "callback", phone="+39 055 1234567", **WINDOW).status_code == 200
        assert ("next_response", "chat", "voided") in clocks_of(conversation)
        assert not [clock for clock in clocks_of(conversation) if clock[0] == "next_response" and clock[2] == "running"]
    timers.sweep(MORNING + timedelta(hours=1))
    assert not Clock.objects.filter(conversation=conversation, metric="next_response", state="breached").exists()


def test_erasing_takes_the_number_too(acme: Tenant, northlight: Tenant) -> None:
    from conversations.erasing import erase_conversations

    with clock.hold(MORNING):
        for tenant in (acme, northlight):
            say(tenant, chat(who="v1"))
            with enter(tenant):
                found = Conversation.objects.get()
                starts = MORNING + timedelta(hours=4)
                promising.promise_call(
                    tenant=tenant, conversation_id=found.id, phone="+390551234567",
                    starts_at=starts, ends_at=starts + timedelta(hours=2),
                )  # fmt: skip
    with enter(acme):
        erase_conversations(tenant=acme, conversations=list(Conversation.objects.all()), addresses=[])
        assert Conversation.objects.get().promise == {}
        assert not Message.objects.exclude(text="").exists()
    with enter(northlight):
        assert Conversation.objects.get().promise["phone"] == "+390551234567"


def test_a_repeated_key_after_the_promise_is_the_same_message(acme: Tenant) -> None:
    key = str(uuid4())
    first = say(acme, chat(client_key=key))
    with enter(acme):
        promising.promise_mail(tenant=acme, conversation_id=first.conversation_id, email="maria@example.com")
        again = inbound.receive(tenant=acme, line=line_of(acme), incoming=chat(client_key=key))
    assert again.id == first.id
