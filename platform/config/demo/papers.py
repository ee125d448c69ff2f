"""What supervisor and operator made of the past: evaluations, and each month's SLA report and invoice."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from billing import invoicing, usage
from billing.models import Invoice
from config.demo.cast import AGENTS
from conversations.models import Conversation
from desk import portal_papers
from kernel import clock
from people.models import Person
from quality import evaluating
from quality.scoring import needs_comment
from sla_contracts.models import SlaReport
from sla_contracts.period import Period
from tenants.models import Tenant

SUMMARIES = (
    "Clear and complete; the customer knew at once what happens next.",
    "Right answer. A sentence of understanding before the facts would have helped.",
    "Well handled under pressure. Mind the greeting: it is part of this shop's voice.",
    "Good tone, and a date that could be kept. Please choose the contact reason with care.",
)


def evaluate(
    *, supervisor: Person, shop: Tenant, conversation_id: UUID, work_item: UUID, agent: str, chance: random.Random
) -> None:
    """The supervisor evaluates a finished piece of work of this agent's [inside the shop, with the clock held]."""
    skill = next(each.skill for each in AGENTS if each.email == agent)
    channel = Conversation.objects.values_list("channel", flat=True).get(pk=conversation_id)
    definition = evaluating.scorecard_in_force(channel).definition
    answers = _answers(chance, definition, skill)
    evaluating.evaluate(
        person=supervisor,
        tenant=shop,
        conversation_id=conversation_id,
        work_item=work_item,
        answers=answers,
        comments=dict.fromkeys(needs_comment(definition, answers, channel), "The customer had to ask for it."),
        summary=chance.choice(SUMMARIES),
    )


def issue_papers(*, shop: Tenant, operator: Person, period: Period, until: datetime, is_billed: bool) -> list[str]:
    """The SLA report of a past month and, if it is to be billed, its invoice; what was issued already stays.

    Issued in the first days of the month after. Returns what was made.
    """
    made = []
    if not SlaReport.objects.filter(tenant=shop, period_start=period.start).exists():
        with clock.hold(min(period.end + timedelta(days=1, hours=8), until)):
            portal_papers.issue_report(person=None, tenant=shop, month=period.month)
        made.append(f"report {period.month}")
    usage.collect(shop)
    if is_billed and not Invoice.objects.filter(tenant=shop, period_start=period.start).exists():
        with clock.hold(min(period.end + timedelta(days=2, hours=9), until)):
            made.append(_invoice(shop, operator, period))
    return made


def _invoice(shop: Tenant, operator: Person, period: Period) -> str:
    """Draft and issue; a month whose credits come to more than its services stays a draft."""
    draft = invoicing.draft(person=operator, tenant=shop, period=period)
    if draft.net < 0:
        return f"draft of an invoice {period.month}"
    return f"invoice {invoicing.issue(person=operator, invoice_id=draft.pk).number}"


def _answers(chance: random.Random, definition: Mapping[str, Any], skill: float) -> dict[str, Any]:
    return {
        question["code"]: _answer(chance, question, skill)
        for section in definition["sections"]
        for question in section["questions"]
    }


def _answer(chance: random.Random, question: Mapping[str, Any], skill: float) -> bool | int | str:
    if question["kind"] == "choice":
        options = sorted(question["options"], key=lambda option: -int(option["points"]))
        return str(options[0 if chance.random() < skill else chance.randrange(len(options))]["code"])
    if question["kind"] == "number":
        worst, best = float(question["none_at"]), float(question["full_at"])
        return round(worst + (best - worst) * min(1.0, skill * chance.uniform(0.7, 1.3)))
    if question["kind"] == "yes_no":
        return chance.random() < (0.995 if question.get("fatal") else skill)
    most = int(question["max"])
    return sum(chance.random() < skill for _ in range(most))
