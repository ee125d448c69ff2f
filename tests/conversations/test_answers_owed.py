"""The next answer and that to a queue: owed from when, met by what, and when no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from carriers.contract import Incoming
from conversations import answering, delivery, handing_on, handling, outbound, statuses
from conversations.models import Conversation, Message
from desk.no_reply import show_no_reply
from kernel import clock
from kernel.errors import Refusal
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import WorkItem
from sla_contracts import answers, contracts, timers
from sla_contracts.attainment import attainment
from sla_contracts.checking import check_clocks
from sla_contracts.default_terms import default_terms
from sla_contracts.models import Clock
from sla_contracts.period import Period
from tenants.models import Tenant
from tests.conversations.shoppers import chat, mail, say, take_in_hand

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 12, 16, 9, 0, tzinfo=UTC)  # a Wednesday, ten o'clock in Rome


def after(seconds: float) -> datetime:
    return MORNING + timedelta(seconds=seconds)


def promise(tenant: Tenant, *, next_seconds: int = 120, answer_seconds: int = 30, at: datetime | None = None) -> None:
    """From ``at`` on also the next answer and the answer to the queue are promised to chats."""
    terms = default_terms(time_zone=tenant.time_zone, country=tenant.country, languages=tenant.languages)
    for metric, seconds in (("next_response", next_seconds), ("answer", answer_seconds)):
        target = {"channel_group": "chat", "metric": metric, "seconds": seconds, "calendar": "chat_hours"}
        clause = {"code": f"chat_{metric}", "title": {"en": metric}, "metric": metric, "channel_group": "chat"}
        terms["targets"].append(target)
        terms["clauses"].append({**clause, "goal": 0.8})
    version = contracts.draft(tenant=tenant, terms=terms, valid_from=at or MORNING - timedelta(days=1))
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")


@contextmanager
def at(seconds: float) -> Iterator[datetime]:
    with clock.hold(after(seconds)):
        yield after(seconds)


def begun(tenant: Tenant, person: Person | None = None) -> UUID:
    """A chat that came in the morning; in this person's hands."""
    with at(0):
        conversation = say(tenant).conversation_id
        if person is not None:
            take_in_hand(conversation, person)
    return conversation


def write(tenant: Tenant, conversation: UUID, seconds: float) -> Message:
    """The same shopper again."""
    with at(seconds):
        message = say(tenant, replace(chat(), text="E adesso?", client_key=f"s{seconds}"))
    assert message.conversation_id == conversation
    return message


def reply(tenant: Tenant, person: Person, conversation: UUID, seconds: float, **more: Any) -> Message:
    with at(seconds), enter(tenant):
        return outbound.reply(
            person=person, tenant=tenant, conversation_id=conversation, text="Sì.", client_key=f"r{seconds}", **more
        )


def clocks_of(conversation: UUID, metric: str) -> list[Clock]:
    return list(Clock.objects.filter(conversation=conversation, metric=metric).order_by("started_at"))


def sound(tenant: Tenant) -> None:
    assert check_clocks(tenant_id=tenant.id).wrong == {}


