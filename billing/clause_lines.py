"""What missing or beating the contract's clauses comes to on an invoice: a credit or a supplement for each clause.

A dispute over an earlier month's item that was accepted in this one is a line of its own: that month's papers stay.
The figures are those of the month's issued SLA report, the latest one that is final; before it is issued, those of the
ledger as it stands. They are price reductions and supplements of the service: part of the net, before VAT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from billing.line_figures import LineFigures
from billing.wording import LANGUAGES, Wording
from kernel import clock
from kernel.errors import Refusal
from kernel.money import round_amount
from sla_contracts import contracts
from sla_contracts.attainment import attainment
from sla_contracts.disputes import corrections
from sla_contracts.models import ContractVersion, SlaReport
from sla_contracts.period import Period
from tenants.models import Tenant

PREFIX, CORRECTION, QUALITY = "sla", "sla-correction", "sla-quality"
CODE_MAX = 120
# A dispute is raised and answered long before so many months are over.
CORRECTED_BACK = 24
SHORT_HASH = 12
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Origin:
    tenant: Tenant
    period: Period
    currency: str
    report: SlaReport | None
    versions: Mapping[int, ContractVersion]


def clause_lines(tenant: Tenant, period: Period, currency: str) -> list[LineFigures]:
    """A line for each penalty and each bonus of the month, in the contract's order.

    Refuses with ``currencies_differ`` where the clauses' amounts are not in the rate card's currency.
    """
    report = final_report(tenant, period)
    figures = report.data if report else attainment(tenant, period, now=clock.now())
    since = period.before(CORRECTED_BACK).start
    versions = {row.number: row for row in contracts.versions_between(tenant.id, since, period.end)}
    origin = _Origin(tenant, period, currency, report, versions)
    lines = [line for clause in figures["clauses"] for line in _lines_of(clause, origin)]
    lines += [line for row in figures.get("quality", {}).get("clauses", ()) for line in _of_quality(row, origin)]
    lines += [line for row in _corrections(report, tenant, period) for line in _correction(row, origin)]
    if lines and figures["currency"] != currency:
        raise Refusal(
            "currencies_differ",
            409,
            f"The contract's clauses are in {figures['currency']}, the rate card in {currency}; nothing was changed.",
        )
    return lines


def final_report(tenant: Tenant, period: Period) -> SlaReport | None:
    """The latest report of the month that was issued when the month was over, without its bytes."""
    rows = SlaReport.objects.filter(tenant=tenant, period_start=period.start, cut_off__gte=F("period_end"))
    return rows.defer("pdf").order_by("-issued_at").first()


def waits_for_report(tenant: Tenant, period: Period) -> bool:
    """Whether a priced quality clause was in force and the month has no final report yet: only that one judges it."""
    versions = contracts.versions_between(tenant.id, period.start, period.end)
    agreed = (contracts.terms_of(version.id, version).quality for version in versions)
    has_price = any(clause is not None and (clause.penalty or clause.bonus) for clause in agreed)
    return has_price and final_report(tenant, period) is None


def clause_behind(rate_code: str) -> str | None:
    """The clause that a line is for; None for a line of usage or a fee."""
    prefix, *rest = rate_code.split(":", 3 if rate_code.startswith(CORRECTION) else 2)
    return rest[-1] if prefix in (PREFIX, CORRECTION) else None


def _lines_of(clause: Mapping[str, Any], origin: _Origin) -> list[LineFigures]:
    penalty, bonus = Decimal(clause["penalty"]), Decimal(clause["bonus"])
    found = []
    if penalty:
        found.append(_credit(clause, penalty, origin))
    if bonus:
        found.append(_line(clause, "line_supplement", "points_over", Decimal(1), bonus, bonus, origin))
    return found


def _of_quality(row: Mapping[str, Any], origin: _Origin) -> list[LineFigures]:
    """What the quality clause comes to, as the month's report has it: evaluations stand in the client's schema."""
    amount = Decimal(row["bonus"]) - Decimal(row["penalty"])
    if not amount:
        return []
    words = "line_quality" if amount < 0 else "line_quality_bonus"
    description = {}
    for code in LANGUAGES:
        wording = Wording(code, country=origin.tenant.country, time_zone=origin.period.time_zone)
        said = wording.say(
            words,
            average=wording.points(Decimal(row["average"])),
            goal=wording.points(Decimal(row["goal"])),
            points=wording.points(Decimal(row["points_over"])),
        )
        description[code] = _with_report(said, wording, origin)
    return [
        LineFigures(
            rate_code=f"{QUALITY}:{row['version']}",
            description=description,
            quantity=Decimal(1),
            unit="month",
            unit_price=amount,
            amount=amount,
            report=origin.report.id if origin.report else None,
        )
    ]


def _corrections(report: SlaReport | None, tenant: Tenant, period: Period) -> list[dict[str, Any]]:
    if report is not None:
        return list(report.data.get("corrections", ()))
    return [{**row, "clause": row["code"]} for row in corrections(tenant, period, now=clock.now())]


def _correction(row: Mapping[str, Any], origin: _Origin) -> list[LineFigures]:
    """What an earlier month's clause owes after accepted disputes, or has too much."""
    amount = Decimal(row["bonus"]) - Decimal(row["penalty"])
    if not amount:
        return []
    description = {}
    for code in LANGUAGES:
        wording = Wording(code, country=origin.tenant.country, time_zone=origin.period.time_zone)
        title = _title({"code": row["clause"], "version": row["version"]}, code, origin)
        said = wording.say("line_correction", month=wording.month(row["month"]), title=title)
        description[code] = _with_report(said, wording, origin)
    return [
        LineFigures(
            rate_code=f"{CORRECTION}:{row['month']}:{row['version']}:{row['clause']}"[:CODE_MAX],
            description=description,
            quantity=Decimal(1),
            unit="month",
            unit_price=amount,
            amount=amount,
            report=origin.report.id if origin.report else None,
        )
    ]


