"""A shopper writes, an agent answers: the widget, the dispatcher and the console together, and over a lost line."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from conversations.models import Conversation, Message
from kernel.tenancy import enter
from people.models import Person
from routing.models import AgentState, Offer
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture
from tests.world import PASSWORD

QUESTION = "Buongiorno, dov'è il mio ordine? L'ho pagato due settimane fa e non è ancora arrivato."
ANSWER = "Buongiorno! Il pacco è partito ieri, lo riceve domani mattina."
THANKS = "Perfetto, grazie mille."
REPLY = re.compile("^Write to")


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def go_available(page: Page) -> None:
    page.get_by_role("button", name="Go available").click()
    expect(page.get_by_role("button", name="Set your state")).to_contain_text("Available")


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="Apri la chat").click()
    expect(page.get_by_role("dialog", name="Acme Shoes")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Scriva il suo messaggio").fill(text)
    page.get_by_role("button", name="Invia").click()


def test_a_shopper_writes_in_italian_and_an_agent_answers(
    stage: Stage, acme: Tenant, lucia: Person, nora: Person
) -> None:
    stage.stack.start_dispatcher()
    console, other = stage.window(), stage.window(nora)
    console.goto(stage.url())
    sign_in(console, lucia.email)
    go_available(console)
    other.goto(stage.url())
    go_available(other)

    shopper = stage.window(locale="it-IT")
    shopper.goto(stage.url(acme))
    open_chat(shopper)
    write(shopper, QUESTION)

    expect(console.get_by_role("button", name="Accept")).to_be_visible()
    offer = console.get_by_role("listitem").filter(has=console.get_by_role("button", name="Accept"))
    expect(offer).to_contain_text("Acme Shoes")
    expect(offer).to_contain_text("Italian")
    expect(offer).to_contain_text("dov'è il mio ordine")
    expect(offer.get_by_title(re.compile(r"^\d+ s to accept$"))).to_have_text(re.compile(r"^0:\d\d$"))
    keep_picture(console, "journey-offer")
    console.keyboard.press("Enter")

    messages = console.get_by_role("log", name="Messages")
    expect(messages).to_contain_text(QUESTION)
    number = _case_number(acme)
    expect(console.get_by_role("button", name=number)).to_be_visible()
    expect(console.get_by_role("button", name=re.compile("^first reply"))).to_be_visible()
    expect(console.get_by_role("button", name=re.compile("^resolve"))).to_be_visible()
    card = console.get_by_role("complementary", name="Customer and shop")
    expect(card.get_by_role("button", name="Customer", exact=True)).to_be_visible()
    expect(card).to_contain_text("Italian")

    box = console.get_by_role("textbox", name=REPLY)
    expect(box).to_be_focused()
    console.keyboard.type(ANSWER)
    expect(shopper.get_by_text("sta scrivendo")).to_be_visible()
    console.keyboard.press("Control+Enter")
    expect(box).to_have_value("")
    expect(messages).to_contain_text(ANSWER)
    keep_picture(console, "journey-answered")

    said = shopper.get_by_role("log", name="Conversazione")
    expect(said).to_contain_text(ANSWER)
    expect(shopper.get_by_text(f"Caso {number}")).to_be_visible()
    expect(shopper.get_by_text("La segue Lucia A.")).to_be_visible()
    write(shopper, THANKS)
    expect(messages).to_contain_text(THANKS)
    keep_picture(shopper, "journey-widget")

    console.keyboard.press("Escape")
    console.keyboard.press("r")
    expect(box).to_be_focused()
    console.keyboard.press("Escape")
    console.keyboard.press("e")
    dialog = console.get_by_role("dialog", name=f"Close {number}")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    console.keyboard.press("2")
    expect(dialog.get_by_role("radio", name="Late delivery")).to_be_checked()
    console.keyboard.press("Enter")
    expect(console.get_by_text(f"{number} closed")).to_be_visible()
    expect(shopper.get_by_text("Questo caso è chiuso.")).to_be_visible()

    with backstage():
        with enter(acme):
            conversation = Conversation.objects.get()
            kept = conversation.messages.filter(direction__in=("in", "out")).order_by("seq")
            texts = list(kept.values_list("text", flat=True))
        offered = set(Offer.objects.values_list("agent__email", flat=True))
        status = AgentState.objects.get(person=nora).status
    assert (conversation.status, conversation.contact_reason) == ("closed", "delivery_late")
    assert texts == [QUESTION, ANSWER, THANKS]
    assert (offered, status) == ({lucia.email}, "available")
    expect(other.get_by_text("All answered")).to_be_visible()


def test_what_an_agent_writes_without_a_line_is_sent_once_when_it_is_back(
    stage: Stage, acme: Tenant, paolo: Person
) -> None:
    stage.stack.start_dispatcher()
    console = stage.window(paolo)
    console.goto(stage.url())
    go_available(console)
    shopper = stage.window(locale="it-IT")
    shopper.goto(stage.url(acme))
    open_chat(shopper)
    write(shopper, QUESTION)
    console.get_by_role("button", name="Accept").click()
    box = console.get_by_role("textbox", name=REPLY)
    expect(box).to_be_visible()

    console.context.set_offline(True)
    expect(console.get_by_text("No connection. What you write is kept")).to_be_visible()
    box.fill(ANSWER)
    console.keyboard.press("Control+Enter")
    kept = console.get_by_text("kept; goes out when the connection is back")
    expect(kept).to_be_visible()
    box.fill("Una bozza")
    keep_picture(console, "offline-console")
    console.context.set_offline(False)
    expect(kept).to_be_hidden()
    expect(shopper.get_by_role("log", name="Conversazione")).to_contain_text(ANSWER)
    expect(box).to_have_value("Una bozza")
    expect(console.get_by_role("log", name="Messages").get_by_text(ANSWER)).to_have_count(1)
    console.reload()
    expect(box).to_have_value("Una bozza")

    shopper.context.set_offline(True)
    write(shopper, THANKS)
    expect(shopper.get_by_text("Conservato, parte quando torna la connessione")).to_be_visible()
    keep_picture(shopper, "offline-widget")
    shopper.context.set_offline(False)
    expect(console.get_by_role("log", name="Messages")).to_contain_text(THANKS)
    expect(shopper.get_by_role("log", name="Conversazione").get_by_text(THANKS)).to_have_count(1)
    with backstage(), enter(acme):
        texts = list(Message.objects.filter(direction__in=("in", "out")).order_by("seq").values_list("text", flat=True))
    assert texts == [QUESTION, ANSWER, THANKS]


def _case_number(tenant: Tenant) -> str:
    with backstage(), enter(tenant):
        return str(Conversation.objects.get().case_number)
