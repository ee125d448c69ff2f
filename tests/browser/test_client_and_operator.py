"""The client reads what was promised and kept; the operator bills it. Every figure is the database's."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from babel.numbers import format_currency
from playwright.sync_api import Locator, Page, expect

from billing.models import Invoice
from conversations.models import Conversation
from kernel.tenancy import enter
from people.models import Person
from sla_contracts.attainment import attainment
from sla_contracts.models import SlaReport
from sla_contracts.speech import Speech
from tenants.models import Tenant
from tests.browser.played import last_month, play_last_month
from tests.browser.stage import Stage, backstage, keep_picture
from tests.world import PASSWORD


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def squeeze(text: str) -> str:
    """Broken and fixed spaces as one."""
    return re.sub(r"\s+", " ", text)


def read_back(paper: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(paper)) as opened:
        return [squeeze(page.extract_text() or "") for page in opened.pages]


def download(page: Page, link: Locator) -> bytes:
    with page.expect_download() as started:
        link.click()
    return Path(started.value.path()).read_bytes()


def check_clause(page: Page, clause: dict[str, Any], speech: Speech) -> None:
    """One promise on the portal's first page says the figures of ``attainment``."""
    card = page.get_by_role("article").filter(has_text=clause["titles"]["en"])
    goal = speech.percent(clause["goal"])
    if clause["share"] is None:
        expect(card.get_by_role("img", name=f"Nothing counted yet, {goal} promised")).to_be_visible()
        return
    share = speech.percent(clause["share"], goal=clause["goal"])
    expect(card.get_by_role("img", name=f"{share} reached, {goal} promised")).to_be_visible()
    expect(card.get_by_text(f"{clause['met']} on time")).to_be_visible()
    expect(card.get_by_text(f"{clause['breached']} late")).to_be_visible()
    if clause["penalty"]:
        expect(card).to_contain_text(f"{format_currency(clause['penalty'], 'EUR', locale='en_GB')} penalty")
    else:
        expect(card).to_contain_text("no penalty")


def test_a_client_user_reads_the_portal_and_downloads_the_report(
    stage: Stage, acme: Tenant, lucia: Person, carla: Person
) -> None:
    play_last_month(acme, lucia)
    period = last_month(acme)
    figures = attainment(acme, period)
    chat = next(one for one in figures["clauses"] if one["code"] == "chat_first_response")
    assert (chat["met"], chat["breached"]) == (4, 2)
    speech, paper = Speech("en", country="GB"), Speech("it", country="IT")

    page = stage.window()
    page.goto(stage.url(acme, "/portal/"))
    expect(page.get_by_role("heading", name="Sign in to Acme Shoes's portal")).to_be_visible()
    sign_in(page, carla.email)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_text("so far, up to")).to_be_visible()
    page.get_by_role("button", name="Month before").click()
    expect(page.get_by_text("whole month")).to_be_visible()
    for clause in figures["clauses"]:
        check_clause(page, clause, speech)
    keep_picture(page, "journey-portal")

    page.get_by_role("article").filter(has_text=chat["titles"]["en"]).get_by_role("link", name="2 late").click()
    with backstage(), enter(acme):
        late = Conversation.objects.filter(pk__in=chat["ids"]["breached"]).values_list("case_number", flat=True)
        numbers = sorted(late)
    for number in numbers:
        expect(page.get_by_role("link").filter(has_text=number).first).to_be_visible()
    page.get_by_role("link").filter(has_text=numbers[0]).first.click()
    expect(page.get_by_role("heading", name=numbers[0])).to_be_visible()

    page.get_by_role("link", name="Reports").click()
    page.get_by_role("button", name="Month before").click()
    page.get_by_role("button", name=re.compile("^Issue the report of")).click()
    link = page.get_by_role("link", name="PDF")
    expect(link).to_be_visible()
    keep_picture(page, "journey-reports")
    pages = read_back(download(page, link))
    with backstage():
        report = SlaReport.objects.get(tenant=acme)
    assert (report.language, report.period_start) == ("it", period.start)
    for clause in figures["clauses"]:
        if clause["share"] is not None:
            share, goal = paper.percent(clause["share"], goal=clause["goal"]), paper.percent(clause["goal"])
            assert squeeze(f"{share} {goal} {clause['counted']} {clause['breached']} ") in pages[0], clause["code"]
    assert squeeze(paper.money(figures["penalty"], "EUR")) in pages[0]
    assert report.data_sha256 in pages[0].replace(" ", "")
    assert all(number in " ".join(pages) for number in numbers)


@pytest.mark.parametrize("who", ["dieter", "lucia"])
def test_nobody_but_the_shops_own_users_signs_in_at_its_portal(
    stage: Stage, acme: Tenant, dieter: Person, lucia: Person, who: str
) -> None:
    page = stage.window()
    page.goto(stage.url(acme, "/portal/"))
    sign_in(page, {"dieter": dieter, "lucia": lucia}[who].email)
    expect(page.get_by_role("alert").filter(has_text="do not match an account of this shop")).to_be_visible()
    page.goto(stage.url(acme, "/portal/reports"))
    expect(page.get_by_role("heading", name="Sign in to Acme Shoes's portal")).to_be_visible()


def test_the_operator_bills_last_month(stage: Stage, acme: Tenant, lucia: Person, omar: Person) -> None:
    played = play_last_month(acme, lucia)
    page = stage.window(omar)
    page.goto(stage.url(path="/billing"))
    row = page.get_by_role("row").filter(has_text="Acme Shoes")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Make draft").click()
    expect(page.get_by_role("heading", name="Invoice, draft")).to_be_visible()
    with backstage():
        draft = Invoice.objects.prefetch_related("lines").get(tenant=acme)
        lines = list(draft.lines.order_by("position"))
        with enter(acme):
            found = Conversation.objects.filter(pk__in=[item.conversation for item in played])
            numbers = sorted(found.values_list("case_number", flat=True))
    for line in lines:
        expect(page.get_by_role("button").filter(has_text=line.description["en"])).to_contain_text(money(line.amount))
    chats = next(line for line in lines if line.quantity == len(played))
    page.get_by_role("button").filter(has_text=chats.description["en"]).click()
    behind = page.get_by_role("list", name="Behind this line").get_by_role("link")
    expect(behind).to_have_count(len(played))
    assert sorted(re.search(r"AC-\d+", text)[0] for text in behind.all_inner_texts()) == numbers  # type: ignore[index]
    keep_picture(page, "journey-invoice")

    page.get_by_role("button", name="Issue…").click()
    dialog = page.get_by_role("dialog", name="Issue this invoice?")
    expect(dialog).to_contain_text(f"Acme Shoes is invoiced {money(draft.total)}")
    dialog.get_by_role("button", name="Issue invoice").click()
    expect(dialog).to_be_hidden()
    with backstage():
        issued = Invoice.objects.get(tenant=acme)
    assert (issued.status, issued.total, issued.pk) == ("issued", draft.total, draft.pk)
    expect(page.get_by_role("heading", name=str(issued.number))).to_be_visible()
    expect(page.get_by_role("button", name="Issue…")).to_be_hidden()
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    with backstage():
        said = " ".join(read_back(stage.stack.http(omar).get(str(address)).content))
    assert str(issued.number) in said
    for amount in (issued.net, issued.vat, issued.total):
        assert squeeze(format_currency(amount, "EUR", locale="it_IT")) in said


def money(amount: Decimal) -> str:
    """An amount as the English screen writes it."""
    return format_currency(amount, "EUR", locale="en_GB")
