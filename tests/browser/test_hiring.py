"""Somebody is hired, chooses a password by the mailed link, is accredited, and signs in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from playwright.sync_api import expect

from people.models import Person
from people.tasks import post_invitations
from routing.models import AgentState
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture
from tests.live_stack import LiveStack

EMAIL, PASSWORD = "nadia@bpo.example", "a-lamp-behind-the-harbour-4"


@pytest.fixture
def nobody_stays(live_stack: LiveStack) -> Iterator[None]:
    yield
    with backstage():
        for person in Person.objects.filter(email=EMAIL):
            AgentState.objects.filter(person=person).delete()
            for rows in (person.memberships, person.accreditations, person.skills, person.invitations):
                rows.all().delete()
            Person.objects.filter(pk=person.pk).update(email=f"{person.pk}@gone.example")


def test_from_hiring_to_the_first_sign_in(
    stage: Stage, acme: Tenant, northlight: Tenant, omar: Person, nobody_stays: None
) -> None:
    page = stage.window(omar)
    page.goto(stage.url(path="/people"))
    page.get_by_role("button", name="Hire somebody").click()
    dialog = page.get_by_role("dialog", name="Hire somebody")
    dialog.get_by_label("Name").fill("Nadia Roca")
    dialog.get_by_label("E-mail").fill(EMAIL)
    dialog.get_by_role("button", name="Hire and send the link").click()
    expect(page.get_by_role("heading", name="Nadia Roca")).to_be_visible()
    expect(page.get_by_text("no password yet · link open")).to_be_visible()

    page.get_by_role("button", name="Grant accreditation…").click()
    dialog = page.get_by_role("dialog", name="Grant accreditation")
    dialog.get_by_label("Client").select_option(label="Acme Shoes")
    dialog.get_by_role("button", name="Grant accreditation").click()
    row = page.get_by_role("table", name="Accreditations").get_by_role("row").filter(has_text="Acme Shoes")
    expect(row).to_contain_text("for good")
    keep_picture(page, "journey-hired")

    with backstage():
        mail.outbox = []
        post_invitations()
        found = re.search(r"/set-password#(\S+)", str(mail.outbox[-1].body))
    assert found and mail.outbox[-1].to == [EMAIL]
    theirs = stage.window()
    theirs.goto(stage.url(path=f"/set-password#{found[1]}"))
    theirs.get_by_label("New password").fill(PASSWORD)
    theirs.get_by_role("button", name="Save password").click()
    expect(theirs.get_by_text("Your password is set.")).to_be_visible()
    assert found[1] not in theirs.url
    theirs.get_by_role("link", name="Back to sign-in").click()
    theirs.get_by_label("E-mail").fill(EMAIL)
    theirs.get_by_label("Password").fill(PASSWORD)
    theirs.get_by_role("button", name="Sign in").click()
    expect(theirs.get_by_role("navigation")).to_be_visible()
    theirs.goto(stage.url(path="/profile"))
    clients = theirs.get_by_role("list", name="Clients")
    expect(clients).to_contain_text("Acme Shoes")
    expect(clients).not_to_contain_text("Northlight")
    theirs.goto(stage.url(path="/people"))
    expect(theirs).to_have_url(stage.url(path="/profile"))  # no operator's page for an agent
