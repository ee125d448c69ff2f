"""Frames lost on purpose between server and browser: console and widget heal, and nothing stands there twice."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from conversations import inbound, outbound
from conversations.models import Conversation
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage
from tests.browser.test_shopper_and_agent import open_chat, write
from tests.conversations.shoppers import chat, line_of, take_in_hand


class Sieve:
    """Stands in front of one page's socket; lets nothing through while ``loses`` is set."""

    def __init__(self, page: Page, address: str) -> None:
        self.loses = False
        self.lost: list[str] = []
        page.route_web_socket(address, self._open)

    def _open(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if self.loses:
                self.lost.append(str(json.loads(frame)["type"]))
            else:
                browser.send(frame)

        server.on_message(pass_on)


def test_frames_lost_on_the_way_are_missed_by_nobody(stage: Stage, acme: Tenant, lucia: Person) -> None:
    shopper = stage.window(locale="it-IT")
    at_shopper = Sieve(shopper, "**/ws/widget/**")
    shopper.goto(stage.url(acme))
    open_chat(shopper)
    write(shopper, "Buongiorno")
    # It stands there at once; its case number comes once it is stored.
    expect(shopper.get_by_text(re.compile(r"AC-\d+")).first).to_be_visible()
    with backstage(), enter(acme):
        conversation = Conversation.objects.select_related("customer").get()
    with backstage():
        take_in_hand(conversation.id, lucia)
    console = stage.window(lucia)
    at_console = Sieve(console, "**/ws/desk/")
    console.goto(stage.url(path=f"/c/{acme.id}/{conversation.id}"))
    log = console.get_by_role("log", name="Messages")
    expect(log).to_contain_text("Buongiorno")

    at_console.loses = at_shopper.loses = True
    _both_speak(acme, lucia, conversation, 1)
    shopper.wait_for_timeout(500)
    console.wait_for_timeout(500)
    assert "message.added" in at_console.lost
    assert "message.added" in at_shopper.lost
    expect(log).not_to_contain_text("risposta 1")
    at_console.loses = at_shopper.loses = False
    _both_speak(acme, lucia, conversation, 2)

    for number in (1, 2):
        for page in (log, shopper.get_by_role("dialog", name="Acme Shoes")):
            for said in (f"domanda {number}", f"risposta {number}"):
                expect(page.get_by_text(said, exact=True)).to_have_count(1)


def _both_speak(tenant: Tenant, person: Person, conversation: Conversation, number: int) -> None:
    by: dict[str, Any] = {"person": person, "tenant": tenant, "conversation_id": conversation.id}
    with backstage(), enter(tenant):
        address = conversation.customer.identities.get(kind="widget").address
        incoming = chat(f"domanda {number}", who=address)
        inbound.receive(tenant=tenant, line=line_of(tenant), incoming=incoming)
        outbound.note(**by, text=f"nota {number}", client_key=f"n{number}")
        outbound.reply(**by, text=f"risposta {number}", client_key=f"r{number}")
