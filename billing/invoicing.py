"""Invoices: drafted as often as wanted, issued once, then final.

Lock order: the tenant's row (drafts and issues of one client follow each other), the invoice, the series.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from billing import document, pdf, usage
from billing.clause_lines import waits_for_report
from billing.models import Invoice, InvoiceLine, InvoiceSeries, Usage
from billing.reckoning import Reckoning, reckon
from kernel import clock
from kernel.errors import Refusal, not_found
from people.access import audit, roles_of
from people.models import Person
from sla_contracts.period import Period
from tenants.models import Tenant

SERIES_DIGITS = 4


def draft(*, person: Person | None, tenant: Tenant, period: Period) -> Invoice:
    """Reckon the month and keep it as the period's draft, in place of the one before; books usage first.

    person: an operator; None for the system. Refuses with ``not_allowed``, ``not_begun``, ``already_issued``,
    ``no_rate_card`` or ``nothing_to_invoice``; then the draft before stands as it was.
    """
    require_operator(person)
    if period.start > clock.now():
        raise Refusal("not_begun", 409, "This month has not begun; nothing was made.")
    usage.collect(tenant)
    with transaction.atomic():
        _lock_books_of(tenant)
        of_period = Invoice.objects.filter(tenant=tenant, period_start=period.start)
        issued = of_period.filter(status=Invoice.Status.ISSUED).first()
        if issued is not None:
            raise Refusal(
                "already_issued",
                409,
                f"Invoice {issued.number} of this month is issued; later usage goes on the next month's.",
            )
        former = of_period.filter(status=Invoice.Status.DRAFT).first()
        reckoning = reckon(tenant, period, draft=former)
        if not reckoning.lines and not reckoning.unpriced:
            raise Refusal(
                "nothing_to_invoice",
                409,
                f"Nothing billable was finished in {period.month}, and no monthly fee or minimum is agreed.",
            )
        invoice = _keep(tenant, period, former, reckoning)
        audit(person, "invoice.drafted", tenant=tenant, object_id=invoice.id, month=period.month)
    return Invoice.objects.get(pk=invoice.pk)


def issue(*, person: Person | None, invoice_id: UUID) -> Invoice:
    """Give the draft its number and freeze it: document, hash and PDF, in one transaction.

    Refuses with ``not_allowed``, ``not_found``, ``already_issued``, ``month_not_over``, ``report_first``,
    ``negative_total`` or ``draft_outdated`` (usage, prices or the month's SLA report have changed since the draft was
    made); nothing is changed then, and no number is used up.
    """
    require_operator(person)
    found = Invoice.objects.select_related("tenant").filter(pk=invoice_id).first()
    if found is None:
        raise not_found()
    tenant = found.tenant
    usage.collect(tenant)
    with transaction.atomic():
        _lock_books_of(tenant)
        locked = Invoice.objects.select_for_update(no_key=True, of=("self",))
        invoice = locked.select_related("rate_card").get(pk=invoice_id)
        _refuse_unless_issuable(invoice, tenant)
        invoice.status = Invoice.Status.ISSUED
        invoice.issued_at, invoice.issued_by = clock.now(), person
        invoice.due_on = document.today() + timedelta(days=settings.BPO_PAYMENT_DAYS)
        frozen = document.document(invoice, tenant)
        # From here on every other client's issue of this year waits. The paper shows the number and a hash over it, so
        # it can only be typeset once the number is known; and the number must not outlive a failure to typeset, or
        # the series would have a gap. So the series is locked last, and all that can be done before it is.
        invoice.number = _next_number(document.today().year)
        invoice.frozen = {**frozen, "number": invoice.number}
        invoice.frozen_sha256 = document.sha256(invoice.frozen)
        invoice.pdf = pdf.render(invoice.frozen, invoice.frozen_sha256)
        invoice.save()
        audit(person, "invoice.issued", tenant=tenant, object_id=invoice.id, number=invoice.number)
    return invoice


def is_outdated(invoice: Invoice, reckoning: Reckoning) -> bool:
    """Whether its month, reckoned anew (``reckon(…, draft=invoice)``), gives other lines than the draft holds."""
    held = [
        (line.rate_code, line.description, line.quantity, line.unit_price, line.amount, _behind(line))
        for line in invoice.lines.prefetch_related("usage")
    ]
    anew = [
        (line.rate_code, line.description, line.quantity, line.unit_price, line.amount, frozenset(line.usage_ids))
        for line in reckoning.lines
    ]
    sums = (reckoning.totals.net, reckoning.totals.vat, reckoning.totals.gross, reckoning.card.pk)
    return held != anew or sums != (invoice.net, invoice.vat, invoice.total, invoice.rate_card_id)


def require_operator(person: Person | None) -> None:
    if person is not None and "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was changed.")


def _refuse_unless_issuable(invoice: Invoice, tenant: Tenant) -> None:
    if invoice.status == Invoice.Status.ISSUED:
        raise Refusal("already_issued", 409, f"This invoice is issued already, as {invoice.number}.")
    if invoice.period_end > clock.now():
        raise Refusal("month_not_over", 409, "The month is not over; issue the invoice when it is. It stays a draft.")
    if waits_for_report(tenant, document.period_of(invoice, tenant)):
        raise Refusal(
            "report_first",
            409,
            "The contract's quality clause is judged in the month's SLA report; issue that first. It stays a draft.",
        )
    if not invoice.lines.exists():
        raise Refusal("nothing_to_invoice", 409, "This draft has no lines; agree on prices, and make it anew.")
    if invoice.net < 0:
        raise Refusal(
            "negative_total", 409, "The credits come to more than the services; that is no invoice. It stays a draft."
        )
    if is_outdated(invoice, reckon(tenant, document.period_of(invoice, tenant), draft=invoice)):
        raise Refusal(
            "draft_outdated", 409, "What it is made of changed since this draft was made; make it anew and look again."
        )


def _keep(tenant: Tenant, period: Period, former: Invoice | None, reckoning: Reckoning) -> Invoice:
    """Write the draft's row (the former one's, so that links to it stay good) and its lines."""
    invoice = former or Invoice(tenant=tenant, period_start=period.start, period_end=period.end)
    invoice.currency = reckoning.card.currency
    invoice.rate_card = reckoning.card
    invoice.net = reckoning.totals.net
    invoice.vat_percent = reckoning.totals.vat_rate
    invoice.vat = reckoning.totals.vat
    invoice.total = reckoning.totals.gross
    invoice.made_at = clock.now()
    invoice.save()
    invoice.lines.all().delete()
    for position, figures in enumerate(reckoning.lines, start=1):
        line = InvoiceLine.objects.create(
            invoice=invoice,
            position=position,
            rate_code=figures.rate_code,
            description=dict(figures.description),
            quantity=figures.quantity,
            unit=figures.unit,
            unit_price=figures.unit_price,
            amount=figures.amount,
            report_id=figures.report,
        )
        Usage.objects.filter(pk__in=figures.usage_ids).update(line=line)
    return invoice


def _behind(line: InvoiceLine) -> frozenset[str]:
    return frozenset(str(row.pk) for row in line.usage.all())


def _lock_books_of(tenant: Tenant) -> None:
    # NO KEY: rows that point at the tenant may still be written meanwhile.
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)


def _next_number(year: int) -> str:
    """The next of the year's series; its row stays locked, so a number is only gone when its invoice is there."""
    InvoiceSeries.objects.get_or_create(code=str(year))
    series = InvoiceSeries.objects.select_for_update(no_key=True).get(code=str(year))
    number = series.next_number
    series.next_number = number + 1
    series.save(update_fields=["next_number"])
    return f"{year}-{number:0{SERIES_DIGITS}}"
