"""A shop's logo: drawn anew, small, on page 1 of its reports; what is no picture is refused with the reason."""

from __future__ import annotations

import io
from typing import Any

import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from PIL import Image

from desk.portal_papers import issue_of
from kernel import clock
from people.models import Person
from sla_contracts.models import SlaReport
from sla_contracts.period import Period
from tenants.models import ShopLogo, Tenant
from tests.conversations.shoppers import picture
from tests.sla_contracts.months import answer, arrive, utc

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def put(desk: Client, tenant: Tenant, content: bytes, name: str = "logo.png", kind: str = "image/png") -> Any:
    body = encode_multipart("b", {"file": SimpleUploadedFile(name, content, kind)})
    return desk.put(f"/api/desk/clients/{tenant.id}/logo", body, "multipart/form-data; boundary=b")


def report(tenant: Tenant) -> SlaReport:
    period = Period.of_month("2026-10", tenant.time_zone)
    with clock.hold(utc("2026-11-03 08:00")):
        return issue_of(tenant=tenant, period=period, language="en", person=None)


def pictures_on_page_1(row: SlaReport) -> int:
    with pdfplumber.open(io.BytesIO(bytes(row.pdf))) as pdf:
        return len(pdf.pages[0].images)


def test_a_logo_stands_on_page_1_of_its_own_shops_reports(
    acme: Tenant, northlight: Tenant, omar: Person, sofia: Person, desk_client: Any
) -> None:
    assert put(desk_client(sofia), acme, picture()).status_code == 403
    desk = desk_client(omar)
    before = pictures_on_page_1(report(acme))
    shown = put(desk, acme, picture(size=(3000, 900), mode="RGBA"))
    assert shown.status_code == 200
    logo = ShopLogo.objects.get(tenant=acme)
    assert Image.open(io.BytesIO(bytes(logo.content))).size == (600, 180)
    assert desk.get(shown.json()["logo_url"]).content == bytes(logo.content)
    with_logo = report(acme)
    assert pictures_on_page_1(with_logo) > before
    assert pictures_on_page_1(report(northlight)) == before
    assert desk.delete(f"/api/desk/clients/{acme.id}/logo").json()["logo_url"] is None
    assert bytes(SlaReport.objects.get(pk=with_logo.pk).pdf) == bytes(with_logo.pdf)


@pytest.mark.parametrize(
    ("content", "name", "kind", "code"),
    [
        (SVG, "logo.svg", "image/svg+xml", "logo_kind"),
        (SVG, "logo.png", "image/png", "logo_kind"),
        (picture(size=(5000, 5000), mode="1"), "logo.png", "image/png", "image_too_large"),
        (picture("JPEG", (300, 300))[:400], "logo.jpg", "image/jpeg", "image_broken"),
        (picture("GIF"), "logo.gif", "image/gif", "logo_kind"),
        (b"", "logo.png", "image/png", "logo_empty"),
        (picture() + bytes(5 * 1024 * 1024), "logo.png", "image/png", "logo_too_many_bytes"),
    ],
)
def test_what_cannot_be_a_logo_is_refused_and_the_report_still_renders(
    content: bytes, name: str, kind: str, code: str, acme: Tenant, omar: Person, desk_client: Any
) -> None:
    refused = put(desk_client(omar), acme, content, name, kind)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert refused.json()["fields"]["file"]
    assert not ShopLogo.objects.exists()
    if code == "logo_kind":
        assert bytes(report(acme).pdf).startswith(b"%PDF")


@pytest.mark.parametrize(
    "name",
    [
        "متجر الأحذية العصرية للرجال والنساء والأطفال " * 2,
        "Ungewöhnlichlangerhändlername" * 4,
        "<script>alert(1)</script><b>&amp; Söhne</b>" * 2,
        "x" * 120,
    ],
)
def test_any_name_fits_on_the_report(name: str, acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(name=name.strip()[:120], legal_name=(name * 8).strip()[:200])
    acme.refresh_from_db()
    answer(arrive(acme, utc("2026-10-05 10:00")), 90)
    with pdfplumber.open(io.BytesIO(bytes(report(acme).pdf))) as pdf:
        page = pdf.pages[0]
        inside = [char for char in page.chars if char["x0"] >= 0 and char["x1"] <= page.width]
        said = page.extract_text()
    assert len(inside) == len(page.chars), "nothing runs off the paper"
    assert "Chat: first answer" in said, "it all stands on the first page"
    if "<script>" in name:
        assert "<script>alert(1)</script>" in said.replace("\n", "")


def test_a_name_of_300_letters_is_refused_where_the_shop_is_opened(omar: Person, desk_client: Any) -> None:
    asked = {"name": "ش" * 300, "slug": "long", "country": "IT", "languages": ["it"], "time_zone": "Europe/Rome"}
    answered = desk_client(omar).post("/api/desk/clients", asked, "application/json")
    assert (answered.status_code, "name" in answered.json()["fields"]) == (400, True)
