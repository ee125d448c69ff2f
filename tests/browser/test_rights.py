"""A supervisor erases a person at their own request, and keeps the proof."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from people.models import Person
from tenants.models import ErasureEntry, Tenant
from tests.browser.stage import Stage, backstage, keep_picture
from tests.keeping.people import live, traces_of


def test_a_person_is_found_erased_and_certified(
    stage: Stage, acme: Tenant, northlight: Tenant, lucia: Person, jens: Person, sofia: Person
) -> None:
    life, neighbour, other = live(acme, lucia, sofia), live(acme, lucia, sofia), live(northlight, jens, sofia)
    page = stage.window(sofia)
    page.goto(stage.url(path=f"/c/{acme.id}/{life.conversations['email']}"))
    page.get_by_role("link", name="What is held, export, erase").click()
    expect(page.get_by_role("heading", name=f"Anna {life.token}")).to_be_visible()
    page.get_by_role("link", name="All customers").click()

    page.get_by_label("Client", exact=True).select_option(label=acme.name)
    page.get_by_label("Name, address, case number or id").fill(other.address)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("Nobody found at this client")).to_be_visible()
    page.get_by_label("Name, address, case number or id").fill(life.address)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name=f"Anna {life.token}").click()
    expect(page.get_by_role("link", name=re.compile(r"^AC-\d+"))).to_have_count(4)
    expect(page.get_by_role("link", name=f"{life.token}.png")).to_be_visible()
    keep_picture(page, "journey-record")

    page.get_by_role("button", name="Erase…").click()
    dialog = page.get_by_role("dialog")
    erase = dialog.get_by_role("button", name="Erase for good")
    typed = dialog.get_by_label(f"Type {life.address} to say that it is this person")
    expect(dialog.get_by_text("What stays, and why")).to_be_visible()
    typed.fill(other.address)
    expect(erase).to_be_disabled()
    keep_picture(page, "journey-erase")
    typed.fill(life.address)
    erase.click()
    expect(page.get_by_text("Erased on")).to_be_visible()
    keep_picture(page, "journey-erased")
    with page.expect_download() as started:
        page.get_by_role("link", name="Save the certificate (PDF)").click()
    assert Path(started.value.path()).read_bytes().startswith(b"%PDF")

    page.get_by_role("link", name="All customers").click()
    expect(page.get_by_text("Nobody found at this client")).to_be_visible()
    past = page.get_by_role("table", name="Erased at this client")
    expect(past.get_by_role("row").filter(has_text="The person asked for it")).to_contain_text(sofia.name)
    with backstage():
        assert ErasureEntry.objects.get().erased_id == life.customer
        assert traces_of(life.token) == [] and traces_of(neighbour.token) and traces_of(other.token)
