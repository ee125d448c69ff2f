"""The scores of a client's released evaluations in a month: what its report and its portal say of quality."""

from __future__ import annotations

from kernel import clock
from kernel.tenancy import enter
from quality.models import Evaluation
from sla_contracts.period import Period
from sla_contracts.quality_results import Scored
from tenants.models import Tenant


def scores(tenant: Tenant, period: Period) -> list[Scored]:
    """Channel and score alone, oldest first: of nobody's name, and of what was said nothing. Enters the tenant."""
    with enter(tenant):
        rows = Evaluation.objects.filter(
            released_at__gte=period.start, released_at__lt=period.end, released_at__lte=clock.now()
        )
        # What a rule picked stands for nothing but itself.
        rows = rows.exclude(origin=Evaluation.Origin.RULE)
        found = rows.order_by("released_at", "id").values_list("released_at", "conversation__channel", "percent")
        return [Scored(at, channel, percent) for at, channel, percent in found if at is not None]
