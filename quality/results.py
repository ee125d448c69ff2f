"""The scores of a client's released evaluations in a month: what its report and its portal say of quality."""

from __future__ import annotations

from kernel import clock
from kernel.tenancy import enter
from quality.models import Evaluation
from sla_contracts.period import Period
from sla_contracts.quality_results import Scored
from tenants.models import Tenant


def scores(tenant: Tenant, period: Period) -> list[Scored]:
    """Channel and score alone, oldest first: of nobody's name, and of what was said nothing. Enters the tenant.

    An evaluation is released when it is shared with its agent, which is when it is made.
    """
    with enter(tenant):
        rows = Evaluation.objects.filter(made_at__gte=period.start, made_at__lt=period.end, made_at__lte=clock.now())
        found = rows.order_by("made_at", "id").values_list("made_at", "conversation__channel", "percent")
        return [Scored(*row) for row in found]
