"""Writing at the console: drafts, undo, scheduling, collisions, notes that name a colleague, what a shopper types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from conversations.models import Message
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture, violations
from tests.browser.test_shopper_and_agent import open_chat
from tests.conversations.shoppers import mail, say, take_in_hand
from tests.desk.shop import give, write

BOX = re.compile("^Write to")
NOTE = "Write a note for colleagues"


def in_hand(acme: Tenant, person: Person) -> UUID:
    """A mail in the agent's hands."""
    conversation = say(acme, mail(external_id="<in@x>")).conversation_id
    take_in_hand(conversation, person)
    return conversation


def open_talk(page: Page, stage: Stage, tenant: Tenant, conversation: UUID) -> None:
    page.goto(stage.url(path=f"/c/{tenant.id}/{conversation}"))
    expect(page.get_by_role("log", name="Messages")).to_be_visible()


def answers(tenant: Tenant) -> list[str]:
    with backstage(), enter(tenant):
        rows = Message.objects.filter(direction="out", author="agent").order_by("seq")
        return list(rows.values_list("text", flat=True))


def test_a_mail_is_undone_changed_and_leaves_once_also_over_a_restart(
    stage: Stage, acme: Tenant, lucia: Person
) -> None:
    conversation = in_hand(acme, lucia)
    stage.stack.start_worker(beat=True)
    page = stage.window(lucia)
    open_talk(page, stage, acme, conversation)
    box = page.get_by_role("textbox", name=BOX)
    page.keyboard.press("r")
    page.keyboard.type("Arriva domani.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"^leaves in \d+ s$"))).to_be_visible()
    expect(box).to_have_value("")
    keep_picture(page, "writing-undo")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.get_by_text("Not sent; it is in the box again.")).to_be_visible()
    expect(box).to_have_value("Arriva domani.")
    assert answers(acme) == []
    box.press("End")
    box.press_sequentially(" Saluti.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile(r"^leaves (in \d+ s|now)$"))).to_be_visible()
    stage.stack.kill_web()
    box.press_sequentially("Scritto senza server")
    with backstage():
        stage.stack.start_web()
    expect(page.get_by_text(re.compile("^leaves"))).to_be_hidden(timeout=30_000)
    expect(page.get_by_role("log", name="Messages")).to_contain_text("Arriva domani. Saluti.")
    assert answers(acme) == ["Arriva domani. Saluti."]
    expect(box).to_have_value("Scritto senza server")


def test_a_draft_is_there_on_another_machine_and_two_windows_do_not_fight(
    stage: Stage, acme: Tenant, lucia: Person
) -> None:
    conversation = in_hand(acme, lucia)
    first, second = stage.window(lucia), stage.window(lucia)
    open_talk(first, stage, acme, conversation)
    box = first.get_by_role("textbox", name=BOX)
    with first.expect_response(re.compile("/draft$")):
        box.press_sequentially("Buongiorno")
    open_talk(second, stage, acme, conversation)
    there = second.get_by_role("textbox", name=BOX)
    expect(there).to_have_value("Buongiorno")
    with second.expect_response(re.compile("/draft$")):
        there.press("End")
        there.press_sequentially(" Maria")
    expect(box).to_have_value("Buongiorno Maria")
    first.context.set_offline(True)
    box.press("End")
    box.press_sequentially(", eccomi")
    with second.expect_response(re.compile("/draft$")):
        there.press_sequentially(" Rossi")
    first.context.set_offline(False)
    rival = first.get_by_role("alert")
    expect(rival).to_contain_text("Another window of yours changed this draft.")
    keep_picture(first, "writing-rival")
    rival.get_by_role("button", name="Keep this one").click()
    expect(there).to_have_value("Buongiorno Maria, eccomi")
    expect(box).to_have_value("Buongiorno Maria, eccomi")


def test_an_answer_asks_first_when_the_customer_wrote_meanwhile(stage: Stage, acme: Tenant, lucia: Person) -> None:
    conversation = in_hand(acme, lucia)
    page = stage.window(lucia)
    open_talk(page, stage, acme, conversation)
    box = page.get_by_role("textbox", name=BOX)
    box.press_sequentially("Arriva domani.")
    with backstage():
        say(acme, mail("È già arrivato, grazie!", thread_refs=("<in@x>",)))
    expect(page.get_by_role("log", name="Messages")).to_contain_text("È già arrivato")
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Something was written meanwhile")
    expect(dialog).to_contain_text("È già arrivato, grazie!")
    assert violations(page) == []
    keep_picture(page, "writing-collision")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(box).to_have_value("Arriva domani.")
    box.focus()
    page.keyboard.press("Control+Enter")
    dialog.get_by_role("button", name="Send anyway").click()
    expect(page.get_by_text(re.compile(r"^leaves in \d+ s$"))).to_be_visible()


def test_a_reply_is_scheduled_by_keyboard_and_cancelled(stage: Stage, acme: Tenant, lucia: Person) -> None:
    conversation = in_hand(acme, lucia)
    page = stage.window(lucia)
    open_talk(page, stage, acme, conversation)
    page.get_by_role("button", name="Subject and recipients…").press("Enter")
    page.get_by_label("Cc").fill("capo")
    expect(page.get_by_text("capo is no mail address.")).to_be_visible()
    box = page.get_by_role("textbox", name=BOX)
    box.fill("Buon lunedì!")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.get_by_label("Cc").fill("capo@acme.example")
    page.get_by_role("button", name="Send later…").press("Enter")
    dialog = page.get_by_role("dialog", name="Send later")
    dialog.get_by_role("button", name="Monday at 9:00").press("Enter")
    assert violations(page) == []
    keep_picture(page, "writing-later")
    dialog.get_by_role("button", name="Send then").press("Enter")
    held = page.get_by_role("article", name=re.compile("not sent yet"))
    expect(held).to_contain_text("Buon lunedì!")
    expect(held.get_by_text(re.compile("^leaves .*9:00"))).to_be_visible()
    assert violations(page) == []
    keep_picture(page, "writing-scheduled")
    held.get_by_role("button", name="Cancel").press("Enter")
    expect(box).to_have_value("Buon lunedì!")
    expect(page.get_by_label("Cc")).to_have_value("capo@acme.example")
    assert answers(acme) == []


def test_a_colleague_is_named_in_a_note_and_finds_it(stage: Stage, acme: Tenant, lucia: Person, paolo: Person) -> None:
    conversation = give(write(acme), lucia).conversation
    other = stage.window(paolo)
    other.goto(stage.url())
    page = stage.window(lucia)
    open_talk(page, stage, acme, conversation)
    page.keyboard.press("n")
    box = page.get_by_role("textbox", name=NOTE)
    page.keyboard.type("Mira @pao")
    expect(page.get_by_role("option", name="Paolo P.")).to_be_visible()
    assert violations(page) == []
    keep_picture(page, "writing-naming")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Mira @Paolo P. ")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("log", name="Messages").get_by_text("@Paolo P.")).to_be_visible()
    expect(other.get_by_role("link", name="Mentions: 1 new")).to_be_visible()
    other.keyboard.press("g")
    other.keyboard.press("m")
    row = other.get_by_role("link", name=re.compile("Lucia L. named you"))
    expect(row).to_contain_text("Mira @Paolo P.")
    expect(row).to_contain_text("new")
    assert violations(other) == []
    keep_picture(other, "writing-mentions")
    row.press("Enter")
    expect(other.get_by_role("log", name="Messages")).to_contain_text("Mira @Paolo P.")
    expect(other.get_by_role("link", name="Mentions", exact=True)).to_be_visible()


@pytest.fixture
def peeked(acme: Tenant) -> Iterator[Tenant]:
    """Acme lets its agents see what shoppers type."""
    Tenant.objects.filter(pk=acme.pk).update(sneak_peek=True)
    yield Tenant.objects.get(pk=acme.pk)
    with backstage():
        Tenant.objects.filter(pk=acme.pk).update(sneak_peek=False)


def test_what_a_shopper_types_is_seen_where_the_chat_says_so(
    stage: Stage, peeked: Tenant, northlight: Tenant, paolo: Person
) -> None:
    queue.set_status(person=paolo, status="available")
    stage.stack.start_dispatcher()
    shopper = stage.window(locale="it-IT")
    shopper.goto(stage.url(peeked))
    open_chat(shopper)
    expect(shopper.get_by_text("Il team vede ciò che scrive prima dell'invio.")).to_be_visible()
    box = shopper.get_by_role("textbox", name="Scriva il suo messaggio")
    box.fill("Buongiorno")
    shopper.keyboard.press("Enter")
    page = stage.window(paolo)
    page.goto(stage.url())
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("log", name="Messages")).to_contain_text("Buongiorno")
    box.press_sequentially("Vorrei restituire le scarpe")
    expect(page.get_by_text("Vorrei restituire le scarpe")).to_be_visible()
    keep_picture(page, "writing-peek")
    box.fill("")
    expect(page.get_by_text("Vorrei restituire le scarpe")).to_be_hidden()
    other = stage.window(locale="de-DE")
    other.goto(stage.url(northlight))
    other.get_by_role("button", name="Chat öffnen").click()
    expect(other.get_by_role("textbox")).to_be_visible()
    expect(other.get_by_text("Das Team sieht, was Sie schreiben")).to_have_count(0)


def test_too_much_at_once_is_refused_and_nothing_is_lost(stage: Stage, acme: Tenant, lucia: Person) -> None:
    conversation = give(write(acme), lucia).conversation
    page = stage.window(lucia)
    open_talk(page, stage, acme, conversation)
    box = page.get_by_role("textbox", name=BOX)
    box.fill("Il mio testo")
    page.evaluate(_PASTE, 10 * 1024 * 1024)
    expect(page.get_by_text("Nothing was pasted, your text is as it was.")).to_be_visible()
    expect(box).to_have_value("Il mio testo")
    page.evaluate(_DROP, 200)
    expect(page.get_by_text("190 files were left out")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Remove f\d+\.txt$"))).to_have_count(10)
    page.get_by_role("button", name="Emoji").press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile("^Il mio testo😀$"))
    keep_picture(page, "writing-too-much")


_PASTE = """(chars) => {
  const data = new DataTransfer();
  data.setData("text/plain", "x".repeat(chars));
  document.querySelector("textarea").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
_DROP = """(count) => {
  const data = new DataTransfer();
  for (let n = 0; n < count; n += 1) data.items.add(new File(["x"], `f${n}.txt`, { type: "text/plain" }));
  document.querySelector("textarea").dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
