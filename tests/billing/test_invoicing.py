"""Drafts and invoices: the month in the client's zone, made anew as often as wanted, issued once, then final."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError

from billing import document, invoicing, reading
from billing.models import Invoice, InvoiceLine, InvoiceSeries, Usage
from billing.reckoning import reckon
from kernel import clock
from kernel.errors import Refusal
from people.models import AuditEntry, Person
from tenants.models import Tenant
from tests.billing.finished import AFTER_MARCH, MARCH, PER_CHAT, agree, finish, finish_many, local, period
from tests.live_stack import LiveStack

D = Decimal
MAY = datetime(2026, 5, 3, 9, tzinfo=UTC)


def draft(person: Person, tenant: Tenant, month: str = "2026-03", now: datetime = AFTER_MARCH) -> Invoice:
    with clock.hold(now):
        return invoicing.draft(person=person, tenant=tenant, period=period(tenant, month))


def issue(person: Person, invoice: Invoice, now: datetime = AFTER_MARCH) -> Invoice:
    with clock.hold(now):
        invoicing.issue(person=person, invoice_id=invoice.pk)
    return Invoice.objects.get(pk=invoice.pk)


def figures(invoice: Invoice) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    return [(line.rate_code, line.quantity, line.unit_price, line.amount) for line in invoice.lines.all()]


def refused(code: str, call: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def test_a_draft_prices_the_month_and_keeps_the_usage_behind_each_line(
    acme: Tenant, northlight: Tenant, omar: Person
) -> None:
    agree(acme, PER_CHAT)
    chats = finish_many(acme, 3)
    mail = finish(acme, channel="email", seconds=61)
    finish_many(northlight, 2)
    made = draft(omar, acme)
    assert figures(made) == [("chat", D(3), D("2.50"), D("7.50")), ("mail", D(2), D("0.80"), D("1.60"))]
    assert (made.net, made.vat, made.total) == (D("9.10"), D("1.91"), D("11.01"))
    assert made.net == sum(line.amount for line in made.lines.all())
    behind = {line.rate_code: {row.work_item for row in line.usage.all()} for line in made.lines.all()}
    assert behind == {"chat": {item.id for item in chats}, "mail": {mail.id}}
    assert set(Usage.objects.filter(line__invoice=made).values_list("tenant", flat=True)) == {acme.id}


def test_drafting_again_replaces_the_draft_and_gives_the_same_figures(acme: Tenant, omar: Person) -> None:
    finish_many(acme, 4)
    first = draft(omar, acme)
    before = figures(first)
    again = draft(omar, acme)
    assert (again.pk, figures(again)) == (first.pk, before)
    assert Invoice.objects.filter(tenant=acme).count() == 1
    finish(acme, channel="email")
    third = draft(omar, acme)
    assert len(figures(third)) == len(before) + 1
    assert InvoiceLine.objects.filter(invoice__tenant=acme).count() == third.lines.count()


def test_a_month_begins_and_ends_at_midnight_where_the_client_is(acme: Tenant, omar: Person) -> None:
    agree(acme, PER_CHAT)
    inside = [local(acme, 2026, 3, 1), local(acme, 2026, 3, 31, 23, 59, 59)]
    outside = [local(acme, 2026, 2, 28, 23, 59, 59), local(acme, 2026, 4, 1)]
    # Rome leaves winter time on 29 March: the month begins at 23:00 and ends at 22:00 UTC.
    assert inside[0] == datetime(2026, 2, 28, 23, tzinfo=UTC) and outside[1] == datetime(2026, 3, 31, 22, tzinfo=UTC)
    items = {finish(acme, at).id for at in inside}
    for at in outside:
        finish(acme, at)
    made = draft(omar, acme)
    assert {row.work_item for row in Usage.objects.filter(line__invoice=made)} == items


def test_two_zones_count_the_same_instant_in_two_months(acme: Tenant, northlight: Tenant, omar: Person) -> None:
    Tenant.objects.filter(pk=northlight.pk).update(time_zone="Atlantic/Canary")
    northlight.refresh_from_db()
    for tenant in (acme, northlight):
        agree(tenant, PER_CHAT)
        finish(tenant, datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    november = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert draft(omar, acme, "2026-11", november).net == D("2.50")
    assert draft(omar, northlight, "2026-10", november).net == D("2.50")
    refused("nothing_to_invoice", draft, omar, acme, "2026-10", november)
    refused("nothing_to_invoice", draft, omar, northlight, "2026-11", november)


def test_an_empty_month_is_the_fee_and_the_minimum_or_refused(acme: Tenant, omar: Person) -> None:
    made = draft(omar, acme)
    assert figures(made) == [("fee", D(1), D(290), D("290.00")), ("minimum", D(1), D(160), D("160.00"))]
    agree(acme, PER_CHAT)
    message = refused("nothing_to_invoice", draft, omar, acme).message
    assert "2026-03" in message and "no monthly fee" in message
    assert figures(Invoice.objects.get(pk=made.pk)) == figures(made)


def test_volume_bands_become_lines_that_add_up(acme: Tenant, omar: Person) -> None:
    bands = [{"up_to": "2", "price": "1.005"}, {"up_to": None, "price": "0.333"}]
    agree(acme, [{"kind": "tiers", "code": "chat", "bands": bands}])
    items = finish_many(acme, 5)
    made = draft(omar, acme)
    assert figures(made) == [("chat", D(2), D("1.005"), D("2.01")), ("chat", D(3), D("0.333"), D("1.00"))]
    assert made.net == D("3.01")  # 2 × 1.005 + 3 × 0.333 = 3.009, rounded once
    first, second = made.lines.all()
    assert [row.work_item for row in first.usage.order_by("at")] == [item.id for item in items[:2]]
    assert [row.work_item for row in second.usage.order_by("at")] == [item.id for item in items[2:]]
    assert first.description["en"] == "Conversations, no. 1 to 2"
    assert second.description["es"] == "Conversaciones, n.º 3 a 5"


def test_what_no_price_is_for_is_reported_on_the_draft(acme: Tenant, omar: Person) -> None:
    agree(acme, [{"kind": "per_conversation", "code": "chat", "channel": "webchat", "price": "2.50"}])
    finish(acme)
    finish_many(acme, 2, channel="relay")
    made = draft(omar, acme)
    with clock.hold(AFTER_MARCH):
        cautions = {one["code"]: one["count"] for one in reading.detail(made, "en")["cautions"]}
    assert cautions["unpriced"] == 2
    assert made.net == D("2.50")
    agree(acme, [*PER_CHAT, {"kind": "per_conversation", "code": "rest", "price": "1"}])
    assert draft(omar, acme).net == D("4.50")


def test_issuing_gives_a_number_and_freezes_the_document(acme: Tenant, omar: Person) -> None:
    finish_many(acme, 2)
    issued = issue(omar, draft(omar, acme))
    assert issued.number == "2026-0001"
    assert (issued.status, issued.issued_at, issued.issued_by) == ("issued", AFTER_MARCH, omar)
    assert issued.due_on == (AFTER_MARCH + timedelta(days=30)).date()
    assert issued.frozen is not None and issued.pdf is not None
    assert document.holds(issued) and issued.frozen_sha256 == document.sha256(issued.frozen)
    assert issued.frozen["total"] == str(issued.total)
    assert bytes(issued.pdf).startswith(b"%PDF")
    entry = AuditEntry.objects.get(action="invoice.issued")
    assert (entry.person, entry.tenant, entry.object_id) == (omar, acme, str(issued.pk))


def test_numbers_follow_each_other_over_clients_and_begin_anew_each_year(
    acme: Tenant, northlight: Tenant, omar: Person
) -> None:
    first, second = draft(omar, acme), draft(omar, northlight)
    assert [issue(omar, first).number, issue(omar, second).number] == ["2026-0001", "2026-0002"]
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 2027 already in Madrid
    assert issue(omar, draft(omar, acme, "2026-04", new_year), new_year).number == "2027-0001"


def test_issuing_twice_is_refused_and_uses_no_number(acme: Tenant, omar: Person) -> None:
    made = draft(omar, acme)
    issue(omar, made)
    refused("already_issued", issue, omar, made)
    refused("already_issued", draft, omar, acme)
    assert InvoiceSeries.objects.get(code="2026").next_number == 2


def test_a_month_that_is_not_over_is_drafted_but_not_issued(acme: Tenant, omar: Person) -> None:
    finish(acme)
    made = draft(omar, acme, now=MARCH + timedelta(days=1))
    refused("month_not_over", issue, omar, made, MARCH + timedelta(days=1))
    refused("not_begun", draft, omar, acme, "2026-05", AFTER_MARCH)
    assert issue(omar, made).status == "issued"


def test_an_outdated_draft_is_not_issued(acme: Tenant, omar: Person) -> None:
    agree(acme, PER_CHAT)
    finish(acme)
    made = draft(omar, acme)
    finish(acme)
    refused("draft_outdated", issue, omar, made)
    assert not InvoiceSeries.objects.exists()
    agree(acme, [{**PER_CHAT[0], "price": "9.00"}])
    refused("draft_outdated", issue, omar, made)
    assert issue(omar, draft(omar, acme)).net == D("18.00")


def test_usage_that_comes_after_issue_goes_on_the_next_invoice_as_late(acme: Tenant, omar: Person) -> None:
    bands = [{"up_to": "2", "price": "3.00"}, {"up_to": None, "price": "1.00"}]
    fee = {"kind": "monthly_fee", "code": "fee", "amount": "10"}
    agree(acme, [fee, {"kind": "tiers", "code": "chat", "bands": bands}])
    finish(acme)
    issue(omar, draft(omar, acme))
    late = finish_many(acme, 2, MARCH + timedelta(days=2))
    finish(acme, MARCH + timedelta(days=40))
    april = draft(omar, acme, "2026-04", MAY)
    # March stood at one chat: the second still costs 3.00, the third 1.00; the fee is not charged again.
    assert figures(april) == [
        ("fee", D(1), D(10), D("10.00")),
        ("chat", D(1), D(3), D("3.00")),
        ("late:2026-03:chat", D(1), D(3), D("3.00")),
        ("late:2026-03:chat", D(1), D(1), D("1.00")),
    ]
    late_lines = [line for line in april.lines.all() if line.rate_code.startswith("late")]
    assert late_lines[0].description["en"] == "Conversations (late from March 2026), no. 2"
    assert {row.work_item for line in late_lines for row in line.usage.all()} == {item.id for item in late}
    with clock.hold(MAY):
        assert {"code": "late", "count": 2} in reading.detail(april, "en")["cautions"]
    issue(omar, april, MAY)
    assert reckon(acme, period(acme, "2026-05")).late == 0


def test_a_month_that_was_never_invoiced_stays_its_own(acme: Tenant, omar: Person) -> None:
    agree(acme, PER_CHAT)
    finish(acme, MARCH - timedelta(days=30))
    finish(acme)
    assert draft(omar, acme).net == D("2.50")
    assert draft(omar, acme, "2026-02").net == D("2.50")


def test_an_item_is_never_billed_twice_for_another_kind_of_usage(acme: Tenant, omar: Person) -> None:
    agree(acme, PER_CHAT)
    finish(acme)
    issue(omar, draft(omar, acme))
    agree(acme, [*PER_CHAT, {"kind": "per_minute", "code": "minutes", "price": "1"}])
    finish(acme, MARCH + timedelta(days=30))
    assert [line.rate_code for line in draft(omar, acme, "2026-04", MAY).lines.all()] == ["chat", "minutes"]
    assert reckon(acme, period(acme, "2026-04")).late == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoice SET total = 0 WHERE id = %(invoice)s",
        "DELETE FROM billing_invoice WHERE id = %(invoice)s",
        "UPDATE billing_invoiceline SET amount = 0 WHERE invoice_id = %(invoice)s",
        "UPDATE billing_usage SET line_id = NULL WHERE tenant_id = %(tenant)s AND line_id IS NOT NULL",
        "DELETE FROM billing_usage WHERE tenant_id = %(tenant)s AND line_id IS NOT NULL",
        "INSERT INTO billing_invoiceline SELECT gen_random_uuid(), 99, rate_code, description, quantity, unit,"
        " unit_price, amount, invoice_id FROM billing_invoiceline WHERE invoice_id = %(invoice)s LIMIT 1",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_issued(acme: Tenant, omar: Person, statement: str) -> None:
    finish(acme)
    issued = issue(omar, draft(omar, acme))
    with pytest.raises(DatabaseError, match="issued"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"invoice": issued.pk, "tenant": acme.pk})
    assert Invoice.objects.get(pk=issued.pk).total == issued.total


def test_only_an_operator_drafts_and_issues(acme: Tenant, omar: Person, sofia: Person, carla: Person) -> None:
    made = draft(omar, acme)
    for person in (sofia, carla):
        refused("not_allowed", draft, person, acme)
        refused("not_allowed", issue, person, made)
    assert issue(omar, made).number


def test_a_month_before_the_first_rate_card_is_refused(acme: Tenant, omar: Person) -> None:
    assert acme.name in refused("no_rate_card", draft, omar, acme, "2025-12").message


def test_vat_is_charged_at_home_and_reversed_elsewhere(acme: Tenant, omar: Person, settings: Any) -> None:
    made = draft(omar, acme)
    assert (made.vat_percent, document.document(made, acme)["vat_note"]) == (D(0), "reverse_charge")
    settings.BPO_COUNTRY = "IT"
    agree(acme, PER_CHAT, vat_percent="22.00")
    finish(acme)
    made = draft(omar, acme)
    assert (made.vat, document.document(made, acme)["vat_note"]) == (D("0.55"), "")


def test_parallel_issues_give_one_number_each_without_a_gap(
    live_stack: LiveStack, acme: Tenant, northlight: Tenant, omar: Person
) -> None:
    finish_many(acme, 2)
    drafts = [draft(omar, shop, month) for month in ("2026-03", "2026-02") for shop in (acme, northlight)]
    outcomes: list[str] = []

    def run(made: Invoice) -> None:
        try:
            outcomes.append(str(invoicing.issue(person=omar, invoice_id=made.pk).number))
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(made,)) for made in (*drafts, drafts[0], drafts[1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    year = document.today().year
    assert sorted(outcomes) == [*(f"{year}-{n:04}" for n in range(1, 5)), "already_issued", "already_issued"]
    assert Invoice.objects.filter(status="issued").count() == 4


def test_parallel_drafts_leave_one(live_stack: LiveStack, acme: Tenant, omar: Person) -> None:
    finish_many(acme, 6)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            invoicing.draft(person=omar, tenant=acme, period=period(acme))
        except (Refusal, InternalError, DatabaseError) as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    made = Invoice.objects.get(tenant=acme)
    assert sum(line.amount for line in made.lines.all()) == made.net
    assert Usage.objects.filter(line__invoice=made, kind="conversation").count() == 6
