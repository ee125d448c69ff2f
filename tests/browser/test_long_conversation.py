"""A conversation of many messages at the console: opened at its end, read backwards, nothing moves under the eyes."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from conversations.models import Message
from people.models import Person
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture
from tests.conversations.shoppers import chat, say, take_in_hand
from tests.desk.test_opening_costs import lengthen

LONG = 700


def stage_one(shop: Tenant, agent: Person, until: int = LONG) -> Message:
    message = say(shop, chat("Il primo messaggio di tutti", who="visitor-long"))
    take_in_hand(message.conversation_id, agent)
    lengthen(shop, message, until)
    return message


def distance_to_end(page: Page) -> float:
    found: float = page.get_by_role("log", name="Messages").evaluate(
        "(box) => box.scrollHeight - box.scrollTop - box.clientHeight"
    )
    return found


def test_it_opens_at_its_end_and_stays_there(stage: Stage, acme: Tenant, lucia: Person) -> None:
    message = stage_one(acme, lucia)
    console = stage.window(lucia)
    console.goto(stage.url(path=f"/c/{acme.id}/{message.conversation_id}"))
    log = console.get_by_role("log", name="Messages")
    expect(log.get_by_text(f"Messaggio numero {LONG}", exact=True)).to_be_in_viewport()
    assert log.get_by_text("Messaggio numero").count() < 200
    with backstage():
        say(acme, chat("Sono ancora qui", who="visitor-long", conversation_id=message.conversation_id))
    expect(log.get_by_text("Sono ancora qui")).to_be_in_viewport()
    assert distance_to_end(console) < 80
    keep_picture(console, "long-end")


def test_what_is_read_stays_where_it_is_while_earlier_and_later_ones_come(
    stage: Stage, acme: Tenant, lucia: Person
) -> None:
    message = stage_one(acme, lucia)
    console = stage.window(lucia)
    console.goto(stage.url(path=f"/c/{acme.id}/{message.conversation_id}"))
    log = console.get_by_role("log", name="Messages")
    expect(log.get_by_text(f"Messaggio numero {LONG}", exact=True)).to_be_in_viewport()

    # By keyboard: to the top as often as it takes, until the very first stands there.
    log.focus()
    first = log.get_by_text("Il primo messaggio di tutti")
    for _ in range(60):
        console.keyboard.press("Home")
        if first.count():
            break
        console.wait_for_timeout(100)
    expect(first).to_be_visible()
    expect(log.get_by_role("button", name="Earlier messages")).to_have_count(0)
    texts = log.get_by_text(re.compile(r"^Messaggio numero \d+$")).all_text_contents()
    shown = [int(text.rsplit(" ", 1)[1]) for text in texts]
    assert shown == list(range(shown[0], LONG + 1))
    assert shown[0] <= 4, "after the first come the events of taking it in hand, then these"

    console.keyboard.press("Home")
    expect(first).to_be_in_viewport()
    before = first.bounding_box()
    with backstage():
        say(acme, chat("Sono ancora qui", who="visitor-long", conversation_id=message.conversation_id))
    below = console.get_by_role("button", name="New messages")
    expect(below).to_be_visible()
    assert first.bounding_box() == before
    below.click()
    expect(log.get_by_text("Sono ancora qui")).to_be_in_viewport()
