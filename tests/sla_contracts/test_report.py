"""The SLA report: its numbers are the database's, its bytes are frozen, and its renderer reaches nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any
from uuid import UUID

import pdfplumber
import pytest
from django.db import transaction
from django.db.utils import IntegrityError, InternalError

from kernel import clock, papers
from kernel.errors import Refusal
from kernel.own_assets import OwnAssets
from people.models import Person
from sla_contracts import clocks, contracts, report, report_data, timers
from sla_contracts.attainment import attainment
from sla_contracts.models import SlaReport
from sla_contracts.period import Period
from sla_contracts.report_charts import is_dark, on_paper
from sla_contracts.speech import LANGUAGES, Speech, texts
from tenants.models import Tenant
from tests.sla_contracts.months import answer, arrive, close, live_month, utc

OCTOBER = Period.of_month("2026-10", "Europe/Rome")
NOW = utc("2026-11-02 08:00")
LATER = ("nine_of_ten_seconds", "longest_seconds")
REASONS = [{"code": "where", "label": "Dov’è il mio ordine?", "count": 7}]


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with clock.hold(NOW):
        yield


def numbers(ids: Collection[UUID]) -> Mapping[UUID, str]:
    return {one: f"AC-{one.hex[-5:]}" for one in ids}


def issue(tenant: Tenant, language: str = "it", **how: Any) -> SlaReport:
    how = {"person": None, "case_numbers": numbers, "contact_reasons": REASONS, "period": OCTOBER, **how}
    return report.issue(tenant=tenant, language=language, **how)


def pages(row: SlaReport) -> list[str]:
    with pdfplumber.open(io.BytesIO(bytes(row.pdf))) as pdf:
        return [(page.extract_text() or "").replace("\N{NO-BREAK SPACE}", " ") for page in pdf.pages]


@pytest.mark.django_db
def test_the_numbers_on_paper_are_those_of_the_database(acme: Tenant, northlight: Tenant) -> None:
    live_month(acme, OCTOBER.start + timedelta(hours=3), 60, seed=5, slow=0.4)
    live_month(northlight, OCTOBER.start, 25, seed=6)
    timers.sweep(NOW)
    row = issue(acme)
    paper, speech = pages(row), Speech("it", country="IT")
    text = re.sub(r"\s+", " ", " ".join(paper))
    second = {one["code"]: one for one in attainment(acme, OCTOBER, now=NOW)["clauses"]}
    for code, found in second.items():
        goal = next(Decimal(one["goal"]) for one in row.data["clauses"] if one["code"] == code)
        share = speech.percent(Decimal(found["met"]) / Decimal(found["counted"]), goal=goal)
        assert f"{share} {speech.percent(goal)} {found['counted']} {found['breached']} " in paper[0], code
    money = speech.money(sum((found["penalty"] for found in second.values()), Decimal(0)), "EUR")
    assert money.replace("\N{NO-BREAK SPACE}", " ") in paper[0]
    assert row.data_sha256 in paper[0].replace("\n", "")
    assert row.data["volume"]["conversations"] == 60
    late = sum(found["breached"] for found in second.values())
    assert row.data["breaches"]["total"] == late
    assert text.count("Fatto in ritardo") + text.count("Ancora aperto") >= late - 5
    for breach in row.data["breaches"]["listed"]:
        assert breach["case"] in text
    left_out = sum(sum(found["excluded"].values()) for found in second.values())
    assert sum(line["count"] for line in row.data["exclusions"]) == left_out
    assert "Dov’è il mio ordine?" in text


@pytest.mark.django_db
def test_report_and_portal_have_one_source(acme: Tenant) -> None:
    live_month(acme, OCTOBER.start, 30, seed=8)
    row, figures = issue(acme), attainment(acme, OCTOBER, now=NOW)
    for paper, screen in zip(row.data["clauses"], figures["clauses"], strict=True):
        assert (paper["met"], paper["breached"], paper["running"]) == (
            screen["met"],
            screen["breached"],
            screen["running"],
        )
        assert Decimal(paper["penalty"]) == screen["penalty"]
    assert Decimal(row.data["penalty"]) == figures["penalty"]


@pytest.mark.django_db
def test_an_issued_report_is_frozen_and_a_changed_month_is_a_new_one(acme: Tenant) -> None:
    first = arrive(acme, utc("2026-10-07 09:00"))
    answer(first, 20)
    row = issue(acme)
    assert issue(acme).id == row.id
    for change in (lambda: SlaReport.objects.filter(pk=row.pk).update(data={}), row.delete):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    clocks.void(conversation_id=first.conversation, reason="spam", at=NOW - timedelta(hours=1))
    second = issue(acme)
    assert second.id != row.id
    stored = report.report(acme, row.id)
    assert bytes(stored.pdf) == bytes(row.pdf)
    assert report.holds(stored)
    assert report_data.sha256(stored.data) == row.data_sha256
    stored.data["penalty"] = "1.00"
    assert not report.holds(stored)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_month_reads_well_in_every_language(language: str, acme: Tenant) -> None:
    row = issue(acme, language, contact_reasons=[])
    text = re.sub(r"\s+", " ", " ".join(pages(row)))
    said = texts(language)
    for key in ("verdict_none", "nothing_arrived", "breaches_none", "exclusions_none", "s_no_money"):
        assert said[key] in text, key
    assert "None" not in text
    assert "{" not in text
    assert f"{said['page']} 1 {said['of']} " in text


@pytest.mark.django_db
def test_the_document_is_tagged_embeds_its_fonts_and_names_title_and_language(acme: Tenant) -> None:
    live_month(acme, OCTOBER.start, 12, seed=9)
    Tenant.objects.filter(pk=acme.pk).update(name="Señor Müller & Ωμέγα", legal_name="Łódź <b>Ñandú</b>")
    acme.refresh_from_db()
    row = issue(acme, "es")
    content = bytes(row.pdf)
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        assert pdf.metadata["Title"] == "Informe de nivel de servicio Octubre de 2026: Señor Müller & Ωμέγα"
        catalog = pdf.doc.catalog
        assert catalog["Lang"] == b"es"
        assert catalog["MarkInfo"] == {"Marked": True}
        assert b'pdfuaid:part="1"' in catalog["Metadata"].resolve().get_data()
        fonts = {char["fontname"] for page in pdf.pages for char in page.chars}
        text = pdf.pages[0].extract_text()
    assert fonts
    assert all(re.match(r"[A-Z]{6}\+", font) for font in fonts), fonts
    assert any("Inter" in font for font in fonts)
    for glyphs in ("Señor Müller", "Ωμέγα", "€"):
        assert glyphs in text


@pytest.mark.django_db
def test_a_shops_name_cannot_make_the_renderer_reach_out(acme: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    Tenant.objects.filter(pk=acme.pk).update(name='<img src="http://127.0.0.1:9/x"><link href="file:///etc/passwd">')
    acme.refresh_from_db()
    text = " ".join(pages(issue(acme)))
    assert '<img src="http://127.0.0.1:9/x">' in text, "shown as text"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "https://example.com/x.css",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "ftp://example.com/x",
        f"{papers.ASSETS.as_uri()}/../../../pyproject.toml",
        f"{papers.ASSETS.as_uri()}/%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
    ],
)
def test_the_renderer_reaches_only_its_own_assets(url: str) -> None:
    with pytest.raises(ValueError, match="may not reach"):
        OwnAssets().fetch(url)
    assert OwnAssets().fetch(f"{papers.ASSETS.as_uri()}/sla_report.css").read().startswith(b"@font-face")
    assert OwnAssets().fetch("data:text/plain,ok").read() == b"ok"


@pytest.mark.django_db
def test_it_says_how_long_answers_took(acme: Tenant) -> None:
    for number in range(10):
        answer(arrive(acme, utc("2026-10-07 09:00") + timedelta(minutes=number)), 7 * (number + 1))
    row = issue(acme, "en")
    chat = next(one for one in row.data["clauses"] if one["code"] == "chat_first_response")
    found = (chat["median_seconds"], chat["nine_of_ten_seconds"], chat["longest_seconds"])
    assert found == (38.5, 63.0, 70.0)
    text = re.sub(r"\s+", " ", " ".join(pages(row)))
    assert "Half within 9 of 10 within Longest Chat: first answer 38 s 1 min 03 s 1 min 10 s" in text
    before = {**row.data, "clauses": [{k: v for k, v in one.items() if k not in LATER} for one in row.data["clauses"]]}
    assert report.render(before, "").startswith(b"%PDF"), "a report of before may not hold it"


@pytest.mark.django_db
def test_beyond_two_hundred_breaches_the_rest_is_summed_up(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_data, "LISTED", 4)
    for minute in range(7):
        arrival = arrive(acme, utc("2026-10-07 09:00") + timedelta(minutes=minute))
        answer(arrival, 90)
        close(arrival, 900)
    row = issue(acme, "en")
    assert row.data["breaches"]["total"] == 7
    assert len(row.data["breaches"]["listed"]) == 4
    assert row.data["breaches"]["rest"] == [{"title": "Chat: first answer", "channel": "webchat", "count": 3}]
    text = re.sub(r"\s+", " ", " ".join(pages(row)))
    assert "The first 4 of 7 are listed" in text


@pytest.mark.django_db
def test_a_contract_that_changed_in_the_month_has_a_section_a_version(acme: Tenant) -> None:
    version = contracts.version_in_force(acme.id, NOW)
    assert version is not None
    new = contracts.draft(tenant=acme, terms=version.terms, valid_from=utc("2026-10-14 22:00"))
    contracts.sign(version_id=new.id, by_bpo="a", by_client="b")
    first = pages(issue(acme, "en"))[0]
    assert "to 14 October 2026" in first
    assert "in force from 15 October 2026" in first


@pytest.mark.django_db
def test_only_the_client_and_supervisors_may_issue(
    acme: Tenant, carla: Person, dieter: Person, lucia: Person, sofia: Person
) -> None:
    assert issue(acme, person=carla).issued_by == carla
    assert issue(acme, "en", person=sofia).issued_by == sofia
    for stranger in (dieter, lucia):
        with pytest.raises(Refusal) as refused:
            issue(acme, person=stranger)
        assert refused.value.status == 403


def test_every_language_says_the_same_things() -> None:
    english = texts("en")
    for language in LANGUAGES:
        said = texts(language)
        assert set(said) == set(english)
        for key, text in said.items():
            assert text.strip()
            assert _fields(text) == _fields(english[key]), (language, key)


def test_figures_are_said_as_the_country_writes_them() -> None:
    italian, german, english = Speech("it", country="IT"), Speech("de", country="DE"), Speech("en", country="GB")
    assert italian.money(Decimal("1137.70"), "EUR").replace("\N{NO-BREAK SPACE}", " ") == "1.137,70 €"
    assert german.percent(Decimal("0.8269230"), goal=Decimal("0.8")).replace("\N{NO-BREAK SPACE}", " ") == "82,69 %"
    assert english.percent(Decimal("0.79999"), goal=Decimal("0.8")) == "79.99%", "a missed goal never reads as reached"
    assert english.percent(Decimal("0.80001"), goal=Decimal("0.8")) == "80.00%"
    assert [english.span(s) for s in (0, 0.4, 59.9, 60, 725, 12_000, 7200)] == [
        "0 s", "< 1 s", "59 s", "1 min", "12 min 05 s", "3 h 20 min", "2 h",
    ]  # fmt: skip


def test_a_pale_brand_colour_is_darkened_until_it_can_be_seen() -> None:
    assert on_paper("#c2410c") == "#c2410c"
    assert on_paper("#fde047") != "#fde047"
    assert is_dark("#0f766e")
    assert not is_dark("#fde047")


def test_fonts_of_the_report_are_in_the_repository() -> None:
    names = re.findall(r"url\(([^)]+)\)", (papers.ASSETS / "sla_report.css").read_text())
    assert names
    for name in names:
        assert (Path(papers.ASSETS) / name).is_file()


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
