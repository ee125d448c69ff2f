"""A lead writes the playbook; an agent has its rules beside a conversation and runs a macro."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from automation import playbook
from conversations.models import Message
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage, keep_picture, overflow, violations
from tests.desk.shop import give, write

REPLY = {"it": "Ciao {{customer.first_name}}, caso {{case.number}}: [[che cosa]]. [[quando]]", "en": "Hi"}
STEPS = [{"title": "Look at the tracking", "text": "And the address"}, {"title": "Ask the carrier", "text": ""}]
RULES = {"tone": "Warm", "returns": "30 days, in their box.", "grants": [{"what": "Refund", "up_to": "40"}]}


def furnish(shop: Tenant) -> None:
    """A playbook with one of everything."""
    items: list[tuple[str, str, dict[str, Any]]] = [
        ("reply", "Dov'è l'ordine", {"texts": REPLY}),
        ("reply", "Un attimo", {"texts": {"it": "Un attimo."}, "as_is": True}),
        ("macro", "Thank and close", {"actions": [{"do": "reply", "texts": {"it": "Grazie [[per che cosa]]"}},
                                                  {"do": "close", "reason": "thanks"}]}),
        ("procedure", "Lost parcel", {"when": "Three days late", "steps": STEPS}),
        ("bulletin", "Strike on Friday", {"text": "Parcels come on Monday."}),
        ("rules", "Rules", RULES),
    ]  # fmt: skip
    with enter(shop):
        for kind, name, body in items:
            playbook.write(person=None, kind=kind, name=name, body=body)


def open_desk(stage: Stage, shop: Tenant, agent: Person, size: str = "wide", **more: Any) -> tuple[Page, Message]:
    message = write(shop)
    give(message, agent)
    page = stage.window(agent, size=size, **more)
    page.goto(stage.url(path=f"/c/{shop.id}/{message.conversation_id}"))
    expect(page.get_by_role("textbox", name="Write to")).to_be_visible()
    return page, message


def said(shop: Tenant, message: Message) -> list[str]:
    with backstage(), enter(shop):
        rows = Message.objects.filter(conversation=message.conversation_id, direction="out").order_by("seq")
        return list(rows.values_list("text", flat=True))


def test_a_macro_shows_what_it_will_do_and_does_it_at_once(
    stage: Stage, acme: Tenant, northlight: Tenant, lucia: Person
) -> None:
    furnish(acme)
    page, message = open_desk(stage, acme, lucia)
    page.get_by_role("button", name="Saved replies and macros").click()
    expect(page.get_by_role("combobox", name="Find a saved reply or macro")).to_be_focused()
    page.keyboard.type("thank")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Run “Thank and close”")
    expect(dialog).to_contain_text("Closes the conversation: Thanks or praise")
    run = dialog.get_by_role("button", name="Run")
    expect(run).to_be_disabled()
    assert violations(page) == []
    keep_picture(page, "macro-dialog")
    dialog.get_by_label("The customer reads").fill("Grazie a lei, Giulia!")
    run.click()
    expect(page.get_by_text("Done: Thank and close")).to_be_visible()
    assert said(acme, message) == ["Grazie a lei, Giulia!"]
    page.goto(stage.url(path=f"/c/{acme.id}/{message.conversation_id}"))
    expect(page.get_by_text("Macro: Thank and close")).to_be_visible()


def test_rules_news_and_steps_stand_beside_the_conversation(
    stage: Stage, acme: Tenant, northlight: Tenant, lucia: Person, sofia: Person
) -> None:
    furnish(acme)
    page, _ = open_desk(stage, acme, lucia)
    expect(page.get_by_text("30 days, in their box.")).to_be_visible()
    expect(page.get_by_text("up to €40.00")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("You confirmed it")).to_be_visible()
    page.get_by_role("button", name="Procedure: Lost parcel").click()
    page.get_by_role("checkbox", name="Look at the tracking").click()
    expect(page.get_by_role("button", name="Procedure: Lost parcel · 1 of 2")).to_be_visible()
    assert violations(page) == []
    keep_picture(page, "beside")
    page.reload()
    expect(page.get_by_role("checkbox", name="Look at the tracking")).to_be_checked()
    lead = stage.window(sofia)
    lead.goto(stage.url(path=f"/playbook?tenant={acme.id}&kind=bulletin"))
    lead.get_by_role("button", name="Strike on Friday").click()
    readers = lead.get_by_role("region", name="Who has read it")
    expect(readers).to_contain_text("1 of 2 agents")
    assert violations(lead) == []
    keep_picture(lead, "bulletin-readers")


def test_a_lead_writes_changes_archives_and_brings_back(
    stage: Stage, acme: Tenant, northlight: Tenant, sofia: Person
) -> None:
    page = stage.window(sofia)
    page.goto(stage.url(path=f"/playbook?tenant={acme.id}"))
    expect(page.get_by_text("No saved replies")).to_be_visible()
    page.get_by_role("button", name="New reply").click()
    page.get_by_label("Name", exact=True).fill("Ordine")
    page.get_by_label("Text in Italian").fill("Caso {{case.number}}, [[che cosa]]")
    expect(page.get_by_role("region", name="As an agent sees it")).to_contain_text("Caso AC-4821, che cosa")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 1")).to_be_visible()
    page.get_by_label("Text in Italian").fill("Caso {{customer.iban}}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("There is no variable {{customer.iban}}.").first).to_be_visible()
    page.get_by_label("Text in Italian").fill("Caso chiuso")
    page.get_by_role("button", name="Save", exact=True).click()
    history = page.get_by_role("region", name="History")
    expect(history.get_by_role("listitem")).to_have_count(2)
    assert (violations(page), overflow(page)) == ([], 0)
    keep_picture(page, "playbook-reply")
    history.get_by_role("button", name="Bring back").click()
    expect(page.get_by_label("Text in Italian")).to_have_value("Caso {{case.number}}, [[che cosa]]")
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page.get_by_text("No saved replies")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name=re.compile("^Ordine"))).to_be_visible()
    table = b"name,language,text\nOrdine,en,Case {{case.number}}\nNuova,it,Ciao\n"
    page.get_by_role("button", name="Import…").click()
    page.get_by_label("Choose a CSV file").set_input_files({"name": "r.csv", "mimeType": "text/csv", "buffer": table})
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 new reply")
    keep_picture(page, "playbook-import")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Nuova"))).to_be_visible()
