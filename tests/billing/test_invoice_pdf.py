"""The invoice on paper says what the rows say, in the client's language, and reaches nothing but our own files."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pdfplumber
import pytest
from babel.numbers import format_currency

from billing import invoicing, pdf
from billing.models import Invoice
from billing.wording import LANGUAGES, texts
from kernel import clock
from kernel.own_assets import OwnAssets
from kernel.papers import ASSETS
from people.models import Person
from tenants.models import Tenant
from tests.billing.finished import AFTER_MARCH, PER_CHAT, agree, finish, finish_many, period


def read_back(paper: bytes) -> tuple[list[str], list[list[list[str | None]]]]:
    """Text and tables of each page."""
    with pdfplumber.open(io.BytesIO(paper)) as opened:
        pages = [page.extract_text() for page in opened.pages]
        tables = [table for page in opened.pages for table in page.extract_tables({"vertical_strategy": "text"})]
    return pages, tables


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def issued(tenant: Tenant, omar: Person) -> Invoice:
    with clock.hold(AFTER_MARCH):
        made = invoicing.draft(person=omar, tenant=tenant, period=period(tenant))
        invoicing.issue(person=omar, invoice_id=made.pk)
    return Invoice.objects.select_related("tenant").get(pk=made.pk)


def money(amount: Decimal, locale: str) -> str:
    return squeeze(format_currency(amount, "EUR", locale=locale))


@pytest.mark.parametrize(("shop", "locale"), [("acme", "it_IT"), ("northlight", "de_DE")])
def test_the_figures_on_paper_are_the_rows(shop: str, locale: str, omar: Person, acme: Tenant) -> None:
    tenant = Tenant.objects.get(slug=shop)
    agree(tenant, [{"kind": "monthly_fee", "code": "fee", "amount": "1290.50"}, *PER_CHAT])
    finish_many(tenant, 7)
    finish(tenant, channel="email", seconds=100)
    invoice = issued(tenant, omar)
    pages, _ = read_back(pdf.of_invoice(invoice))
    said = squeeze(" ".join(pages))
    assert str(invoice.number) in said
    assert tenant.legal_name in said
    language = tenant.languages[0]
    for line in invoice.lines.all():
        row = re.search(re.escape(line.description[language]) + r" ([\d.,]+) \S+ ([\d.,]+) ([\d.,]+ €)", said)
        assert row is not None, (line.description[language], said)
        quantity, price = (Decimal(part.replace(".", "").replace(",", ".")) for part in row.groups()[:2])
        assert (quantity, price, row[3]) == (line.quantity, line.unit_price, money(line.amount, locale))
    for amount in (invoice.net, invoice.vat, invoice.total):
        assert money(amount, locale) in said
    assert invoice.frozen_sha256 in said.replace(" ", "")
    assert f"SHA-256 {invoice.frozen_sha256[:16]}" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str, acme: Tenant, omar: Person) -> None:
    assert set(texts(language)) == set(texts("en"))
    Tenant.objects.filter(pk=acme.pk).update(languages=[language], postal_address="Via Larga 3\n20122 Milano")
    acme.refresh_from_db()
    finish(acme)
    invoice = issued(acme, omar)
    said = squeeze(" ".join(read_back(pdf.of_invoice(invoice))[0]))
    for key in ("invoice", "client", "supplier", "description", "net", "total_due", "period"):
        assert squeeze(texts(language)[key]) in said, key
    # The note stands beside the sums, so its lines come apart when read.
    assert all(word in said for word in squeeze(texts(language)["reverse_charge"]).split())
    assert "20122 Milano" in said
    assert "{" not in said


def test_a_draft_says_that_it_is_one(acme: Tenant, omar: Person) -> None:
    finish(acme)
    with clock.hold(AFTER_MARCH):
        made = invoicing.draft(person=omar, tenant=acme, period=period(acme))
        said = squeeze(" ".join(read_back(pdf.of_invoice(made))[0]))
        assert texts("it")["draft_note"] in said and "2026-0001" not in said
        invoicing.issue(person=omar, invoice_id=made.pk)
    said = squeeze(" ".join(read_back(pdf.of_invoice(Invoice.objects.get(pk=made.pk)))[0]))
    assert texts("it")["draft_note"] not in said and "2026-0001" in said


def test_an_issued_paper_is_the_same_bytes_for_ever(acme: Tenant, omar: Person) -> None:
    finish(acme)
    invoice = issued(acme, omar)
    Tenant.objects.filter(pk=acme.pk).update(legal_name="Somebody Else S.p.A.", color="#000000")
    assert invoice.frozen is not None and invoice.pdf is not None
    with clock.hold(AFTER_MARCH + timedelta(days=900)):
        assert pdf.of_invoice(Invoice.objects.get(pk=invoice.pk)) == bytes(invoice.pdf)
        assert pdf.render(invoice.frozen, invoice.frozen_sha256) == bytes(invoice.pdf)


def test_the_paper_is_tagged_and_holds_its_fonts(acme: Tenant, omar: Person) -> None:
    finish(acme)
    paper = pdf.of_invoice(issued(acme, omar))
    with pdfplumber.open(io.BytesIO(paper)) as opened:
        catalog: Any = opened.doc.catalog
        assert "StructTreeRoot" in catalog and "Lang" in catalog
        about = opened.doc.catalog["Metadata"].resolve().get_data()
        fonts = {char["fontname"] for page in opened.pages for char in page.chars}
    assert all("+" in font and "Inter" in font for font in fonts)
    assert b"pdfuaid" in about


def test_a_clients_own_text_can_make_the_paper_reach_nothing(acme: Tenant, omar: Person) -> None:
    evil = '<img src="file:///etc/passwd"><script>1</script>'
    Tenant.objects.filter(pk=acme.pk).update(legal_name=evil, color="red;}*{x:", postal_address=evil)
    acme.refresh_from_db()
    finish(acme)
    said = squeeze(" ".join(read_back(pdf.of_invoice(issued(acme, omar)))[0]))
    assert "<img" in said and "<scrip" in said
    for url in ("file:///etc/passwd", "http://127.0.0.1/", f"{ASSETS.as_uri()}/../../../etc/passwd", "ftp://x/"):
        with pytest.raises(ValueError, match="may not reach"):
            OwnAssets().fetch(url)
    assert OwnAssets().fetch(f"{ASSETS.as_uri()}/invoice.css").read().startswith(b"@font-face")


def test_many_lines_go_over_pages_with_their_heads(acme: Tenant, omar: Person) -> None:
    bands = [{"up_to": str(n), "price": f"{n}.00"} for n in range(1, 70)] + [{"up_to": None, "price": "0.10"}]
    agree(acme, [{"kind": "tiers", "code": "chat", "bands": bands}])
    finish_many(acme, 70)
    invoice = issued(acme, omar)
    pages, _ = read_back(pdf.of_invoice(invoice))
    assert len(pages) >= 3
    assert all(texts("it")["description"] in page for page in pages[:2])
    assert invoice.lines.count() == 70 and sum(line.amount for line in invoice.lines.all()) == invoice.net
