"""Mails made to attack whoever reads them, opened in the console: nothing runs, and nothing is fetched."""

from __future__ import annotations

import re
import warnings
from email.utils import formataddr
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from carriers.email import email
from conversations import inbound
from conversations.models import Message
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Line, Tenant
from tests.browser.stage import Stage, backstage, keep_picture
from tests.carriers.letters import OWN_PAYLOADS, hostile_html, letter

BATCH = 28  # fewer than a shop takes from one sender in ten minutes
RAN = "a script of the mail ran"
# In every frame where scripts run: what the payloads call says so to the console, also where dialogs are off.
_TRAP = f"""
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => console.log({RAN!r});
Object.defineProperty(window, "__pwned", {{ set: () => console.log({RAN!r}) }});
"""
_FRAMES_READY = """() => [...document.querySelectorAll("iframe")].map((frame) => frame.contentDocument).every(
  (mail) => mail?.readyState === "complete" && mail.querySelector("meta[name=referrer]"))"""
_ADDRESSES = """() => [...document.querySelectorAll("iframe")].flatMap((frame) =>
  [...frame.contentDocument.querySelectorAll("[href], [action], [formaction]")].map((each) =>
    each.getAttribute("href") ?? each.getAttribute("action") ?? each.getAttribute("formaction")))"""


def take_in(shop: Tenant, batch: int, payloads: list[str]) -> UUID:
    """One conversation of one mail for each payload, which stands in its HTML, its text and its subject."""
    line = Line.objects.select_related("tenant").get(tenant=shop, carrier="email")
    conversation: UUID | None = None
    for number, payload in enumerate(payloads):
        told = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", f"{number}. " + " ".join(payload.splitlines()))[:120]
        sender = formataddr(("<img src=x onerror=alert(1)>", f"{batch}@post.example"))
        headers = {"In-Reply-To": f"<{batch}.0@post.example>"} if number else {}
        mail_id = f"<{batch}.{number}@post.example>"
        mail = letter(
            told, sender=sender, to=line.address, subject=told, mail_id=mail_id, html=payload, headers=headers
        )
        receipt = inbound.accept(line=line, external_id=email.external_id(mail), payload=mail)
        with enter(shop):
            message = inbound.take_in(shop, receipt.id)
            receipt.refresh_from_db()
            assert message is not None, (payload, receipt.state, receipt.error)
            conversation = conversation or message.conversation_id
            assert message.conversation_id == conversation
    assert conversation is not None
    return conversation


def watch(stage: Stage, person: Person | None, shop: Tenant | None = None) -> Page:
    page = stage.window(person, shop)
    page.context.add_init_script(_TRAP)

    def hear(said: ConsoleMessage) -> None:
        if RAN in said.text:
            stage.faults.append(said.text)

    page.on("console", hear)
    return page


def test_the_trap_springs(stage: Stage, sofia: Person) -> None:
    page = watch(stage, sofia)
    page.goto("about:blank")  # every page of ours forbids what is tried here
    page.set_content("<img src=data:, onerror=alert(1)><img src='http://evil.example/p.gif'>")
    page.wait_for_function("() => document.images[1].complete")
    assert sorted(stage.faults) == [RAN, "fetched http://evil.example/p.gif"]
    stage.faults.clear()


@pytest.mark.parametrize("cleaned", [True, False], ids=["as taken in", "as if never cleaned"])
def test_nothing_runs_and_nothing_is_fetched(stage: Stage, acme: Tenant, sofia: Person, cleaned: bool) -> None:
    payloads = hostile_html()
    if len(payloads) == len(OWN_PAYLOADS):
        warnings.warn("shared/data/hostile_html.json is absent: using this project's own short list", stacklevel=1)
    batches = [payloads[start : start + BATCH] for start in range(0, len(payloads), BATCH)]
    opened: list[tuple[UUID, int]] = []
    for number, batch in enumerate(batches):
        conversation = take_in(acme, number, batch)
        with enter(acme):
            if not cleaned:
                _undo_cleaning(conversation, batch)
            shown = Message.objects.filter(conversation=conversation, direction="in").exclude(html="").count()
        opened.append((conversation, shown))
    page = watch(stage, sofia)
    for conversation, shown in opened:
        page.goto(stage.url(path=f"/c/{acme.id}/{conversation}"))
        expect(page.get_by_role("log", name="Messages").locator("iframe")).to_have_count(shown)
        page.wait_for_function(_FRAMES_READY)
        addresses: list[Any] = page.evaluate(_ADDRESSES)
        assert stage.faults == []
        if cleaned:
            assert all(re.match(r"(https?:|mailto:|tel:)", str(address)) for address in addresses), addresses
        _read_as_text(page)
    keep_picture(page, f"hostile-{'cleaned' if cleaned else 'raw'}")
    with backstage(), enter(acme):
        assert Message.objects.filter(direction="in").count() == len(payloads)


def _undo_cleaning(conversation: UUID, batch: list[str]) -> None:
    """The second wall alone: the frame without scripts and its policy."""
    for message, payload in zip(
        Message.objects.filter(conversation=conversation, direction="in").order_by("seq"), batch, strict=True
    ):
        message.html = payload.replace("\0", "")
        message.save(update_fields=["html"])


def _read_as_text(page: Page) -> None:
    """Every mail as text, too."""
    buttons = page.get_by_role("button", name="Show as text")
    while buttons.count():
        buttons.first.click()
