"""What the contract's clauses come to stands on the invoice: credits and supplements that lead to the SLA report."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pdfplumber
import pytest
from django.test import Client

from billing import document, invoicing, pdf, reading
from billing.clause_lines import clause_behind
from billing.models import Invoice
from desk.portal_papers import issue_of
from kernel import clock
from kernel.errors import Refusal
from people.models import Person
from sla_contracts import clocks, contracts, disputes
from sla_contracts.attainment import attainment
from sla_contracts.models import SlaReport
from tenants.models import Tenant
from tests.billing.finished import AFTER_MARCH, MARCH, PER_CHAT, agree, finish_many, period
from tests.sla_contracts.months import answer, arrive

D = Decimal
pytestmark = pytest.mark.django_db


def promise(tenant: Tenant, **clause: Any) -> None:
    """From 1 March on one clause: 80 % of chats within 60 s."""
    before = contracts.version_in_force(tenant.id, MARCH)
    assert before is not None
    terms = {
        **before.terms,
        "clauses": [
            {
                "code": "chat",
                "title": {"en": "Chat", "it": "Chat in breve"},
                "metric": "first_response",
                "channel_group": "chat",
                "goal": 0.8,
                **clause,
            }
        ],
    }
    version = contracts.draft(tenant=tenant, terms=terms, valid_from=period(tenant).start)
    contracts.sign(version_id=version.id, by_bpo="a", by_client="b")


def chats(tenant: Tenant, *, kept: int, late: int) -> None:
    for n in range(kept + late):
        answer(arrive(tenant, MARCH + timedelta(minutes=n)), 30 if n < kept else 600)


def report(tenant: Tenant, language: str = "it") -> SlaReport:
    with clock.hold(AFTER_MARCH):
        return issue_of(tenant=tenant, period=period(tenant), language=language, person=None)


def draft(tenant: Tenant) -> Invoice:
    with clock.hold(AFTER_MARCH):
        return invoicing.draft(person=None, tenant=tenant, period=period(tenant))


def clause_figures(invoice: Invoice) -> list[tuple[str, Decimal, str, Decimal, Decimal]]:
    return [
        (line.rate_code, line.quantity, line.unit, line.unit_price, line.amount)
        for line in invoice.lines.all()
        if line.rate_code.startswith("sla:")
    ]


def test_a_missed_clause_is_a_credit_that_leads_to_its_report(
    acme: Tenant, northlight: Tenant, omar: Person, carla: Person, desk_client: Any, shop_client: Any
) -> None:
    agree(acme, PER_CHAT)
    agree(northlight, PER_CHAT)
    promise(acme, penalty={"eur_per_point": 0.5, "cap_points": 20})
    chats(acme, kept=14, late=6)
    finish_many(northlight, 10)
    issued = report(acme)
    made = draft(acme)
    assert clause_figures(made) == [("sla:2:chat", D(10), "point", D("-0.50"), D("-5.00"))]
    assert (made.net, made.vat, made.total) == (D("45.00"), D("9.45"), D("54.45"))  # 20 × 2.50 − 5.00, and 21 %
    line = made.lines.get(rate_code="sla:2:chat")
    assert line.report_id == issued.id
    assert line.description["it"] == (
        "Accredito per livello di servizio: Chat in breve, 70,00% a fronte del 80% promesso"
        f" (rapporto SLA {issued.data_sha256[:12]})"
    )
    assert clause_figures(draft(northlight)) == []
    with clock.hold(AFTER_MARCH):
        final = invoicing.issue(person=omar, invoice_id=made.pk)
        assert document.holds(final) and final.frozen is not None
        [credit] = [row for row in final.frozen["lines"] if "sla" in row]
        assert credit["sla"] == {
            "clause": "chat",
            "report": {"id": str(issued.id), "data_sha256": issued.data_sha256},
        }
        with pdfplumber.open(io.BytesIO(pdf.of_invoice(final))) as paper:
            said = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
        assert "Chat in breve" in said
        assert "-5,00" in said.replace("\N{MINUS SIGN}", "-")
        desk: Client = desk_client(omar)
        [shown] = [row for row in desk.get(f"/api/desk/invoices/{final.pk}").json()["lines"] if row["clause"]]
        assert (shown["clause"], shown["report"], shown["unit"]) == ("chat", str(issued.id), "point")
        [theirs] = shop_client(acme, carla).get("/api/portal/invoices").json()
        assert [row["report"] for row in theirs["lines"] if row["clause"]] == [str(issued.id)]


@pytest.mark.parametrize(
    ("clause", "kept", "late", "expected"),
    [
        ({"penalty": {"eur_per_point": 2, "cap_points": 4}}, 14, 6, (D(4), "point", D(-2), D("-8.00"))),
        (
            {"penalty": {"eur_per_point": 2, "cap_points": 20, "cap": {"amount": 7}}},
            14,
            6,
            (D(1), "month", D(-7), D("-7.00")),
        ),
        (
            {"penalty": {"tiers": [{"points": 1, "amount": 3}, {"points": 5, "amount": 9}]}},
            14,
            6,
            (D(1), "month", D(-9), D("-9.00")),
        ),
        ({"bonus": {"eur_per_point": 1, "cap_points": 5}}, 20, 0, (D(1), "month", D(5), D("5.00"))),
        ({"penalty": {"eur_per_point": 2}, "minimum": 50}, 14, 6, None),
        ({"penalty": {"eur_per_point": 2}}, 16, 4, None),
    ],
)
def test_caps_tiers_bonus_and_minimum_hold_on_the_invoice_as_in_the_report(
    clause: dict[str, Any], kept: int, late: int, expected: Any, acme: Tenant
) -> None:
    agree(acme, PER_CHAT)
    promise(acme, **clause)
    chats(acme, kept=kept, late=late)
    finish_many(acme, 10)
    made = draft(acme)
    assert [row[1:] for row in clause_figures(made)] == ([expected] if expected else [])
    found = attainment(acme, period(acme), now=AFTER_MARCH)
    assert sum((row[4] for row in clause_figures(made)), D(0)) == found["bonus"] - found["penalty"]


def test_a_draft_follows_the_report_and_says_when_there_is_none(acme: Tenant, omar: Person) -> None:
    agree(acme, PER_CHAT)
    promise(acme, penalty={"eur_per_point": 0.5})
    chats(acme, kept=14, late=6)
    finish_many(acme, 10)
    made = draft(acme)

    def cautions() -> set[str]:
        with clock.hold(AFTER_MARCH):
            return {row["code"] for row in reading.detail(reading.invoice(made.pk), "en")["cautions"]}

    assert "sla_report_missing" in cautions()
    report(acme)
    assert "sla_report_missing" not in cautions()
    assert "draft_outdated" in cautions()
    with clock.hold(AFTER_MARCH), pytest.raises(Refusal) as refused:
        invoicing.issue(person=omar, invoice_id=made.pk)
    assert refused.value.code == "draft_outdated"
    made = draft(acme)
    assert "draft_outdated" not in cautions()
    late = arrive(acme, MARCH + timedelta(days=3))
    clocks.void(conversation_id=late.conversation, reason="spam", at=MARCH + timedelta(days=3, minutes=1))
    assert "draft_outdated" not in cautions(), "the report that was issued stands, whatever the ledger says by now"


def test_credits_above_the_services_make_no_invoice(acme: Tenant, omar: Person) -> None:
    agree(acme, PER_CHAT)
    promise(acme, penalty={"eur_per_point": 500})
    chats(acme, kept=0, late=2)
    finish_many(acme, 1)
    made = draft(acme)
    assert made.net < 0
    with clock.hold(AFTER_MARCH):
        assert "negative_total" in {row["code"] for row in reading.detail(reading.invoice(made.pk), "en")["cautions"]}
        with pytest.raises(Refusal) as refused:
            invoicing.issue(person=omar, invoice_id=made.pk)
    assert refused.value.code == "negative_total"


def test_clauses_in_another_currency_are_refused(acme: Tenant) -> None:
    agree(acme, PER_CHAT, currency="CHF")
    promise(acme, penalty={"eur_per_point": 1})
    chats(acme, kept=1, late=1)
    with pytest.raises(Refusal) as refused:
        draft(acme)
    assert refused.value.code == "currencies_differ"


def test_the_running_months_draft_takes_the_ledger_as_it_stands(acme: Tenant) -> None:
    agree(acme, PER_CHAT)
    promise(acme, penalty={"eur_per_point": 0.5})
    chats(acme, kept=14, late=6)
    finish_many(acme, 10)
    with clock.hold(datetime(2026, 3, 20, tzinfo=UTC)):
        made = invoicing.draft(person=None, tenant=acme, period=period(acme))
    assert [row[4] for row in clause_figures(made)] == [D("-5.00")]


def test_what_was_disputed_and_accepted_later_is_a_line_of_the_month_of_the_answer(
    acme: Tenant, carla: Person, omar: Person
) -> None:
    agree(acme, [{"kind": "monthly_fee", "code": "fee", "amount": "900.00"}])
    promise(acme, penalty={"eur_per_point": 10})
    chats(acme, kept=15, late=5)
    march = report(acme)
    before = clause_figures(draft(acme))
    late = march.data["breaches"]["listed"][0]
    with clock.hold(AFTER_MARCH):
        raised: dict[str, Any] = {"clock_id": UUID(late["clock"]), "clause": "chat", "claim": "leave_out"}
        row = disputes.raise_one(person=carla, tenant=acme, **raised)
        disputes.answer_one(person=omar, tenant=acme, dispute_id=row.id, accept=True)
    assert clause_figures(draft(acme)) == before, "the month and its papers stay"
    april = period(acme, "2026-04")

    def owed() -> Any:
        made = invoicing.draft(person=None, tenant=acme, period=april)
        [line] = [line for line in made.lines.all() if line.rate_code.startswith("sla-")]
        assert line.description["en"].startswith("Correction of March 2026 after accepted disputes: Chat")
        return line.rate_code, line.amount, line.report_id

    # 15 of 20 is 5 points below the goal, 15 of 19 is 1.05: at 10 a point.
    with clock.hold(datetime(2026, 5, 3, 9, tzinfo=UTC)):
        assert owed() == ("sla-correction:2026-03:2:chat", D("39.50"), None)
        following = issue_of(tenant=acme, period=april, language="it", person=None)
        assert owed() == ("sla-correction:2026-03:2:chat", D("39.50"), following.id)
    assert clause_behind("sla-correction:2026-03:2:a:b") == "a:b"