def _credit(clause: Mapping[str, Any], penalty: Decimal, origin: _Origin) -> LineFigures:
    """Points × price where that is what it comes to; else (tiers, a cap) the amount as one."""
    per_point = Decimal(clause["per_point"])
    points = min(Decimal(clause["points_off"]), Decimal(clause["cap_points"]))
    is_by_point = not clause["tiers"] and round_amount(points * per_point, origin.currency) == penalty
    quantity, price = (points, per_point) if is_by_point else (Decimal(1), penalty)
    return _line(clause, "line_credit", "points_off", quantity, -price, -penalty, origin)


def _line(
    clause: Mapping[str, Any],
    words: str,
    points: str,
    quantity: Decimal,
    price: Decimal,
    amount: Decimal,
    origin: _Origin,
) -> LineFigures:
    return LineFigures(
        rate_code=f"{PREFIX}:{clause['version']}:{clause['code']}"[:CODE_MAX],
        description={code: _say(clause, words, points, code, origin) for code in LANGUAGES},
        quantity=quantity,
        unit="month" if price == amount else "point",
        unit_price=price,
        amount=amount,
        report=origin.report.id if origin.report else None,
    )


def _say(clause: Mapping[str, Any], words: str, points: str, language: str, origin: _Origin) -> str:
    wording = Wording(language, country=origin.tenant.country, time_zone=origin.period.time_zone)
    said = wording.say(
        words,
        title=_title(clause, language, origin),
        share=wording.share(Decimal(clause["share"]), goal=Decimal(clause["goal"])),
        goal=wording.share(Decimal(clause["goal"])),
        points=wording.points(Decimal(clause[points])),
    )
    return _with_report(said, wording, origin)


def _with_report(said: str, wording: Wording, origin: _Origin) -> str:
    digest = origin.report.data_sha256[:SHORT_HASH] if origin.report else ""
    return f"{said} {wording.say('line_report', hash=digest)}" if digest else said


def _title(clause: Mapping[str, Any], language: str, origin: _Origin) -> str:
    version = origin.versions.get(clause["version"])
    agreed = contracts.terms_of(version.id, version).clauses if version else ()
    found = next((one for one in agreed if one.code == clause["code"]), None)
    return found.title(language) if found else str(clause["code"])
