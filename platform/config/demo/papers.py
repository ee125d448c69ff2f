"""What supervisor and operator made of the past: evaluations, and the papers of the month before last."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from billing import invoicing, usage
from kernel import clock
from kernel.tenancy import enter
from people.models import Person
from quality import evaluating
from quality.models import Evaluation
from routing.models import WorkItem
from sla_contracts.period import Period
from tenants.models import Tenant

A_SHOP = 14
SUMMARIES = (
    "Clear and complete; the customer knew at once what happens next.",
    "Right answer. A sentence of understanding before the facts would have helped.",
    "Well handled under pressure. Mind the greeting: it is part of this shop's voice.",
    "Good tone, and a date that could be kept. Please choose the contact reason with care.",
)


def evaluate_some(*, shop: Tenant, supervisor: Person) -> int:
    """Evaluations of finished work, each made two days after it; how many."""
    chance = random.Random(shop.slug)
    done = WorkItem.objects.filter(tenant=shop, state=WorkItem.State.DONE).order_by("finished_at")
    chosen = chance.sample(list(done), min(A_SHOP, done.count()))
    with enter(shop):
        if Evaluation.objects.exists():
            return 0
        definition = evaluating.scorecard_in_force().definition
        for item in sorted(chosen, key=lambda one: one.finished_at or one.entered_at):
            made_at = min((item.finished_at or item.entered_at) + timedelta(days=2), clock.now())
            with clock.hold(made_at):
                evaluating.evaluate(
                    person=supervisor,
                    tenant=shop,
                    conversation_id=item.conversation,
                    work_item=item.id,
                    answers=_answers(chance, definition),
                    comments={},
                    summary=chance.choice(SUMMARIES),
                )
    return len(chosen)


def bill_before_last_month(*, shop: Tenant, operator: Person, now: datetime) -> str:
    """Book all usage and issue the invoice of the month before last; its number. Last month's is left to do."""
    usage.collect(shop)
    period = Period.holding(now, shop.time_zone).before(2)
    with clock.hold(period.end + timedelta(days=2, hours=9)):
        draft = invoicing.draft(person=operator, tenant=shop, period=period)
        return str(invoicing.issue(person=operator, invoice_id=draft.pk).number)


def _answers(chance: random.Random, definition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        question["code"]: _answer(chance, question)
        for section in definition["sections"]
        for question in section["questions"]
    }


def _answer(chance: random.Random, question: Mapping[str, Any]) -> bool | int:
    if question["kind"] == "yes_no":
        return chance.random() < (0.99 if question.get("fatal") else 0.88)
    most = int(question["max"])
    return max(0, most - chance.choice((0, 0, 0, 1, 1, 2)))
