"""An agent asks the client; a manager answers in the portal, or by the mail's link; the agent sees it at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from conversations.approval_links import token_for
from conversations.approval_models import Approval, ApprovalLetter
from kernel.tenancy import enter
from people.models import Person
from sla_contracts.checking import check_clocks
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture, overflow, violations
from tests.desk.asked import clock_of
from tests.desk.shop import give, write

ASKED = "Rimborsare 80 € fuori termine?"


def ask(page: Page) -> None:
    """The agent, on the opened conversation."""
    page.get_by_role("button", name="Ask the client…").click()
    dialog = page.get_by_role("dialog", name="Ask Acme Shoes")
    dialog.get_by_label("What is asked").fill(ASKED)
    dialog.get_by_label("What the client should know").fill("Il cliente compra da noi dal 2019.")
    dialog.get_by_label("Amount").fill("80")
    assert violations(page) == []
    keep_picture(page, "ask-dialog")
    dialog.get_by_role("button", name="Ask Acme Shoes").click()
    expect(page.get_by_text("Waiting for Acme Shoes:")).to_be_visible()


def test_the_agent_asks_and_a_manager_approves_in_the_portal(
    stage: Stage, acme: Tenant, lucia: Person, carla: Person
) -> None:
    said = write(acme)
    give(said, lucia)
    portal, desk = stage.window(carla, acme), stage.window(lucia)
    portal.goto(stage.url(acme, "/portal/approvals"))
    expect(portal.get_by_text("Nothing waits for you")).to_be_visible()
    desk.goto(stage.url(path=f"/c/{acme.id}/{said.conversation_id}"))
    ask(desk)
    expect(desk.get_by_text("waiting for client").first).to_be_visible()
    assert violations(desk) == []
    keep_picture(desk, "asked-desk")

    row = portal.get_by_role("link").filter(has_text=ASKED)
    expect(row).to_be_visible()  # nobody reloaded
    expect(portal.get_by_label("1 open")).to_be_visible()
    assert violations(portal) == []
    keep_picture(portal, "approvals-open")
    row.click()
    expect(portal.get_by_text("Il cliente compra da noi dal 2019.")).to_be_visible()
    send = portal.get_by_role("button", name="Approve", exact=True)
    expect(send).to_be_disabled()
    portal.get_by_role("radio", name="Approve").check()
    portal.get_by_label("Comment for the team").fill("Sì, eccezione concessa.")
    assert violations(portal) == []
    keep_picture(portal, "approval-answer")
    send.click()
    expect(portal.get_by_text(f"{carla.name} approved")).to_be_visible()

    expect(desk.get_by_text("said yes")).to_be_visible()
    expect(desk.get_by_text("eccezione concessa")).to_be_visible()
    expect(desk.get_by_text("Waiting for Acme Shoes:")).to_be_hidden()
    keep_picture(desk, "answered-desk")
    with backstage():
        assert clock_of(said, "resolution").state == "running"
        assert check_clocks(conversation_ids=[said.conversation_id]).wrong == {}


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_manager_answers_by_the_link_of_the_mail(
    stage: Stage, acme: Tenant, lucia: Person, carla: Person, size: str
) -> None:
    said = write(acme)
    give(said, lucia)
    desk = stage.window(lucia)
    desk.goto(stage.url(path=f"/c/{acme.id}/{said.conversation_id}"))
    ask(desk)
    with backstage(), enter(acme):
        token = token_for(acme, ApprovalLetter.objects.get().pk)
    link = stage.url(acme, f"/portal/answer#{token}")
    page = stage.window(size=size)
    page.goto(link)
    expect(page.get_by_text(ASKED)).to_be_visible()
    assert token not in page.url
    with backstage(), enter(acme):
        assert Approval.objects.get().state == "open"  # opening it answered nothing
    assert (violations(page), overflow(page)) == ([], 0)
    keep_picture(page, f"answer-link-{size}")
    page.get_by_role("radio", name="Deny").check()
    page.get_by_label("Comment for the team").fill("No, mi spiace.")
    page.get_by_role("button", name="Deny", exact=True).click()
    expect(page.get_by_text("The team has your answer")).to_be_visible()
    expect(desk.get_by_text(re.compile("said no"))).to_be_visible()
    again = stage.window(size=size)
    again.goto(link)
    expect(again.get_by_text("This link is worth nothing any more")).to_be_visible()
    keep_picture(again, f"answer-gone-{size}")


def test_the_inbox_on_a_phone(stage: Stage, acme: Tenant, lucia: Person, carla: Person) -> None:
    said = write(acme)
    give(said, lucia)
    desk = stage.window(lucia)
    desk.goto(stage.url(path=f"/c/{acme.id}/{said.conversation_id}"))
    ask(desk)
    page = stage.window(carla, acme, size="phone")
    page.goto(stage.url(acme, "/portal/"))
    expect(page.get_by_text("One question waits for your answer.")).to_be_visible()
    keep_picture(page, "overview-phone")
    page.get_by_role("link", name="See", exact=True).click()
    page.get_by_role("link").filter(has_text=ASKED).click()
    expect(page.get_by_role("radio", name="Ask for more")).to_be_visible()
    assert (violations(page), overflow(page)) == ([], 0)
    keep_picture(page, "approval-phone")