def test_next_response_begins_with_the_first_message_after_ours(
    acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    write(acme, conversation, 5)
    assert clocks_of(conversation, "next_response") == [], "the first answer is still owed"
    reply(acme, lucia, conversation, 20)
    first = write(acme, conversation, 60)
    write(acme, conversation, 90)
    [owed] = clocks_of(conversation, "next_response")
    assert (owed.started_at, owed.due_at, owed.state) == (after(60), after(180), "running")
    assert owed.events.get().cause_id == first.id
    reply(acme, lucia, conversation, 181)
    write(acme, conversation, 200)
    reply(acme, lucia, conversation, 210)
    states = [(one.started_at, one.within_target) for one in clocks_of(conversation, "next_response")]
    assert states == [(after(60), False), (after(200), True)]
    assert Clock.objects.filter(tenant=northlight).count() == 0
    sound(acme)


def test_next_response_is_promised_by_the_version_in_force_at_its_own_start(acme: Tenant, lucia: Person) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    promise(acme, next_seconds=45, at=after(40))
    reply(acme, lucia, conversation, 20)
    write(acme, conversation, 50)
    [owed] = clocks_of(conversation, "next_response")
    [first] = clocks_of(conversation, "first_response")
    assert (owed.target_seconds, owed.version.number) == (45, 3)
    assert first.version.number == 2
    assert Clock.objects.get(conversation=conversation, metric="resolution").version.number == 2


def test_it_costs_one_statement_and_nothing_where_it_is_not_promised(
    acme: Tenant, northlight: Tenant, lucia: Person, jens: Person
) -> None:
    promise(acme)
    for tenant, agent, expected in ((acme, lucia, [0, 1, 1]), (northlight, jens, [0, 0, 0])):
        conversation = begun(tenant, agent)
        asked = []
        for seconds in (20, 40, 60):
            with CaptureQueriesContext(connection) as queries:
                write(tenant, conversation, seconds)
            asked.append(
                sum("start_clocks" in query["sql"] or "sla_contracts_clock" in query["sql"] for query in queries)
            )
            if seconds == 20:
                reply(tenant, agent, conversation, 30)
        assert asked == expected
        assert len(clocks_of(conversation, "next_response")) == (tenant == acme)


def test_a_reply_with_waiting_meets_the_next_response_and_a_machine_starts_none(acme: Tenant, lucia: Person) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    reply(acme, lucia, conversation, 20)
    write(acme, conversation, 60)
    reply(acme, lucia, conversation, 100, waiting_for_customer=True)
    [owed] = clocks_of(conversation, "next_response")
    assert (owed.state, owed.within_target) == ("met", True)
    with at(200):
        say(acme, replace(chat(), text="Sono in ferie", client_key="auto", is_automatic=True))
    assert len(clocks_of(conversation, "next_response")) == 1
    assert Clock.objects.get(conversation=conversation, metric="resolution").state == "paused"


def test_closing_ends_the_next_response_and_reopening_owes_it_anew(acme: Tenant, lucia: Person) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    reply(acme, lucia, conversation, 20)
    write(acme, conversation, 60)
    with at(90), enter(acme):
        handling.close(person=lucia, tenant=acme, conversation_id=conversation, contact_reason="other")
    [ended] = clocks_of(conversation, "next_response")
    assert (ended.state, ended.events.last().reason) == ("voided", "closed_without_reply")  # type: ignore[union-attr]
    write(acme, conversation, 4000)
    assert [one.state for one in clocks_of(conversation, "next_response")] == ["voided", "running"]
    assert [one.state for one in clocks_of(conversation, "first_response")] == ["met"], "answered once, for good"
    sound(acme)


def test_answer_runs_from_the_queue_to_a_persons_first_message(acme: Tenant, lucia: Person) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    reply(acme, lucia, conversation, 31)
    [answer] = clocks_of(conversation, "answer")
    assert (answer.started_at, answer.state, answer.within_target) == (MORNING, "met", False)
    write(acme, conversation, 60)
    assert len(clocks_of(conversation, "answer")) == 1
    sound(acme)


@pytest.mark.parametrize("is_in_hand", [False, True])
def test_who_leaves_before_a_person_wrote_has_given_up(is_in_hand: bool, acme: Tenant, lucia: Person) -> None:
    promise(acme)
    early = begun(acme, lucia if is_in_hand else None)
    with at(12), enter(acme):
        handling.leave(tenant=acme, conversation_id=early)
    with at(0):
        late = say(acme, replace(chat(), sender_address="another", client_key="x")).conversation_id
    with at(500), enter(acme):
        handling.leave(tenant=acme, conversation_id=late)
    for conversation, waited in ((early, 12), (late, 500)):
        [answer] = clocks_of(conversation, "answer")
        assert (answer.state, answer.events.last().reason) == ("voided", "abandoned")  # type: ignore[union-attr]
        assert answer.elapsed_seconds == waited
    month = Period.of_month("2026-12", acme.time_zone)
    figures = {row["code"]: row for row in attainment(acme, month, now=after(3600))["clauses"]}
    assert (figures["chat_answer"]["excluded"], figures["chat_answer"]["breached"]) == ({"abandoned": 1}, 1)
    sound(acme)


@pytest.mark.parametrize("is_swept", [False, True])
def test_what_was_broken_when_the_shopper_gave_up_stays_broken_whether_it_was_swept_or_not(
    is_swept: bool, acme: Tenant, northlight: Tenant
) -> None:
    promise(acme)
    conversation, other = begun(acme), begun(northlight)
    hours = 9 * 3600  # the resolution was promised within eight
    if is_swept:
        timers.sweep(after(hours))
    with at(hours), enter(acme):
        handling.leave(tenant=acme, conversation_id=conversation)
    timers.sweep(after(hours + 1))
    [resolution] = clocks_of(conversation, "resolution")
    assert (resolution.state, resolution.breached_at) == ("breached", after(8 * 3600))
    [first] = clocks_of(conversation, "first_response")
    assert (first.state, first.within_target) == ("met", False)
    assert {one.state for one in Clock.objects.filter(conversation=other)} <= {"running", "breached"}
    sound(acme)


def test_who_gives_up_while_waited_for_is_owed_nothing_and_comes_back_to_a_clock_that_runs(
    acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    reply(acme, lucia, conversation, 20, waiting_for_customer=True)
    item = queue.open_item(conversation)
    assert item is not None
    with at(30), enter(acme):
        handing_on.hand_on(person=lucia, tenant=acme, item=item, queue_id=item.queue_id)
    with at(40), enter(acme):
        handling.leave(tenant=acme, conversation_id=conversation)
    [held] = clocks_of(conversation, "resolution")
    assert (held.state, held.events.last().reason) == ("voided", "abandoned")  # type: ignore[union-attr]
    write(acme, conversation, 600)
    assert [one.state for one in clocks_of(conversation, "resolution")] == ["voided", "running"]
    sound(acme)


def test_an_answer_that_came_back_revives_no_clock_that_a_closing_ended(acme: Tenant, lucia: Person) -> None:
    conversation = _mail_begun(acme, lucia)
    late = 5 * 3600  # promised within four
    with at(late), enter(acme):
        handling.close(person=lucia, tenant=acme, conversation_id=conversation, contact_reason="other")
    with at(late + 60):
        assert say(acme, _mail_again(acme, conversation)).conversation_id == conversation
        take_in_hand(conversation, lucia)
    message = reply(acme, lucia, conversation, late + 120)
    with at(late + 180), enter(acme):
        assert delivery.deliver(acme, message.id) == "sent"
        name = Message.objects.get(pk=message.id).external_id
        statuses.report(acme, external_id=name, state="failed", reason="bounce: failed 5.1.1")
    [first] = clocks_of(conversation, "first_response")
    assert (first.state, first.within_target, first.met_at) == ("met", False, after(late))
    sound(acme)


@pytest.mark.parametrize("is_swept", [False, True])
def test_what_was_broken_before_an_answer_left_stays_broken_at_closing_whether_it_was_swept_or_not(
    is_swept: bool, acme: Tenant, lucia: Person
) -> None:
    conversation = _mail_begun(acme, lucia)
    reply(acme, lucia, conversation, 3 * 3600)  # written in time, and still on its way
    if is_swept:
        timers.sweep(after(5 * 3600))
    with at(5 * 3600), enter(acme):
        handling.close(person=lucia, tenant=acme, conversation_id=conversation, contact_reason="other")
    [first] = clocks_of(conversation, "first_response")
    assert (first.state, first.within_target, first.breached_at) == ("met", False, after(4 * 3600))
    sound(acme)


def _mail_begun(tenant: Tenant, person: Person) -> UUID:
    with at(0):
        conversation = say(tenant, mail()).conversation_id
        take_in_hand(conversation, person)
    return conversation


def _mail_again(tenant: Tenant, conversation: UUID) -> Incoming:
    with enter(tenant):
        case = Conversation.objects.get(pk=conversation).case_number
    return mail("E adesso?", headers={"case_number": case})


def test_who_comes_back_to_the_queue_is_offered_anew(acme: Tenant) -> None:
    promise(acme)
    conversation = begun(acme)
    with at(12), enter(acme):
        handling.leave(tenant=acme, conversation_id=conversation)
    write(acme, conversation, 60)
    assert [one.state for one in clocks_of(conversation, "answer")] == ["voided", "running"]


def test_an_answer_that_never_left_lets_every_clock_run_on(acme: Tenant, lucia: Person) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    first = reply(acme, lucia, conversation, 20)
    write(acme, conversation, 60)
    second = reply(acme, lucia, conversation, 70)
    with at(300), enter(acme):
        Message.objects.filter(pk=second.pk).update(delivery="failed")
        answering.owe_again(second)
    states = {metric: clocks_of(conversation, metric)[-1].state for metric in ("first_response", "next_response")}
    assert states["first_response"] == "met"
    assert states["next_response"] == "running"
    assert clocks_of(conversation, "answer")[0].met_at == first.created_at
    with at(300), enter(acme):
        Message.objects.filter(pk=first.pk).update(delivery="failed")
        answering.owe_again(first)
    assert [one.state for one in Clock.objects.filter(conversation=conversation)] == ["running"] * 4
    sound(acme)


def test_no_reply_needed_takes_the_next_response_out_in_the_agents_name(
    acme: Tenant, lucia: Person, paolo: Person
) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    reply(acme, lucia, conversation, 20)
    with pytest.raises(Refusal) as nothing, at(30), enter(acme):
        answering.need_no_reply(person=lucia, tenant=acme, conversation_id=conversation, client_key="n0")
    assert nothing.value.code == "nothing_owed"
    write(acme, conversation, 60)
    with pytest.raises(Refusal, match="not in your hands"), at(70), enter(acme):
        answering.need_no_reply(person=paolo, tenant=acme, conversation_id=conversation, client_key="n1")
    for _ in range(2):
        with at(80), enter(acme):
            answering.need_no_reply(person=lucia, tenant=acme, conversation_id=conversation, client_key="n2")
    [owed] = clocks_of(conversation, "next_response")
    event = owed.events.order_by("id").last()
    assert event is not None
    assert (owed.state, event.reason, event.by_id, event.cause) == ("voided", "no_reply_needed", lucia.id, "person")
    with enter(acme):
        marks = Message.objects.filter(conversation=conversation, event__code="no_reply_needed")
        assert [mark.person_id for mark in marks] == [lucia.id]
    month = Period.of_month("2026-12", acme.time_zone)
    figures = {row["code"]: row for row in attainment(acme, month, now=after(3600))["clauses"]}
    assert figures["chat_next_response"]["excluded"] == {"no_reply_needed": 1}
    write(acme, conversation, 100)
    assert [one.state for one in clocks_of(conversation, "next_response")] == ["voided", "running"]
    sound(acme)


def test_the_rate_is_by_agent_and_client(
    acme: Tenant,
    northlight: Tenant,
    lucia: Person,
    jens: Person,
    sofia: Person,
    desk_client: Callable[[Person], Client],
) -> None:
    for tenant in (acme, northlight):
        promise(tenant)
    for tenant, agent, marks in ((acme, lucia, [True, False, False]), (northlight, jens, [False])):
        conversation = begun(tenant, agent)
        reply(tenant, agent, conversation, 10)
        for place, is_marked in enumerate(marks):
            write(tenant, conversation, 100 * place + 20)
            if is_marked:
                with at(100 * place + 30), enter(tenant):
                    answering.need_no_reply(
                        person=agent, tenant=tenant, conversation_id=conversation, client_key=f"n{place}"
                    )
            else:
                reply(tenant, agent, conversation, 100 * place + 30)
    rates = answers.no_reply_rates([acme.id, northlight.id], start=MORNING, end=after(3600))
    found = {(rate.tenant, rate.agent): (rate.marked, rate.answered) for rate in rates}
    assert found == {(acme.id, lucia.id): (1, 2), (northlight.id, jens.id): (0, 1)}
    assert answers.no_reply_rates([northlight.id], start=after(3600), end=after(7200)) == []
    with at(7200):
        shown = [(row["tenant"]["id"], row["agent"], row["marked"]) for row in show_no_reply(sofia)]
    assert shown == [(acme.id, lucia.name, 1)]
    door = "/api/desk/floor/no-reply"
    assert [desk_client(person).get(door).status_code for person in (sofia, lucia)] == [200, 403]


def test_the_desk_marks_it_by_its_own_door(
    acme: Tenant, lucia: Person, paolo: Person, desk_client: Callable[[Person], Client]
) -> None:
    promise(acme)
    conversation = begun(acme, lucia)
    reply(acme, lucia, conversation, 20)
    write(acme, conversation, 60)
    door = f"/api/desk/clients/{acme.id}/conversations/{conversation}/no-reply-needed"
    body = {"client_key": "n1"}
    assert desk_client(paolo).post(door, body, content_type="application/json").status_code == 409
    assert desk_client(lucia).post(door, {}, content_type="application/json").status_code == 400
    assert desk_client(lucia).post(door, body, content_type="application/json").status_code == 200
    assert clocks_of(conversation, "next_response")[0].state == "voided"
    assert WorkItem.objects.get(conversation=conversation).state == "active"
    assert queue.open_item(conversation) is not None
