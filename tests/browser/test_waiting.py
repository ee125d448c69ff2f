"""A shopper waits: their place and how long, a call or a mail instead, the way back; and what the desk sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from conversations.models import Conversation
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import Queue, WorkItem
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture, overflow, violations
from tests.browser.test_shopper_and_agent import QUESTION, open_chat, write
from tests.conversations.shoppers import chat, say
from tests.desk.test_waiting_room import busy
from tests.live_stack import LiveStack

MAIL = "maria@example.com"


@pytest.fixture(autouse=True)
def _queues_as_they_were(live_stack: LiveStack) -> Iterator[None]:
    """Queues outlive a test here."""
    yield
    with backstage():
        chats = Queue.objects.filter(code="chat")
        chats.update(keeps_hours=False, openings=[], long_wait_seconds=300, offer_seconds=15, preferred_seconds=30)


def wait_in_line(stage: Stage, tenant: Tenant, size: str) -> Page:
    shopper = stage.window(size=size, locale="it-IT", timezone_id="Europe/Rome")
    shopper.goto(stage.url(tenant))
    open_chat(shopper)
    write(shopper, QUESTION)
    return shopper


def only(tenant: Tenant) -> UUID:
    with backstage(), enter(tenant):
        return Conversation.objects.latest("opened_at").pk


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_shopper_sees_the_line_move_and_has_the_answer_by_mail(
    stage: Stage, acme: Tenant, northlight: Tenant, paolo: Person, size: str
) -> None:
    busy(paolo, acme, "it", 720)
    ahead = say(acme, chat(QUESTION, who="ahead")).conversation_id
    shopper = wait_in_line(stage, acme, size)
    strip = shopper.locator(".strip-state")
    expect(strip).to_have_text("È il numero 2 in coda, circa 6 minuti")
    instead = shopper.locator(".instead")
    expect(instead).to_be_visible()
    keep_picture(shopper, f"waiting-long-{size}")
    assert overflow(shopper) == 0
    assert violations(shopper) == []
    with backstage():
        item = queue.open_item(ahead)
        assert item is not None
        queue.abandon(item.id)
    # Three minutes is not long at this shop: nothing is offered any more.
    expect(strip).to_have_text("È il numero 1 in coda, circa 3 minuti")
    expect(instead).to_be_hidden()
    with backstage():
        Queue.objects.filter(tenant=acme, code="chat").update(long_wait_seconds=60)
    instead.get_by_role("button", name="Rispondetemi per e-mail").click()
    instead.get_by_label("La sua e-mail").fill("maria@")
    expect(instead.get_by_role("button", name="Ricevere la risposta per e-mail")).to_be_disabled()
    instead.get_by_label("La sua e-mail").fill(MAIL)
    instead.get_by_role("button", name="Ricevere la risposta per e-mail").click()
    expect(instead).to_contain_text(f"Le rispondiamo a {MAIL}")
    keep_picture(shopper, f"waiting-mail-{size}")
    instead.get_by_role("button", name="Preferisco continuare ad aspettare in chat").click()
    expect(strip).to_have_text("È il numero 1 in coda, circa 3 minuti")
    with backstage():
        assert WorkItem.objects.get(conversation=only(acme)).queue.code == "chat"


def test_a_call_is_asked_for_on_a_phone_and_the_agent_is_told_number_and_time(
    stage: Stage, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    shopper = wait_in_line(stage, acme, "phone")
    # Nobody is at work: how long cannot be said, and one need not stay to find out.
    expect(shopper.locator(".strip-state")).to_contain_text("non possiamo ancora dire quanto")
    instead = shopper.locator(".instead")
    instead.get_by_role("button", name="Richiamatemi").click()
    instead.get_by_label("Il suo numero di telefono").fill("dopo le sei")
    instead.get_by_role("button", name="Chiedere la chiamata").click()
    expect(instead.get_by_role("alert")).to_have_text("Non sembra un numero di telefono.")
    instead.get_by_label("Il suo numero di telefono").fill("+39 055 123 4567")
    keep_picture(shopper, "waiting-call")
    assert overflow(shopper) == 0
    instead.get_by_role("button", name="Chiedere la chiamata").click()
    expect(instead).to_contain_text("La chiamiamo al +390551234567")
    expect(shopper.get_by_role("log")).to_contain_text("La chiameremo al +390551234567")
    keep_picture(shopper, "waiting-called")
    with backstage():
        item = queue.open_item(only(acme))
        assert item is not None
        queue.set_status(person=lucia, status="available")
        assert queue.offer(work_item_id=item.id, agent_id=lucia.pk) == queue.Outcome.MADE
        queue.accept(person=lucia, work_item_id=item.id)
    console = stage.window(lucia)
    console.goto(stage.url(path=f"/c/{acme.id}/{item.conversation}"))
    note = console.get_by_role("note")
    expect(note).to_contain_text("Call the customer:")
    expect(note.get_by_role("link", name="+390551234567")).to_have_attribute("href", "tel:+390551234567")
    keep_picture(console, "waiting-promised")
    # The way back is closed by now.
    expect(instead.get_by_role("button")).to_have_count(0)


def test_an_operator_sets_a_queue_in_the_clients_own_zone(
    stage: Stage, acme: Tenant, northlight: Tenant, omar: Person
) -> None:
    desk = stage.window(omar)
    desk.goto(stage.url(path=f"/shops/{acme.id}"))
    queues = desk.get_by_role("region", name="Queues")
    expect(queues).to_contain_text("Europe/Rome")
    form = queues.get_by_role("form").first
    form.get_by_label("Keep the contract's hours").check()
    form.get_by_text("The next openings").click()
    expect(form.get_by_role("listitem").first).to_contain_text(re.compile(r"\d\d:\d\d – 22:00"))
    form.get_by_label("Seconds of an offer").fill("2")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_label("Seconds of an offer")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Seconds of an offer").fill("25")
    form.get_by_label("A long wait, seconds").fill("120")
    keep_picture(desk, "queues-wide")
    form.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Saved. It holds within half a minute.")).to_be_visible()
    with backstage():
        row = Queue.objects.get(tenant=acme, code="chat")
        assert (row.keeps_hours, row.offer_seconds, row.long_wait_seconds) == (True, 25, 120)
        assert not Queue.objects.get(tenant=northlight, code="chat").keeps_hours
    phone = stage.window(omar, size="phone")
    phone.goto(stage.url(path=f"/shops/{acme.id}"))
    expect(phone.get_by_role("region", name="Queues").get_by_role("form").first).to_be_visible()
    phone.get_by_role("region", name="Queues").scroll_into_view_if_needed()
    keep_picture(phone, "queues-phone")
    assert overflow(phone) == 0
