"""Issue an SLA report: the month's figures, frozen with their hash and their PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel import clock
from kernel.access import client, declares
from kernel.errors import Refusal, not_found
from kernel.papers import typeset
from people.access import audit, roles_of
from people.models import Person
from sla_contracts import contracts, report_data
from sla_contracts.models import SlaReport
from sla_contracts.period import Period
from sla_contracts.quality_results import Scored
from sla_contracts.report_data import CaseNumbers
from sla_contracts.report_page import page
from sla_contracts.speech import LANGUAGES
from tenants.models import Tenant

CLIENT_WHO_ISSUES = frozenset({"client"})
CLIENT_WHO_READS = frozenset({"client", "viewer"})


def issue(
    *,
    tenant: Tenant,
    period: Period,
    language: str,
    person: Person | None,
    case_numbers: CaseNumbers,
    contact_reasons: Sequence[Mapping[str, Any]] = (),
    scored: Sequence[Scored] = (),
) -> SlaReport:
    """The report of a month as it stands now; if nothing changed since the last one, that one.

    case_numbers: conversations → their case numbers. contact_reasons: ``{"code", "label", "count"}``, most first.
    scored: the evaluations that were released in the month.
    person: the client's user or staff who asks; None for the system. Refuses with ``not_allowed``, ``no_language``,
    ``not_begun``, ``month_not_over`` or ``no_contract``.
    """
    _check(tenant, period, language, person, CLIENT_WHO_ISSUES)
    now = clock.now()
    if period.end > now:
        raise Refusal(
            "month_not_over", 409, "This month is not over. Look at its preview; its report is issued when it is."
        )
    data = report_data.build(
        tenant=tenant,
        period=period,
        language=language,
        now=now,
        case_numbers=case_numbers,
        contact_reasons=contact_reasons,
        scored=scored,
    )
    before = SlaReport.objects.filter(tenant=tenant, period_start=period.start, language=language).first()
    if before is not None and _but_cut_off(before.data) == _but_cut_off(data):
        return before
    digest = report_data.sha256(data)
    report = SlaReport.objects.create(
        tenant=tenant,
        period_start=period.start,
        period_end=period.end,
        cut_off=now,
        language=language,
        data=data,
        data_sha256=digest,
        pdf=render(data, digest),
        issued_at=now,
        issued_by=person,
    )
    audit(person, "sla_report.issued", tenant=tenant, object_id=report.id, month=period.month)
    return report


def preview(
    *,
    tenant: Tenant,
    period: Period,
    language: str,
    person: Person | None,
    case_numbers: CaseNumbers,
    contact_reasons: Sequence[Mapping[str, Any]] = (),
    scored: Sequence[Scored] = (),
) -> bytes:
    """The PDF of the running month as it stands, marked so on every page; nothing is kept. Viewers may have it, too.

    Refuses as ``issue`` does, and with ``month_over`` where the report itself can be issued.
    """
    _check(tenant, period, language, person, CLIENT_WHO_READS)
    now = clock.now()
    if period.end <= now:
        raise Refusal("month_over", 409, "This month is over: issue its report. A preview is of the running month.")
    data = report_data.build(
        tenant=tenant,
        period=period,
        language=language,
        now=now,
        case_numbers=case_numbers,
        contact_reasons=contact_reasons,
        scored=scored,
    )
    return render(data, "")


def reports_of(tenant: Tenant) -> list[SlaReport]:
    """Issued reports, newest first, without their bytes."""
    return list(SlaReport.objects.filter(tenant=tenant).defer("pdf", "data"))


def report(tenant: Tenant, report_id: UUID) -> SlaReport:
    found = SlaReport.objects.filter(tenant=tenant, pk=report_id).first()
    if found is None:
        raise not_found()
    return found


def holds(report: SlaReport) -> bool:
    """Whether the stored data still gives the hash that was printed."""
    return report_data.sha256(report.data) == report.data_sha256


@declares("export", client(opens="report"))
def render(data: Mapping[str, Any], digest: str) -> bytes:
    """The tagged PDF of canonical data. Reaches nothing but our own assets and ``data:``."""
    return typeset("sla_report.html", page(data, digest))


def _check(tenant: Tenant, period: Period, language: str, person: Person | None, client_roles: frozenset[str]) -> None:
    if person is not None and not (
        roles_of(person, tenant) & client_roles or roles_of(person, None) & {"supervisor", "operator"}
    ):
        raise Refusal("not_allowed", 403, "Only the client or a supervisor may have this report; nothing was made.")
    if language not in LANGUAGES:
        raise Refusal("no_language", 400, f"Reports are made in {', '.join(LANGUAGES)}; choose one of these.")
    now: datetime = clock.now()
    if period.start > now:
        raise Refusal("not_begun", 400, "This month has not begun; choose one that has.")
    if not contracts.versions_between(tenant.id, period.start, period.end):
        raise Refusal(
            "no_contract", 409, "No signed contract was in force in this month, so there is nothing to report."
        )


def _but_cut_off(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "cut_off"}
