"""When each client's reports are due and whom they go to: the operator's plan, else the terms in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from kernel import clock
from kernel.errors import Refusal, invalid
from people.access import audit, roles_of
from people.models import Person
from sla_contracts import contracts
from sla_contracts.models import ContractVersion, ReportPlan, ReportRun
from sla_contracts.period import Period
from sla_contracts.report_calendar import LAST, RECIPIENTS_MAX, due_at
from sla_contracts.speech import LANGUAGES
from tenants.models import Tenant

# So far back a missed report is made up for.
MONTHS_BACK = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """What holds for a client now. by: ``operator`` or ``contract``."""

    by: str
    kind: str
    day: int
    at: time
    time_zone: str
    language: str
    form: str
    recipients: tuple[str, ...]
    since: datetime
    is_on: bool = True

    def due(self, period: Period, country: str) -> datetime:
        return due_at(
            kind=self.kind,
            day=self.day,
            at=self.at,
            time_zone=self.time_zone,
            country=country,
            month_end=period.end,
        )


@dataclass(frozen=True, slots=True)
class Due:
    tenant: Tenant
    plan: Plan
    period: Period
    at: datetime


def plan_of(tenant: Tenant, now: datetime) -> Plan | None:
    """None where neither the operator nor the contract in force names a day."""
    row = ReportPlan.objects.filter(tenant=tenant).first()
    return _chosen(row, tenant) if row else agreed_plan(tenant, contracts.version_in_force(tenant.id, now))


def agreed_plan(tenant: Tenant, version: ContractVersion | None) -> Plan | None:
    """What the version's terms say of reports."""
    agreed = contracts.terms_of(version.id, version).report if version else None
    if version is None or agreed is None:
        return None
    return Plan(
        by="contract",
        kind=agreed.kind,
        day=agreed.day,
        at=agreed.at,
        time_zone=agreed.time_zone or tenant.time_zone,
        language=agreed.language,
        form=ReportPlan.Form.ATTACHED,
        recipients=agreed.recipients,
        since=max(version.valid_from, version.signed_at or version.valid_from),
    )


def language_for(tenant: Tenant, plan: Plan | None) -> str:
    """The plan's, else the shop's own, else English."""
    wished = (plan.language if plan else "", tenant.default_language)
    return next((language for language in wished if language in LANGUAGES), "en")


def next_due(tenant: Tenant, plan: Plan, now: datetime) -> Due:
    """The next report that will be issued: of the month before, if it is still to come, else of the running one."""
    running = Period.holding(now, tenant.time_zone)
    for period in (running.before(), running):
        at = plan.due(period, tenant.country)
        if at > now:
            break
    return Due(tenant, plan, period, at)


def due_now(now: datetime) -> list[Due]:
    """Every report of an active client that should have been issued by now and was not, the longest due first."""
    tenants = Tenant.objects.filter(status=Tenant.Status.ACTIVE).in_bulk()
    rows = {row.tenant_id: row for row in ReportPlan.objects.filter(tenant__in=list(tenants))}
    in_force = contracts.versions_in_force(now)
    settled = _settled(now)
    found: list[Due] = []
    for tenant in tenants.values():
        row = rows.get(tenant.id)
        plan = _chosen(row, tenant) if row else agreed_plan(tenant, in_force.get(tenant.id))
        if plan is not None and plan.is_on:
            found += _due_of(tenant, plan, settled, now)
    return sorted(found, key=lambda due: (due.at, due.tenant.id))


def choose(
    *, person: Person | None, tenant: Tenant, asked: Mapping[str, Any], is_address: Callable[[str], bool]
) -> ReportPlan:
    """Set the client's plan; from now on it holds in place of the contract's. Refuses with ``invalid`` by field.

    is_address: tells whether mail could go to a text (``carriers`` knows).
    """
    _require_operator(person)
    values = _checked(asked, is_address)
    with transaction.atomic():
        before = ReportPlan.objects.select_for_update(no_key=True).filter(tenant=tenant).first()
        if before is None or not before.is_on:
            values["since"] = clock.now()
        row, _ = ReportPlan.objects.update_or_create(tenant=tenant, defaults=values)
        audit(person, "report_plan.changed", tenant=tenant, object_id=row.id, recipients=len(row.recipients))
    return row


def drop(*, person: Person | None, tenant: Tenant) -> None:
    """Back to what the contract says."""
    _require_operator(person)
    with transaction.atomic():
        if ReportPlan.objects.filter(tenant=tenant).delete()[0]:
            audit(person, "report_plan.dropped", tenant=tenant, object_id=tenant.id)


def _due_of(tenant: Tenant, plan: Plan, settled: set[tuple[UUID, str]], now: datetime) -> list[Due]:
    found, period = [], Period.holding(now, tenant.time_zone)
    for _ in range(MONTHS_BACK):
        period = period.before()
        at = None if (tenant.id, period.month) in settled else plan.due(period, tenant.country)
        if at is not None and plan.since <= at <= now:
            found.append(Due(tenant, plan, period, at))
        if period.end < plan.since:
            break
    return found


def _settled(now: datetime) -> set[tuple[UUID, str]]:
    """Months that are done with, or are to be tried again only later."""
    runs = ReportRun.objects.filter(month__gte=f"{now.year - 2}-12").exclude(done_at=None, next_try_at__lte=now)
    return set(runs.values_list("tenant_id", "month"))


def _chosen(row: ReportPlan, tenant: Tenant) -> Plan:
    return Plan(
        by="operator",
        kind=row.kind,
        day=row.day,
        at=row.at,
        time_zone=row.time_zone or tenant.time_zone,
        language=row.language,
        form=row.form,
        recipients=tuple(row.recipients),
        since=row.since,
        is_on=row.is_on,
    )


def _checked(asked: Mapping[str, Any], is_address: Callable[[str], bool]) -> dict[str, Any]:
    kind, day = asked["kind"], asked["day"]
    if not 1 <= day <= LAST[kind]:
        raise invalid("There is no such day; nothing was changed.", day=f"1 to {LAST[kind]}")
    try:
        ZoneInfo(asked["time_zone"])
    except (KeyError, ValueError, OSError):
        raise invalid("No such time zone; nothing was changed.", time_zone="such as Europe/Madrid") from None
    return {
        "is_on": asked["is_on"],
        "kind": kind,
        "day": day,
        "at": asked["at"].replace(tzinfo=None, second=0, microsecond=0),
        "time_zone": asked["time_zone"],
        "language": asked["language"],
        "form": asked["form"],
        "recipients": check_recipients(asked["recipients"], is_address),
    }


def check_recipients(named: Sequence[str], is_address: Callable[[str], bool]) -> list[str]:
    """Each once, in the order given; Refusal ``invalid`` for what is no address, or too many."""
    found = list({one.strip().casefold(): one.strip() for one in named if one.strip()}.values())
    for one in found:
        if not is_address(one):
            raise invalid("One of these is no mail address; nothing was changed.", recipients=f"{one[:80]}: no address")
    if len(found) > RECIPIENTS_MAX:
        raise invalid("Too many recipients; nothing was changed.", recipients=f"{RECIPIENTS_MAX} at most")
    return found


def _require_operator(person: Person | None) -> None:
    if person is not None and "operator" not in roles_of(person, None):
        raise Refusal("not_allowed", 403, "Only an operator may do this; nothing was changed.")
