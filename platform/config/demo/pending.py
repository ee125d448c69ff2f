"""What waits when one looks at the demo: report plans, questions that the clients have not answered, and disputes.

Made through the use cases at the moment in which the shops were opened, once each. What is mailed of it goes to the
local outbox: where mail leaves the machine, what is mailed is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.conf import settings

from carriers.email_text import is_address
from config.demo import past
from config.demo.cast import COLLEAGUES
from config.demo.crowd import Arrival
from config.demo.past import Stage
from config.demo.scenes import open_scene
from conversations.asking import Asked
from kernel import clock
from people.models import Person
from quality import disputing
from sla_contracts import report_plans
from sla_contracts.attainment import Counted, count_clauses
from sla_contracts.judging import Item
from sla_contracts.models import Dispute, ReportPlan
from sla_contracts.period import Period
from tenants.models import Tenant

LOCAL = ("127.0.0.1", "localhost", "::1")
# Beyond every number that the crowd may have.
FIRST_NUMBER = 9_000_000
LATER = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Question:
    """ago: hours before the shops were opened."""

    slug: str
    language: str
    agent: str
    ago: float
    asked: Asked


QUESTIONS = (
    Question("acme", "it", "lucia@bpo.example", 5.0, Asked(
        "approval", "Rimborsare 89 € fuori termine? Il cliente ha reso il paio dopo 34 giorni.",
        "Cliente da tre anni, primo reso.", Decimal("89.00"))),
    Question("acme", "es", "marta@bpo.example", 0.7, Asked(
        "question", "¿Podemos enviar la talla 41 desde la tienda de Turín?", "", None,
        ("Sí, sale hoy", "No, que espere a la reposición"))),
    Question("northlight", "de", "jens@bpo.example", 26.0, Asked(
        "approval", "Gutschein über 40 € als Ausgleich für die zweimal verschobene Lieferung?",
        "Der Kunde hat schriftlich um einen Ausgleich gebeten.", Decimal("40.00"))),
    Question("northlight", "en", "jens@bpo.example", 2.5, Asked(
        "question", "Is the Polar 2 tent covered by the warranty if a seam opened in the second year?", "")),
)  # fmt: skip
# What the clients' managers dispute, and how it was answered; None: not yet.
DISPUTES = (
    ("leave_out", "Our warehouse had told you of the delay the day before; these should not count.", True,
     "Correct: the notice came in time. The item is taken out."),
    ("leave_out", "The customer wrote to the wrong shop first.", False,
     "The first message reached this shop's own address; the ledger shows its instant. It stays as it is."),
    ("leave_out", "We had asked for this customer to be called, not written to.", None, ""),
)  # fmt: skip


def prepare(stage: Stage, until: datetime) -> list[str]:
    """Make what is not there yet; what was made."""
    made = [f"{n} dispute(s) of {shop.name}" for shop in stage.shops.values() if (n := _dispute(stage, shop, until))]
    if settings.EMAIL_HOST not in LOCAL:
        return [*made, "mail leaves this machine: no report plans and no questions to clients"]
    asked = [question for question in enumerate(QUESTIONS) if _ask(stage, until, *question)]
    planned = [shop.name for shop in stage.shops.values() if _plan(stage, shop, until)]
    return [
        *made,
        *([f"{len(asked)} questions to clients"] if asked else []),
        *[f"report plan of {n}" for n in planned],
    ]


def _plan(stage: Stage, shop: Tenant, until: datetime) -> bool:
    """The third business day at nine, to the client's manager."""
    if ReportPlan.objects.filter(tenant=shop).exists():
        return False
    asked = {
        "is_on": True, "kind": ReportPlan.Kind.BUSINESS_DAY, "day": 3, "at": time(9), "time_zone": shop.time_zone,
        "language": "", "form": ReportPlan.Form.ATTACHED, "recipients": [_manager(stage, shop).email],
    }  # fmt: skip
    with clock.hold(until):
        report_plans.choose(person=stage.people["omar@bpo.example"], tenant=shop, asked=asked, is_address=is_address)
    return True


def _ask(stage: Stage, until: datetime, number: int, question: Question) -> bool:
    """A shopper's mail, an agent's word that the shop is asked, the question; the work is put off until tomorrow."""
    at = until - timedelta(hours=question.ago)
    arrival = Arrival(FIRST_NUMBER + number, at, question.slug, "email", question.language, 300.0, float("inf"))
    scene = open_scene(arrival, stage.shops[question.slug].mark, is_bad_day=False)
    if not past.left_to_play(stage, [scene]):
        return False
    step = timedelta(minutes=6)
    scene.add(at, "write", said="ask")
    for place, (kind, said) in enumerate((("offer", ""), ("accept", ""), ("reply", "answer"), ("ask", "")), start=1):
        scene.add(at + place * step, kind, question.agent, said)
    scene.add(at + 5 * step, "put_off", question.agent)
    scene.asked = question.asked
    past.play(stage, scene)
    return True


def _dispute(stage: Stage, shop: Tenant, until: datetime) -> int:
    """The last of what was late, and what became of it; how many."""
    if Dispute.objects.filter(tenant=shop).exists():
        return 0
    manager, operator = _manager(stage, shop), stage.people["omar@bpo.example"]
    late = list(_late(shop, until))[: len(DISPUTES)]
    for (counted, item), (claim, reason, accept, answer) in zip(late, DISPUTES, strict=False):
        words = {"clause": counted.clause.code, "claim": claim, "reason": reason}
        with clock.hold(until - LATER):
            row = disputing.dispute(person=manager, tenant=shop, clock_id=item.clock, **words)
        if accept is not None:
            with clock.hold(until - LATER / 2):
                disputing.answer(person=operator, tenant_id=shop.pk, dispute_id=row.pk, accept=accept, reason=answer)
    return len(late)


def _late(shop: Tenant, until: datetime) -> Iterator[tuple[Counted, Item]]:
    """What had been judged late when it is disputed, the running month's first, the newest first; one of each clock."""
    seen = set()
    at = until - LATER
    running = Period.holding(at, shop.time_zone)
    for period in (running, running.before(1)):
        found = [(one, item) for one in count_clauses(shop, period, now=at) for item in one.with_outcome("breached")]
        for one, item in sorted(found, key=lambda pair: pair[1].started_at, reverse=True):
            if item.clock not in seen:
                seen.add(item.clock)
                yield one, item


def _manager(stage: Stage, shop: Tenant) -> Person:
    return stage.people[next(each.email for each in COLLEAGUES if each.shop == shop.slug)]
