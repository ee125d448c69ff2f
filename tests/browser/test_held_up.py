"""An operator reads why a payload is held up, and puts it aside for good."""

from __future__ import annotations

from playwright.sync_api import expect

from conversations import receipts
from conversations.models import Receipt
from kernel.tenancy import enter
from people.models import AuditEntry, Person
from tenants.models import Tenant
from tests.browser.stage import Stage, backstage
from tests.conversations.shoppers import line_of


def hold_up(shop: Tenant, error: str) -> None:
    receipts.quarantine(line=line_of(shop, "relay"), external_id=f"broken-{shop.slug}", payload=b"{}", error=error)


def test_a_payload_is_read_and_set_aside(stage: Stage, acme: Tenant, northlight: Tenant, omar: Person) -> None:
    hold_up(acme, "KeyError: the field text is missing")
    hold_up(northlight, "ValueError: no such sender")
    page = stage.window(omar)
    page.goto(stage.url(path="/held-up"))
    expect(page.get_by_text("Choose a client")).to_be_visible()
    page.get_by_role("button", name=acme.name).click()
    payloads = page.get_by_role("table", name="Payloads that failed five times")
    expect(payloads.get_by_role("row").filter(has_text="KeyError")).to_have_count(1)
    expect(payloads.get_by_text("ValueError")).to_have_count(0)
    page.get_by_role("button", name="Reason…").click()
    expect(page.get_by_role("dialog")).to_contain_text("KeyError: the field text is missing")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Set aside…").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("A test of the carrier.")
    page.get_by_role("dialog").get_by_role("button", name="Set aside").click()
    expect(page.get_by_text("No payload is in quarantine here.")).to_be_visible()
    with backstage():
        with enter(acme):
            assert Receipt.objects.get(external_id="broken-acme").state == "set_aside"
        with enter(northlight):
            assert Receipt.objects.get(external_id="broken-northlight").state == "quarantined"
        assert AuditEntry.objects.filter(action="receipt.opened", tenant=acme, person=omar).count() == 1
