"""Conversations that took place before a browser is opened, through the use cases with the clock held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from billing.models import RateCard
from conversations import handling, outbound
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import enter
from people.models import Person
from routing import queue
from routing.models import WorkItem
from sla_contracts.period import Period
from tenants.models import Tenant
from tests.desk.shop import ITALIAN, work_of, write

ANSWER = "Buongiorno, il suo ordine è partito ieri e arriva domani."
REASON = "where_is_my_order"
FEE = "1500.00"


def last_month(tenant: Tenant) -> Period:
    return Period.holding(datetime.now(UTC), tenant.time_zone).before(1)


def noon(tenant: Tenant, day: int) -> datetime:
    """Twelve o'clock at the shop on a day of last month."""
    start = last_month(tenant).start.astimezone(ZoneInfo(tenant.time_zone))
    return start.replace(day=day, hour=12).astimezone(UTC)


def play(
    tenant: Tenant, agent: Person, at: datetime, *, answered_after: int = 30, reason: str = REASON, text: str = ITALIAN
) -> WorkItem:
    """A chat at ``at``, answered after so many seconds and closed five minutes later; its work is done."""
    with clock.hold(at):
        message = write(tenant, text)
    item = work_of(message)
    with clock.hold(at + timedelta(seconds=5)):
        assert queue.offer(work_item_id=item.id, agent_id=agent.pk) == queue.Outcome.MADE
        queue.accept(person=agent, work_item_id=item.id)
    with clock.hold(at + timedelta(seconds=answered_after)), enter(tenant):
        say(tenant, agent, message.conversation_id)
    with clock.hold(at + timedelta(seconds=answered_after + 300)), enter(tenant):
        handling.close(person=agent, tenant=tenant, conversation_id=message.conversation_id, contact_reason=reason)
    with clock.hold(at + timedelta(seconds=answered_after + 320)):
        return queue.end_wrap_up(person=agent, work_item_id=item.id)


def _agree_on_fee(tenant: Tenant) -> None:
    card = RateCard.objects.filter(tenant=tenant).latest("version")
    rates = [{**rate, "amount": FEE} if rate["kind"] == "monthly_fee" else rate for rate in card.rates]
    RateCard.objects.create(
        tenant=tenant,
        version=card.version + 1,
        valid_from=card.valid_from,
        currency=card.currency,
        rates=rates,
        vat_percent=card.vat_percent,
    )


def say(tenant: Tenant, agent: Person, conversation_id: UUID, text: str = ANSWER) -> None:
    key = str(new_id())
    outbound.reply(person=agent, tenant=tenant, conversation_id=conversation_id, text=text, client_key=key)


def play_last_month(tenant: Tenant, agent: Person) -> list[WorkItem]:
    """Six chats of last month, two of them answered too late; the fee is more than what that costs."""
    _agree_on_fee(tenant)
    queue.set_status(person=agent, status="available")
    waits = [20, 35, 90, 25, 200, 40]
    reasons = [REASON, REASON, "refund", "product_question", REASON, "delivery_late"]
    played = [
        play(tenant, agent, noon(tenant, 3 + 2 * number), answered_after=wait, reason=reason)
        for number, (wait, reason) in enumerate(zip(waits, reasons, strict=True))
    ]
    queue.set_status(person=agent, status="offline")
    return played
