"""The shared corpus of real mails, opened in the console: reports, odd charsets, broken parts, many attachments."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from carriers.email import email
from conversations import inbound
from conversations.models import Message, Receipt
from kernel.tenancy import enter
from people.models import Person
from tenants.models import Line, Tenant
from tests.browser.stage import Stage, keep_picture
from tests.browser.test_hostile_mail import watch
from tests.carriers.letters import corpus


def test_every_mail_that_was_taken_in_can_be_read(
    stage: Stage, acme: Tenant, northlight: Tenant, sofia: Person
) -> None:
    if not corpus():
        pytest.skip("shared/data/mail is absent")
    line = Line.objects.select_related("tenant").get(tenant=acme, carrier="email")
    for path in corpus():
        mail = path.read_bytes()
        receipt = inbound.accept(line=line, external_id=email.external_id(mail), payload=mail)
        with enter(acme):
            inbound.take_in(acme, receipt.id)
    with enter(acme):
        assert not Receipt.objects.filter(state="new").exists()
        rich = Message.objects.filter(direction="in").exclude(html="", attachments__isnull=True)
        opened = list(dict.fromkeys(rich.order_by("created_at", "id").values_list("conversation_id", flat=True)))
    with enter(northlight):
        assert not Message.objects.exists()
    assert len(opened) >= 20
    page = watch(stage, sofia)
    for conversation in opened:
        page.goto(stage.url(path=f"/c/{acme.id}/{conversation}"))
        expect(page.get_by_role("log", name="Messages").get_by_role("article").first).to_be_visible()
        assert stage.faults == [], conversation
    keep_picture(page, "real-mail")
