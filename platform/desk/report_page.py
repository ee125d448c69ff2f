"""A client's SLA reports on the operator's screen: when they are due, whom they go to, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from carriers.email_text import is_address
from desk import reporting
from desk.portal_papers import issue_report, list_reports
from kernel import clock
from kernel.errors import Refusal
from people.access import audit
from people.models import Person
from sla_contracts import contracts, report, report_plans, report_runs
from sla_contracts.models import ReportDelivery, ReportPlan, ReportRun, SlaReport
from sla_contracts.report_plans import Plan
from tenants.models import Tenant

Json = dict[str, Any]


def reports(tenant: Tenant) -> Json:
    """Wholly: the plan that holds, the contract's, the next report, those issued, and months that are in trouble."""
    now = clock.now()
    plan = report_plans.plan_of(tenant, now)
    agreed = report_plans.agreed_plan(tenant, contracts.version_in_force(tenant.id, now))
    due = report_plans.next_due(tenant, plan, now) if plan and plan.is_on else None
    return {
        "time_zone": tenant.time_zone,
        "language": report_plans.language_for(tenant, None),
        "plan": plan and _plan(plan),
        "agreed": agreed and _plan(agreed),
        "next": due and {"month": due.period.month, "at": due.at},
        "reports": [{**row, "pdf_url": _pdf_url(tenant, row["id"])} for row in list_reports(tenant)],
        "problems": [
            {"month": run.month, "problem": run.problem, "tries": run.tries, "is_final": run.done_at is not None}
            for run in ReportRun.objects.filter(tenant=tenant).exclude(problem="").order_by("-month")
        ],
    }


def choose(*, person: Person, tenant: Tenant, asked: Json) -> None:
    report_plans.choose(person=person, tenant=tenant, asked=asked, is_address=is_address)
    reporting.ring()


def issue(*, person: Person, tenant: Tenant, month: str) -> SlaReport:
    """The month's report now, before or beside its calendar; it is sent to nobody."""
    return issue_report(person=person, tenant=tenant, month=month)


def send_again(*, person: Person, tenant: Tenant, report_id: UUID, recipients: Sequence[str]) -> list[UUID]:
    """Once more to these, or to the plan's recipients; whoever it is still under way to gets it once.

    Refuses with ``no_recipients`` or ``invalid``; nothing is sent then.
    """
    row = report.report(tenant, report_id)
    plan = report_plans.plan_of(tenant, clock.now())
    wanted = report_plans.check_recipients(recipients or (plan.recipients if plan else ()), is_address)
    if not wanted:
        raise Refusal("no_recipients", 409, "Nobody is named to whom the report would go; nothing was sent.")
    with transaction.atomic():
        # Two that press at once follow each other.
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
        states = (ReportDelivery.State.PENDING, ReportDelivery.State.SENDING)
        on_way = ReportDelivery.objects.filter(report=row, state__in=states).values_list("recipient", flat=True)
        left = [one for one in wanted if one not in set(on_way)]
        made = report_runs.address(row, left, form=plan.form if plan else ReportPlan.Form.ATTACHED, person=person)
        audit(person, "sla_report.sent_again", tenant=tenant, object_id=row.id, recipients=len(made))
        reporting.ring()
    return made


def _plan(plan: Plan) -> Json:
    return {
        "by": plan.by,
        "is_on": plan.is_on,
        "kind": plan.kind,
        "day": plan.day,
        "at": plan.at,
        "time_zone": plan.time_zone,
        "language": plan.language,
        "form": plan.form,
        "recipients": list(plan.recipients),
    }


def _pdf_url(tenant: Tenant, report_id: str) -> str:
    return f"/api/desk/clients/{tenant.id}/reports/{report_id}/pdf"
